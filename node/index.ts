/**
 * `rx-realtime/node`: what works in Node alone.
 *
 * @packageDocumentation
 */
export { fileOutbox } from './file-outbox.js';
