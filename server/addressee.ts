/** Whom an answer is for. */
import { either as E, function as F } from 'fp-ts';
import * as t from 'io-ts';
import { Int32, record } from '../codecs/index.js';
import { parseWire } from '../codecs/wire.js';

const Addressee = record('Addressee', {}, { i: Int32, peerId: t.string });
/** A command's serial and client id, as far as it has them; no undefined keys, since the wire knows presence only. */
export type Addressee = t.TypeOf<typeof Addressee>;

/** Those of a command. */
export const addresseeOf = ({ i, peerId }: { readonly i?: number; readonly peerId?: string }): Addressee => ({
  ...(i === undefined ? {} : { i }),
  ...(peerId === undefined ? {} : { peerId }),
});

/** Those of a frame that no codec takes: if its envelope can be read, whoever waits for an answer gets one. */
export const addresseeOfFrame = (bytes: Buffer, isBinary: boolean): Addressee =>
  F.pipe(
    E.tryCatch(
      () => parseWire(isBinary ? bytes : Buffer.from(bytes.toString('latin1'), 'base64')),
      () => undefined,
    ),
    E.chainW((command) => Addressee.decode(command)),
    E.getOrElseW((): Addressee => ({})),
  );
