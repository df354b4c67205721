import { concat, defer, endWith, interval, map, of, takeUntil, type Observable } from 'rxjs';
import type { ServerCounts } from './counts.js';
import type { RoomPriority } from './notice.js';
import type { ToldFigures } from './told-hooks.js';

/** Chat room messages that a receiver did not get because it, or the server, was too slow. */
export interface Drops {
  readonly normal: number;
  readonly low: number;
}

export const noDrops: Drops = { normal: 0, low: 0 };

export const plus = (a: Drops, b: Drops): Drops => ({ normal: a.normal + b.normal, low: a.low + b.low });

/** The counts with one more dropped message: a low one, or else a normal one. */
export const withOne = ({ normal, low }: Drops, priority: RoomPriority): Drops =>
  priority === LOW ? { normal, low: low + 1 } : { normal: normal + 1, low };

/** A socket, with its figures. */
interface Receiver {
  /** Its sessions by client id. */
  readonly sessions: ReadonlyMap<string, unknown>;
  pressure(): Omit<SlowReceiver, 'clientIds'> & {
    /** More bytes wait than one write takes. */
    readonly isCongested: boolean;
  };
}

/**
 * A receiver that is too slow, or that did not get all messages of a chat room. If the server itself was too slow,
 * this is everybody in the room.
 */
export interface SlowReceiver {
  readonly clientIds: readonly string[];
  /** Chat room messages that wait for this receiver. */
  readonly queued: number;
  /** Bytes that are written to the socket and that the network has not taken yet. */
  readonly bufferedBytes: number;
  readonly dropped: Drops;
}

/** The figures of a running server. */
export interface ServerStats {
  /** Open sockets. */
  readonly sockets: number;
  /** Clients that are logged in on these sockets. */
  readonly sessions: number;
  /**
   * Chat room messages that receivers did not get because they, or the server, were too slow. Counted since the
   * server has started.
   */
  readonly dropped: Drops;
  /**
   * Receivers with an open socket for which more than `limits.roomBufferedBytes` wait, or that did not get all
   * messages.
   */
  readonly slow: readonly SlowReceiver[];
  /** Bytes that wait for the receivers: written to a socket, and not taken by the network yet. */
  readonly bufferedBytes: number;
  /** Calls of hooks that are only informed, since the server has started. */
  readonly hooks: ToldFigures;
  /** What has happened since the server has started. */
  readonly counts: ServerCounts;
}

export interface StatsSource {
  readonly hooks: () => ToldFigures;
  readonly counts: () => ServerCounts;
  readonly clients: ReadonlySet<Receiver>;
  /** Messages that closed sockets did not get. */
  readonly past: () => Drops;
}

const LOW: RoomPriority = 3;

/** Time between two emissions, ms. */
const PERIOD = 1_000;

const isSlow = ({ queued, dropped, isCongested }: ReturnType<Receiver['pressure']>): boolean =>
  isCongested || queued + dropped.low + dropped.normal > 0;

const read = ({ clients, past, hooks, counts }: StatsSource): ServerStats => {
  const receivers = [...clients].map((client) => ({ clientIds: [...client.sessions.keys()], ...client.pressure() }));
  return {
    sockets: clients.size,
    hooks: hooks(),
    counts: counts(),
    bufferedBytes: receivers.reduce((sum, { bufferedBytes }) => sum + bufferedBytes, 0),
    sessions: receivers.reduce((sum, { clientIds }) => sum + clientIds.length, 0),
    dropped: receivers.reduce((sum, { dropped }) => plus(sum, dropped), past()),
    slow: receivers
      .filter(isSlow)
      .map(({ clientIds, queued, bufferedBytes, dropped }) => ({ clientIds, queued, bufferedBytes, dropped })),
  };
};

/** Cold: emits the current figures at once, then every second, and completes when the server closes. */
export const stats = (source: StatsSource, closed$: Observable<never>): Observable<ServerStats> =>
  concat(
    defer(() => of(read(source))),
    interval(PERIOD).pipe(
      map(() => read(source)),
      takeUntil(closed$.pipe(endWith(undefined))),
    ),
  );

/** Adds the messages that a closing socket did not get. */
export const withClosed = (past: Drops, closed: Receiver): Drops => plus(past, closed.pressure().dropped);
