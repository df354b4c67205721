/** Logs in users of the application. The application's HTTP API knows the session token and signs the login. */
import type * as t from 'io-ts';
import * as c from '../../codecs/type.js';
import { catchError, map, of, throwError, type Observable } from 'rxjs';
import { isLeft } from '../../codecs/either.js';
import { decodeFailed, record, SafeInteger } from '../../codecs/index.js';
import { InvalidArgument, SignatureFailed, toRealtimeError } from '../errors.js';
import { askHttpApi, type HttpApiOptions } from '../http-api.js';
import type { Signature, SignatureFactory } from './signature.js';

/** The client id of a login, and its signature. */
export interface Identity {
  /** The client id. */
  readonly clientId: string;
  /** Signs the login. */
  readonly signature: SignatureFactory;
}

/** A user of the application, to log in as. Made with `user`. */
export interface User {
  /**
   * Cold: asks the API for the user's id. Emits once, then completes. `login` runs it. With `offline` it uses the
   * given id and asks nobody.
   */
  readonly identify: (api: HttpApiOptions, offline?: boolean) => Observable<Identity>;
}

/** Options of `user`. */
export interface UserOptions {
  /** The session token from the user's sign-in to the application. */
  readonly sessionToken: string;
  /**
   * The user's id, which is used as the client id. Needed only if the API does not send it, and for a login with
   * `offline`.
   */
  readonly id?: string;
}

const SIGN_PATH = '/1.1/rtm/sign';

/** The answer of the API (protocol: `/1.1/rtm/sign`). Our server adds the client id. */
const Signed = record(
  'Signed',
  { signature: c.string, timestamp: SafeInteger, nonce: c.string },
  { clientId: c.string },
);
type Signed = t.TypeOf<typeof Signed>;

/** Cold: emits one signature from the API, then completes. */
const sign = ({ sessionToken }: UserOptions, api: HttpApiOptions): Observable<Signed> =>
  askHttpApi(api, { method: 'POST', path: SIGN_PATH, body: { session_token: sessionToken } }).pipe(
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

const identify = (options: UserOptions, api: HttpApiOptions, offline: boolean): Observable<Identity> => {
  const { id } = options;
  if (offline)
    return id === undefined
      ? throwError(() => new InvalidArgument('an offline login needs the id of the user: user({ sessionToken, id })'))
      : of({ clientId: id, signature: () => sign(options, api).pipe(map(toSignature)) });
  return sign(options, api).pipe(
    map((first) => {
      const clientId = first.clientId ?? options.id;
      if (clientId === undefined)
        throw new InvalidArgument('the API does not say who the user is: give the id beside the session token');
      const ready = [toSignature(first)];
      return {
        clientId,
        signature: () => {
          const next = ready.pop();
          return next === undefined ? sign(options, api).pipe(map(toSignature)) : [next];
        },
      };
    }),
  );
};

/**
 * Makes an identity for `login` from the session token of a user of the application. The application's HTTP API tells
 * the user's id and signs the login. Its first answer is used for the first login; later logins that need a signature
 * ask again. The login errors with `InvalidArgument` if the user's id is unknown, and with `SignatureFailed` if the
 * API refuses the token or its answer can't be read.
 *
 * @example const me = await firstValueFrom(realtime.login(user({ sessionToken })));
 */
export const user = (options: UserOptions): User =>
  Object.freeze({ identify: (api: HttpApiOptions, offline = false) => identify(options, api, offline) });
