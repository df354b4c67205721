/** Finds the client of an HTTP request by its session token. */
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
  const session = token === '' || token.length > MAX_TOKEN ? undefined : await store.session(token);
  return session !== undefined && !session.displaced && session.expiresAt > clock.now() ? session.clientId : undefined;
};

/** Whether a request has the master key, and names the server's application if it serves only one. */
export const hasMasterKey = (request: IncomingMessage, appId: string | undefined, masterKey: string): boolean =>
  (appId === undefined || headerOf(request, 'x-lc-id') === appId) &&
  isSameSecret(headerOf(request, 'x-lc-key'), `${masterKey},master`);

export const UNAUTHORIZED = {
  code: 401,
  error: 'this needs the token of a session, in the header X-LC-IM-Session-Token',
};

/** The query of a request: everything behind the first question mark. */
export const queryOf = ({ url = '' }: IncomingMessage): URLSearchParams => {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
};
