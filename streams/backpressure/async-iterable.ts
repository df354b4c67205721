import type { Observable } from 'rxjs';
import { supplyOf } from './strategy.js';

export interface BridgeOptions {
  /** Ends the iteration: waiting items are dropped, and a pending `next()` rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}

interface Pending<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (reason: unknown) => void;
}

const DONE = { done: true, value: undefined } as const;

/**
 * Turns a stream into an async iterable for `for await`. It takes an item from the queue of the strategy when the
 * loop asks for it. If the loop is slow, the source has to wait (behind `lossless`) or the strategy drops items. For
 * Node's streams: `Readable.from(toAsyncIterable(…), { highWaterMark: 1 })`.
 *
 * Each iterator is one subscription. It starts with the first `next()` and ends with `break`, `return`, an error, the
 * end of the source or the `signal`. An error rejects the pending `next()`, or else the next one. If no strategy
 * comes before it, the error is `NoStrategy`.
 *
 * @example
 * for await (const message of toAsyncIterable(client.messages$.pipe(lossless({ high: 1_000, hold: realtime.hold }))))
 *   await archive(message);
 */
export const toAsyncIterable = <T>(source$: Observable<T>, { signal }: BridgeOptions = {}): AsyncIterable<T> => ({
  [Symbol.asyncIterator]: (): AsyncIterator<T, undefined> => {
    const pending: Pending<T>[] = [];
    let hasStarted = false;
    let isOver = false;
    let isAnswering = false;
    let failure: { readonly reason: unknown } | undefined;

    const end = (): void => {
      isOver = true;
      supply.subscription.unsubscribe();
      signal?.removeEventListener('abort', abort);
    };
    /** Answers pending `next()` calls first, as long as there are items. */
    const answer = (): void => {
      if (isAnswering) return;
      isAnswering = true;
      while (pending.length > 0) {
        const item = isOver ? undefined : supply.take();
        if (item === undefined && !isOver) break;
        const asking = pending.shift();
        if (item !== undefined) asking?.resolve({ done: false, value: item.value });
        else if (failure === undefined) asking?.resolve(DONE);
        else {
          asking?.reject(failure.reason);
          failure = undefined;
        }
      }
      isAnswering = false;
    };
    const fail = (reason: unknown): void => {
      if (isOver) return;
      failure = { reason };
      end();
      answer();
    };
    const abort = (): void => {
      fail(signal?.reason);
    };
    let hasEnded = false;
    const supply = supplyOf(source$, {
      operator: 'toAsyncIterable',
      consumer: {
        arrived: answer,
        failed: fail,
        ended: () => {
          hasEnded = true;
          endIfEmpty();
        },
      },
    });
    /** The source has ended. Waiting items can still be taken. */
    const endIfEmpty = (): void => {
      answer();
      if (!hasEnded || supply.size() > 0 || isOver) return;
      end();
      answer();
    };
    const start = (): void => {
      hasStarted = true;
      if (signal?.aborted === true) abort();
      else {
        signal?.addEventListener('abort', abort);
        supply.start();
      }
    };

    return {
      next: () =>
        new Promise((resolve, reject) => {
          pending.push({ resolve, reject });
          if (!hasStarted) start();
          endIfEmpty();
        }),
      return: () => {
        hasStarted = true;
        failure = undefined;
        end();
        answer();
        return Promise.resolve(DONE);
      },
    };
  },
});
