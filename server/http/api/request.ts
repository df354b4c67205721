/** What the HTTP API is asked, and how what is wrong with it is said. */
import { either as E, function as F } from 'fp-ts';
import type * as t from 'io-ts';
import { decodeFailed, type JsonObject } from '../../../codecs/index.js';
import type { Answer } from '../respond.js';

/** A request that has been let in. */
export interface ApiRequest {
  /** Of the path. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: URLSearchParams;
  /** Empty where there was none. */
  readonly body: JsonObject;
}

/** One method of one path. */
export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With `:name` for each parameter. */
  readonly path: string;
  readonly answer: (request: ApiRequest) => Promise<Answer>;
}

/** A request that is not as it should be; its message says how it should. */
export class BadRequest extends Error {
  readonly _tag = 'BadRequest';
}

/** The body as a codec has it. */
export const bodyAs = <A>(codec: t.Decoder<unknown, A>, { body }: ApiRequest): A =>
  F.pipe(
    codec.decode(body),
    E.getOrElse((errors): A => {
      throw new BadRequest(decodeFailed(errors).message);
    }),
  );

/** A parameter of the path; the router has seen to it that it is there. */
export const param = ({ params }: ApiRequest, name: string): string => params[name] ?? '';

/** An integer in the query, where there is one. */
export const integerIn = ({ query }: ApiRequest, name: string): number | undefined => {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new BadRequest(`${name} should be an integer of 0 or more`);
  return value;
};

/** A yes or no in the query; no where there is none. */
export const flagIn = ({ query }: ApiRequest, name: string): boolean => {
  const text = query.get(name) ?? 'false';
  if (text !== 'true' && text !== 'false') throw new BadRequest(`${name} should be true or false`);
  return text === 'true';
};
