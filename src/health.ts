/** How a realtime does, told now and then. */
import { defer, distinctUntilChanged, endWith, finalize, ignoreElements, map, repeat, startWith, takeUntil, type Observable } from 'rxjs';
import { shareLatest } from '../streams/index.js';
import type { Client } from './client/client.js';
import type { Clock } from './clock.js';
import type { Connection } from './connection/connection.js';
import type { ConnectionHealth } from './connection/meter.js';

/** How often is looked, ms. */
const PERIOD = 1_000;

const isSame = (a: ConnectionHealth, b: ConnectionHealth): boolean =>
  a.framesIn === b.framesIn && a.framesOut === b.framesOut && a.retries === b.retries && a.inFlight === b.inFlight && a.outbox === b.outbox;

/** The health of a connection with the outboxes of its clients, and where to tell of each of them. */
export const healthOf = (
  { state$, health }: Pick<Connection, 'state$' | 'health'>,
  clock: Clock,
): readonly [health$: Observable<ConnectionHealth>, watch: (client: Client) => void] => {
  const waiting = new Map<Client, number>();
  const read = (): ConnectionHealth => ({ ...health(), outbox: [...waiting.values()].reduce((sum, size) => sum + size, 0) });
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
      client.outbox$.pipe(finalize(() => waiting.delete(client))).subscribe(({ size }) => waiting.set(client, size));
    },
  ];
};
