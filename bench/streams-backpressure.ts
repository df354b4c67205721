/** The strategies and their consumers, each compared with RxJS alone. */
import { EMPTY, ReplaySubject, buffer, concatMap, filter, map, sample as latest, scan, timestamp } from 'rxjs';
import {
  batch,
  conflate,
  consume,
  danmaku,
  dropByPriority,
  dropNewest,
  dropOldest,
  expire,
  lossless,
  sample,
} from 'rx-realtime/streams';
import {
  BOUND,
  BURST,
  ROOM,
  SCREEN,
  byKey,
  chunks,
  fast,
  fill,
  first,
  highest,
  kept,
  others,
  shown,
  slow,
  ticked,
  type Comment,
  type Step,
  type Work,
} from './streams-comments.js';
import { bridges } from './streams-bridges.js';
import { EVERY, ITEMS, type Contest } from './streams-contest.js';

const behind =
  (strategy: Step) =>
  (work: Work): Step =>
  (source$) =>
    source$.pipe(strategy, consume(work));

const queue = (work: Work): Step => concatMap(work);

/** A queue of RxJS that knows the age of its items. */
const agedQueue =
  (work: Work): Step =>
  (source$) =>
    source$.pipe(
      timestamp(),
      concatMap(({ value, timestamp: at }, index) => (Date.now() - at > 2_000 ? EMPTY : work(value, index))),
    );

const longAgo = (): number => 0;

const besideQueue = { peer: fast(queue), beside: 'concatMap', lacks: 'a bound, a count of what was dropped' };

const fastConsumers: readonly Contest[] = [
  { name: 'dropOldest, consume', ours: fast(behind(dropOldest(BOUND))), ...besideQueue },
  { name: 'dropNewest, consume', ours: fast(behind(dropNewest(BOUND))), ...besideQueue },
  { name: 'dropByPriority, consume', ours: fast(behind(dropByPriority(BOUND, ({ rank }) => rank))), ...besideQueue },
  { name: 'conflate, consume', ours: fast(behind(conflate(({ key }) => key))), ...besideQueue },
  {
    name: 'lossless, consume',
    ours: fast(behind(lossless({ high: BOUND }))),
    ...besideQueue,
    lacks: 'a bound, making the source wait',
  },
  {
    name: 'expire, dropOldest, consume',
    ours: fast(behind((source$) => source$.pipe(expire(2_000), dropOldest(BOUND)))),
    peer: fast(agedQueue),
    beside: 'timestamp, concatMap',
    lacks: 'a bound, a count of what was late',
  },
  {
    name: 'expire, consume: all late',
    ours: fast(behind(expire(2_000, { since: longAgo })), []),
    peer: fast(
      (work) => (source$) =>
        source$.pipe(
          filter(() => Date.now() - longAgo() <= 2_000),
          concatMap(work),
        ),
      [],
    ),
    beside: 'filter, concatMap',
    lacks: 'what gets late while it waits, a count of it',
  },
];

const slowConsumers: readonly Contest[] = [
  {
    name: 'dropOldest, consume: full',
    ours: slow(behind(dropOldest(BOUND)), others.slice(-BOUND)),
    peer: kept((source$) => {
      const replay = new ReplaySubject<Comment>(BOUND);
      source$.subscribe(replay);
      return () => {
        const read: Comment[] = [];
        replay.subscribe((item) => read.push(item));
        return read;
      };
    }, others.slice(-BOUND)),
    beside: 'ReplaySubject(n)',
    lacks: 'a consumer that takes, a count of what was dropped, its age',
  },
  {
    name: 'dropNewest, consume: full',
    ours: slow(behind(dropNewest(BOUND)), others.slice(0, BOUND)),
    peer: kept((source$) => {
      const read: Comment[] = [];
      source$.pipe(filter(() => read.length <= BOUND)).subscribe((item) => read.push(item));
      return () => read;
    }, fill),
    beside: 'filter by length',
    lacks: 'a consumer that takes, a count of what was dropped, its age',
  },
  {
    name: 'dropByPriority, consume: full',
    ours: slow(behind(dropByPriority(BOUND, ({ rank }) => rank)), highest(others, BOUND)),
    peer: slow(queue, others),
    beside: 'concatMap',
    lacks: 'a bound: everything waits; ranks',
  },
  {
    name: 'conflate, consume: all keys wait',
    ours: slow(behind(conflate(({ key }) => key)), byKey(others)),
    peer: kept(
      (source$) => {
        const latestOf = new Map<string, Comment>();
        source$.pipe(scan((known, item) => known.set(item.key, item), latestOf)).subscribe();
        return () => latestOf.values();
      },
      byKey([...first, ...others]),
    ),
    beside: 'scan into a Map',
    lacks: 'a consumer that takes, a count of what was merged, its age',
  },
  {
    name: 'lossless, consume: everything waits',
    ours: slow(behind(lossless({ high: BOUND, slack: ITEMS })), others),
    peer: slow(queue, others),
    beside: 'concatMap',
    lacks: 'a bound, making the source wait',
  },
];

const readyConsumers: readonly Contest[] = [
  {
    name: 'sample(ready$)',
    ours: ticked(
      (ready$) => (source$) =>
        source$.pipe(
          sample(ready$),
          map((item) => [item]),
        ),
      chunks(EVERY).flatMap((some) => some.slice(-1)),
    ),
    peer: ticked(
      (ready$) => (source$) =>
        source$.pipe(
          latest(ready$),
          map((item) => [item]),
        ),
      chunks(EVERY).flatMap((some) => some.slice(-1)),
    ),
    beside: 'sample',
    lacks: 'the last item, a count of what was dropped',
  },
  {
    name: 'batch({ ready$ })',
    ours: ticked((ready$) => batch({ ready$ })),
    peer: ticked(
      (ready$) => (source$) =>
        source$.pipe(
          buffer(ready$),
          filter(({ length }) => length > 0),
        ),
    ),
    beside: 'buffer, filter',
    lacks: 'a bound',
  },
  {
    name: 'dropOldest, batch({ ready$ }): too many',
    ours: ticked(
      (ready$) => (source$) => source$.pipe(dropOldest(SCREEN), batch({ ready$ })),
      chunks(BURST).flatMap((some) => some.slice(-SCREEN)),
      BURST,
    ),
    peer: ticked(
      (ready$) => (source$) =>
        source$.pipe(
          buffer(ready$),
          map((some) => some.slice(-SCREEN)),
        ),
      chunks(BURST).flatMap((some) => some.slice(-SCREEN)),
      BURST,
    ),
    beside: 'buffer, slice',
    lacks: 'a bound between two ticks, a count of what was dropped',
  },
  {
    name: 'danmaku',
    ours: ticked((ready$) => danmaku({ ready$, rank: ({ rank }) => rank })),
    peer: ticked(
      (ready$) => (source$) =>
        source$.pipe(
          timestamp(),
          buffer(ready$),
          map((some) => some.filter(({ timestamp: at }) => Date.now() - at <= 2_000).map(({ value }) => value)),
        ),
    ),
    beside: 'timestamp, buffer, filter',
    lacks: 'a bound, ranks, a count of what was dropped',
  },
  {
    name: 'danmaku: too many',
    ours: ticked(
      (ready$) => danmaku({ ready$, rank: ({ rank }) => rank, bound: SCREEN }),
      chunks(BURST).flatMap((some) => highest(some, SCREEN)),
      BURST,
    ),
    peer: ticked(
      (ready$) => (source$) =>
        source$.pipe(
          timestamp(),
          buffer(ready$),
          map((some) =>
            some
              .filter(({ timestamp: at }) => Date.now() - at <= 2_000)
              .slice(-SCREEN)
              .map(({ value }) => value),
          ),
        ),
      chunks(BURST).flatMap((some) => some.slice(-SCREEN)),
      BURST,
    ),
    beside: 'timestamp, buffer, filter, slice',
    lacks: 'a bound between two ticks, ranks, a count of what was dropped',
  },
  {
    name: `danmaku: too many, ${ROOM} on a screen`,
    ours: ticked((ready$) => danmaku({ ready$, rank: ({ rank }) => rank, bound: SCREEN, max: ROOM }), shown(), BURST),
    peer: ticked(
      (ready$) => (source$) =>
        source$.pipe(
          buffer(ready$),
          map((some) => some.slice(-ROOM)),
        ),
      chunks(BURST).flatMap((some) => some.slice(-ROOM)),
      BURST,
    ),
    beside: 'buffer, slice',
    lacks: 'a bound, ranks, age, what waits for the next screen',
  },
];

export const backpressure: readonly Contest[] = [...fastConsumers, ...slowConsumers, ...readyConsumers, ...bridges];
