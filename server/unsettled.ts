/**
 * Changes in the store whose outcome is not known: the call failed, or took too long, and may have been carried out
 * all the same. Nobody has been told of such a change yet. Before anything else happens in its conversation, the
 * store is asked what became of it, and whoever it concerns is told.
 */
import { Refusal } from './domain/refusal.js';
import type { Report } from './guarded.js';
import { StoreFailure } from './store/store-failure.js';
import { TookTooLong } from './time-limit.js';

/** Nobody knows whether a change was made: the store has failed meanwhile, or was too slow. `cause` is its error. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';

  constructor(cause: unknown) {
    super(`nobody knows whether it was carried out: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/**
 * An error of a store as `OutcomeUnknown`, if the store could not be reached, or was too slow. Any other error of a
 * store of one's own says less: the command is refused, and who repeats it is told what became of it.
 */
export const asUnknown = (error: unknown): unknown =>
  error instanceof TookTooLong || (error instanceof StoreFailure && !error.isUnchanged)
    ? new OutcomeUnknown(error)
    : error;

/** Whether the store says that it has changed nothing. */
const isUnchanged = (error: unknown): boolean =>
  error instanceof Refusal || (error instanceof StoreFailure && error.isUnchanged);

/** Runs the jobs of one key one after the other. */
export type InOrder = <R>(key: string, job: () => Promise<R>) => Promise<R>;

/** What to do about a change with an unknown outcome. */
export interface Settlement {
  /**
   * Asks the store what became of the change. If it was made, tells whoever it concerns, and gives true. It is called
   * while nothing else happens in the conversation. `except`: the session that need not be told.
   */
  readonly settle: (except: string | undefined) => Promise<boolean>;
  /** Names the change, so that who repeats the command can be recognized. */
  readonly id?: string;
  /** The acting session. */
  readonly except?: string | undefined;
}

export interface Unsettled {
  /**
   * Runs a job when the jobs before it are done, and all changes with the same key have an outcome. If the store can't
   * say what became of them, it rejects: the job may repeat one of them.
   */
  readonly inOrder: InOrder;
  /**
   * Makes changes in the store by one call. If nobody knows whether it has made them, it rejects, and the changes are
   * settled later, in this order.
   */
  readonly attempt: <R>(key: string, call: () => Promise<R>, ...settlements: readonly Settlement[]) => Promise<R>;
  /** A session repeats a command: it learns the outcome by its answer, and is not told otherwise. */
  readonly repeat: (key: string, id: string, except: string | undefined) => void;
  /** A session goes on as another one, on another socket: that one need not be told. */
  readonly moved: (from: string, to: string) => void;
  /** Gives up what is not settled. */
  readonly stop: () => void;
}

export interface UnsettledOptions {
  readonly inOrder: InOrder;
  readonly report: Report;
  /** Runs something after a time, ms. The result cancels it. Default: a timer that does not keep the process alive. */
  readonly later?: (ms: number, run: () => void) => () => void;
}

interface Change extends Settlement {
  except: string | undefined;
  /** The store has not answered the call yet. */
  isUnderWay: boolean;
  /** The store was asked while the call was under way, and the change was not made by then. */
  wasAsked: boolean;
}

/** The wait before the store is asked again, ms. It doubles with each try. */
const FIRST_WAIT = 100;
const LONGEST_WAIT = 30_000;
/** How often the store is asked: some five minutes long. */
const TRIES = 18;
/** How many conversations may have unsettled changes. */
const MAX_KEYS = 10_000;

const byTimer = (ms: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, ms).unref();
  return () => {
    clearTimeout(timer);
  };
};

export const createUnsettled = ({ inOrder, report, later = byTimer }: UnsettledOptions): Unsettled => {
  const changes = new Map<string, Set<Change>>();
  const timers = new Map<string, () => void>();

  const forget = (key: string): void => {
    changes.delete(key);
    timers.get(key)?.();
    timers.delete(key);
  };

  const remove = (key: string, change: Change): void => {
    const others = changes.get(key);
    others?.delete(change);
    if (others?.size === 0) forget(key);
  };

  /** Asks for the outcome of each change. Rejects if the store can't say. */
  const settle = async (key: string): Promise<void> => {
    for (const change of [...(changes.get(key) ?? [])]) {
      // Asking again makes no sense before the call has an end.
      if (change.isUnderWay && change.wasAsked) continue;
      const wasUnderWay = change.isUnderWay;
      const isMade = await change.settle(change.except);
      change.wasAsked = true;
      if (isMade || !wasUnderWay) remove(key, change);
    }
  };

  const settleSoon = (key: string, tries = 0): void => {
    if (!changes.has(key)) return;
    timers.get(key)?.();
    const wait = tries === 0 ? 0 : Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (tries - 1));
    const again = (error: unknown): void => {
      if (tries < TRIES) {
        settleSoon(key, tries + 1);
        return;
      }
      forget(key);
      report(new Error(`what became of a change of ${key} could not be found out; nobody was told`, { cause: error }));
    };
    timers.set(
      key,
      later(wait, () => {
        timers.delete(key);
        void inOrder(key, () => settle(key)).catch(again);
      }),
    );
  };

  const add = (key: string, change: Change): void => {
    changes.set(key, (changes.get(key) ?? new Set()).add(change));
    if (changes.size <= MAX_KEYS) return;
    const [oldest] = changes.keys();
    if (oldest === undefined) return;
    forget(oldest);
    report(new Error(`too many changes have no known outcome; nobody was told of those of ${oldest}`));
  };

  return {
    inOrder: (key, job) =>
      inOrder(key, () => {
        if (!changes.has(key)) return job();
        return settle(key).then(job, (error: unknown) => {
          throw asUnknown(error);
        });
      }),

    attempt: async (key, call, ...settlements) => {
      try {
        return await call();
      } catch (error) {
        if (isUnchanged(error)) throw error;
        const isUnderWay = error instanceof TookTooLong;
        const made = settlements.map((one): Change => ({ ...one, except: one.except, isUnderWay, wasAsked: false }));
        for (const change of made) add(key, change);
        settleSoon(key);
        if (isUnderWay) {
          const ended = (): void => {
            const open = made.filter((change) => changes.get(key)?.has(change));
            for (const change of open) change.isUnderWay = false;
            if (open.length > 0) settleSoon(key);
          };
          error.late.then(ended, ended);
        }
        throw asUnknown(error);
      }
    },

    repeat: (key, id, except) => {
      for (const change of changes.get(key) ?? []) if (change.id === id) change.except = except;
    },

    moved: (from, to) => {
      for (const all of changes.values()) for (const change of all) if (change.except === from) change.except = to;
    },

    stop: () => {
      for (const key of [...changes.keys()]) forget(key);
    },
  };
};
