/**
 * Calls of hooks that are only informed. They wait in a queue: a few run at a time, those about one conversation or
 * one client run in their order, and those that fail in a way that may pass are tried again.
 */
import type { Report } from './guarded.js';
import type { TimeLimit } from './time-limit.js';

/** An error of a hook that may pass: the call is tried again. */
export class HookUnreachable extends Error {
  override readonly name = 'HookUnreachable';
}

/** Figures of the calls of hooks that are only informed. */
export interface ToldFigures {
  /** Calls that wait, or are under way. */
  readonly waiting: number;
  /** Calls that were never made, because too many waited. */
  readonly dropped: number;
  /** Calls that have failed for good. */
  readonly failed: number;
}

export interface ToldHooks {
  /** Calls a hook later. `key`: calls with the same key are made one after the other. */
  readonly tell: (key: string, name: string, call: () => unknown) => void;
  readonly figures: () => ToldFigures;
  /** Makes the calls that wait, without more tries for those that fail. Resolves when nothing waits any more. */
  readonly drain: () => Promise<void>;
  /** Makes no more calls. */
  readonly stop: () => void;
}

export interface ToldOptions {
  readonly report: Report;
  readonly inTime: TimeLimit;
  /** How many calls may wait. */
  readonly limit: number;
  /** How many calls are under way at a time. */
  readonly concurrency: number;
  /** Runs something after a time, ms. Default: a timer that does not keep the process alive. */
  readonly later?: (ms: number, run: () => void) => void;
}

interface Call {
  readonly name: string;
  readonly call: () => unknown;
  tries: number;
}

/** The waits before a call is tried again, ms. */
const WAITS: readonly number[] = [500, 2_000, 8_000];

const byTimer = (ms: number, run: () => void): void => {
  setTimeout(run, ms).unref();
};

export const createToldHooks = ({ report, inTime, limit, concurrency, later = byTimer }: ToldOptions): ToldHooks => {
  /** The calls of each key, in their order. The first one is under way, ready, or waits to be tried again. */
  const lanes = new Map<string, Call[]>();
  /** Keys whose first call is ready. */
  const ready = new Set<string>();
  let [waiting, running, dropped, failed] = [0, 0, 0, 0];
  let isFull = false;
  let isStopped = false;
  let isDraining = false;
  /** Makes calls ready that wait to be tried again. */
  const sleeping = new Set<() => void>();
  let whenIdle: (() => void)[] = [];

  const finish = (key: string, lane: Call[]): void => {
    lane.shift();
    waiting -= 1;
    if (waiting < limit / 2) isFull = false;
    if (lane.length === 0) lanes.delete(key);
    else ready.add(key);
    if (waiting > 0) return;
    for (const resolve of whenIdle) resolve();
    whenIdle = [];
  };

  const run = async (key: string, lane: Call[], call: Call): Promise<void> => {
    try {
      await inTime(`the hook ${call.name}`, call.call);
      finish(key, lane);
    } catch (error) {
      const wait = error instanceof HookUnreachable ? WAITS[call.tries] : undefined;
      call.tries += 1;
      const isOver = wait === undefined || isDraining;
      if (isOver) failed += 1;
      // Of many tries, the first and the last are reported.
      if (isOver || call.tries === 1) report(error);
      if (isOver) finish(key, lane);
      else {
        // The calls after it wait, too: they come in their order. Other keys go on.
        const wake = (): void => {
          if (!sleeping.delete(wake)) return;
          ready.add(key);
          next();
        };
        sleeping.add(wake);
        later(wait, wake);
      }
    }
    running -= 1;
    next();
  };

  const next = (): void => {
    for (const key of ready) {
      if (isStopped || running >= concurrency) return;
      ready.delete(key);
      const lane = lanes.get(key);
      const [call] = lane ?? [];
      if (lane === undefined || call === undefined) continue;
      running += 1;
      void run(key, lane, call);
    }
  };

  return {
    tell: (key, name, call) => {
      if (isStopped) return;
      if (waiting >= limit) {
        dropped += 1;
        if (!isFull)
          report(new Error(`the hooks are too slow: ${limit} calls wait, and more are dropped, ${name} first`));
        isFull = true;
        return;
      }
      waiting += 1;
      const lane = lanes.get(key);
      if (lane !== undefined) {
        lane.push({ name, call, tries: 0 });
        return;
      }
      lanes.set(key, [{ name, call, tries: 0 }]);
      ready.add(key);
      // Not at once: what the hook does must not come before what it is told of.
      if (running < concurrency) queueMicrotask(next);
    },
    figures: () => ({ waiting, dropped, failed }),
    drain: () => {
      isDraining = true;
      for (const wake of [...sleeping]) wake();
      return waiting === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            whenIdle.push(resolve);
          });
    },
    stop: () => {
      isStopped = true;
    },
  };
};
