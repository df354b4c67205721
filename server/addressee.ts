/** The client and command that an answer is for. */
import { either as E, function as F } from 'fp-ts';
import type * as t from 'io-ts';
import * as c from '../codecs/type.js';
import { Int32, record, type ServerCommand } from '../codecs/index.js';
import { parseWire } from '../codecs/wire.js';

const Addressee = record('Addressee', {}, { i: Int32, peerId: c.string });
/**
 * A command's serial and client id, if it has them. There are no keys with the value undefined, since the wire knows
 * only present and absent fields.
 */
export type Addressee = t.TypeOf<typeof Addressee>;

/** The addressee of a command. */
export const addresseeOf = ({ i, peerId }: { readonly i?: number; readonly peerId?: string }): Addressee =>
  i === undefined ? (peerId === undefined ? {} : { peerId }) : peerId === undefined ? { i } : { i, peerId };

/**
 * An answer to a command, with the command's serial and client id. The spread is last, here and wherever an object is
 * made for each message: if a literal goes on after a spread that it begins with, V8 makes a hidden class for each
 * object, which takes half a microsecond.
 */
export const addressed = (
  { i, peerId }: { readonly i?: number; readonly peerId?: string },
  answer: ServerCommand,
): ServerCommand =>
  i === undefined
    ? peerId === undefined
      ? answer
      : { peerId, ...answer }
    : peerId === undefined
      ? { i, ...answer }
      : { i, peerId, ...answer };

/** The addressee of a frame that no codec accepts. If its envelope can be read, the waiting client gets an answer. */
export const addresseeOfFrame = (bytes: Buffer, isBinary: boolean): Addressee =>
  F.pipe(
    E.tryCatch(
      () => parseWire(isBinary ? bytes : Buffer.from(bytes.toString('latin1'), 'base64')),
      () => undefined,
    ),
    E.chainW((command) => Addressee.decode(command)),
    E.getOrElseW((): Addressee => ({})),
  );
