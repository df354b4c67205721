import * as c from '../../codecs/type.js';
import { catchError, defer, from, map, throwError, throwIfEmpty, type Observable, type ObservableInput } from 'rxjs';
import { codecOf, refusedBy, type ValueOf } from '../../codecs/codec.js';
import { record, SafeInteger, type Codec } from '../../codecs/index.js';
import type { Clock } from '../clock.js';
import { SignatureFailed } from '../errors.js';
import { inTime } from '../in-time.js';

const signatureCodec = codecOf(
  record('Signature', { signature: c.string, timestamp: SafeInteger, nonce: c.string }, {}),
);
/** The result of a signature factory. */
export interface Signature extends ValueOf<typeof signatureCodec> {}
/** The codec of signatures, for a back end in TypeScript. */
export const Signature: Codec<Signature> = signatureCodec;

/**
 * Asks the application's back end to sign a login. Called once for each login that needs a signature, and never ahead
 * of time. The first value counts.
 *
 * @example const signature: SignatureFactory = (clientId) => ajax.getJSON<Signature>(`/sign?client=${clientId}`);
 */
export type SignatureFactory = (clientId: string) => ObservableInput<Signature>;

/** The protocol's name of an action in a signature. `invite` means add or join; `kick` means remove or quit. */
export type ConversationAction =
  'create' | 'invite' | 'kick' | 'conversation-block-clients' | 'conversation-unblock-clients';

/** A command on a conversation that needs a signature. */
export interface ConversationSignatureRequest {
  /** What the command does. */
  readonly action: ConversationAction;
  /** The client that sends the command. */
  readonly clientId: string;
  /** The id of the conversation. Missing if the command creates it. */
  readonly conversationId?: string;
  /**
   * The ids of the clients that the command is about, sorted as they are signed. For a new conversation: all members,
   * including this client.
   */
  readonly members: readonly string[];
}

/**
 * Asks the application's back end to sign a command on a conversation. Called once for each such command, and never
 * ahead of time. The first value counts.
 *
 * @example
 * const conversationSignature: ConversationSignatureFactory = (request) =>
 *   ajax.post<Signature>('/sign-conversation', request).pipe(map(({ response }) => response));
 */
export type ConversationSignatureFactory = (request: ConversationSignatureRequest) => ObservableInput<Signature>;

/** The signature in the form of the protocol. */
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
 * Cold: emits one checked signature from the factory, then completes. Errors with `SignatureFailed` if the factory
 * throws, completes without a value, returns a wrong shape, or does not answer within `timeout` ms.
 */
export const sign = (factory: () => ObservableInput<Signature>, timeout: number, clock: Clock): Observable<Signature> =>
  defer(() => from<ObservableInput<unknown>>(factory())).pipe(
    throwIfEmpty(() => new SignatureFailed('the factory ended without one')),
    map((answer) => {
      const decoded = Signature.decode(answer);
      if (decoded._tag === 'Left') throw new SignatureFailed(refusedBy('a signature', decoded.left, answer).message);
      return decoded.right;
    }),
    inTime(clock, timeout, () => new SignatureFailed(`the factory did not answer within ${String(timeout)} ms`)),
    catchError((error: unknown) =>
      throwError(() =>
        error instanceof SignatureFailed
          ? error
          : new SignatureFailed(error instanceof Error ? error.message : String(error), { cause: error }),
      ),
    ),
  );
