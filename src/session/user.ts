/** Logging in as a user of the application: its HTTP API knows the session token and signs the login. */
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { catchError, defer, from, map, mergeMap, throwError, type Observable } from 'rxjs';
import { decodeFailed, record, SafeInteger } from '../../codecs/index.js';
import type { Fetch } from '../connection/endpoints.js';
import { InvalidArgument, SignatureFailed } from '../errors.js';
import type { Signature, SignatureFactory } from './signature.js';

/** A user of the application, known by the token of a sign-in there. */
export interface User {
  readonly sessionToken: string;
  /** The user's id, which is the client id; needed where the API does not say it. */
  readonly id?: string;
}

export interface UserOptions {
  readonly appId: string;
  readonly appKey: string | undefined;
  /** Where the API is. */
  readonly api: string | undefined;
  /** Where the server is; its address with `http` is taken for the API where none is given. */
  readonly server: string | readonly string[];
  readonly fetch: Fetch | undefined;
}

/** Who a login is for, and what signs it. */
export interface Identity {
  readonly clientId: string;
  readonly signature: SignatureFactory;
}

const SIGN_PATH = '/1.1/rtm/sign';

/** What the API answers (protocol: `/1.1/rtm/sign`); our server adds the client id. */
const Signed = record('Signed', { signature: t.string, timestamp: SafeInteger, nonce: t.string }, { clientId: t.string });
type Signed = t.TypeOf<typeof Signed>;

const addressOf = ({ api, server }: UserOptions): string | undefined => {
  const base = api ?? (typeof server === 'string' ? server : server[0]);
  if (base === undefined || !URL.canParse(base)) return undefined;
  return new URL(SIGN_PATH, base.replace(/^ws/, 'http')).href;
};

/** Cold: one signature from the API, then completes. */
const sign = ({ sessionToken }: User, options: UserOptions): Observable<Signed> =>
  defer(() => {
    const address = addressOf(options);
    if (address === undefined) return throwError(() => new InvalidArgument('api should be an address, such as https://api.example.com'));
    const fetch: Fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
    return from(
      fetch(address, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-lc-id': options.appId,
          ...(options.appKey === undefined ? {} : { 'x-lc-key': options.appKey }),
        },
        body: JSON.stringify({ session_token: sessionToken }),
      }),
    ).pipe(
      catchError((cause: unknown) =>
        throwError(
          () => new SignatureFailed(`${address} can't be reached: ${cause instanceof Error ? cause.message : String(cause)}`, { cause }),
        ),
      ),
      mergeMap((response) => {
        if (!response.ok)
          throw new SignatureFailed(`${address} answered with status ${String(response.status)}; is the session token still valid?`);
        return from(response.json());
      }),
      map((answer) => {
        const decoded = Signed.decode(answer);
        if (E.isLeft(decoded)) throw new SignatureFailed(`${address}: ${decodeFailed(decoded.left).message}`);
        return decoded.right;
      }),
    );
  });

const toSignature = ({ signature, timestamp, nonce }: Signed): Signature => ({ signature, timestamp, nonce });

/**
 * Cold: who a user is. Emits once, then completes. The signature that came with the answer serves the first login; later ones that need one ask again.
 * Errors: `InvalidArgument` where nobody says the user's id, `SignatureFailed` where the API refuses the token or can't be read.
 */
export const identify = (user: User, options: UserOptions): Observable<Identity> =>
  sign(user, options).pipe(
    map((first) => {
      const clientId = first.clientId ?? user.id;
      if (clientId === undefined) throw new InvalidArgument('the API does not say who the user is: give the id beside the session token');
      const ready = [toSignature(first)];
      return {
        clientId,
        signature: () => {
          const next = ready.pop();
          return next === undefined ? sign(user, options).pipe(map(toSignature)) : [next];
        },
      };
    }),
  );
