/** Sends the commands of one client to the server. */
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
   * Cold: sends a command as this client, emits its answer, then completes. Errors as `Connection.request` does; also
   * with `ConnectionLost` while the session is not open, and with `SessionClosed` if the client is closed or is
   * closed meanwhile.
   */
  request<A extends ServerCommand>(
    command: ClientCommand,
    answer: AnswerKind<A>,
    options?: RequestOptions<A>,
  ): Observable<A>;
  /** Called with the part of an answer that could not be read, if the rest could be used. */
  readonly report?: (fault: Fault) => void;
}

/** A link that can sign commands on conversations. */
export interface SigningLink extends Link {
  /**
   * Cold: emits the signature of a command on a conversation, in the form of the protocol, then completes. The
   * signature is empty if there is no factory. Errors with `SignatureFailed`.
   */
  sign(request: Omit<ConversationSignatureRequest, 'clientId'>): Observable<Partial<ReturnType<typeof toWire>>>;
}

/** The signature factory, and its time limit, ms. */
export interface Signing {
  readonly factory: ConversationSignatureFactory | undefined;
  readonly timeout: number;
  readonly clock: Clock;
}

/** Makes a link over a connection. It is open while the client's session is open. */
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

/** Runs a command only while the session is open. The command fails if the client is closed meanwhile. */
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
