/** Hours of comments in virtual time, at the speed at which they were made and faster, on a screen that shows some ten a second. */
import { Subject, concatMap, from, interval, map, pipe, tap, timer, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { batch, danmaku, dropByPriority, type Pressure } from '../../streams/index.js';
import { comments, rank, type Comment } from './comments.js';

const MAX_AGE = 2_000;
const BOUND = 200;
const FRAME = 100;
const PER_FRAME = 1;

const all = comments();

interface Timed {
  readonly comment: Comment;
  readonly at: number;
}

interface Run {
  readonly came: readonly Timed[];
  /** With their age when they were shown, ms. */
  readonly shown: readonly (Timed & { readonly age: number })[];
  readonly pressures: readonly Pressure[];
}

type Show = (
  ready$: Observable<unknown>,
  pressureObserver: Subject<Pressure>,
) => (source$: Observable<Timed>) => Observable<readonly Timed[]>;

const play = (speed: number, show: Show): Run => {
  const scheduler = new TestScheduler(() => undefined);
  const came: Timed[] = [];
  const shown: (Timed & { readonly age: number })[] = [];
  const pressures: Pressure[] = [];
  scheduler.run(() => {
    const pressure$ = new Subject<Pressure>();
    pressure$.subscribe((pressure) => pressures.push(pressure));
    let last = 0;
    from(all)
      .pipe(
        concatMap((comment) => {
          const wait = comment.t / speed - last;
          last = comment.t / speed;
          return timer(wait).pipe(map(() => ({ comment, at: scheduler.now() })));
        }),
        tap((timed) => came.push(timed)),
        show(interval(FRAME), pressure$),
      )
      .subscribe((some) => {
        for (const timed of some) shown.push({ ...timed, age: scheduler.now() - timed.at });
      });
  });
  return { came, shown, pressures };
};

describe.each([1, 10, 100])('at %s times its speed', (speed) => {
  it('nothing is shown late, or in another order, and never more waits than may', () => {
    const { came, shown, pressures } = play(speed, (ready$, pressureObserver) =>
      danmaku({ ready$, rank: ({ comment }) => rank(comment), maxAge: MAX_AGE, bound: BOUND, max: PER_FRAME, pressureObserver }),
    );
    expect(came.length).toBe(all.length);
    expect(shown.length).toBeGreaterThan(0);
    expect(Math.max(...shown.map(({ age }) => age))).toBeLessThanOrEqual(MAX_AGE);
    for (const { oldestAge, queued } of pressures) {
      expect(oldestAge).toBeLessThanOrEqual(MAX_AGE);
      expect(queued).toBeLessThanOrEqual(BOUND);
    }
    const order = new Map(came.map(({ comment }, index) => [comment, index]));
    const places = shown.map(({ comment }) => order.get(comment) ?? NaN);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    if (speed === 100) expect(pressures.length).toBeGreaterThan(0);
  });

  it('gifts and superchats are shown, all of them, while there is anything lower to give up; what was shown and given up is what came', () => {
    const { came, shown, pressures } = play(speed, (ready$, pressureObserver) =>
      pipe(
        dropByPriority(BOUND, ({ comment }) => rank(comment), { pressureObserver }),
        batch({ max: PER_FRAME, ready$ }),
      ),
    );
    const precious = ({ comment }: Timed): boolean => rank(comment) >= 2;
    expect(came.some(precious)).toBe(true);
    expect(shown.filter(precious).length).toBe(came.filter(precious).length);
    // Where it never was full, nothing was given up.
    expect(shown.length + (pressures.at(-1)?.dropped ?? 0)).toBe(came.length);
    if (speed === 100) expect(shown.length).toBeLessThan(came.length);
  });
});
