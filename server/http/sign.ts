/** Signs logins of the application's users (protocol: `/1.1/rtm/sign`). */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { parseJson, record } from '../../codecs/index.js';
import { loginSignature } from '../signatures.js';
import type { ServerClock } from '../clock.js';
import { readBody } from './body.js';
import { jsonEndpoint, type Answer, type Endpoint } from './respond.js';

/** Finds the client id of a session token; undefined if the token is not valid. */
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
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const body = await readBody(request, MAX_BODY);
    if (body === undefined) return [413, { code: 1, error: `the body has at most ${MAX_BODY} bytes` }];
    const { 'x-lc-id': header = '' } = request.headers;
    const appId = String(header);
    const json = parseJson(body);
    const wish: unknown = E.isRight(json) ? json.right : undefined;
    if (!Wish.is(wish)) return [400, { code: 107, error: 'the body should be JSON with a session_token' }];
    const clientId = await authenticate?.(wish.session_token);
    if (clientId === undefined) return [401, { code: 211, error: 'this session token belongs to nobody' }];
    const [timestamp, nonce] = [clock.now(), randomBytes(12).toString('base64url')];
    return [
      200,
      { signature: loginSignature(masterKey, { appId, clientId, timestamp, nonce }), timestamp, nonce, clientId },
    ];
  };

  return authenticate === undefined
    ? () => false
    : jsonEndpoint({ method: 'POST', path: '/1.1/rtm/sign', answer, report });
};
