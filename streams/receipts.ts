import type { ClientEvent } from './events.js';
import type { KeyedReducer } from './keyed-state.js';

/** Up to when the other side of a one-to-one conversation has received and read, ms since 1970. */
export interface Receipts {
  readonly deliveredAt?: number;
  readonly readAt?: number;
}

/** Receipts, by conversation id: each mark only moves forward, so early, late and repeated receipts are harmless. What was read was delivered. */
export const receiptsReducer: KeyedReducer<ClientEvent, Receipts> = (event, get, set) => {
  if (event._tag !== 'Receipt') return;
  const before = get(event.conversationId) ?? {};
  const deliveredAt = Math.max(before.deliveredAt ?? 0, event.at);
  const readAt = event.kind === 'read' ? Math.max(before.readAt ?? 0, event.at) : before.readAt;
  if (deliveredAt === before.deliveredAt && readAt === before.readAt) return;
  set(event.conversationId, { deliveredAt, ...(readAt === undefined ? {} : { readAt }) });
};
