/** Protobuf bytes to and from plain values, with names for the numbers of commands. Whether the content makes sense is for the codecs above. */
import protobuf from 'protobufjs/minimal.js';
import { push_server } from './proto/rtm.js';

const { GenericCommand, CommandType, OpType } = push_server.messages2;

const names = (enumeration: Readonly<Record<string, number>>): ReadonlyMap<unknown, string> =>
  new Map(Object.entries(enumeration).map(([name, number]) => [number, name]));

const commandNames = names(CommandType);
const opNames = names(OpType);

/**
 * A `GenericCommand` with own keys for what is present: `cmd` and `op` by name, or as a number where the schema has no name for it.
 * Holds nothing of `bytes`. Throws protobufjs's error where the bytes are no `GenericCommand`.
 */
export const parseWire = (bytes: Uint8Array): unknown => {
  const reader = protobuf.Reader.create(bytes);
  // It would keep them as views of the frame.
  reader.discardUnknown = true;
  const command: { cmd?: unknown; op?: unknown } = GenericCommand.decode(reader);
  if (command.cmd !== undefined) command.cmd = commandNames.get(command.cmd) ?? command.cmd;
  if (command.op !== undefined) command.op = opNames.get(command.op) ?? command.op;
  return command;
};

/** The inverse of `parseWire`; `cmd` is written even where it is 0. */
export const serialiseWire = (command: { readonly cmd: string; readonly op?: string }): Uint8Array =>
  GenericCommand.encode({
    ...command,
    cmd: CommandType[command.cmd],
    ...(command.op === undefined ? {} : { op: OpType[command.op] }),
  }).finish();

/** The bytes of a client id as a part of a command: behind those of another part, they make one command of both. */
export const serialiseAddressee = (peerId: string): Uint8Array => GenericCommand.encode({ peerId }).finish();
