import { either as E, type json as J } from 'fp-ts';
import * as t from 'io-ts';
import secureJson from 'secure-json-parse';
import { DecodeFailed, preview } from './decode-failed.js';

/** Any JSON value. */
export type Json = J.Json;

/** A JSON object. */
export type JsonObject = Readonly<Record<string, Json>>;

const isJsonObject = (input: unknown): input is JsonObject => typeof input === 'object' && input !== null && !Array.isArray(input);

/**
 * An object that came out of `parseJson`, so its leaves are JSON already: only the top is looked at,
 * which keeps an input of any depth from costing stack.
 */
export const JsonObject: t.Type<JsonObject> = new t.Type(
  'JsonObject',
  isJsonObject,
  (input, context) => (isJsonObject(input) ? t.success(input) : t.failure(input, context)),
  t.identity,
);

/** Parses JSON text; `__proto__` keys are removed at every depth, whichever way they are escaped. */
export const parseJson = (text: string): E.Either<DecodeFailed, Json> =>
  E.tryCatch(
    () => secureJson(text, { protoAction: 'remove', constructorAction: 'remove' }) as Json,
    () => new DecodeFailed('', 'JSON', preview(text)),
  );
