import { left, right, type Either } from './either.js';
import type { json } from 'fp-ts';
import type * as t from 'io-ts';
import secureJson from 'secure-json-parse';
import { DecodeFailed, preview } from './decode-failed.js';
import { guarded } from './primitives.js';

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

const SAFE = { protoAction: 'remove', constructorAction: 'remove' } as const;

/**
 * Parses JSON text. It removes `__proto__` keys, and `constructor` keys with a `prototype`, at every depth, no matter
 * how they are escaped.
 */
export const parseJson = (text: string): Either<DecodeFailed, Json> => {
  try {
    return right(secureJson(text, SAFE) as Json);
  } catch {
    return left(new DecodeFailed('', 'JSON', preview(text)));
  }
};
