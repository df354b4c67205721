/**
 * `rx-realtime/angular`: the client as providers, signals, a pipe and a directive for Angular 20 or newer.
 *
 * @packageDocumentation
 */
export { injectRealtime, provideRealtime, withIndexedDbOutbox, type RealtimeFeature } from './provide-realtime.js';
export { injectSession, type Session, type SessionStatus } from './session.js';
