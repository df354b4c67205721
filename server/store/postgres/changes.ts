/** Carries out changes in groups: each group is one transaction, so one commit. */
import { createHash } from 'node:crypto';
import { Refusal } from '../../domain/refusal.js';
import { createCalls } from '../sql/all-calls.js';
import type { Bounds, Calls } from '../sql/calls.js';
import { number } from '../sql/columns.js';
import { carryOutLater } from '../sql/steps.js';
import { StoreFailure } from '../store-failure.js';
import { unkeptMembers } from '../sql/reads.js';
import type { Connections, Session } from './connections.js';
import { NOW, statementsOf } from './dialect.js';
import { AskFailed, meaningOf } from './failures.js';
import { laneOf, lock, type Locks } from './locks.js';

/** Groups that are carried out at the same time. Calls that lock the same are in one lane, so they keep their order. */
const LANES = 4;
/** Calls of a group, at most. */
const AT_ONCE = 64;

/** A call. */
interface Request {
  readonly name: keyof Calls;
  readonly args: readonly unknown[];
  readonly locks: Locks;
}

type Outcome = { readonly result: unknown } | { readonly error: unknown };

interface Waiting extends Request {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** An error of one call in a group. */
class CallFailed extends Error {
  constructor(readonly reason: unknown) {
    super('a call has failed');
  }
}

export interface Changing {
  readonly change: (request: Request) => Promise<unknown>;
  /** Resolves when everything that was asked for is carried out. */
  readonly settled: () => Promise<void>;
}

export interface ChangingOptions {
  readonly connections: Connections;
  readonly bounds: Bounds;
  /** The time of all calls, ms since 1970, instead of the database's. */
  readonly clock: (() => number) | undefined;
}

/** A key of a bounded length: an index of PostgreSQL has a limit. */
export const hashedKey = (key: string): string => createHash('sha256').update(key).digest('base64url');

/** A lane carries out one group after the other. What arrives meanwhile is in the next group. */
export const createLane = ({ connections, bounds, clock }: ChangingOptions): Changing => {
  let at = 0;
  const sql = statementsOf(bounds);
  const { find } = createCalls(
    {
      sql,
      bounds,
      time: () => at,
      timeOf: (given) => (clock === undefined ? at : given),
      keyOf: hashedKey,
    },
    // What a transaction reads may never be committed.
    unkeptMembers(sql),
  );
  const queue: Waiting[] = [];
  let running: Promise<void> | undefined;

  const outcomeOf = async ({ name, args }: Request, { ask }: Session): Promise<Outcome> => {
    try {
      return { result: await carryOutLater(find(name, args), ask) };
    } catch (error) {
      // It was refused before anything was changed.
      if (error instanceof Refusal) return { error };
      throw error instanceof AskFailed && meaningOf(error) !== 'refused' ? error : new CallFailed(error);
    }
  };

  const together = (requests: readonly Request[]): Promise<readonly Outcome[]> =>
    connections.use(async (session) => {
      const { execute } = session;
      await execute('begin isolation level read committed');
      let isCommitting = false;
      try {
        await lock(
          session,
          requests.map(({ locks }) => locks),
        );
        // Not before: it may have waited for the locks.
        at = clock?.() ?? number((await execute(`select ${NOW} as now`))[0] ?? {}, 'now');
        const outcomes: Outcome[] = [];
        for (const request of requests) outcomes.push(await outcomeOf(request, session));
        isCommitting = true;
        await execute('commit');
        return outcomes;
      } catch (error) {
        if (isCommitting && meaningOf(error) === 'lost')
          throw new StoreFailure('the connection broke while a change was committed: it may have happened', undefined, {
            cause: error,
          });
        if (meaningOf(error) !== 'lost') await execute('rollback').catch(() => undefined);
        throw error;
      }
    });

  const outcomesOf = async (requests: readonly Request[]): Promise<readonly Outcome[]> => {
    try {
      return await together(requests);
    } catch (error) {
      if (!(error instanceof CallFailed)) return requests.map(() => ({ error }));
      if (requests.length === 1) return [{ error: error.reason }];
      // One call must not undo the others.
      const outcomes: Outcome[] = [];
      for (const request of requests) outcomes.push(...(await outcomesOf([request])));
      return outcomes;
    }
  };

  const work = async (): Promise<void> => {
    while (queue.length > 0) {
      const group = queue.splice(0, AT_ONCE);
      const outcomes = await outcomesOf(group);
      for (const [index, { resolve, reject }] of group.entries()) {
        const outcome = outcomes[index] ?? { error: new StoreFailure('a call has no outcome') };
        if ('error' in outcome) reject(outcome.error);
        else resolve(outcome.result);
      }
    }
    running = undefined;
  };

  return {
    change: (request) =>
      new Promise((resolve, reject) => {
        queue.push({ ...request, resolve, reject });
        running ??= Promise.resolve().then(work);
      }),
    settled: async () => {
      while (running !== undefined) await running;
    },
  };
};

/** A small number that is the same for the same text. */
const slotOf = (name: string): number => {
  let hash = 0;
  for (let index = 0; index < name.length; index += 1) hash = (hash * 31 + name.charCodeAt(index)) | 0;
  return Math.abs(hash % LANES);
};

export const createChanging = (options: ChangingOptions): Changing => {
  const lanes = Array.from({ length: LANES }, () => createLane(options));
  return {
    change: (request) => {
      const lane = lanes[slotOf(laneOf(request.locks))];
      if (lane === undefined) throw new TypeError('there is no such lane');
      return lane.change(request);
    },
    settled: async () => {
      await Promise.all(lanes.map((lane) => lane.settled()));
    },
  };
};
