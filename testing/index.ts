/// <reference lib="esnext.disposable" preserve="true" />
/**
 * `rx-realtime/testing`: marble diagrams for tests of applications, with a server, a network and a clock in virtual
 * time. It works with every test framework.
 *
 * @packageDocumentation
 */
export { conversation, message } from './fixtures.js';
export { liveServer, type LiveServer, type LiveServerOptions } from './live-server.js';
export { runMarbles, type MarbleHelpers, type MarbleOptions } from './run-marbles.js';
export type { AnswerHandler, FakeServer, Said } from './server/fake-server.js';
export type { NetworkChange } from './server/network.js';
export { virtualClock } from './virtual-clock.js';
