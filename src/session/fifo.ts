/** A queue. Immutable: adding and taking return a new queue, in constant time. */
export interface Fifo<T> {
  readonly front: Chain<T> | undefined;
  /** The later values, the newest first. */
  readonly back: Chain<T> | undefined;
}

interface Chain<T> {
  readonly value: T;
  readonly rest: Chain<T> | undefined;
}

export const NOTHING_WAITS: Fifo<never> = { front: undefined, back: undefined };

/** The queue with one more value at its end. */
export const append = <T>({ front, back }: Fifo<T>, value: T): Fifo<T> => ({ front, back: { value, rest: back } });

const inReverse = <T>(chain: Chain<T> | undefined): Chain<T> | undefined => {
  let reversed: Chain<T> | undefined;
  for (let link = chain; link !== undefined; link = link.rest) reversed = { value: link.value, rest: reversed };
  return reversed;
};

/** The first value and the rest of the queue; `undefined` if the queue is empty. */
export const takeFirst = <T>({ front, back }: Fifo<T>): { readonly first: T; readonly rest: Fifo<T> } | undefined => {
  if (front !== undefined) return { first: front.value, rest: { front: front.rest, back } };
  const turned = inReverse(back);
  return turned === undefined ? undefined : { first: turned.value, rest: { front: turned.rest, back: undefined } };
};

/** All values, from first to last. */
export const valuesOf = <T>({ front, back }: Fifo<T>): T[] => {
  const values: T[] = [];
  for (const chain of [front, inReverse(back)])
    for (let link = chain; link !== undefined; link = link.rest) values.push(link.value);
  return values;
};

export const fifoOf = <T>(values: readonly T[]): Fifo<T> => values.reduce<Fifo<T>>(append, NOTHING_WAITS);
