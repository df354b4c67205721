/** Edits and recalls of messages. */
import { defined } from '../../../codecs/defined.js';
import type { ClientCommand, WireBody } from '../../../codecs/index.js';
import type { Party } from '../party.js';
import type { Modified, StoredEdit, StoredMessage } from '../records.js';
import { mayNotSpeak } from '../conversations/access.js';
import { Refusal } from '../refusal.js';
import { typeOf } from './body.js';
import { RECALLED } from './history.js';

/** The wanted result of an edit or a recall: another body, or no body. */
export interface EditWish {
  readonly conversationId: string;
  readonly messageId: string;
  readonly recall: boolean;
  readonly body?: WireBody;
  readonly mentions?: readonly string[];
  readonly mentionsAll?: boolean;
}

type Patch = Extract<ClientCommand, { cmd: 'patch' }>['patchMessage'];

/** The edits and recalls that a command asks for. */
export const editWishes = ({ patches = [] }: Patch): readonly EditWish[] =>
  patches.map(
    ({ cid, mid, recall = false, data, binaryMsg, mentionPids: mentions = [], mentionAll: mentionsAll = false }) => ({
      conversationId: cid,
      messageId: mid,
      recall,
      mentions,
      mentionsAll,
      ...defined({ body: binaryMsg === undefined ? (data === undefined ? undefined : { msg: data }) : { binaryMsg } }),
    }),
  );

/** The new body of a message; empty if it is recalled. */
export const wantedBody = ({ recall, body }: EditWish): WireBody => {
  if (!recall && body === undefined) throw new Refusal(4114, 'a message is changed to a body, or recalled');
  return body ?? {};
};

/** The change that the store is asked for. The back end may change messages of every sender. */
export const editOf = (party: Party, wish: EditWish, body: WireBody, now: number): StoredEdit => {
  const { conversationId, messageId, recall, mentions = [], mentionsAll = false } = wish;
  return {
    conversationId,
    messageId,
    ...defined({ by: party.isBackEnd ? undefined : party.clientId }),
    recall,
    mentions,
    mentionsAll,
    ...typeOf(body.msg),
    ...body,
    now,
  };
};

/** The message after the change, who gets it, and the members who have not read it. Refuses if nothing was changed. */
export const editResult = (
  result: Modified,
  conversationId: string,
  messageId: string,
): Extract<Modified, { _tag: 'Modified' }> => {
  if (result._tag === 'Missing') throw new Refusal(4404, `there is no message ${messageId} in this conversation`);
  if (result._tag === 'Foreign') throw new Refusal(4403, 'a message is changed and recalled by who has sent it');
  if (result._tag !== 'Modified') throw mayNotSpeak(conversationId, result);
  return result;
};

const recalledBody = JSON.stringify({ _lctype: RECALLED });

const edited = (
  before: StoredMessage,
  { recall, mentions, mentionsAll, type, msg, binaryMsg, now }: StoredEdit,
): StoredMessage => {
  const { id, conversationId, from, to, timestamp, receipt, deliveredAt, readAt } = before;
  return {
    id,
    conversationId,
    from,
    timestamp,
    receipt,
    ...defined({ to, deliveredAt, readAt }),
    ...(recall
      ? { mentions: [], mentionsAll: false, type: RECALLED, msg: recalledBody }
      : { mentions, mentionsAll, ...defined({ type, msg, binaryMsg }) }),
    editedAt: Math.max(now, (before.editedAt ?? -Infinity) + 1),
  };
};

/**
 * The message after an edit or a recall. A recalled message stays recalled. Only its sender and the back end, which
 * has no client id, may change a message.
 */
export const applyEdit = (
  before: StoredMessage | undefined,
  edit: StoredEdit,
): { readonly _tag: 'Missing' | 'Foreign' } | { readonly _tag: 'Modified'; readonly message: StoredMessage } => {
  if (before === undefined || (before.type === RECALLED && !edit.recall)) return { _tag: 'Missing' };
  if (edit.by !== undefined && before.from !== edit.by) return { _tag: 'Foreign' };
  return { _tag: 'Modified', message: edited(before, edit) };
};

const isSame = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === b || (a !== undefined && b?.length === a.length && a.every((byte, index) => byte === b[index]));

/** Whether a stored message is the result of an edit. */
export const isResultOf = (message: StoredMessage, edit: StoredEdit): boolean =>
  (message.editedAt ?? -Infinity) >= edit.now &&
  (edit.recall ? message.type === RECALLED : message.msg === edit.msg && isSame(message.binaryMsg, edit.binaryMsg));
