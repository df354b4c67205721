/**
 * `rx-realtime/server`: a server for the LeanCloud RTM protocol, to embed in a Node program or to run by itself.
 *
 * @packageDocumentation
 */
export { inProcessBus, type Bus, type Notice } from './bus.js';
export { createServer, type RtmServer, type ServerStats } from './create-server.js';
export type { ServerClock } from './clock.js';
export type { LoginRequest } from './login-signature.js';
export { cloudLimits, defaultLimits, type Limits, type OfflineHook, type ServerOptions } from './options.js';
export type { Authenticate } from './http/sign.js';
export type { UploadOptions } from './http/uploads.js';
export { memoryStore, type MemoryStoreOptions } from './store/memory.js';
export type * from './store/store.js';
