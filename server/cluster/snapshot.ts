/** What of the database is seen from a moment on: a snapshot of PostgreSQL. */

/** Numbers of transactions have 32 bits here, as rows have them. They begin anew after the last one. */
export interface Snapshot {
  /** Transactions before this one have ended. */
  readonly from: number;
  /** Transactions from this one on have not begun. */
  readonly to: number;
  /** Transactions between them that have not ended. */
  readonly running: ReadonlySet<number>;
}

const BITS = 2 ** 32;

/** Reads what `pg_current_snapshot()` gives: `from:to:number,number`. */
export const snapshotOf = (text: string): Snapshot => {
  const [from = '', to = '', running = ''] = text.split(':');
  const numberOf = (digits: string): number => Number(BigInt(digits) % BigInt(BITS));
  return {
    from: numberOf(from),
    to: numberOf(to),
    running: new Set(running === '' ? [] : running.split(',').map(numberOf)),
  };
};

/** Whether a transaction is before another one. They are not far from each other. */
const isBefore = (one: number, other: number): boolean => ((one - other) | 0) < 0;

/** Whether what a transaction has written is seen. The transaction has been committed. */
export const sees = ({ from, to, running }: Snapshot, transaction: number): boolean =>
  isBefore(transaction, from) || (isBefore(transaction, to) && !running.has(transaction));
