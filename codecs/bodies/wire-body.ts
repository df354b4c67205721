/**
 * A message body in its wire forms: in a command, and as stored in history or as the last message of a conversation.
 */
import { isLeft } from '../either.js';
import { fromBase64, toBase64 } from '../base64.js';

/** A body on the wire: text, bytes, or neither. */
export interface WireBody {
  readonly msg?: string;
  readonly binaryMsg?: Uint8Array;
}

/** A body in a stored message. With `bin`, `data` is bytes in base64. */
export interface StoredBody {
  readonly data?: string;
  readonly bin?: boolean;
}

/** Never fails: if `bin` is set but `data` is not base64, it counts as text. */
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
