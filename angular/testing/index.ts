/**
 * `rx-realtime/angular/testing`: a server in memory for tests of Angular applications.
 *
 * @packageDocumentation
 */
export { FAKE_SERVER, provideRealtimeTesting, type RealtimeTestingOptions } from './provide-realtime-testing.js';
