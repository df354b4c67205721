/**
 * Texts as a database can keep them. PostgreSQL and some drivers of SQLite can't keep a NUL character, and half a
 * surrogate pair becomes another character. So two different ids could become the same. Such characters are escaped.
 */

/** Escapes the characters that can't be kept, and itself. */
const ESCAPE = '\x10';

const SPECIAL = /[\0\x10]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const ESCAPED = /\x10(....)/gs;

const escaped = (character: string): string => ESCAPE + character.charCodeAt(0).toString(16).padStart(4, '0');

/** The text as it is stored. Texts without special characters are stored as they are. */
export const toText = (text: string): string => text.replace(SPECIAL, escaped);

/** The inverse of `toText`. */
export const fromText = (text: string): string =>
  text.includes(ESCAPE) ? text.replace(ESCAPED, (_, code: string) => String.fromCharCode(parseInt(code, 16))) : text;
