/** Sends the commands of one client to the server. */
import { map, of, throwError, type Observable } from 'rxjs';
import type { ClientCommand, ServerCommand } from '../../codecs/index.js';
import {
  requesting,
  type AnswerKind,
  type Connection,
  type Reply,
  type RequestOptions,
} from '../connection/connection.js';
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
  /** Sends a command as this client, as `Connection.ask` does. The errors are those of `request`. */
  ask<A extends ServerCommand>(
    command: ClientCommand,
    answer: AnswerKind<A>,
    reply: Reply<A>,
    options?: RequestOptions<A>,
  ): () => void;
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

/** A link, and the end of it: its commands that wait fail. */
export interface OwnLink extends SigningLink {
  readonly end: (error: SessionClosed) => void;
}

/** Makes a link over a connection. It is open while the client's session is open. */
export const createLink = (
  connection: Connection,
  clientId: string,
  status: () => ClientStatus,
  { factory, timeout, clock }: Signing,
  report: (fault: Fault) => void,
): OwnLink => {
  const owner = { clientId };
  const ask: Link['ask'] = (command, answer, reply, options) => {
    const now = status();
    if (now._tag === 'Open') return connection.ask(command, answer, reply, options, owner);
    reply.failed(
      now._tag === 'Closed'
        ? new SessionClosed(now.code, now.reason)
        : new ConnectionLost(`the session of ${clientId} is being opened again; try again after its reconnect`),
    );
    return () => undefined;
  };
  return {
    clientId,
    report,
    ask,
    request: (command, answer, options) => requesting((reply) => ask(command, answer, reply, options)),
    end: (error) => {
      connection.abandon(owner, error);
    },
    sign: ({ members, ...request }) =>
      factory === undefined
        ? of({})
        : sign(() => factory({ ...request, clientId, members: [...members].sort() }), timeout, clock).pipe(map(toWire)),
  };
};

/** A command that fails before anything is sent. */
export const refuse = (error: RealtimeError): Observable<never> => throwError(() => error);
