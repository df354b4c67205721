/** Signs logins of the application's users (protocol: `/1.1/rtm/sign`). */
import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { parseJson, record } from '../../codecs/index.js';
import { loginSignature } from '../login-signature.js';
import type { ServerClock } from '../clock.js';
import { CORS, pathOf, respond, type Endpoint } from './respond.js';

/** Says whom a session token belongs to; nothing where it is no good. */
export type Authenticate = (sessionToken: string) => string | undefined | Promise<string | undefined>;

export interface SignOptions {
  readonly authenticate: Authenticate | undefined;
  readonly masterKey: string;
  readonly clock: ServerClock;
  readonly report: (error: unknown) => void;
}

const MAX_BODY = 16_384;

const Wish = record('SignRequest', { session_token: t.string }, {});

export const sign = ({ authenticate, masterKey, clock, report }: SignOptions): Endpoint => {
  const answer = async (body: string, appId: string): Promise<readonly [status: number, body: object]> => {
    const json = parseJson(body);
    const wish: unknown = E.isRight(json) ? json.right : undefined;
    if (!Wish.is(wish)) return [400, { code: 107, error: 'the body should be JSON with a session_token' }];
    const clientId = await authenticate?.(wish.session_token);
    if (clientId === undefined) return [401, { code: 211, error: 'this session token belongs to nobody' }];
    const [timestamp, nonce] = [clock.now(), randomBytes(12).toString('base64url')];
    return [200, { signature: loginSignature(masterKey, { appId, clientId, timestamp, nonce }), timestamp, nonce, clientId }];
  };

  return (request, response): boolean => {
    if (pathOf(request) !== '/1.1/rtm/sign' || authenticate === undefined) return false;
    if (request.method === 'OPTIONS') {
      response.writeHead(204, CORS).end();
      return true;
    }
    if (request.method !== 'POST') return false;
    const { 'x-lc-id': appId = '', 'content-length': length = '0' } = request.headers;
    if (Number(length) > MAX_BODY) {
      respond(response, 413, { code: 1, error: 'the body is too long' });
      return true;
    }
    void text(request)
      .then((body) => answer(body.slice(0, MAX_BODY), String(appId)))
      .then(([status, body]) => {
        respond(response, status, body);
      })
      .catch((error: unknown) => {
        report(error);
        respond(response, 500, { code: 1, error: 'the server could not ask whose token this is' });
      });
    return true;
  };
};
