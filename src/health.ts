/** The health of a realtime, measured at intervals. */
import {
  defer,
  distinctUntilChanged,
  endWith,
  finalize,
  ignoreElements,
  map,
  merge,
  repeat,
  startWith,
  takeUntil,
  type Observable,
} from 'rxjs';
import { shareLatest } from '../streams/index.js';
import { defined } from '../codecs/defined.js';
import type { Client } from './client/client.js';
import { ofClient } from './client/internals.js';
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
  /** How many messages wait in the outboxes; `undefined` while what one of them has kept is being read. */
  const sizes = new Set<() => number | undefined>();
  const read = (): ConnectionHealth => ({
    ...health(),
    ...defined({
      outbox: [...sizes].reduce<number | undefined>((sum, size) => {
        const next = size();
        return sum === undefined || next === undefined ? undefined : sum + next;
      }, 0),
    }),
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
      ofClient(client, ({ state, restored$, open$ }) => {
        let isRead = false;
        const size = (): number | undefined => (isRead ? state.outgoing.size() : undefined);
        sizes.add(size);
        return merge(
          open$,
          restored$.pipe(
            finalize(() => {
              isRead = true;
            }),
          ),
        ).pipe(finalize(() => sizes.delete(size)));
      }).subscribe();
    },
  ];
};
