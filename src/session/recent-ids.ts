import type { Clock } from '../clock.js';

/**
 * The latest ids, enough to notice repeated messages. They are kept in two generations: when the younger one is full,
 * the older one is dropped. Changed in place: every message adds one.
 */
export interface RecentIds {
  young: string[];
  /** When the first of the young ones came, ms, by `elapsed`. */
  since: number;
  old: readonly string[];
}

/**
 * How many ids a generation has. At least so many: after a break, the server sends the own messages again that follow
 * the position, 130 of them. More, if they come within `SPAN`: a server repeats what was not acknowledged when the
 * connection broke.
 */
const FEW = 256;
const MANY = 2_048;
/** ms. */
const SPAN = 60_000;
/** The clock is read before each id whose number is a multiple of this. */
const SOME = 64;

export const noIds = (): RecentIds => ({ young: [], since: 0, old: [] });

export const copyOfIds = ({ young, since, old }: RecentIds): RecentIds => ({ young: [...young], since, old });

/**
 * Adds an id. The clock tells when it comes: messages that come together may be of different times, as after a hold.
 * It writes to an array and computes no hash, because it runs for every message.
 */
export const addId = (ids: RecentIds, id: string, clock: Pick<Clock, 'elapsed'>): void => {
  const { young, since } = ids;
  const { length } = young;
  if (length === 0) ids.since = clock.elapsed();
  else if (length === MANY || (length >= FEW && length % SOME === 0 && clock.elapsed() - since > SPAN)) {
    ids.old = young;
    ids.young = [id];
    ids.since = clock.elapsed();
    return;
  }
  young.push(id);
};

/** Whether the id is one of them. Searches the whole array, which is needed only for late messages. */
export const hasId = ({ young, old }: RecentIds, id: string): boolean => young.lastIndexOf(id) >= 0 || old.includes(id);
