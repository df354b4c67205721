/**
 * Protobuf bytes to and from plain objects: own keys for what is present and nothing else, enum names instead of numbers,
 * numbers instead of 64-bit integer objects. Whether the content makes sense is for the codecs above.
 */
import protobuf from 'protobufjs/minimal.js';
import { push_server } from './proto/rtm.js';

const { GenericCommand, CommandType, OpType } = push_server.messages2;

const names = (enumeration: Readonly<Record<string, number>>): ReadonlyMap<unknown, string> =>
  new Map(Object.entries(enumeration).map(([name, number]) => [number, name]));

const commandNames = names(CommandType);
const opNames = names(OpType);

/** protobufjs's 64-bit integer; its own type declares the three fields only. */
const isLong = (value: object): value is { toNumber(): number } => value instanceof protobuf.util.Long;

const plain = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(plain);
  if (isLong(value)) return value.toNumber();
  const object: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) {
    if (field === undefined || field === null || (Array.isArray(field) && field.length === 0)) continue;
    object[key] = plain(field);
  }
  return object;
};

/** Throws protobufjs's error where the bytes are no `GenericCommand`. */
export const parseWire = (bytes: Uint8Array): unknown => {
  const command = plain(GenericCommand.decode(bytes)) as { cmd?: unknown; op?: unknown };
  if ('cmd' in command) command.cmd = commandNames.get(command.cmd) ?? command.cmd;
  if ('op' in command) command.op = opNames.get(command.op) ?? command.op;
  return command;
};

/** The inverse of `parseWire`; `cmd` is written even where it is 0. */
export const serialiseWire = (command: { readonly cmd: string; readonly op?: string }): Uint8Array =>
  GenericCommand.encode({
    ...command,
    cmd: CommandType[command.cmd],
    ...(command.op === undefined ? {} : { op: OpType[command.op] }),
  }).finish();

/** Standard padded base64, on every platform; `toBytes` throws where the text isn't that. */
export const base64 = {
  toText: (bytes: Uint8Array): string => protobuf.util.base64.encode(bytes, 0, bytes.length),
  toBytes: (text: string): Uint8Array => {
    const bytes = new Uint8Array(protobuf.util.base64.length(text));
    const written = protobuf.util.base64.decode(text, bytes, 0);
    return written === bytes.length ? bytes : bytes.subarray(0, written);
  },
};
