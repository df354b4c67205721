/** Standard padded base64, on every platform. */
import { either as E } from 'fp-ts';
import protobuf from 'protobufjs/minimal.js';
import { DecodeFailed, preview } from './decode-failed.js';

const { encode, decode, length } = protobuf.util.base64;

/** Bytes as base64. */
export const toBase64 = (bytes: Uint8Array): string => encode(bytes, 0, bytes.length);

const bytesOf = (text: string): Uint8Array => {
  const bytes = new Uint8Array(length(text));
  const written = decode(text, bytes, 0);
  return written === bytes.length ? bytes : bytes.slice(0, written);
};

const isPadded = (text: string): boolean => /^[^=]*={0,2}$/.test(text);
const refusal = (text: string): DecodeFailed => new DecodeFailed('', 'base64', preview(text));

/** The bytes of a base64 text; takes the alphabet of URLs and text without padding too, and refuses all other text. */
export const fromBase64 = (text: string): E.Either<DecodeFailed, Uint8Array> =>
  isPadded(text)
    ? E.tryCatch(
        () => bytesOf(text),
        () => refusal(text),
      )
    : E.left(refusal(text));
