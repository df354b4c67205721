/** How the commands of one client reach the server. */
import { Observable, defer, map, of, throwError } from 'rxjs';
import type { ClientCommand, ServerCommand } from '../../codecs/index.js';
import type { AnswerKind, Connection, RequestOptions } from '../connection/connection.js';
import type { Clock } from '../clock.js';
import {
  sign,
  toWire,
  type ConversationSignatureFactory,
  type ConversationSignatureRequest,
} from '../session/signature.js';
import { ConnectionLost, SessionClosed, type RealtimeError } from '../errors.js';
import type { Fault } from '../faults.js';
import type { ClientStatus } from './client-status.js';

export interface Link {
  readonly clientId: string;
  /**
   * Cold: sends a command as this client and emits its answer. Errors as `Connection.request` does, with
   * `ConnectionLost` while the session is not open, and with `SessionClosed` when the client is closed, before or
   * meanwhile.
   */
  request<A extends ServerCommand>(
    command: ClientCommand,
    answer: AnswerKind<A>,
    options?: RequestOptions<A>,
  ): Observable<A>;
  /** Hears of the part of an answer that could not be read, where the rest is good. */
  readonly report?: (fault: Fault) => void;
}

/** A link whose client can sign what it does to conversations. */
export interface SigningLink extends Link {
  /**
   * Cold: the signature of what this client wants to do to a conversation, as commands have it; empty where nobody
   * signs. Errors with `SignatureFailed`.
   */
  sign(request: Omit<ConversationSignatureRequest, 'clientId'>): Observable<Partial<ReturnType<typeof toWire>>>;
}

/** Who signs, and how long it may take, ms. */
export interface Signing {
  readonly factory: ConversationSignatureFactory | undefined;
  readonly timeout: number;
  readonly clock: Clock;
}

/** A link over a connection, open while the client's session is. */
export const createLink = (
  connection: Connection,
  clientId: string,
  status$: Observable<ClientStatus>,
  { factory, timeout, clock }: Signing,
  report: (fault: Fault) => void,
): SigningLink => ({
  clientId,
  report,
  request: (command, answer, options) =>
    defer(() => connection.request({ ...command, peerId: clientId }, answer, options)).pipe(
      whileOpen(clientId, status$),
    ),
  sign: ({ members, ...request }) =>
    factory === undefined
      ? of({})
      : sign(() => factory({ ...request, clientId, members: [...members].sort() }), timeout, clock).pipe(map(toWire)),
});

/** Runs a command only while the session is open, and fails it when the client is closed meanwhile. */
const whileOpen =
  (clientId: string, status$: Observable<ClientStatus>) =>
  <A>(command$: Observable<A>): Observable<A> =>
    new Observable<A>((subscriber) => {
      let started = false;
      subscriber.add(
        status$.subscribe((status) => {
          if (status._tag === 'Closed') subscriber.error(new SessionClosed(status.code, status.reason));
          else if (!started && status._tag === 'Reopening') {
            subscriber.error(
              new ConnectionLost(`the session of ${clientId} is being opened again; try again after its reconnect`),
            );
          }
          started = true;
        }),
      );
      if (!subscriber.closed) subscriber.add(command$.subscribe(subscriber));
    });

/** A command that fails before anything is sent. */
export const refuse = (error: RealtimeError): Observable<never> => throwError(() => error);
