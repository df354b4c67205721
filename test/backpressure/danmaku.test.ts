/** Hours of comments in virtual time, at their original speed and faster, on screens of different speeds. */
import { Subject, concatMap, from, interval, map, pipe, tap, timer, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { batch, danmaku, dropByPriority, type Pressure } from '../../streams/index.js';
import { commentLogs, rank, type Comment } from './comments.js';

const MAX_AGE = 2_000;
const BOUND = 200;

const logs = commentLogs();

interface Timed {
  readonly comment: Comment;
  readonly at: number;
}

interface Shown extends Timed {
  readonly shownAt: number;
}

interface Run {
  readonly came: readonly Timed[];
  readonly shown: readonly (readonly Shown[])[];
  readonly pressures: readonly Pressure[];
}

type Show = (
  ready$: Observable<unknown>,
  pressureObserver: Subject<Pressure>,
) => (source$: Observable<Timed>) => Observable<readonly Timed[]>;

/** Plays the comments at `speed` times their speed, on a screen that is ready every `frame` ms. */
const play = (comments: readonly Comment[], speed: number, frame: number, show: Show): Run => {
  const scheduler = new TestScheduler(() => undefined);
  const came: Timed[] = [];
  const shown: (readonly Shown[])[] = [];
  const pressures: Pressure[] = [];
  scheduler.run(() => {
    const pressure$ = new Subject<Pressure>();
    pressure$.subscribe((pressure) => pressures.push(pressure));
    let last = 0;
    from(comments)
      .pipe(
        concatMap((comment) => {
          const wait = comment.t / speed - last;
          last = comment.t / speed;
          return timer(wait).pipe(map(() => ({ comment, at: scheduler.now() })));
        }),
        tap((timed) => came.push(timed)),
        show(interval(frame), pressure$),
      )
      .subscribe((some) => shown.push(some.map((timed) => ({ ...timed, shownAt: scheduler.now() }))));
  });
  return { came, shown, pressures };
};

const rankOf = ({ comment }: Timed): number => rank(comment);
const isPrecious = (timed: Timed): boolean => rankOf(timed) >= 2;

const screens = [
  { speed: 1, frame: 100, max: 1 },
  { speed: 10, frame: 100, max: 1 },
  { speed: 100, frame: 100, max: 1 },
  { speed: 10, frame: 1_000, max: 1 },
  { speed: 100, frame: 100, max: 5 },
];

describe.each(logs.flatMap((log) => screens.map((screen) => ({ ...log, ...screen }))))(
  '$origin comments at $speed times their speed, $max every $frame ms',
  ({ comments, speed, frame, max }) => {
    let run: Run = { came: [], shown: [], pressures: [] };
    beforeAll(() => {
      run = play(comments, speed, frame, (ready$, pressureObserver) =>
        danmaku({ ready$, rank: rankOf, maxAge: MAX_AGE, bound: BOUND, max, pressureObserver }),
      );
    });

    it('shows no comment late, and keeps the number of waiting comments within the bound', () => {
      const { came, shown, pressures } = run;
      expect(came.length).toBe(comments.length);
      expect(shown.length).toBeGreaterThan(0);
      expect(Math.max(...shown.flat().map(({ at, shownAt }) => shownAt - at))).toBeLessThanOrEqual(MAX_AGE);
      for (const { oldestAge, queued } of pressures) {
        expect(oldestAge).toBeLessThanOrEqual(MAX_AGE);
        expect(queued).toBeLessThanOrEqual(BOUND);
      }
      if (speed === 100) expect(pressures.length).toBeGreaterThan(0);
    });

    it('shows the comments of a frame, and all comments of one rank, in the order of arrival', () => {
      const { came, shown } = run;
      const order = new Map(came.map(({ comment }, index) => [comment, index]));
      const inOrder = (some: readonly Timed[]): void => {
        const places = some.map(({ comment }) => order.get(comment) ?? NaN);
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      };
      for (const some of shown) {
        expect(some.length).toBeLessThanOrEqual(max);
        inOrder(some);
      }
      for (const each of [0, 1, 2, 3]) inOrder(shown.flat().filter((timed) => rankOf(timed) === each));
    });

    it('drops no gift or superchat while it shows lower comments that could have waited', () => {
      const { came, shown } = run;
      const everShown = new Set(shown.flat().map(({ comment }) => comment));
      const lost = came.filter((timed) => isPrecious(timed) && !everShown.has(timed.comment));
      const instead = lost.flatMap((timed) =>
        shown
          .flat()
          .filter(
            (other) => other.shownAt > timed.at && other.shownAt <= timed.at + MAX_AGE && rankOf(other) < rankOf(timed),
          ),
      );
      expect(came.some(isPrecious)).toBe(true);
      expect(instead).toEqual([]);
      // On a screen as fast as a real one, no gift or superchat is lost, although lower comments are dropped.
      if (frame === 100) expect(lost).toEqual([]);
      expect(everShown.size).toBeLessThan(came.length);
    });
  },
);

describe.each(logs.flatMap((log) => [1, 10, 100].map((speed) => ({ ...log, speed }))))(
  '$origin comments without an age, at $speed times their speed',
  ({ comments, speed }) => {
    it('shows all gifts and superchats; shown and dropped comments together are all comments', () => {
      const { came, shown, pressures } = play(comments, speed, 100, (ready$, pressureObserver) =>
        pipe(dropByPriority(BOUND, rankOf, { pressureObserver }), batch({ max: 1, ready$, rank: rankOf })),
      );
      expect(shown.flat().filter(isPrecious).length).toBe(came.filter(isPrecious).length);
      // If the queue was never full, nothing was dropped.
      expect(shown.flat().length + (pressures.at(-1)?.dropped ?? 0)).toBe(came.length);
      if (speed === 100) expect(shown.length).toBeLessThan(came.length);
    });
  },
);
