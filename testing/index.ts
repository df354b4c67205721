/// <reference lib="esnext.disposable" preserve="true" />
/**
 * `rx-realtime/testing`: tests of what an application makes of a realtime, in marble diagrams: a server, a network
 * and a clock in virtual time. Of no test framework.
 *
 * @packageDocumentation
 */
export { conversation, message } from './fixtures.js';
export { runMarbles, type MarbleHelpers, type MarbleOptions } from './run-marbles.js';
export type { AnswerHandler, FakeServer, Said } from './server/fake-server.js';
export type { NetworkChange } from './server/network.js';
export { virtualClock } from './virtual-clock.js';
