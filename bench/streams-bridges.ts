/** The ways out of RxJS, each beside RxJS alone. */
import { concatMap, lastValueFrom } from 'rxjs';
import { lossless, toAsyncIterable, toReadableStream } from 'rx-realtime/streams';
import { BOUND, items, type Comment } from './streams-comments.js';
import { drained, idsFrom, type Contest } from './streams-contest.js';

/** Each item costs a promise here, whatever one does. */
export const bridges: readonly Contest[] = [
  {
    name: 'lossless, toAsyncIterable',
    ours: drained({
      items,
      expects: idsFrom(items),
      drain: async (source$, take) => {
        for await (const { id } of toAsyncIterable(source$.pipe(lossless({ high: BOUND })))) take(id);
      },
    }),
    peer: drained({
      items,
      expects: idsFrom(items),
      drain: (source$, take) =>
        lastValueFrom(
          source$.pipe(
            concatMap(({ id }) => {
              take(id);
              return Promise.resolve(id);
            }),
          ),
        ),
    }),
    beside: 'concatMap to a promise',
    lacks: 'a bound, for await',
  },
  {
    name: 'lossless, toReadableStream',
    ours: drained({
      items,
      expects: idsFrom(items),
      drain: async (source$, take) => {
        for await (const { id } of toReadableStream(source$.pipe(lossless({ high: BOUND })))) take(id);
      },
    }),
    peer: drained({
      items,
      expects: idsFrom(items),
      drain: async (source$, take) => {
        const stream = new ReadableStream<Comment>({
          start: (controller) => {
            source$.subscribe({ next: (item) => controller.enqueue(item), complete: () => controller.close() });
          },
        });
        for await (const { id } of stream) take(id);
      },
    }),
    beside: 'ReadableStream, enqueue',
    lacks: 'a bound, making the source wait',
  },
];
