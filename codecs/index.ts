/**
 * `rx-realtime/codecs`: everything that crosses the wire. Pure: bytes and JSON in, `Either` out; no RxJS, no IO.
 *
 * @packageDocumentation
 */
export * from './bodies/body.js';
export { messageType, type MessageType, type MessageTypeParts, type TaggedBody } from './bodies/message-type.js';
export { text, TextType, type Text } from './bodies/text.js';
export * from './bodies/wire-body.js';
export * from './commands/index.js';
export * from './conversation.js';
export { decodeDates, encodeDates, Timestamp, type Attribute } from './dates.js';
export { DecodeFailed, decodeFailed, preview } from './decode-failed.js';
export * from './frame.js';
export { JsonObject, parseJson, type Json } from './json.js';
export { Bytes, Int32, SafeInteger } from './primitives.js';
export { record, type RecordType } from './record.js';
