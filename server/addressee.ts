/** The client and command that an answer is for. */
import { either as E, function as F } from 'fp-ts';
import type * as t from 'io-ts';
import * as c from '../codecs/type.js';
import { Int32, record } from '../codecs/index.js';
import { parseWire } from '../codecs/wire.js';

const Addressee = record('Addressee', {}, { i: Int32, peerId: c.string });
/**
 * A command's serial and client id, if it has them. There are no keys with the value undefined, since the wire knows
 * only present and absent fields.
 */
export type Addressee = t.TypeOf<typeof Addressee>;

/** The addressee of a command. */
export const addresseeOf = ({ i, peerId }: { readonly i?: number; readonly peerId?: string }): Addressee => ({
  ...(i === undefined ? {} : { i }),
  ...(peerId === undefined ? {} : { peerId }),
});

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
