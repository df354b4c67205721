/**
 * Protobuf bytes to and from plain values, with names for the numbers of commands.
 * Whether the content makes sense is for the codecs above.
 */
import { readMessage } from './proto/reader.js';
import { commandTypes, messages, opTypes } from './proto/rtm.js';
import { parseSchema } from './proto/schema.js';
import { writeMessage } from './proto/writer.js';

const schema = /* @__PURE__ */ parseSchema(messages, commandTypes, opTypes);

/**
 * A `GenericCommand` with own keys for what is present: `cmd` and `op` by name, or as a number where the schema has
 * no name for it. Holds nothing of `bytes`. Throws where the bytes are no `GenericCommand`.
 */
export const parseWire = (bytes: Uint8Array): unknown => readMessage(schema, bytes);

/** The inverse of `parseWire`; `cmd` is written even where it is 0. */
export const serialiseWire = (command: object): Uint8Array => writeMessage(schema, command);

/** The bytes of a client id as a part of a command: behind those of another part, they make one command of both. */
export const serialiseAddressee = (peerId: string): Uint8Array => writeMessage(schema, { peerId });
