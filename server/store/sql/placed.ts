/**
 * What is said of messages between a store and the thread that writes them. Names of fields would be copied with each
 * message, and what one side has is not repeated by the other.
 */
import { defined } from '../../../codecs/defined.js';
import type { ConversationKind } from '../../../codecs/index.js';
import { audienceOf } from '../../domain/messages/history.js';
import type { Appended, NewMessage, StoredMessage } from '../../domain/records.js';

/** What has become of it. `members`: those of its conversation, if they get the message. */
export type Placed =
  | Exclude<Appended, { readonly _tag: 'Appended' }>
  | readonly [id: string, timestamp: number, kind: ConversationKind, members: readonly string[]];

/** A message that is to be stored. */
export type Packed = readonly [
  conversationId: string,
  from: string,
  speaker: string | undefined,
  token: string | undefined,
  type: number | undefined,
  msg: string | undefined,
  binaryMsg: Uint8Array | undefined,
  receipt: boolean,
  mentions: readonly string[],
  mentionsAll: boolean,
  to: readonly string[] | undefined,
  now: number,
];

export const packed = (message: NewMessage): Packed => {
  const { conversationId, from, speaker, token, type, msg, binaryMsg, receipt, mentions, mentionsAll, to, now } =
    message;
  return [conversationId, from, speaker, token, type, msg, binaryMsg, receipt, mentions, mentionsAll, to, now];
};

/** The only clients that get a message, besides its sender; undefined: everybody. */
export const addressedTo = (
  kind: ConversationKind,
  speaker: string | undefined,
  to: readonly string[] | undefined,
): readonly string[] | undefined => (kind === 'system' && speaker !== undefined ? [] : to);

/** The result for the caller, who has given this message. */
export const appendedOf = (given: NewMessage, placed: Placed): Appended => {
  if ('_tag' in placed) return placed;
  const [id, timestamp, kind, members] = placed;
  const { conversationId, from, receipt, mentions, mentionsAll, type, msg, binaryMsg } = given;
  const message: StoredMessage = {
    ...{ id, conversationId, from, timestamp, receipt, mentions, mentionsAll },
    ...defined({ to: addressedTo(kind, given.speaker, given.to), type, msg, binaryMsg }),
  };
  return { _tag: 'Appended', message, ...audienceOf({ kind, members }, message) };
};
