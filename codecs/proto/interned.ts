/**
 * Texts that come again and again, such as the ids of conversations and of clients. Each of them is one string, however
 * often it is read: it is not decoded again, and it is hashed and compared only once.
 */
import { readText } from './utf8.js';

const LONGEST = 48;
const MOST = 32_768;

/** The texts that were read lately, by their hash. As many as are needed: there are twice as many if they are lost. */
let known: string[] = [];
let lost = 0;

const remember = (slot: number, text: string): void => {
  if (known.length === 0 || (lost > known.length && known.length < MOST)) {
    known = new Array<string>(known.length * 2 || 256).fill('');
    lost = 0;
    return;
  }
  if (known[slot] !== '') lost += 1;
  known[slot] = text;
};

/** Reads the text between two positions, as `readText` does. The next time it is the same string. */
export const readInterned = (bytes: Uint8Array, start: number, end: number): string => {
  const length = end - start;
  if (length > LONGEST) return readText(bytes, start, end);
  let hash = length;
  // Ids of one kind differ at the end.
  for (let at = Math.max(start, end - 8); at < end; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
  const slot = (hash ^ (hash >>> 15)) & (known.length - 1);
  const before = known[slot];
  if (before?.length === length) {
    let at = 0;
    while (at < length && before.charCodeAt(at) === bytes[start + at]) at += 1;
    if (at === length) return before;
  }
  const text = readText(bytes, start, end);
  // Only ASCII: no other text has as many characters as bytes, but for replaced ones, which never equal a byte.
  if (text.length === length) remember(slot, text);
  return text;
};
