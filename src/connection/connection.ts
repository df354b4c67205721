/** What sessions see of the connection. The interpreter behind it runs the machine of `machine.ts`. */
import type { Observable } from 'rxjs';
import type { ClientCommand, ServerCommand } from '../../codecs/index.js';
import type { Fault } from '../faults.js';
import type { ConnectionHealth } from './meter.js';
import type { ConnectionEvent, ConnectionState } from './state.js';

/** A kind of answer: one of the codecs of `serverCommands`. */
export interface AnswerKind<A extends ServerCommand> {
  readonly name: string;
  is(command: unknown): command is A;
}

/** What a platform's sockets can do. */
export interface Capabilities {
  /** A socket can be paused, so that `lossless` can make the server wait: in Node; browsers can't. */
  readonly pause: boolean;
}

/** What a request needs beside its command. */
export interface RequestOptions<A extends ServerCommand = ServerCommand> {
  /** True where carrying the command out twice, or not knowing whether it was, matters: a break after the write is then `Unconfirmed` instead of `ConnectionLost`. */
  readonly effectful?: boolean;
  /** Overrides the connection's `commandTimeout`, ms; `Infinity` for as long as the connection lasts. */
  readonly timeout?: number;
  /** Hears of an answer that comes when nobody waits for it any more, because it took too long or was given up: what was asked for has come about all the same. */
  readonly late?: (answer: A) => void;
}

/** One connection, shared by all clients of a realtime. Creating it does nothing. */
export interface Connection {
  /** Hot, replays the current state, never errors, completes after `Closed` or `Failed`. */
  readonly state$: Observable<ConnectionState>;
  /** Hot, no replay: what an application hears. Completes with `state$`. */
  readonly events$: Observable<ConnectionEvent>;
  /** The same events in the same turn, after every observer of `events$` has seen each: what clients hear. */
  readonly sessionEvents$: Observable<ConnectionEvent>;
  /** Hot, no replay, never errors. */
  readonly faults$: Observable<Fault>;
  /**
   * Cold: the connection is wanted while this is subscribed to. Emits nothing; errors with the reason where the connection has failed for good,
   * completes where it was closed.
   */
  readonly lease$: Observable<never>;
  /** Hot, no replay, for the one session that a client has: pushes meant for it, in arrival order; those without a client id go to the one that has subscribed first. */
  pushes(clientId: string): Observable<ServerCommand>;
  /**
   * Cold: writes the command on subscribe, emits its answer, completes. Errors: `ConnectionLost`, `Unconfirmed`, `CommandTimeout`, `ServerRejected`,
   * `DecodeFailed` where the answer is of another kind.
   */
  request<A extends ServerCommand>(command: ClientCommand, answer: AnswerKind<A>, options?: RequestOptions<A>): Observable<A>;
  /** Writes a command that has no answer; false where there is no connection. */
  send(command: ClientCommand): boolean;
  /** Cold: what this platform's sockets can do; emits once, completes. */
  readonly capabilities$: Observable<Capabilities>;
  /** Cold: the socket is not read from while this is subscribed to; see `Realtime.hold`. */
  readonly hold: (maxPause: number) => Observable<boolean>;
  /** What has gone over it so far, and what waits for an answer. */
  readonly health: () => Omit<ConnectionHealth, 'outbox'>;
  /** Between schedule and retry: try now, with the attempt counter at 0. No effect in other states. */
  readonly retry: () => void;
  /** Go offline until `resume`. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** For good. */
  readonly close: () => void;
}
