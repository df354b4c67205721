/**
 * `rx-realtime/server`: a server for the LeanCloud RTM protocol, to embed in a Node program or to run by itself.
 *
 * @packageDocumentation
 */
export {
  inProcessBus,
  type Bus,
  type BusPeer,
  type BusServer,
  type BusSession,
  type KeptWill,
  type Receive,
  type StoringMessage,
} from './bus.js';
export { clusterBus, type ClusterBus, type ClusterBusOptions } from './cluster/cluster-bus.js';
export {
  Notice,
  type DisplaceNotice,
  type ExitNotice,
  type KickNotice,
  type PushNotice,
  type ResumeNotice,
  type RoomPriority,
} from './notice.js';
export type {
  AllMessages,
  BackEnd,
  BackEndBody,
  BackEndEdit,
  BackEndMessage,
  ClientCounts,
  ConversationUpdates,
  FindConversations,
  History,
  ListPage,
  PageOf,
  SystemMessage,
  WantedConversation,
} from './back-end.js';
export type { Failure, Outcome } from './domain/conversations/members.js';
export { createServer, type RtmServer } from './create-server.js';
export type * from './hooks.js';
export type { Drops, ServerStats, SlowReceiver } from './stats.js';
export type { CallFigures, ServerCounts } from './counts.js';
export type { ToldFigures } from './told-hooks.js';
export type { ServerClock } from './clock.js';
export type { LoginRequest, SharedSignatures, SignedAction } from './signatures.js';
export { cloud, cloudLimits, defaultLimits, type Limits, type ResumeRequest, type ServerOptions } from './options.js';
export type { Authenticate } from './http/sign.js';
export type { TlsIdentity } from './http/http-server.js';
export type { OnRequest } from './http/own-requests.js';
export type { UploadOptions } from './http/uploads.js';
export { select, type ConversationSelection } from './domain/query/select.js';
export type { AttributePath, Comparison, ValueTest, Where } from './domain/query/where.js';
export type { Regex } from './domain/query/regex.js';
export { Refusal, type RefusalCode } from './domain/refusal.js';
export { describedAfter } from './domain/conversations/attribute-edits.js';
export { OutcomeUnknown } from './unsettled.js';
export { StoreFailure, type StoreFailureOptions } from './store/store-failure.js';
export { memoryStore, type MemoryStoreOptions } from './store/memory.js';
export type { Retention, RetentionByKind } from './domain/memory/retention.js';
export { openPostgresStore, type PostgresStore, type PostgresStoreOptions } from './store/postgres/open.js';
export type { PostgresClient, PostgresPool, PostgresQuery, PostgresResult } from './store/postgres/driver.js';
export { openSqliteStore, type SqliteStore, type SqliteStoreOptions } from './store/sqlite/open.js';
export type * from './store/store.js';
export { storeChecks, type StoreCheck } from './store/checks.js';
export { movingStoreChecks, type MovingStoreCheck } from './store/moving-checks.js';
export { cloudHooks, type CloudHookOptions } from './cloud-hooks.js';
export { verifyWebHook, webHooks, type HookName, type WebHookOptions, type WebHookRequest } from './web-hooks.js';
