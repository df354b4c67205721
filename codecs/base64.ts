/** Standard base64 with padding, on every platform. */
import { DecodeFailed, preview } from './decode-failed.js';
import { left, right, type Either } from './either.js';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The value of each digit by its character code. The last two digits are those of the URL alphabet. */
const values: Readonly<Record<number, number>> = /* @__PURE__ */ Object.fromEntries(
  Array.from(`${DIGITS}-_`, (digit, value) => [digit.charCodeAt(0), value < 64 ? value : value - 2]),
);

/** How many characters are made at a time. */
const CHUNK = 8_192;

/** Encodes bytes as base64. */
export const toBase64 = (bytes: Uint8Array): string => {
  let text = '';
  let codes: number[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const three = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    for (let shift = 18; shift >= 0; shift -= 6) codes.push(DIGITS.charCodeAt((three >> shift) & 63));
    if (codes.length < CHUNK) continue;
    text += String.fromCharCode(...codes);
    codes = [];
  }
  text += String.fromCharCode(...codes);
  const over = bytes.length % 3;
  return over === 0 ? text : text.slice(0, over - 3) + '=='.slice(over - 1);
};

/** Decodes base64 text. It also accepts the URL alphabet and text without padding, and refuses all other text. */
export const fromBase64 = (text: string): Either<DecodeFailed, Uint8Array> => {
  const padding = text.endsWith('==') ? 2 : Number(text.endsWith('='));
  const digits = text.length - padding;
  const over = digits % 4;
  let isBase64 = over !== 1 && (over > 0 || padding === 0);
  const bytes = new Uint8Array(isBase64 ? Math.floor((digits * 3) / 4) : 0);
  let bits = 0;
  let held = 0;
  for (let index = 0, at = 0; isBase64 && index < digits; index += 1) {
    const value = values[text.charCodeAt(index)];
    isBase64 = value !== undefined;
    held = (held << 6) | (value ?? 0);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = held >> bits;
  }
  return isBase64 ? right(bytes) : left(new DecodeFailed('', 'base64', preview(text)));
};
