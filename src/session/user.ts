/** Logging in as a user of the application: its HTTP API knows the session token and signs the login. */
import * as t from 'io-ts';
import { catchError, map, throwError, type Observable } from 'rxjs';
import { isLeft } from '../../codecs/either.js';
import { decodeFailed, record, SafeInteger } from '../../codecs/index.js';
import { InvalidArgument, SignatureFailed, toRealtimeError } from '../errors.js';
import type { HttpApi } from '../http-api.js';
import type { Signature, SignatureFactory } from './signature.js';

/** A user of the application, known by the token of a sign-in there. */
export interface User {
  readonly sessionToken: string;
  /** The user's id, which is the client id; needed where the API does not say it. */
  readonly id?: string;
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

/** Cold: one signature from the API, then completes. */
const sign = ({ sessionToken }: User, api: HttpApi): Observable<Signed> =>
  api({ method: 'POST', path: SIGN_PATH, body: { session_token: sessionToken } }).pipe(
    map((answer) => {
      const decoded = Signed.decode(answer);
      if (isLeft(decoded)) throw new SignatureFailed(`${SIGN_PATH}: ${decodeFailed(decoded.left).message}`);
      return decoded.right;
    }),
    catchError((thrown: unknown) => {
      const error = toRealtimeError(thrown);
      if (error._tag === 'InvalidArgument' || error._tag === 'SignatureFailed') return throwError(() => error);
      const hint = error._tag === 'ServerRejected' ? '; is the session token still valid?' : '';
      return throwError(() => new SignatureFailed(`${error.message}${hint}`, { cause: error }));
    }),
  );

const toSignature = ({ signature, timestamp, nonce }: Signed): Signature => ({ signature, timestamp, nonce });

/**
 * Cold: who a user is. Emits once, then completes. The signature that came with the answer serves the first login; later ones that need one ask again.
 * Errors: `InvalidArgument` where nobody says the user's id, `SignatureFailed` where the API refuses the token or can't be read.
 */
export const identify = (user: User, api: HttpApi): Observable<Identity> =>
  sign(user, api).pipe(
    map((first) => {
      const clientId = first.clientId ?? user.id;
      if (clientId === undefined) throw new InvalidArgument('the API does not say who the user is: give the id beside the session token');
      const ready = [toSignature(first)];
      return {
        clientId,
        signature: () => {
          const next = ready.pop();
          return next === undefined ? sign(user, api).pipe(map(toSignature)) : [next];
        },
      };
    }),
  );
