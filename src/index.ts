/// <reference lib="esnext.disposable" preserve="true" />
/**
 * `rx-realtime`: an RxJS-first instant-messaging client for the LeanCloud RTM protocol.
 *
 * @packageDocumentation
 */
import * as where from './client/queries/where.js';
export { audio, AudioType, file, FileType, image, ImageType, video, VideoType } from '../codecs/index.js';
export {
  binary,
  defineMessage,
  location,
  LocationType,
  plain,
  RecalledType,
  text,
  textOf,
  TextType,
} from '../codecs/index.js';
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
export type {
  MessageDefinition,
  MessageType,
  OutgoingBody,
  Plain,
  Recalled,
  StoredFile,
  Text,
  Unknown,
  Video,
} from '../codecs/index.js';
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
  FileData,
  LocalFile,
  LogEntry,
  LogPosition,
  LogEvent,
  Membership,
  Modification,
  ModificationReason,
  Outgoing,
  OutboxMessage,
  Receipts,
  Roles,
  Timeline,
  TimelineEntry,
  Unread,
  UnreadCount,
  Unstored,
} from '../streams/index.js';
export { systemClock, type Clock } from './clock.js';
export type { ClientLimits } from './limits.js';
export { createRealtime } from './create-realtime.js';
export type { Client } from './client/client.js';
export type { ClientStatus } from './client/client-status.js';
export type { Conversation } from './client/conversation/conversation.js';
export type { NewConversation } from './client/conversation/create-conversation.js';
export {
  createTemporaryConversation,
  type NewTemporaryConversation,
} from './client/conversation/create-temporary-conversation.js';
export { historyIterator, historyPages, type HistoryPagesOptions } from './client/history/history-pages.js';
export type { HistoryOptions, HistoryRange, Place } from './client/history/history.js';
export { addToList, addUniqueToList, increment, removeFromList } from './client/conversation/attribute-operations.js';
export type { ConversationUpdate } from './client/conversation/attributes.js';
export {
  block,
  blocked,
  silence,
  silenced,
  unblock,
  unsilence,
  type ClientPage,
  type ClientPageOptions,
} from './client/members/restrictions.js';
export type { MembershipFailure, MembershipResult } from './client/members/membership.js';
export type { Mentions } from './client/sending/modify.js';
export { discard, resend } from './client/sending/resend.js';
export { timeline, type TimelineOptions } from './client/history/timeline.js';
export { memberReceipts } from './client/members/member-receipts.js';
export { roles, setRole } from './client/members/roles.js';
export { log, type LogOptions } from './client/history/log.js';
export { conversationList, type ConversationListOptions } from './client/queries/conversation-list.js';
export { findConversations, type ConversationQuery } from './client/queries/find-conversations.js';
export { online, presence } from './client/queries/presence.js';
export { createRoom, room, type NewRoom, type Room } from './client/rooms/room.js';
export { where };
export type { Comparable, Condition } from './client/queries/where.js';
export type { Priority, SendOptions } from './client/sending/send-options.js';
export type { SendProgress } from './client/sending/send.js';
export type { SendStep } from './client/sending/send-request.js';
export type { HttpApiOptions } from './http-api.js';
export { sendStatus, type MessageStatus, type SendFailure } from './client/sending/send-status.js';
export { uploadTo } from './client/sending/upload-to.js';
export type { DescribeFile } from './client/sending/file-metadata.js';
export {
  upload,
  type Upload,
  type UploadContext,
  type UploadFile,
  type UploadMessageOptions,
  type UploadProgress,
} from './client/sending/upload.js';
export type { Capabilities } from './connection/connection.js';
export { exponential, type Backoff, type ExponentialOptions } from './connection/backoff.js';
export type { HeartbeatOptions, WebSocketConstructor } from './connection/create-connection.js';
export { pausableWebSocket } from './connection/pausable-web-socket.js';
export type { Fetch, FetchAnswer } from './connection/fetch.js';
export type { Lifecycle } from './connection/page.js';
export type { CloseReason, ConnectionEvent, ConnectionState } from './connection/state.js';
export type { ConnectionHealth, RoundTrip } from './connection/meter.js';
export * from './errors.js';
export type { Fault, PluginHook } from './faults.js';
export type { LoginOptions } from './login-options.js';
export type { RealtimeOptions } from './options.js';
export type { Additions, Decorator, ExtendedRealtime, Plugin } from './plugins/plugin.js';
export type { Realtime } from './realtime.js';
export { indexedDbOutbox, type IndexedDbOutboxOptions } from './outbox/indexed-db-outbox.js';
export { createOutbox, type Outbox } from './client/create-outbox.js';
export { memoryOutbox } from './outbox/memory-outbox.js';
export type { OutboxOptions } from './outbox/outbox.js';
export { StoredSend, type OutboxStorage } from './outbox/outbox-storage.js';
export type {
  ConversationAction,
  ConversationSignatureFactory,
  ConversationSignatureRequest,
  Signature,
  SignatureFactory,
} from './session/signature.js';
export { user, type Identity, type User, type UserOptions } from './session/user.js';
