import type * as t from 'io-ts';
import { left, right, type Either } from './either.js';
import type { json } from 'fp-ts';
import { DecodeFailed, preview } from './decode-failed.js';
import { guarded } from './type.js';

/** Any JSON value. */
export type Json = json.Json;

/** A JSON object. */
export type JsonObject = Readonly<Record<string, Json>>;

const isJsonObject = (input: unknown): input is JsonObject =>
  typeof input === 'object' && input !== null && !Array.isArray(input);

/**
 * A JSON object that came from `parseJson`, so all its values are JSON already. Only the top level is checked, so
 * even a very deep input needs no stack.
 */
export const JsonObject: t.Type<JsonObject> = guarded('JsonObject', isJsonObject);

/** Matches each letter of a name as it is, or as an escape. */
const spelled = (name: string): string =>
  Array.from(name, (letter) => `(?:${letter}|\\\\u00${letter.charCodeAt(0).toString(16)})`).join('');

/** Matches text that may have a key to remove, and some text that has none. */
const SUSPECT = new RegExp(`"(?:${spelled('__proto__')}|${spelled('constructor')})"\\s*:`, 'i');

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Removes the keys in place. It needs no stack, however deep the value is. */
const removeKeys = (root: Json): void => {
  const rest: unknown[] = [root];
  // An array's iteration includes the items that are added meanwhile.
  for (const value of rest) {
    if (!isObject(value)) continue;
    if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__');
    if (Object.hasOwn(value, 'constructor')) {
      const { constructor: made }: { readonly constructor?: unknown } = value;
      if (isObject(made) && Object.hasOwn(made, 'prototype')) Reflect.deleteProperty(value, 'constructor');
    }
    for (const inner of Object.values(value)) if (isObject(inner)) rest.push(inner);
  }
};

/**
 * Parses JSON text. It removes `__proto__` keys, and `constructor` keys with a `prototype`, at every depth, no matter
 * how they are escaped.
 */
export const parseJson = (text: string): Either<DecodeFailed, Json> => {
  try {
    const value = JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text) as Json;
    if (SUSPECT.test(text)) removeKeys(value);
    return right(value);
  } catch {
    return left(new DecodeFailed('', 'JSON', preview(text)));
  }
};
