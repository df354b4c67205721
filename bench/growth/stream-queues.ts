/** Backpressure and dashboards. */
import { NEVER, Subject, concat, map } from 'rxjs';
import {
  batch,
  conflate,
  danmaku,
  dropByPriority,
  dropNewest,
  dropOldest,
  expire,
  latency,
  lossless,
  rate,
  sample,
  toAsyncIterable,
  toReadableStream,
  top,
} from 'rx-realtime/streams';

import { times, type Subject as Measured, type Work } from './subject.js';

import { through, waiting } from './pipelines.js';

const subjects: readonly Measured[] = [
  {
    name: 'dropOldest, N wait',
    covers: ['streams.dropOldest', 'streams.consume'],
    prepare: (size) => waiting(times(size), dropOldest(size)),
  },
  {
    name: 'dropNewest, N wait',
    covers: ['streams.dropNewest'],
    prepare: (size) => waiting(times(size), dropNewest(size)),
  },
  {
    name: 'lossless, N wait',
    covers: ['streams.lossless'],
    prepare: (size) => waiting(times(size), lossless({ high: size })),
  },
  {
    name: 'expire and dropOldest, N wait',
    covers: ['streams.expire'],
    prepare: (size) => waiting(times(size), (source$) => source$.pipe(expire(1e9), dropOldest(size))),
  },
  {
    name: 'dropByPriority, N wait, N ranks',
    covers: ['streams.dropByPriority'],
    prepare: (size) =>
      waiting(
        times(2 * size),
        dropByPriority(size, (item: number) => (item * 7_919) % (2 * size)),
      ),
  },
  {
    name: 'conflate, N keys wait',
    covers: ['streams.conflate'],
    prepare: (size) =>
      waiting(
        times(size),
        conflate((item: number) => item),
      ),
  },
  {
    name: 'batch, N wait, N ranks',
    covers: ['streams.batch'],
    prepare: (size: number): Work => {
      const ready = new Subject<void>();
      const work = through<number, unknown>(times(size), (source$) =>
        source$.pipe(dropOldest(size), batch({ max: 20, ready$: ready, rank: (item) => (item * 7_919) % size })),
      );
      return {
        ...work,
        run: () => {
          for (let turn = 0; turn < size / 20; turn += 1) ready.next();
          work.run();
        },
      };
    },
  },
  {
    name: 'danmaku, N comments',
    covers: ['streams.danmaku', 'streams.sample'],
    prepare: (size: number): Work => {
      const ready = new Subject<void>();
      return through<number, unknown>(times(size), (source$) =>
        source$.pipe(
          map((item) => {
            if (item % 100 === 0) ready.next();
            return item;
          }),
          danmaku({ ready$: ready, rank: (item) => item % 7 }),
        ),
      );
    },
  },
  {
    name: 'sample, N items and readies',
    covers: ['streams.sample'],
    prepare: (size: number): Work => {
      const ready = new Subject<void>();
      return through<number, unknown>(times(size), (source$) =>
        source$.pipe(
          map((item) => {
            ready.next();
            return item;
          }),
          sample(ready),
        ),
      );
    },
  },
  {
    name: 'toAsyncIterable, N wait',
    covers: ['streams.toAsyncIterable'],
    prepare: (size) => ({
      run: async () => {
        let seen = 0;
        for await (const item of toAsyncIterable(concat(times(size)).pipe(dropOldest(size)))) seen += item;
        return seen;
      },
    }),
  },
  {
    name: 'toReadableStream, N wait',
    covers: ['streams.toReadableStream'],
    prepare: (size) => ({
      run: async () => {
        const reader = toReadableStream(concat(times(size)).pipe(dropOldest(size))).getReader();
        for (;;) if ((await reader.read()).done) return;
      },
    }),
  },
  {
    name: 'rate of N keys',
    covers: ['streams.rate'],
    prepare: (size: number): Work => {
      const every = new Subject<void>();
      const work = through<number, unknown>(
        [...times(size), ...times(size)],
        rate({ key: (item: number) => String(item), every$: every, maxKeys: size }),
      );
      return {
        ...work,
        run: () => {
          work.run();
          every.next();
        },
      };
    },
  },
  {
    name: 'top, N keys, room for N / 2',
    covers: ['streams.top'],
    prepare: (size: number): Work => {
      const every = new Subject<void>();
      return through<number, unknown>(
        [...times(size), ...times(size)],
        top({ key: (item: number) => String(item), every$: every, capacity: size / 2 }),
      );
    },
  },
  {
    name: 'latency of N items',
    covers: ['streams.latency'],
    prepare: (size) => through<number, unknown>(times(size), latency({ every$: NEVER })),
  },
];
export { subjects as queueSubjects };
