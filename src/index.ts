/// <reference lib="esnext.disposable" preserve="true" />
/**
 * `rx-realtime`: an RxJS-first instant-messaging client for the LeanCloud RTM protocol.
 *
 * @packageDocumentation
 */
export { audio, AudioType, file, FileType, image, ImageType, video, VideoType } from '../codecs/index.js';
export { binary, defineMessage, location, LocationType, plain, RecalledType, text, TextType } from '../codecs/index.js';
export type {
  Audio,
  Binary,
  Body,
  Coordinates,
  Custom,
  CustomType,
  Extras,
  FileMessage,
  Image,
  Invalid,
  Location,
} from '../codecs/index.js';
export type { MessageDefinition, MessageType, OutgoingBody, Plain, Recalled, StoredFile, Text, Unknown, Video } from '../codecs/index.js';
export {
  DecodeFailed,
  type Attribute,
  type ConversationInfo,
  type ConversationKind,
  type Json,
  type MemberRole,
  type JsonObject,
} from '../codecs/index.js';
export {
  atLeastOnce,
  atMostOnce,
  ofType,
  type ClientEvent,
  type ConversationEvent,
  type Gap,
  type Message,
  type Origin,
  type Position,
} from '../streams/index.js';
export type {
  ConversationListItem,
  DeliveryStatus,
  LogEntry,
  LogEvent,
  Membership,
  Modification,
  ModificationReason,
  Outgoing,
  OutgoingMessage,
  Receipts,
  Roles,
  Timeline,
  TimelineEntry,
  Unread,
  UnreadCount,
} from '../streams/index.js';
export type { Clock } from './clock.js';
export { createRealtime } from './create-realtime.js';
export type { Client } from './client/client.js';
export type { ClientStatus } from './client/client-status.js';
export type { Conversation } from './client/conversation.js';
export type { NewConversation, NewRoom, NewTemporaryConversation } from './client/create-conversation.js';
export type { HistoryOptions, HistoryPagesOptions, HistoryRange, Place } from './client/history.js';
export type { FileData, LocalFile } from './client/local-file.js';
export type { ConversationUpdate } from './client/attributes.js';
export type { ClientPage, ClientPageOptions } from './client/restrictions.js';
export type { MembershipFailure, MembershipResult } from './client/membership.js';
export type { Mentions } from './client/modify.js';
export type { TimelineOptions } from './client/conversation-timeline.js';
export type { LogOptions } from './client/conversation-log.js';
export type { ConversationListOptions } from './client/conversation-list.js';
export type { ConversationQuery } from './client/queries.js';
export type { Room } from './client/room.js';
export * as where from './client/where.js';
export type { Comparable, Condition } from './client/where.js';
export type { Priority, SendOptions } from './client/send-options.js';
export type { SendProgress } from './client/outgoing.js';
export type { TrackedProgress } from './client/send.js';
export { sendStatus, type MessageStatus, type SendFailure } from './client/send-status.js';
export { uploadTo } from './client/upload-to.js';
export type { DescribeFile } from './client/file-metadata.js';
export { upload, type Upload, type UploadFile, type UploadHow, type UploadProgress } from './client/upload.js';
export type { Capabilities } from './connection/connection.js';
export { exponential, type Backoff } from './connection/backoff.js';
export type { Fetch, HeartbeatOptions, WebSocketConstructor } from './connection/create-connection.js';
export type { CloseReason, ConnectionEvent, ConnectionState } from './connection/state.js';
export type { ConnectionHealth, RoundTrip } from './connection/meter.js';
export * from './errors.js';
export type { Fault, PluginHook } from './faults.js';
export type { LoginOptions } from './login-options.js';
export type { RealtimeOptions } from './options.js';
export type { Additions, Decorator, ExtendedRealtime, Plugin } from './plugins/plugin.js';
export type { Realtime } from './realtime.js';
export { indexedDbOutbox, type IndexedDbOutboxOptions } from './outbox/indexed-db-outbox.js';
export { memoryOutbox } from './outbox/memory-outbox.js';
export type { OutboxBounds } from './outbox/outbox.js';
export { StoredSend, type OutboxStorage } from './outbox/outbox-storage.js';
export type {
  ConversationAction,
  ConversationSignatureFactory,
  ConversationSignatureRequest,
  Signature,
  SignatureFactory,
} from './session/signature.js';
export type { User } from './session/user.js';
