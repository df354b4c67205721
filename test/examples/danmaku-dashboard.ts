import { combineLatest, interval, map, startWith, type Observable } from 'rxjs';
import type { Message, Realtime } from 'rx-realtime';
import { latency, rate, top, type Latency, type TopEntry } from 'rx-realtime/streams';

/** What a page that watches a chat room shows. */
export interface Dashboard {
  /** Messages a second, over the last 10 s. */
  readonly perSecond: number;
  /** The five who say most. */
  readonly busiest: readonly TopEntry[];
  /** How old messages are when they arrive, ms. */
  readonly age: Latency | undefined;
  readonly roundTrip: number | undefined;
}

export const dashboard = (
  realtime: Pick<Realtime, 'health$'>,
  messages$: Observable<Message>,
  now: () => number = Date.now,
): Observable<Dashboard> => {
  const every$ = interval(1_000);
  return combineLatest({
    rates: messages$.pipe(rate({ key: () => 'all', every$ })),
    busiest: messages$.pipe(top({ key: ({ from }) => from, every$, count: 5 })),
    age: messages$.pipe(
      map(({ timestamp }) => now() - timestamp),
      latency({ every$ }),
      startWith(undefined),
    ),
    health: realtime.health$,
  }).pipe(
    map(({ rates, busiest, age, health }) => ({
      perSecond: rates.get('all') ?? 0,
      busiest,
      age,
      roundTrip: health.roundTrip?.smoothed,
    })),
  );
};
