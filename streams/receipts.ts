import { defined } from '../codecs/defined.js';
import type { ClientEvent } from './events.js';
import type { KeyedReducer } from './keyed-state.js';
import { SharedMap } from './shared-map.js';

/** The times up to which messages were delivered and read, ms since 1970. */
export interface Receipts {
  readonly deliveredAt?: number;
  readonly readAt?: number;
}

type Receipt = Extract<ClientEvent, { _tag: 'Receipt' }>;

/**
 * Receipts after one more receipt. Each time only moves forward, so the order and repetitions do not matter. A read
 * message is delivered.
 */
export const withReceipt = (before: Receipts | undefined, { kind, at }: Pick<Receipt, 'kind' | 'at'>): Receipts => {
  const deliveredAt = Math.max(before?.deliveredAt ?? 0, at);
  const readAt = kind === 'read' ? Math.max(before?.readAt ?? 0, at) : before?.readAt;
  if (before?.deliveredAt === deliveredAt && before.readAt === readAt) return before;
  return { deliveredAt, ...defined({ readAt }) };
};

/** The receipts of all other members together, by conversation id. */
export const receiptsReducer: KeyedReducer<ClientEvent, Receipts> = (event, get, set) => {
  if (event._tag === 'Receipt') set(event.conversationId, withReceipt(get(event.conversationId), event));
};

/**
 * The receipts of each member, by client id, after one more receipt. Returns the same map if it changes nothing or
 * names no member. The maps that it returns share what is the same.
 */
export const withMemberReceipt = (
  members: ReadonlyMap<string, Receipts>,
  receipt: Pick<Receipt, 'kind' | 'at' | 'from'>,
): ReadonlyMap<string, Receipts> => {
  if (receipt.from === undefined) return members;
  const before = members.get(receipt.from);
  const after = withReceipt(before, receipt);
  return after === before ? members : SharedMap.of(members).with(receipt.from, after);
};
