/** Messages as clients send and change them. */
import { defined } from '../../../codecs/defined.js';
import type { ClientCommand, WireBody } from '../../../codecs/index.js';

/** What becomes of a message: another body, or nothing. */
export interface EditWish {
  readonly conversationId: string;
  readonly messageId: string;
  readonly recall: boolean;
  readonly body?: WireBody;
  readonly mentions?: readonly string[];
  readonly mentionsAll?: boolean;
}

type Patch = Extract<ClientCommand, { cmd: 'patch' }>['patchMessage'];

/** What a client wants to become of messages. */
export const editWishes = ({ patches = [] }: Patch): readonly EditWish[] =>
  patches.map(({ cid, mid, recall = false, data, binaryMsg, mentionPids: mentions = [], mentionAll: mentionsAll = false }) => ({
    conversationId: cid,
    messageId: mid,
    recall,
    mentions,
    mentionsAll,
    ...defined({ body: binaryMsg === undefined ? (data === undefined ? undefined : { msg: data }) : { binaryMsg } }),
  }));

/** When a message was that is not stored: nobody sees it before the newest stored message, though the clock may say so. */
export const transientTime = (now: number, { lastMessageAt = -Infinity }: { readonly lastMessageAt?: number }): number =>
  Math.max(now, lastMessageAt);
