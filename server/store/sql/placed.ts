/** What a database says of a message that it was given. It does not repeat what the caller has. */
import { defined } from '../../../codecs/defined.js';
import type { ConversationKind } from '../../../codecs/index.js';
import { audienceOf } from '../../domain/messages/history.js';
import type { Appended, NewMessage, StoredMessage } from '../../domain/records.js';

export type Placed =
  | Exclude<Appended, { readonly _tag: 'Appended' }>
  | {
      readonly _tag: 'Placed';
      readonly id: string;
      readonly timestamp: number;
      readonly kind: ConversationKind;
      /** The members of the conversation, if they get the message. */
      readonly members: readonly string[];
    };

/** The only clients that get a message, besides its sender; undefined: everybody. */
export const addressedTo = (
  kind: ConversationKind,
  { speaker, to }: Pick<NewMessage, 'speaker' | 'to'>,
): readonly string[] | undefined => (kind === 'system' && speaker !== undefined ? [] : to);

/** The result for the caller, who has given this message. */
export const appendedOf = (given: NewMessage, placed: Placed): Appended => {
  if (placed._tag !== 'Placed') return placed;
  const { id, timestamp, kind, members } = placed;
  const { conversationId, from, receipt, mentions, mentionsAll, type, msg, binaryMsg } = given;
  const message: StoredMessage = {
    ...{ id, conversationId, from, timestamp, receipt, mentions, mentionsAll },
    ...defined({ to: addressedTo(kind, given), type, msg, binaryMsg }),
  };
  return { _tag: 'Appended', message, ...audienceOf({ kind, members }, message) };
};
