/**
 * `rx-realtime/codecs`: the codecs of everything that is sent over the wire. Pure functions from bytes and JSON to
 * `Either`; no RxJS, no IO.
 *
 * @packageDocumentation
 */
export { assignAttribute, changeAttributes, removeAttribute, type AttributeStep } from './attributes.js';
export * from './bodies/body.js';
export {
  defineMessage,
  type Custom,
  type CustomType,
  type MessageDefinition,
  type MessageDefinitionOptions,
} from './bodies/define-message.js';
export type { Extras } from './bodies/extras.js';
export { location, LocationType, type Coordinates, type Location } from './bodies/location.js';
export * from './bodies/media.js';
export {
  messageType,
  type MessageJson,
  type MessageType,
  type MessageTypeParts,
  type TaggedBody,
} from './bodies/message-type.js';
export { RecalledType, type Recalled } from './bodies/recalled.js';
export { isSignalType, type Signal } from './bodies/signal.js';
export { text, TextType, type Text } from './bodies/text.js';
export { textOf } from './bodies/text-of.js';
export * from './bodies/wire-body.js';
export * from './client-commands/conversation.js';
export { ClientCommand } from './client-commands/index.js';
export * from './client-commands/messages.js';
export * from './client-commands/roles.js';
export * from './client-commands/service.js';
export * from './client-commands/session.js';
export type { Codec, Decoded } from './codec.js';
export { JsonText, MemberInfo } from './commands/conv.js';
export { Echo } from './commands/echo.js';
export type { Envelope, UnsupportedCommand } from './commands/envelope.js';
export {
  decodeAttributes,
  encodeAttributes,
  readConversations,
  type ConversationInfo,
  type ConversationKind,
  type LastMessage,
  type ReadConversations,
  type UnreadableConversation,
} from './conversation.js';
export { decodeDates, encodeDates, Timestamp, type Attribute } from './dates.js';
export { decodeClientFrame } from './decode-client-frame.js';
export { DecodeFailed, decodeFailed, preview } from './decode-failed.js';
export { decodeServerFrame } from './decode-server-frame.js';
export { encodeFrame, subprotocols, type Command, type Frame, type Subprotocol } from './frame.js';
export { JsonObject, parseJson, type Json } from './json.js';
export { MemberRole } from './member-role.js';
export { changedNumber } from './numbers.js';
export { Bytes, Int32, SafeInteger } from './primitives.js';
export { decodeConversations, encodeConversations, RawConversation } from './raw-conversation.js';
export { record, type RecordType } from './record.js';
export * from './server-commands/conversation.js';
export { ServerCommand } from './server-commands/index.js';
export * from './server-commands/messages.js';
export { MemberFailure } from './server-commands/outcome.js';
export * from './server-commands/roles.js';
export * from './server-commands/session.js';
export * from './server-commands/system.js';
