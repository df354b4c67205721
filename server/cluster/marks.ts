/**
 * Keeps a table as it should be: each key that has changed is written, all that have changed meanwhile by one
 * statement.
 * The last state of a key is what is written, so nothing can overtake anything.
 */
import type { Presence } from './nodes.js';

export interface Marks<K, R> {
  /** Writes whether it is here. Resolves with what the database says when it is written. */
  readonly mark: (id: string, key: K) => Promise<R>;
  readonly stop: () => void;
}

export interface MarksOptions<K, R> {
  readonly isHere: (key: K) => boolean;
  readonly write: (marks: readonly Presence<K>[]) => Promise<R>;
  /** Called with the first error of several. */
  readonly report: (error: unknown) => void;
}

interface Waiting<K, R> {
  readonly key: K;
  readonly resolve: ((result: R) => void)[];
}

const AT_ONCE = 2_000;
/** The wait after an error, ms. */
const AGAIN = 250;

export const createMarks = <K, R>({ isHere, write, report }: MarksOptions<K, R>): Marks<K, R> => {
  const waiting = new Map<string, Waiting<K, R>>();
  let isRunning = false;
  let isStopped = false;
  let isFailing = false;

  const add = (id: string, key: K, resolve: readonly ((result: R) => void)[]): void => {
    const one = waiting.get(id) ?? { key, resolve: [] };
    one.resolve.push(...resolve);
    waiting.set(id, one);
  };

  const writeSome = async (): Promise<void> => {
    const some = [...waiting].slice(0, AT_ONCE);
    for (const [id] of some) waiting.delete(id);
    try {
      const result = await write(some.map(([, { key }]) => ({ key, isHere: isHere(key) })));
      isFailing = false;
      for (const [, { resolve }] of some) for (const one of resolve) one(result);
    } catch (error) {
      for (const [id, { key, resolve }] of some) add(id, key, resolve);
      if (!isFailing && !isStopped) report(error);
      isFailing = true;
      await new Promise((resolve) => setTimeout(resolve, AGAIN).unref());
    }
  };

  const run = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    // What comes in the same turn is written together.
    await Promise.resolve();
    while (waiting.size > 0 && !isStopped) await writeSome();
    isRunning = false;
  };

  return {
    mark: (id, key) =>
      new Promise((resolve) => {
        add(id, key, [resolve]);
        void run();
      }),
    stop: () => {
      isStopped = true;
    },
  };
};
