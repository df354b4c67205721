/**
 * Converts between protobuf bytes and plain values, with names instead of numbers for commands. The codecs that use
 * it check the content.
 */
import { readMessage } from './proto/reader.js';
import { commandTypes, messages, opTypes } from './proto/rtm.js';
import { parseSchema } from './proto/schema.js';
import { writeMessage } from './proto/writer.js';

const schema = /* @__PURE__ */ parseSchema(messages, commandTypes, opTypes);

/**
 * Parses a `GenericCommand`. The result has own keys only for fields that are present. `cmd` and `op` are names, or
 * numbers if the schema has no name for them. The result does not reference `bytes`. Throws if the bytes are not a
 * `GenericCommand`.
 */
export const parseWire = (bytes: Uint8Array): unknown => readMessage(schema, bytes);

/** The inverse of `parseWire`. `cmd` is written even if it is 0. */
export const serialiseWire = (command: object): Uint8Array => writeMessage(schema, command);

/**
 * Encodes a client id as a part of a command. Appended to the bytes of another part, it forms one command with it.
 */
export const serialiseAddressee = (peerId: string): Uint8Array => writeMessage(schema, { peerId });
