import type { Observable } from 'rxjs';
import { toAsyncIterable, type BridgeOptions } from './async-iterable.js';

/**
 * Turns a stream into a WHATWG `ReadableStream`. It takes an item from the queue of the strategy when the reader of
 * the stream asks for it, and none ahead. If the sink is slow, the source has to wait (behind `lossless`) or the
 * strategy drops items.
 *
 * Subscribes at the first read. Cancelling the stream unsubscribes. Errors of the source error the stream; so does
 * `NoStrategy`, if no strategy comes before it.
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
