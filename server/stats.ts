import { concat, defer, endWith, interval, map, of, takeUntil, type Observable } from 'rxjs';
import type { RoomPriority } from './notice.js';

/** Messages of chat rooms that a receiver did not get, since it, or the server, was too slow. */
export interface Drops {
  readonly normal: number;
  readonly low: number;
}

export const noDrops: Drops = { normal: 0, low: 0 };

export const plus = (a: Drops, b: Drops): Drops => ({ normal: a.normal + b.normal, low: a.low + b.low });

/** With one more that was dropped: it is low, or else normal. */
export const withOne = ({ normal, low }: Drops, priority: RoomPriority): Drops =>
  priority === LOW ? { normal, low: low + 1 } : { normal: normal + 1, low };

/** A socket, as far as its numbers go. */
interface Receiver {
  /** Its sessions by client id. */
  readonly sessions: ReadonlyMap<string, unknown>;
  readonly pressure: () => Omit<SlowReceiver, 'clientIds'> & {
    /** More waits than one write takes. */
    readonly isCongested: boolean;
  };
}

/**
 * A receiver that does not keep up, or for which a chat room was too much; where the server is what was too slow,
 * that is everybody in the room.
 */
export interface SlowReceiver {
  readonly clientIds: readonly string[];
  /** Messages of chat rooms that wait for it. */
  readonly queued: number;
  /** Bytes that have been written for it and that the network has not taken. */
  readonly bufferedBytes: number;
  readonly dropped: Drops;
}

/** What a server is doing now. */
export interface ServerStats {
  /** Open sockets. */
  readonly sockets: number;
  /** Clients that are logged in on them. */
  readonly sessions: number;
  /**
   * Messages of chat rooms that receivers did not get, since they, or the server, were too slow; since the server has
   * started.
   */
  readonly dropped: Drops;
  /**
   * Receivers for which more waits than `limits.roomBufferedBytes`, or that did not get everything; those whose
   * socket is open.
   */
  readonly slow: readonly SlowReceiver[];
}

export interface StatsSource {
  readonly clients: ReadonlySet<Receiver>;
  /** What sockets that have closed did not get. */
  readonly past: () => Drops;
}

const LOW: RoomPriority = 3;

/** How often it is looked, ms. */
const PERIOD = 1_000;

const isSlow = ({ queued, dropped, isCongested }: ReturnType<Receiver['pressure']>): boolean =>
  isCongested || queued + dropped.low + dropped.normal > 0;

const read = ({ clients, past }: StatsSource): ServerStats => {
  const receivers = [...clients].map(({ sessions, pressure }) => ({ clientIds: [...sessions.keys()], ...pressure() }));
  return {
    sockets: clients.size,
    sessions: receivers.reduce((sum, { clientIds }) => sum + clientIds.length, 0),
    dropped: receivers.reduce((sum, { dropped }) => plus(sum, dropped), past()),
    slow: receivers
      .filter(isSlow)
      .map(({ clientIds, queued, bufferedBytes, dropped }) => ({ clientIds, queued, bufferedBytes, dropped })),
  };
};

/** Cold: the numbers as they are now, then every second; completes with the server. */
export const stats = (source: StatsSource, closed$: Observable<never>): Observable<ServerStats> =>
  concat(
    defer(() => of(read(source))),
    interval(PERIOD).pipe(
      map(() => read(source)),
      takeUntil(closed$.pipe(endWith(undefined))),
    ),
  );

/** Together with what a socket that closes did not get. */
export const withClosed = (past: Drops, { pressure }: Receiver): Drops => plus(past, pressure().dropped);
