/**
 * `rx-realtime/node`: the parts that work only in Node.
 *
 * @packageDocumentation
 */
export { fileOutbox } from './file-outbox.js';
