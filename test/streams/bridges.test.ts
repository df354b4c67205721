import { Readable } from 'node:stream';
import { NEVER, Observable, Subject, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { batch, dropOldest, lossless, toAsyncIterable, toReadableStream, type Hold } from '../../streams/index.js';

/** A source that counts from 1 while it is not held: one value for each `tick`. */
const holdable = () => {
  const source = new Subject<number>();
  let held = 0;
  let count = 0;
  const hold: Hold = () =>
    new Observable((subscriber) => {
      held += 1;
      subscriber.next(true);
      return () => {
        held -= 1;
      };
    });
  return {
    source,
    hold,
    isHeld: () => held > 0,
    /** Emits values until the source is held, at most `most`. Returns their number. */
    flow: (most: number): number => {
      let flown = 0;
      while (held === 0 && flown < most) {
        count += 1;
        flown += 1;
        source.next(count);
      }
      return flown;
    },
  };
};

describe('toAsyncIterable', () => {
  it('yields the items in order, then ends', async () => {
    const seen: number[] = [];
    for await (const value of toAsyncIterable(of(1, 2, 3).pipe(dropOldest(9)))) seen.push(value);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('subscribes at the first next(), separately for each iterator', async () => {
    let subscribed = 0;
    const source$ = new Observable<number>((subscriber) => {
      subscribed += 1;
      subscriber.next(subscribed);
    });
    const iterable = toAsyncIterable(source$.pipe(dropOldest(1)));
    const first = iterable[Symbol.asyncIterator]();
    const second = iterable[Symbol.asyncIterator]();
    expect(subscribed).toBe(0);
    expect(await first.next()).toEqual({ done: false, value: 1 });
    expect(await second.next()).toEqual({ done: false, value: 2 });
  });

  it('takes nothing ahead: the source is held while the loop is busy, and continues when the loop asks', async () => {
    const { source, hold, flow, isHeld } = holdable();
    const iterator = toAsyncIterable(source.pipe(lossless({ high: 4, low: 1, hold })))[Symbol.asyncIterator]();
    const first = iterator.next();
    expect(flow(100)).toBe(5);
    expect(await first).toEqual({ done: false, value: 1 });
    expect(isHeld()).toBe(true);
    for (const value of [2, 3]) expect(await iterator.next()).toEqual({ done: false, value });
    expect(isHeld()).toBe(true);
    expect(await iterator.next()).toEqual({ done: false, value: 4 });
    expect(flow(100)).toBe(3);
    await iterator.return?.();
    expect(isHeld()).toBe(false);
    expect(source.observed).toBe(false);
  });

  it('answers several next() calls made at once in their order', async () => {
    const source = new Subject<number>();
    const iterator = toAsyncIterable(source.pipe(dropOldest(9)))[Symbol.asyncIterator]();
    const asked = [iterator.next(), iterator.next(), iterator.next()];
    source.next(1);
    source.next(2);
    source.complete();
    expect(await Promise.all(asked)).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: true, value: undefined },
    ]);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('unsubscribes from the source at a break', async () => {
    const source = new Subject<number>();
    const iterable = toAsyncIterable(source.pipe(dropOldest(9)));
    queueMicrotask(() => {
      source.next(1);
    });
    for await (const value of iterable) {
      expect(value).toBe(1);
      break;
    }
    expect(source.observed).toBe(false);
  });

  it('rejects with the error of its source at once, then is done', async () => {
    const iterator = toAsyncIterable(throwError(() => new Error('oops')).pipe(dropOldest(1)))[Symbol.asyncIterator]();
    await expect(iterator.next()).rejects.toThrow('oops');
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('rejects the first next() after an error that came while none was pending', async () => {
    const source = new Subject<number>();
    const iterator = toAsyncIterable(source.pipe(dropOldest(9)))[Symbol.asyncIterator]();
    const first = iterator.next();
    source.next(1);
    await first;
    source.error(new Error('oops'));
    await expect(iterator.next()).rejects.toThrow('oops');
  });

  it('ends with its signal, and leaves no listener on the signal', async () => {
    const controller = new AbortController();
    const source = new Subject<number>();
    const iterator = toAsyncIterable(source.pipe(dropOldest(9)), { signal: controller.signal })[Symbol.asyncIterator]();
    const asked = iterator.next();
    controller.abort('enough');
    await expect(asked).rejects.toBe('enough');
    expect(source.observed).toBe(false);
    const late = toAsyncIterable(source.pipe(dropOldest(9)), { signal: controller.signal })[Symbol.asyncIterator]();
    await expect(late.next()).rejects.toBe('enough');
    expect(source.observed).toBe(false);
  });

  it('ends a pending next() when return() is called', async () => {
    const iterator = toAsyncIterable(NEVER.pipe(dropOldest(1)))[Symbol.asyncIterator]();
    const asked = iterator.next();
    await iterator.return?.();
    expect(await asked).toEqual({ done: true, value: undefined });
  });

  it('refuses a source without a strategy', async () => {
    await expect(toAsyncIterable(of(1))[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      _tag: 'NoStrategy',
      operator: 'toAsyncIterable',
    });
  });

  it('yields arrays behind batch', async () => {
    const seen: (readonly number[])[] = [];
    for await (const values of toAsyncIterable(of(1, 2, 3, 4, 5).pipe(dropOldest(9), batch({ max: 2 }))))
      seen.push(values);
    // The first array was requested before the second value arrived.
    expect(seen).toEqual([[1], [2, 3], [4, 5]]);
  });
});

describe('toReadableStream', () => {
  it('emits the items in order, then closes', async () => {
    const seen: number[] = [];
    await toReadableStream(of(1, 2, 3).pipe(dropOldest(9))).pipeTo(
      new WritableStream({ write: (value: number) => void seen.push(value) }),
    );
    expect(seen).toEqual([1, 2, 3]);
  });

  it('reads nothing ahead, and unsubscribes from the source when it is cancelled', async () => {
    const { source, hold, flow } = holdable();
    const reader = toReadableStream(source.pipe(lossless({ high: 4, low: 1, hold }))).getReader();
    expect(source.observed).toBe(false);
    const first = reader.read();
    await Promise.resolve();
    expect(flow(100)).toBe(5);
    expect(await first).toEqual({ done: false, value: 1 });
    await reader.cancel();
    expect(source.observed).toBe(false);
  });

  it('errors as its source does', async () => {
    await expect(
      toReadableStream(throwError(() => new Error('oops')).pipe(dropOldest(1)))
        .getReader()
        .read(),
    ).rejects.toThrow('oops');
  });
});

describe('a Node Readable', () => {
  it('unsubscribes from the source when it is destroyed, whether it waits for items or items wait for it', async () => {
    for (const [values, error] of [[[1, 2, 3]], [[1]], [[1], new Error('enough')]] as const) {
      const source = new Subject<number>();
      const readable = Readable.from(toAsyncIterable(source.pipe(dropOldest(9))), { highWaterMark: 1 });
      const failed: unknown[] = [];
      readable.on('error', (reason) => failed.push(reason));
      const first = new Promise((resolve) => {
        readable.once('data', resolve);
      });
      await new Promise((resolve) => setImmediate(resolve));
      expect(source.observed).toBe(true);
      for (const value of values) source.next(value);
      expect(await first).toBe(1);
      const closed = new Promise<void>((resolve) => {
        readable.once('close', resolve);
      });
      readable.destroy(error);
      await closed;
      expect(source.observed).toBe(false);
      expect(failed).toEqual(error === undefined ? [] : [error]);
    }
  });

  it('passes its demand on to the source', async () => {
    const { source, hold, flow } = holdable();
    const readable = Readable.from(toAsyncIterable(source.pipe(lossless({ high: 4, low: 1, hold }))), {
      highWaterMark: 1,
    });
    const seen: unknown[] = [];
    const first = new Promise<void>((resolve) => {
      readable.once('readable', resolve);
    });
    readable.read();
    await new Promise((resolve) => setImmediate(resolve));
    const flown = flow(100);
    // One value is in the readable, four wait.
    expect(flown).toBeLessThanOrEqual(6);
    await first;
    source.complete();
    for await (const value of readable) seen.push(value);
    expect(seen).toEqual(Array.from({ length: flown }, (_, index) => index + 1));
  });
});
