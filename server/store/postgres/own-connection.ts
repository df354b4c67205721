/**
 * A connection that stays with the statement that stores messages. The database plans it there once for all its
 * parameters, and by indexes: to plan it takes longer than to run it for one message.
 */
import type { Session } from './connections.js';
import type { PostgresClient } from './driver.js';
import { isStillUsable } from './failures.js';

const KEEP_PLANS = `select set_config('plan_cache_mode', 'force_generic_plan', false),
  set_config('enable_seqscan', 'off', false)`;
const PLAN_AS_USUAL = `select set_config(name, reset_val, false) from pg_settings
  where name in ('plan_cache_mode', 'enable_seqscan')`;
const PLAN_ANEW = 'discard plans';
/** A plan is as old as this at most, ms: the tables may have grown. */
const OLDEST_PLAN = 10_000;
/** A connection that was not used for so long goes back to the pool, ms. */
const IDLE = 2_000;

export interface OwnConnection {
  /** Does something on the connection. It breaks as others do: the next call has another one. */
  readonly once: <R>(work: (session: Session, attempt: number) => Promise<R>, attempt: number) => Promise<R>;
  readonly close: () => void;
}

export interface OwnConnectionOptions {
  readonly connect: () => Promise<PostgresClient>;
  readonly sessionOn: (client: PostgresClient) => Session;
}

interface Taken {
  readonly client: PostgresClient;
  readonly session: Session;
  calls: number;
  /** Calls before the plans were made, and when they were made, by the monotonic clock. */
  callsBefore: number;
  plannedAt: number;
}

export const createOwnConnection = ({ connect, sessionOn }: OwnConnectionOptions): OwnConnection => {
  let kept: Taken | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const take = async (): Promise<Taken> => {
    const client = await connect();
    const session = sessionOn(client);
    try {
      await session.execute(KEEP_PLANS);
    } catch (error) {
      client.release(true);
      throw error;
    }
    return { client, session, calls: 0, callsBefore: 0, plannedAt: -Infinity };
  };

  /** Gives a connection back to the pool, as it was. */
  const giveBack = async ({ client, session }: Taken): Promise<void> => {
    let isUsable = false;
    try {
      await session.execute(PLAN_AS_USUAL);
      isUsable = true;
    } catch {
      // The next call learns why.
    } finally {
      client.release(!isUsable);
    }
  };

  const keep = (taken: Taken): void => {
    if (isClosed || kept !== undefined) {
      taken.client.release(true);
      return;
    }
    kept = taken;
    timer = setTimeout(() => {
      kept = undefined;
      void giveBack(taken);
    }, IDLE).unref();
  };

  /** A plan is good as long as the tables are not much longer. */
  const planInTime = async (taken: Taken): Promise<void> => {
    const now = performance.now();
    if (taken.calls < 2 * taken.callsBefore && now - taken.plannedAt < OLDEST_PLAN) return;
    if (taken.calls > 0) await taken.session.execute(PLAN_ANEW);
    taken.callsBefore = Math.max(1, taken.calls);
    taken.plannedAt = now;
  };

  return {
    once: async (work, attempt) => {
      clearTimeout(timer);
      const taken = kept ?? (await take());
      kept = undefined;
      let isUsable = false;
      try {
        await planInTime(taken);
        taken.calls += 1;
        const result = await work(taken.session, attempt);
        isUsable = true;
        return result;
      } catch (error) {
        isUsable = isStillUsable(error);
        throw error;
      } finally {
        if (isUsable) keep(taken);
        else taken.client.release(true);
      }
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      kept?.client.release(true);
      kept = undefined;
    },
  };
};
