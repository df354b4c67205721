import { map, of } from 'rxjs';
import { describe, it } from 'vitest';
import { marbles, virtualClock } from '../../marble-tests/marbles.js';
import { message } from '../../marble-tests/streams/log.js';
import { dashboard } from './danmaku-dashboard.js';

describe('the dashboard of the docs', () => {
  it('shows how much is said, by whom, how late, and how the connection does', () => {
    marbles(({ hot, expectObservable }) => {
      const messages$ = hot('a 399ms b 199ms c', {
        a: message({ from: 'Tom', timestamp: -20 }),
        b: message({ from: 'Jerry', timestamp: 380 }),
        c: message({ from: 'Tom', timestamp: 560 }),
      });
      const roundTrip = { last: 8, smoothed: 10 };
      const health$ = of({
        retries: 0,
        framesIn: 3,
        framesOut: 3,
        bytesIn: 9,
        bytesOut: 9,
        inFlight: 0,
        outbox: 0,
        roundTrip,
      });
      const shown$ = dashboard({ health$ }, messages$, () => virtualClock.now()).pipe(
        map(({ perSecond, busiest, age, roundTrip: ms }) =>
          [perSecond, busiest.map(({ key, count }) => `${key} ${count}`).join(), age?.count, age?.max, ms].join(' '),
        ),
      );
      expectObservable(shown$, '^ 1500ms !').toBe('1s (ab)', {
        a: '3 Tom 2,Jerry 1   10',
        b: '3 Tom 2,Jerry 1 3 40 10',
      });
    });
  });
});
