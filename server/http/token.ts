/** Who asks over HTTP with the token of a session. */
import type { IncomingMessage } from 'node:http';
import type { App } from '../app.js';

const one = (header: string | string[] | undefined): string => (Array.isArray(header) ? header.join() : (header ?? ''));

/**
 * The client whose session's token the request has (protocol: `X-LC-IM-Session-Token`); nothing where it is not good.
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
