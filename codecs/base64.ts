/** Standard padded base64, on every platform. */
import { either as E } from 'fp-ts';
import protobuf from 'protobufjs/minimal.js';
import { DecodeFailed, preview } from './decode-failed.js';

const { encode, decode, length } = protobuf.util.base64;

/** Bytes as base64. */
export const toBase64 = (bytes: Uint8Array): string => encode(bytes, 0, bytes.length);

/** The bytes of a base64 text; refuses every other text. */
export const fromBase64 = (text: string): E.Either<DecodeFailed, Uint8Array> =>
  E.tryCatch(
    () => {
      const bytes = new Uint8Array(length(text));
      const written = decode(text, bytes, 0);
      return written === bytes.length ? bytes : bytes.slice(0, written);
    },
    () => new DecodeFailed('', 'base64', preview(text)),
  );
