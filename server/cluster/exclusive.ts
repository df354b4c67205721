/**
 * One job at a time for a key, in all processes together: by locks of the database that one connection holds. Where the
 * lock can't be had in time, the job runs all the same: what it writes is checked where it is written.
 */
import type { PostgresClient, PostgresPool } from '../store/postgres/driver.js';

export interface Exclusive {
  /** Resolves with the end of the lock. */
  readonly lock: (key: string) => Promise<() => void>;
  readonly close: () => Promise<void>;
}

export interface ExclusiveOptions {
  readonly pool: PostgresPool;
  /** The pool is for nothing else. */
  readonly isOwn: boolean;
  /** How long a job waits, ms. */
  readonly patience: number;
}

interface Waiting {
  readonly key: string;
  readonly end: number;
  readonly resolve: (unlock: () => void) => void;
}

/** Locks of this program, among those of others in the same database. */
const CLASS = 7_235_816;
const LOCK = `select key, pg_try_advisory_lock(${CLASS}, hashtext(key)) as is_got
  from unnest(cast($1 as text[])) with ordinality as k (key, place) order by place`;
const UNLOCK = `select pg_advisory_unlock(${CLASS}, hashtext(key)) from unnest(cast($1 as text[])) as k (key)`;
/** A process that has had a lock for so long leaves it to others for some time, ms. */
const TURN = 100;
const PAUSE = 20;
/** The wait before a lock that another process has is tried again, ms. */
const AGAIN = 10;

export const createExclusive = ({ pool, isOwn, patience }: ExclusiveOptions): Exclusive => {
  if (isOwn) pool.on('error', () => undefined);
  let client: PostgresClient | undefined;
  /** The locks of this process: how many jobs have each, and since when it is here without a break. */
  const held = new Map<string, { jobs: number; since: number }>();
  /** Locks that are left to others until then. */
  const paused = new Map<string, number>();
  let wanted: Waiting[] = [];
  let ended: string[] = [];
  const state = { isRunning: false, isClosed: false };

  const drop = (lost: PostgresClient): void => {
    if (client !== lost) return;
    client = undefined;
    // Its locks end with it.
    ended = [];
    held.clear();
    lost.release(true);
  };

  const connected = async (): Promise<PostgresClient> => {
    if (client !== undefined) return client;
    const next = await pool.connect();
    if (state.isClosed) {
      next.release(true);
      throw new Error('it is closed');
    }
    client = next;
    next.on('error', () => {
      drop(next);
    });
    return next;
  };

  const unlockOf =
    (key: string, by: PostgresClient): (() => void) =>
    () => {
      if (client !== by) return;
      ended.push(key);
      const hold = held.get(key);
      if (hold !== undefined && (hold.jobs -= 1) === 0) {
        held.delete(key);
        if (performance.now() - hold.since > TURN) {
          for (const [other, until] of paused) if (until <= performance.now()) paused.delete(other);
          paused.set(key, performance.now() + PAUSE);
        }
      }
      void run();
    };

  /** Whether the lock may be asked for now. */
  const hasTurn = ({ key }: Waiting): boolean => {
    const now = performance.now();
    const hold = held.get(key);
    if (hold !== undefined) return now - hold.since <= TURN;
    const until = paused.get(key);
    if (until !== undefined && until > now) return false;
    paused.delete(key);
    return true;
  };

  const got = (key: string): void => {
    const hold = held.get(key) ?? { jobs: 0, since: performance.now() };
    hold.jobs += 1;
    held.set(key, hold);
  };

  /** Asks for all that is wanted. Gives whether somebody has to wait. */
  const ask = async (): Promise<boolean> => {
    const some = wanted.filter(hasTurn);
    const turn = new Set(some);
    wanted = wanted.filter((one) => !turn.has(one));
    const back = (waiting: readonly Waiting[]): void => {
      const now = performance.now();
      for (const one of waiting)
        if (one.end > now && !state.isClosed) wanted.push(one);
        else one.resolve(() => undefined);
    };
    try {
      const on = await connected();
      if (ended.length > 0) await on.query({ text: UNLOCK, values: [ended.splice(0)] });
      if (some.length === 0) {
        const rest = wanted;
        wanted = [];
        back(rest);
        return wanted.length > 0;
      }
      const { rows } = await on.query({ text: LOCK, values: [some.map(({ key }) => key)] });
      // The rows are in the order of the keys.
      const isGot = (place: number): boolean => rows[place]?.['is_got'] === true;
      for (const [place, { key, resolve }] of some.entries())
        if (isGot(place)) {
          got(key);
          resolve(unlockOf(key, on));
        }
      back(some.filter((_, place) => !isGot(place)));
    } catch {
      if (client !== undefined) drop(client);
      back(some);
      return true;
    }
    return wanted.length > 0;
  };

  const isClosed = (): boolean => state.isClosed;
  const run = async (): Promise<void> => {
    if (state.isRunning || isClosed()) return;
    state.isRunning = true;
    // What comes in the same turn is asked for together.
    await Promise.resolve();
    while ((wanted.length > 0 || ended.length > 0) && !isClosed())
      if (await ask()) await new Promise((resolve) => setTimeout(resolve, AGAIN * (0.5 + Math.random())));
    state.isRunning = false;
  };

  return {
    lock: (key) =>
      new Promise((resolve) => {
        wanted.push({ key, end: performance.now() + patience, resolve });
        void run();
      }),
    close: async () => {
      state.isClosed = true;
      for (const { resolve } of wanted) resolve(() => undefined);
      if (client !== undefined) drop(client);
      if (isOwn) await pool.end();
    },
  };
};
