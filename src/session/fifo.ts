/**
 * Values in the order in which they came. Immutable: adding and taking make a new one, and cost the same however many
 * there are.
 */
export interface Fifo<T> {
  readonly front: Chain<T> | undefined;
  /** What came later, the newest first. */
  readonly back: Chain<T> | undefined;
}

interface Chain<T> {
  readonly value: T;
  readonly rest: Chain<T> | undefined;
}

export const NOTHING_WAITS: Fifo<never> = { front: undefined, back: undefined };

/** The same values, and one behind them. */
export const append = <T>({ front, back }: Fifo<T>, value: T): Fifo<T> => ({ front, back: { value, rest: back } });

const inReverse = <T>(chain: Chain<T> | undefined): Chain<T> | undefined => {
  let reversed: Chain<T> | undefined;
  for (let link = chain; link !== undefined; link = link.rest) reversed = { value: link.value, rest: reversed };
  return reversed;
};

/** The first value, and those behind it; `undefined` where there is none. */
export const takeFirst = <T>({ front, back }: Fifo<T>): { readonly first: T; readonly rest: Fifo<T> } | undefined => {
  if (front !== undefined) return { first: front.value, rest: { front: front.rest, back } };
  const turned = inReverse(back);
  return turned === undefined ? undefined : { first: turned.value, rest: { front: turned.rest, back: undefined } };
};

/** All values, the first one first. */
export const valuesOf = <T>({ front, back }: Fifo<T>): T[] => {
  const values: T[] = [];
  for (const chain of [front, inReverse(back)])
    for (let link = chain; link !== undefined; link = link.rest) values.push(link.value);
  return values;
};

export const fifoOf = <T>(values: readonly T[]): Fifo<T> => values.reduce<Fifo<T>>(append, NOTHING_WAITS);
