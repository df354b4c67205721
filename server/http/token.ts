/** Finds the client of an HTTP request by its session token. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { App } from '../app.js';
import { isSameSecret } from '../same-secret.js';
import { headerOf } from './respond.js';

/** Longer texts are no tokens. */
const MAX_TOKEN = 128;

/**
 * The client of the request's session token (protocol: `X-LC-IM-Session-Token`); undefined if the token is not valid.
 */
export const clientOf = async ({ store, clock }: App, request: IncomingMessage): Promise<string | undefined> => {
  const token = headerOf(request, 'x-lc-im-session-token');
  const now = clock.now();
  const session = token === '' || token.length > MAX_TOKEN ? undefined : await store.session(token, now);
  return session !== undefined && !session.displaced && session.expiresAt > now ? session.clientId : undefined;
};

/** How far the time of a signed request may be from the server's, ms: whoever has seen one may send it again. */
const SIGNED_WITHIN = 600_000;
const SIGN = /^([0-9a-f]{32}),(\d{1,15}),master$/i;

/** Back ends of the vendor's early years call the fields so. */
const EARLY = { id: 'x-avoscloud-application-id', key: 'x-avoscloud-master-key', sign: 'x-avoscloud-request-sign' };

/** A field by its name, or by its early name. */
const fieldOf = (request: IncomingMessage, name: 'id' | 'sign'): string => {
  const value = headerOf(request, `x-lc-${name}`);
  return value === '' ? headerOf(request, EARLY[name]) : value;
};

/**
 * Whether a request is signed with the master key, as the JavaScript, Java and Objective-C storage SDKs sign it
 * (protocol: `X-LC-Sign: <MD5 of the time and the key>,<time in ms>,master`).
 */
const isSigned = (request: IncomingMessage, masterKey: string, now: number): boolean => {
  const [, signature = '', time = ''] = SIGN.exec(fieldOf(request, 'sign')) ?? [];
  if (signature === '' || !(Math.abs(now - Number(time)) <= SIGNED_WITHIN)) return false;
  return isSameSecret(signature.toLowerCase(), createHash('md5').update(`${time}${masterKey}`).digest('hex'));
};

/** Whether a request has the master key, and names the server's application if it serves only one. */
export const hasMasterKey = (request: IncomingMessage, { appId, wall }: App, masterKey: string): boolean =>
  (appId === undefined || fieldOf(request, 'id') === appId) &&
  (isSameSecret(headerOf(request, 'x-lc-key'), `${masterKey},master`) ||
    isSameSecret(headerOf(request, EARLY.key), masterKey) ||
    isSigned(request, masterKey, wall.now()));

export const UNAUTHORIZED = {
  code: 401,
  error: 'this needs the token of a session, in the header X-LC-IM-Session-Token',
};

/** The query of a request: everything behind the first question mark. */
export const queryOf = ({ url = '' }: IncomingMessage): URLSearchParams => {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
};
