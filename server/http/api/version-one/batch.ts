/**
 * Many requests in one (protocol: `/1.1/batch`). The storage SDKs send queries by it whose condition is too long for an
 * address.
 */
import { either as E } from 'fp-ts';
import * as c from '../../../../codecs/type.js';
import { JsonObject, record } from '../../../../codecs/index.js';
import type { Actor } from '../../../actor.js';
import type { Answer } from '../../respond.js';
import { bodyAs, BadRequest, type ApiRoute } from '../request.js';

/** Requests in one. */
const MAX_REQUESTS = 50;

const methods = c.keyof({ GET: null, POST: null, PUT: null, DELETE: null });
const One = record('request', { method: methods, path: c.string }, { params: JsonObject, body: JsonObject });
const Requests = record('Batch', { requests: c.array(One) }, {});

/** A request within another one. */
export interface Part {
  readonly method: ApiRoute['method'];
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
}

/** Objects in a query are JSON, as in an address. */
const queryOf = (params: JsonObject): URLSearchParams =>
  new URLSearchParams(
    Object.entries(params).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );

const isGood = (status: number): boolean => status < 300;

/** `carryOut` never throws. */
export const batchRoute = (carryOut: (part: Part, actor: Actor) => Promise<Answer>, answerBytes: number): ApiRoute => ({
  method: 'POST',
  path: '/1.1/batch',
  forClients: true,
  isBounded: true,
  answer: async (request) => {
    const { requests } = bodyAs(Requests, request);
    if (requests.length > MAX_REQUESTS) throw new BadRequest(`one request has at most ${MAX_REQUESTS} others in it`);
    const answers: object[] = [];
    let bytes = 0;
    for (const { method, path, params = {}, body = {} } of requests) {
      const url = E.tryCatch(() => new URL(path, 'http://localhost'), E.toError);
      if (E.isLeft(url)) throw new BadRequest('path should be a path');
      const query = queryOf(params);
      for (const [key, value] of url.right.searchParams) query.append(key, value);
      // What was carried out is answered, so nothing is carried out that would not be.
      const isTooLong = bytes > answerBytes;
      const [status, answer] = isTooLong
        ? [413, { code: 1, error: 'the answers before this one are too long: ask again' }]
        : await carryOut({ method, path: url.right.pathname, query, body }, request.actor);
      const said = isGood(status) ? { success: answer } : { error: answer };
      bytes += Buffer.byteLength(JSON.stringify(said));
      answers.push(said);
    }
    return [200, answers];
  },
});
