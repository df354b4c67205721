import * as t from 'io-ts';
import {
  catchError,
  defer,
  from,
  map,
  mergeWith,
  take,
  throwError,
  throwIfEmpty,
  mergeMap,
  type Observable,
  type ObservableInput,
} from 'rxjs';
import { codecOf, refusedBy, type ValueOf } from '../../codecs/codec.js';
import { record, SafeInteger, type Codec } from '../../codecs/index.js';
import type { Clock } from '../clock.js';
import { SignatureFailed } from '../errors.js';

const signatureCodec = codecOf(
  record('Signature', { signature: t.string, timestamp: SafeInteger, nonce: t.string }, {}),
);
/** What a signature factory answers with. */
export interface Signature extends ValueOf<typeof signatureCodec> {}
export const Signature: Codec<Signature> = signatureCodec;

/** Asks the application's own back end to sign a login. Called for each login that needs one, never ahead of time. */
export type SignatureFactory = (clientId: string) => ObservableInput<Signature>;

/**
 * What the protocol calls an action in what is signed: `invite` is adding and joining, `kick` removing and quitting.
 */
export type ConversationAction =
  'create' | 'invite' | 'kick' | 'conversation-block-clients' | 'conversation-unblock-clients';

/** What a client wants to do to a conversation. */
export interface ConversationSignatureRequest {
  readonly action: ConversationAction;
  readonly clientId: string;
  /** None where it is being created. */
  readonly conversationId?: string;
  /** Whom it is done to, sorted as they are signed; of a new conversation all members, this client among them. */
  readonly members: readonly string[];
}

/**
 * Asks the application's own back end to sign what this client wants to do to a conversation. Called for each such
 * command, never ahead of time.
 */
export type ConversationSignatureFactory = (request: ConversationSignatureRequest) => ObservableInput<Signature>;

/** The signature as commands have it. */
export const toWire = ({
  timestamp,
  nonce,
  signature,
}: Signature): { readonly t: number; readonly n: string; readonly s: string } => ({
  t: timestamp,
  n: nonce,
  s: signature,
});

/**
 * Cold: one signature from the factory, checked, then complete. Errors with `SignatureFailed` where the factory
 * throws, ends without one, gives a wrong shape, or does not answer within `timeout` ms.
 */
export const sign = (
  factory: () => ObservableInput<Signature>,
  timeout: number,
  clock: Clock,
): Observable<Signature> => {
  const late$ = clock
    .after(timeout)
    .pipe(
      mergeMap(() => throwError(() => new SignatureFailed(`the factory did not answer within ${String(timeout)} ms`))),
    );
  return defer(() => from<ObservableInput<unknown>>(factory())).pipe(
    throwIfEmpty(() => new SignatureFailed('the factory ended without one')),
    map((answer) => {
      const decoded = Signature.decode(answer);
      if (decoded._tag === 'Left') throw new SignatureFailed(refusedBy('a signature', decoded.left, answer).message);
      return decoded.right;
    }),
    mergeWith(late$),
    take(1),
    catchError((error: unknown) =>
      throwError(() =>
        error instanceof SignatureFailed
          ? error
          : new SignatureFailed(error instanceof Error ? error.message : String(error), { cause: error }),
      ),
    ),
  );
};
