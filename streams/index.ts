/**
 * `rx-realtime/streams`: streams that are derived from a client's log. Pure: Observables in, Observables out; no
 * sockets and no clock of their own.
 *
 * @packageDocumentation
 */
export * from './backpressure/index.js';
export * from './concat-map-by-key.js';
export * from './conversations.js';
export * from './dashboards/index.js';
export * from './delivery.js';
export { demultiplex } from './demultiplex.js';
export * from './events.js';
export { keyedState, type KeyedReducer, type KeyedState } from './keyed-state.js';
export * from './last-messages.js';
export type { FileData, LocalFile } from './local-file.js';
export * from './log-entries.js';
export * from './membership.js';
export { messageStatus, type DeliveryStatus } from './message-status.js';
export * from './messages.js';
export * from './modifications.js';
export * from './of-type.js';
export { outgoing, type OutboxMessage, type OutgoingState } from './outbox.js';
export * from './receipts.js';
export {
  recentConversations,
  type ConversationListItem,
  type RecentConversationsOptions,
} from './recent-conversations.js';
export * from './roles.js';
export * from './share-latest.js';
export {
  timelineReducer,
  toTimeline,
  type Pending,
  type Placed,
  type Timeline,
  type TimelineEntry,
  type TimelineInput,
  type TimelineState,
} from './timeline.js';
export * from './total-unread.js';
export * from './unread.js';
export * from './versions.js';
