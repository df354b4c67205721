/**
 * Items of one key that arrive while the key is busy are carried out together, as soon as it is free. So a store that
 * takes long for a call takes as long for many messages of a conversation as for one. An item that comes alone is a
 * batch of one: nothing waits for more items to come.
 */
import type { Report } from './guarded.js';
import type { InOrder } from './unsettled.js';

export interface Batches<I, R> {
  /** Runs a job in the order of its key, between the batches. */
  readonly inOrder: InOrder;
  /** Adds an item to the last batch of its key. Gives the result of the item. */
  readonly add: (key: string, item: I) => Promise<R>;
}

export interface BatchesOptions<I, R> {
  readonly inOrder: InOrder;
  /** Carries a batch out. It calls `answer` with the result of each item, and may go on after that. */
  readonly run: (key: string, items: readonly I[], answer: (index: number, result: R) => void) => Promise<void>;
  /** Items in a batch, at most. */
  readonly most: number;
  /** Called with an error of `run` after it has answered all items. */
  readonly report: Report;
}

interface Waiting<I, R> {
  readonly item: I;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
  isAnswered: boolean;
}

export const createBatches = <I, R>({ inOrder, run, most, report }: BatchesOptions<I, R>): Batches<I, R> => {
  /** The last job of a key, if it is a batch that has not begun. */
  const open = new Map<string, Waiting<I, R>[]>();

  const carryOut = async (key: string, batch: readonly Waiting<I, R>[]): Promise<void> => {
    let unanswered = batch.length;
    try {
      await run(
        key,
        batch.map(({ item }) => item),
        (index, result) => {
          const waiting = batch[index];
          if (waiting === undefined || waiting.isAnswered)
            throw new TypeError(`a batch of ${batch.length} has no answer ${index} to be given`);
          waiting.isAnswered = true;
          unanswered -= 1;
          waiting.resolve(result);
        },
      );
      if (unanswered > 0) throw new TypeError(`of a batch of ${batch.length}, ${unanswered} were given no answer`);
    } catch (error) {
      if (unanswered === 0) report(error);
      for (const { isAnswered, reject } of batch) if (!isAnswered) reject(error);
    }
  };

  const begin = (key: string, first: Waiting<I, R>): void => {
    const batch = [first];
    open.set(key, batch);
    const close = (): void => {
      if (open.get(key) === batch) open.delete(key);
    };
    // A key whose changes have no known outcome rejects before the job begins.
    void inOrder(key, () => {
      close();
      return carryOut(key, batch);
    }).catch((error: unknown) => {
      close();
      for (const { reject } of batch) reject(error);
    });
  };

  return {
    inOrder: (key, job) => {
      open.delete(key);
      return inOrder(key, job);
    },
    add: (key, item) =>
      new Promise((resolve, reject) => {
        const waiting = { item, resolve, reject, isAnswered: false };
        const batch = open.get(key);
        if (batch !== undefined && batch.length < most) batch.push(waiting);
        else begin(key, waiting);
      }),
  };
};
