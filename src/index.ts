/**
 * `rx-realtime`: an RxJS-first instant-messaging client for the LeanCloud RTM protocol.
 *
 * @packageDocumentation
 */
export { plain, text, TextType, type Body, type Invalid, type OutgoingBody, type Plain, type Text, type Unknown } from '../codecs/index.js';
export { DecodeFailed, type Attribute, type ConversationInfo, type ConversationKind, type Json, type JsonObject } from '../codecs/index.js';
export { ofType, type ClientEvent, type ConversationEvent, type Gap, type Message, type Origin, type Position } from '../streams/index.js';
export type { Receipts, Unread, UnreadCount } from '../streams/index.js';
export type { Clock } from './clock.js';
export type { Client, ClientStatus } from './client/client.js';
export type { Conversation } from './client/conversation.js';
export type { NewConversation } from './client/create-conversation.js';
export type { SendOptions, SendProgress } from './client/send.js';
export { exponential, type Backoff } from './connection/backoff.js';
export type { Fetch, HeartbeatOptions, WebSocketConstructor } from './connection/create-connection.js';
export type { CloseReason, ConnectionEvent, ConnectionState } from './connection/state.js';
export * from './errors.js';
export type { Fault } from './faults.js';
export type { LoginOptions, RealtimeOptions } from './options.js';
export { createRealtime, type Realtime } from './realtime.js';
export type { OutboxBounds } from './session/outbox.js';
export type { Signature, SignatureFactory } from './session/signature.js';
