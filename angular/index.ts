/**
 * `rx-realtime/angular`: the client as providers, signals, a pipe and a directive for Angular 20 or newer.
 *
 * @packageDocumentation
 */
export { BodyTextPipe } from './body-text.js';
export { injectConnectionBanner, type ConnectionBanner, type ConnectionBannerKey } from './connection-banner.js';
export type { ConversationId } from './conversation-of.js';
export { injectConversations, type Conversations } from './conversations.js';
export { injectLatest } from './latest.js';
export { MarkSeen } from './mark-seen.js';
export { injectRealtime, provideRealtime, withIndexedDbOutbox, type RealtimeFeature } from './provide-realtime.js';
export { injectSession, type Session, type SessionStatus } from './session.js';
export { injectTimeline, type Tick, type TimelineSignalOptions, type TimelineSignals } from './timeline.js';
export { injectTyping, withTyping, type Typing } from './typing.js';
