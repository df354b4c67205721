/** Finds the client of an HTTP request by its session token. */
import type { IncomingMessage } from 'node:http';
import type { App } from '../app.js';

const one = (header: string | string[] | undefined): string => (Array.isArray(header) ? header.join() : (header ?? ''));

/**
 * The client of the request's session token (protocol: `X-LC-IM-Session-Token`); undefined if the token is not valid.
 */
export const clientOf = async ({ store, clock }: App, { headers }: IncomingMessage): Promise<string | undefined> => {
  const session = await store.session(one(headers['x-lc-im-session-token']));
  return session !== undefined && !session.displaced && session.expiresAt > clock.now() ? session.clientId : undefined;
};

export const UNAUTHORIZED = {
  code: 401,
  error: 'this needs the token of a session, in the header X-LC-IM-Session-Token',
};

/** The query of a request. */
export const queryOf = ({ url = '' }: IncomingMessage): URLSearchParams => new URLSearchParams(url.split('?')[1] ?? '');
