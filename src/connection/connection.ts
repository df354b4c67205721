/** The connection as sessions use it. `create-connection.ts` implements it with the machine of `machine.ts`. */
import { Observable } from 'rxjs';
import type { ClientCommand, ServerCommand } from '../../codecs/index.js';
import type { RealtimeError } from '../errors.js';
import type { Fault } from '../faults.js';
import type { ConnectionHealth } from './meter.js';
import type { ConnectionEvent, ConnectionState } from './state.js';

/** The kind of an answer: one of the codecs of server commands. */
export interface AnswerKind<A extends ServerCommand> {
  readonly name: string;
  is(command: unknown): command is A;
}

/** What the sockets of the platform can do. */
export interface Capabilities {
  /**
   * A socket can be paused, so that `lossless` can make the server wait. True in Node, and with `pausableWebSocket()`
   * in Chromium; false in other browsers.
   */
  readonly pause: boolean;
}

/** Options of a request. */
export interface RequestOptions<A extends ServerCommand = ServerCommand> {
  /**
   * The command changes something at the server. A break after the write is then `Unconfirmed`, not `ConnectionLost`.
   * Default false.
   */
  readonly effectful?: boolean;
  /** The answer may take as long as the connection lasts. Default false: it may take `commandTimeout`. */
  readonly isUnlimited?: boolean;
  /**
   * Called with an answer that arrives after the time limit, or after the unsubscription: the command was executed
   * all the same.
   */
  readonly late?: (answer: A) => void;
}

/** What becomes of a request. One of the two is called, once; neither after the request was withdrawn. */
export interface Reply<A> {
  readonly answered: (answer: A) => void;
  readonly failed: (error: RealtimeError) => void;
}

/** The client that a request is for. */
export interface Owner {
  readonly clientId: string;
}

/** Cold: a request as an Observable. Emits the answer, then completes. Unsubscribing withdraws it. */
export const requesting = <A>(ask: (reply: Reply<A>) => () => void): Observable<A> =>
  new Observable((subscriber) =>
    ask({
      answered: (answer) => {
        subscriber.next(answer);
        subscriber.complete();
      },
      failed: (error) => {
        subscriber.error(error);
      },
    }),
  );

/** The connection that all clients of a realtime share. Creating it does nothing. */
export interface Connection {
  /** Hot, replays the current state. Never errors. Completes after `Closed` or `Failed`. */
  readonly state$: Observable<ConnectionState>;
  /** Hot, no replay: the events for the application. Never errors. Completes with `state$`. */
  readonly events$: Observable<ConnectionEvent>;
  /**
   * Hot, no replay: the same events for the clients. Each arrives after all subscribers of `events$` have seen it.
   */
  readonly sessionEvents$: Observable<ConnectionEvent>;
  /** Hot, no replay: what went wrong without ending anything. Never errors. Completes with `state$`. */
  readonly faults$: Observable<Fault>;
  /**
   * Cold: the connection is wanted while this is subscribed to. Emits nothing. Errors with the reason when the
   * connection has failed for good. Completes when it is closed.
   */
  readonly lease$: Observable<never>;
  /**
   * Hot, no replay, for one subscriber per client id: the pushes for this client, in the order of arrival. Pushes
   * without a client id go to the client that subscribed first.
   */
  pushes(clientId: string): Observable<ServerCommand>;
  /**
   * Cold: writes the command on subscribe, emits its answer, then completes. Errors: `ConnectionLost`, `Unconfirmed`,
   * `CommandTimeout`, `ServerRejected`; `DecodeFailed` if the answer is of another kind.
   */
  request<A extends ServerCommand>(
    command: ClientCommand,
    answer: AnswerKind<A>,
    options?: RequestOptions<A>,
  ): Observable<A>;
  /**
   * Writes the command now, and tells the reply what becomes of it, with the errors of `request`. Returns a function
   * that withdraws it: nobody waits for the answer any more. It costs less than `request`.
   */
  ask<A extends ServerCommand>(
    command: ClientCommand,
    answer: AnswerKind<A>,
    reply: Reply<A>,
    options?: RequestOptions<A>,
    owner?: Owner,
  ): () => void;
  /** Fails all requests of a client that wait. */
  abandon(owner: Owner, error: RealtimeError): void;
  /** Writes a command that has no answer. Returns false if there is no connection. */
  send(command: ClientCommand): boolean;
  /** Cold: emits what the sockets of this platform can do, then completes. */
  readonly capabilities$: Observable<Capabilities>;
  /** Cold: the socket is paused while this is subscribed to. See `Realtime.hold`. */
  readonly hold: (maxPause: number) => Observable<boolean>;
  /** Counts of what was sent and received, and of the commands that wait for an answer. */
  readonly health: () => Omit<ConnectionHealth, 'outbox'>;
  /** Makes sure that there is a connection: see `Realtime.retry`. */
  readonly retry: () => void;
  /** Cold: the same as `retry`, and says how it went. See `Realtime.probe`. */
  readonly probe$: Observable<undefined>;
  /** Disconnects and stays offline until `resume`. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Closes the connection for good. */
  readonly close: () => void;
}
