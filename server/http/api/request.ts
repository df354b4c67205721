/** A request to the HTTP API, and the errors of malformed ones. */
import { either as E, function as F } from 'fp-ts';
import type * as t from 'io-ts';
import { decodeFailed, type JsonObject } from '../../../codecs/index.js';
import type { Actor } from '../../actor.js';
import type { Answer } from '../respond.js';

/** A request with a valid master key. */
export interface ApiRequest {
  /** Parameters of the path. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: URLSearchParams;
  /** Empty if the request has no body. */
  readonly body: JsonObject;
  /** Who asks. A client only gets to the routes that are for clients. */
  readonly actor: Actor;
}

/** One method of one path. */
export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** The path, with `:name` for each parameter. */
  readonly path: string;
  /** Clients with a session may ask, too. Default: only the back end may. */
  readonly forClients?: boolean;
  /** It bounds the length of its answer itself. Default: the list in its answer is cut. */
  readonly isBounded?: boolean;
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

/** A text in the query; undefined if it is missing or empty. */
export const textIn = ({ query }: ApiRequest, name: string): string | undefined => {
  const text = query.get(name) ?? '';
  return text === '' ? undefined : text;
};

/** A text in the query that has to be there. */
export const neededIn = (request: ApiRequest, name: string): string => {
  const text = textIn(request, name);
  if (text === undefined) throw new BadRequest(`${name} should be in the query`);
  return text;
};

/** A flag in the query; false if it is missing. */
export const flagIn = ({ query }: ApiRequest, name: string): boolean => {
  const text = query.get(name) ?? 'false';
  if (text !== 'true' && text !== 'false') throw new BadRequest(`${name} should be true or false`);
  return text === 'true';
};
