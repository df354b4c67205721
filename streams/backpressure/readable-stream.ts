import type { Observable } from 'rxjs';
import { toAsyncIterable, type BridgeOptions } from './async-iterable.js';

/**
 * Leaves RxJS for a WHATWG `ReadableStream`: an item is taken from the strategy's queue when the stream's reader asks
 * for it, and none ahead, so that a slow sink is felt by the source (behind `lossless`) or by what the strategy gives
 * up.
 *
 * Subscribes when the stream is first read; cancelling the stream unsubscribes. Errors of the source error the
 * stream; with `NoStrategy` where no strategy comes before it.
 *
 * @example
 * await toReadableStream(client.messages$.pipe(lossless({ high: 1_000, hold: realtime.hold }))).pipeTo(archive);
 */
export const toReadableStream = <T>(source$: Observable<T>, options: BridgeOptions = {}): ReadableStream<T> => {
  const iterator = toAsyncIterable(source$, options)[Symbol.asyncIterator]();
  return new ReadableStream<T>(
    {
      pull: async (controller) => {
        const result = await iterator.next();
        if (result.done === true) controller.close();
        else controller.enqueue(result.value);
      },
      cancel: async () => {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
};
