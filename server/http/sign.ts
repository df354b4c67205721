/**
 * Signs logins of the application's users (protocol: `POST /1.1/rtm/sign`, and `GET /1.2/rtm/clients/sign` of the REST
 * API).
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { either as E } from 'fp-ts';
import * as c from '../../codecs/type.js';
import { parseJson, record } from '../../codecs/index.js';
import type { App } from '../app.js';
import { isClientId } from '../domain/conversations/members.js';
import { loginSignature, type Signatures } from '../signatures.js';
import { readBody } from './body.js';
import { countedAs, type Front } from './front.js';
import { perMinute } from './per-minute.js';
import { headerOf, jsonEndpoint, type Answer, type Endpoint } from './respond.js';
import { queryOf } from './token.js';

/** Finds the client id of a session token; undefined if the token is not valid. */
export type Authenticate = (sessionToken: string) => string | undefined | Promise<string | undefined>;

export interface SignOptions {
  readonly app: App;
  readonly front: Front;
  readonly authenticate: Authenticate | undefined;
  /** The key that logins are verified with. */
  readonly key: string;
  /** What verifies the logins. */
  readonly signatures: Pick<Signatures, 'timeFor'>;
}

const MAX_BODY = 16_384;

const no = (status: number, code: number, error: string): Answer => [status, { code, error }];

const Wish = record('SignRequest', { session_token: c.string }, {});

/** Why logins of this application are not signed here; undefined if they are. */
const problemWith = (appId: string, own: string | undefined): Answer | undefined => {
  // In the signed text a colon ends the application id. What follows would be taken for the start of the client id.
  if (appId === '' || appId.includes(':'))
    return [400, { code: 107, error: 'X-LC-Id should be the id of the application, without colons' }];
  return own === undefined || appId === own
    ? undefined
    : [401, { code: 401, error: 'X-LC-Id is not the application of this server' }];
};

export const sign = ({ app, front, authenticate, key, signatures }: SignOptions): Endpoint => {
  const { limits, report } = app;
  const mayAsk = perMinute(limits.signsPerMinute, app.clock);

  /** Signs for the token that `read` finds. `read` gives the answer itself if there is none. */
  const signing =
    (read: (request: IncomingMessage) => Promise<string | Answer>, nameOfClient: 'clientId' | 'client_id') =>
    async (request: IncomingMessage): Promise<Answer> => {
      const appId = headerOf(request, 'x-lc-id');
      const problem = problemWith(appId, app.appId);
      if (problem !== undefined) return problem;
      if (!mayAsk(countedAs(front.clientAddress(request))))
        return no(429, 429, `one address asks at most ${limits.signsPerMinute} times a minute`);
      const token = await read(request);
      if (typeof token !== 'string') return token;
      const clientId: unknown = await authenticate?.(token);
      if (clientId === undefined) return no(401, 211, 'this session token belongs to nobody');
      if (!isClientId(clientId)) throw new TypeError('authenticate: a client id is a text of 1 to 64 characters');
      const [timestamp, nonce] = [signatures.timeFor(clientId), randomBytes(12).toString('base64url')];
      const signature = loginSignature(key, { appId, clientId, timestamp, nonce });
      return [200, { signature, timestamp, nonce, [nameOfClient]: clientId }];
    };

  const inBody = async (request: IncomingMessage): Promise<string | Answer> => {
    const body = await readBody(request, MAX_BODY);
    if (body === undefined) return no(413, 1, `the body has at most ${MAX_BODY} bytes`);
    const json = parseJson(body);
    const wish: unknown = E.isRight(json) ? json.right : undefined;
    return Wish.is(wish) ? wish.session_token : no(400, 107, 'the body should be JSON with a session_token');
  };
  const inQuery = (request: IncomingMessage): Promise<string | Answer> =>
    Promise.resolve(queryOf(request).get('session_token') ?? no(400, 107, 'session_token should be in the query'));

  if (authenticate === undefined) return () => false;
  const endpoints = [
    jsonEndpoint({ method: 'POST', path: '/1.1/rtm/sign', answer: signing(inBody, 'clientId'), report }),
    jsonEndpoint({ method: 'GET', path: '/1.2/rtm/clients/sign', answer: signing(inQuery, 'client_id'), report }),
  ];
  return (request, response) => endpoints.some((endpoint) => endpoint(request, response));
};
