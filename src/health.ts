/** The health of a realtime, measured at intervals. */
import {
  defer,
  distinctUntilChanged,
  endWith,
  finalize,
  ignoreElements,
  map,
  repeat,
  startWith,
  takeUntil,
  type Observable,
} from 'rxjs';
import { shareLatest } from '../streams/index.js';
import type { Client } from './client/client.js';
import type { Clock } from './clock.js';
import type { Connection } from './connection/connection.js';
import type { ConnectionHealth } from './connection/meter.js';

/** The time between two measurements, ms. */
const PERIOD = 1_000;

const isSame = (a: ConnectionHealth, b: ConnectionHealth): boolean =>
  a.framesIn === b.framesIn &&
  a.framesOut === b.framesOut &&
  a.retries === b.retries &&
  a.inFlight === b.inFlight &&
  a.outbox === b.outbox;

/**
 * The health of a connection and of the outboxes of its clients; and a function that adds a client.
 *
 * `health$` is shared: it measures only while it is subscribed to, and replays the last value. It emits at once, then
 * at most once a second, if something has changed. Never errors. Completes with the connection.
 */
export const healthOf = (
  { state$, health }: Pick<Connection, 'state$' | 'health'>,
  clock: Clock,
): readonly [health$: Observable<ConnectionHealth>, watch: (client: Client) => void] => {
  const sizes = new Map<Client, number>();
  const read = (): ConnectionHealth => ({
    ...health(),
    outbox: [...sizes.values()].reduce((sum, size) => sum + size, 0),
  });
  const over$ = state$.pipe(ignoreElements(), endWith(true));
  return [
    defer(() => clock.after(PERIOD)).pipe(
      repeat(),
      startWith(undefined),
      map(read),
      distinctUntilChanged(isSame),
      shareLatest(),
      takeUntil(over$),
    ),
    (client) => {
      client.outbox$.pipe(finalize(() => sizes.delete(client))).subscribe(({ size }) => sizes.set(client, size));
    },
  ];
};
