/**
 * A message body as the wire has it: in a command of its own, and stored in history or as the last message of a
 * conversation.
 */
import { isLeft } from '../either.js';
import { fromBase64, toBase64 } from '../base64.js';

/** A body as the wire has it: text or bytes, or neither. */
export interface WireBody {
  readonly msg?: string;
  readonly binaryMsg?: Uint8Array;
}

/** A body as stored messages have it; with `bin`, `data` is base64 of bytes. */
export interface StoredBody {
  readonly data?: string;
  readonly bin?: boolean;
}

/** Total: what claims to be bytes but is no base64 is taken for text. */
export const fromStored = ({ data, bin }: StoredBody): WireBody => {
  if (data === undefined) return {};
  if (bin !== true) return { msg: data };
  const bytes = fromBase64(data);
  return isLeft(bytes) ? { msg: data } : { binaryMsg: bytes.right };
};

/** The inverse of `fromStored`. */
export const toStored = ({ msg, binaryMsg }: WireBody): StoredBody => {
  if (binaryMsg !== undefined) return { data: toBase64(binaryMsg), bin: true };
  return msg === undefined ? {} : { data: msg };
};
