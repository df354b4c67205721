/** A request to the HTTP API, and the errors of malformed ones. */
import { either as E, function as F } from 'fp-ts';
import type * as t from 'io-ts';
import { decodeFailed, type JsonObject } from '../../../codecs/index.js';
import type { Answer } from '../respond.js';

/** A request with a valid master key. */
export interface ApiRequest {
  /** Parameters of the path. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: URLSearchParams;
  /** Empty if the request has no body. */
  readonly body: JsonObject;
}

/** One method of one path. */
export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** The path, with `:name` for each parameter. */
  readonly path: string;
  readonly answer: (request: ApiRequest) => Promise<Answer>;
}

/** A malformed request; the message says what is expected. */
export class BadRequest extends Error {
  readonly _tag = 'BadRequest';
}

/** The body, decoded by a codec. */
export const bodyAs = <A>(codec: t.Decoder<unknown, A>, { body }: ApiRequest): A =>
  F.pipe(
    codec.decode(body),
    E.getOrElse((errors): A => {
      throw new BadRequest(decodeFailed(errors).message);
    }),
  );

/** A parameter of the path. The router has checked that it is there. */
export const param = ({ params }: ApiRequest, name: string): string => params[name] ?? '';

/** An integer in the query; undefined if it is missing. */
export const integerIn = ({ query }: ApiRequest, name: string): number | undefined => {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new BadRequest(`${name} should be an integer of 0 or more`);
  return value;
};

/** A flag in the query; false if it is missing. */
export const flagIn = ({ query }: ApiRequest, name: string): boolean => {
  const text = query.get(name) ?? 'false';
  if (text !== 'true' && text !== 'false') throw new BadRequest(`${name} should be true or false`);
  return text === 'true';
};
