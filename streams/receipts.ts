import type { ClientEvent } from './events.js';
import type { KeyedReducer } from './keyed-state.js';

/** Up to when somebody has received and read, ms since 1970. */
export interface Receipts {
  readonly deliveredAt?: number;
  readonly readAt?: number;
}

type Receipt = Extract<ClientEvent, { _tag: 'Receipt' }>;

/** Receipts with one more: each mark only moves forward, so early, late and repeated ones are harmless. What was read was delivered. */
export const withReceipt = (before: Receipts | undefined, { kind, at }: Pick<Receipt, 'kind' | 'at'>): Receipts => {
  const deliveredAt = Math.max(before?.deliveredAt ?? 0, at);
  const readAt = kind === 'read' ? Math.max(before?.readAt ?? 0, at) : before?.readAt;
  if (before?.deliveredAt === deliveredAt && before.readAt === readAt) return before;
  return { deliveredAt, ...(readAt === undefined ? {} : { readAt }) };
};

/** Receipts of the others in a conversation together, by conversation id. */
export const receiptsReducer: KeyedReducer<ClientEvent, Receipts> = (event, get, set) => {
  if (event._tag === 'Receipt') set(event.conversationId, withReceipt(get(event.conversationId), event));
};

/** Receipts of each member, by client id, with one more; the same map where it says nothing new, or not whose it is. */
export const withMemberReceipt = (
  members: ReadonlyMap<string, Receipts>,
  receipt: Pick<Receipt, 'kind' | 'at' | 'from'>,
): ReadonlyMap<string, Receipts> => {
  if (receipt.from === undefined) return members;
  const before = members.get(receipt.from);
  const after = withReceipt(before, receipt);
  return after === before ? members : new Map(members).set(receipt.from, after);
};
