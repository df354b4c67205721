/** The connections to the database: what is asked on them, and what happens when they break. */
import type { Row } from '../sql/columns.js';
import { number } from '../sql/columns.js';
import { carryOutLater, type Answer, type Query, type Steps } from '../sql/steps.js';
import { toText } from '../sql/text.js';
import { StoreFailure } from '../store-failure.js';
import { NOW } from './dialect.js';
import type { Pg, PostgresClient, PostgresPool, PostgresQuery } from './driver.js';
import { AskFailed, isStillUsable, meaningOf } from './failures.js';
import { createOwnConnection } from './own-connection.js';

/** The first wait before a call is tried again, and the longest, ms. */
const FIRST_WAIT = 50;
const LONGEST_WAIT = 1_000;
/** How often a call that others are in the way of is tried. */
const CONFLICTS = 20;
/** The longest wait for another transaction, ms. */
const CONFLICT_WAIT = 30;
/** How often the database is asked whether it is there, and for its time, ms. */
const BEAT = 5_000;
const BEAT_WHEN_LOST = 500;
/** Far enough from any time, and in the range of the database's whole numbers. */
const FAR = 9e18;

/** A parameter as the driver takes it. */
const valueOf = (parameter: unknown): unknown => {
  if (parameter === undefined) return null;
  if (typeof parameter === 'string') return toText(parameter);
  if (typeof parameter === 'number') return Math.abs(parameter) < FAR ? parameter : Math.sign(parameter) * FAR;
  return Array.isArray(parameter) ? parameter.map(valueOf) : parameter;
};

/** Object ids of types. */
const [BOOL, BYTEA, INT8, INT4, JSON_TEXT, FLOAT8, NUMERIC] = [16, 17, 20, 23, 114, 701, 1_700];

/** Columns as the store reads them: whole numbers are numbers, and JSON stays a text. */
const typesOf = ({ types }: Pg): PostgresQuery['types'] => {
  const parsers = new Map<number, (value: string) => unknown>([
    [BOOL, (value) => value === 't'],
    [BYTEA, types.getTypeParser(BYTEA)],
    [JSON_TEXT, (value) => value],
    ...[INT8, INT4, FLOAT8, NUMERIC].map((type) => [type, Number] as const),
  ]);
  const asText = (value: string): unknown => value;
  return { getTypeParser: (oid) => parsers.get(oid) ?? asText };
};

type Ask = (query: Query) => Promise<Answer>;
type Parameters = readonly unknown[];

/** One connection. */
export interface Session {
  readonly ask: Ask;
  /** Runs a statement that is not prepared. */
  readonly execute: (sql: string) => Promise<readonly Row[]>;
  /** The rows of a statement. Parameters may be arrays. */
  readonly rows: (sql: string, parameters: Parameters) => Promise<readonly Row[]>;
}

export interface Connections {
  /**
   * Does something on a connection, and does it again if the connection breaks, or if another transaction is in the
   * way. It gives up after some time.
   */
  readonly use: <R>(work: (session: Session, attempt: number) => Promise<R>) => Promise<R>;
  /**
   * The same, for one call at a time, on a connection that stays with it. The database plans a statement there once for
   * all its parameters, and by indexes: to plan a long one takes longer than to run it.
   */
  readonly useOwn: Connections['use'];
  /** Runs the steps of a call that only reads. */
  readonly read: <R>(steps: () => Steps<R>) => Promise<R>;
  /** The time of the database, ms since 1970, as far as it is known here. */
  readonly now: () => number;
  /** The database could be reached when it was last asked. */
  readonly isReachable: () => boolean;
  readonly close: () => Promise<void>;
}

export interface ConnectionsOptions {
  readonly pg: Pg;
  readonly pool: PostgresPool;
  /** How long a call waits for a lost database, ms. */
  readonly patience: number;
  /** There are enough connections for one that stays with its calls. */
  readonly hasOwn: boolean;
}

const pause = (time: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, time);
  });

export const createConnections = ({ pg, pool, patience, hasOwn }: ConnectionsOptions): Connections => {
  const types = typesOf(pg);
  const names = new Map<string, string>();
  const watched = new WeakSet<PostgresClient>();
  let isReachable = true;
  let ahead = 0;
  let isClosed = false;

  const nameOf = (sql: string): string => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    const name = `rx_${names.size}`;
    names.set(sql, name);
    return name;
  };

  // Who waits for an answer gets the error, too. Without a listener it would end the process.
  pool.on('error', () => {
    isReachable = false;
    beat(0);
  });

  const connect = async (): Promise<PostgresClient> => {
    try {
      const client = await pool.connect();
      if (!watched.has(client)) {
        watched.add(client);
        client.on('error', () => undefined);
      }
      return client;
    } catch (error) {
      throw new AskFailed(error);
    }
  };

  const sessionOn = (client: PostgresClient): Session => {
    const query = async (asked: PostgresQuery): Promise<Answer> => {
      try {
        const { rows, rowCount } = await client.query({ ...asked, ...(types === undefined ? {} : { types }) });
        return { rows: rows as readonly Row[], changes: rowCount ?? 0 };
      } catch (error) {
        throw new AskFailed(error);
      }
    };
    const named = (text: string, parameters: Parameters): Promise<Answer> =>
      query({ text, name: nameOf(text), values: parameters.map(valueOf) });
    return {
      ask: ({ sql, parameters }) => named(sql, parameters),
      execute: async (text) => (await query({ text })).rows,
      rows: async (sql, parameters) => (await named(sql, parameters)).rows,
    };
  };

  const once = async <R>(work: (session: Session, attempt: number) => Promise<R>, attempt: number): Promise<R> => {
    const client = await connect();
    let isUsable = false;
    try {
      const result = await work(sessionOn(client), attempt);
      isUsable = true;
      return result;
    } catch (error) {
      isUsable = isStillUsable(error);
      throw error;
    } finally {
      client.release(!isUsable);
    }
  };

  const own = createOwnConnection({ connect, sessionOn });

  const using =
    (attemptOnce: typeof once): Connections['use'] =>
    async (work) => {
      const end = performance.now() + patience;
      let conflicts = 0;
      let wait = FIRST_WAIT;
      let isUnknown = false;
      for (let attempt = 1; ; attempt += 1) {
        if (isClosed) throw new StoreFailure('the store is closed');
        try {
          const result = await attemptOnce(work, attempt);
          isReachable = true;
          return result;
        } catch (failed) {
          const meaning = meaningOf(failed);
          // An earlier attempt may have been carried out, even if this one was refused.
          isUnknown ||= meaning === 'lost' || (failed instanceof AskFailed && failed.isUnknown);
          const error = failed instanceof AskFailed ? new AskFailed(failed.reason, isUnknown) : failed;
          if (meaning === 'conflict' && (conflicts += 1) < CONFLICTS) await pause(Math.random() * CONFLICT_WAIT);
          else if (meaning === 'lost') {
            if (isReachable) {
              isReachable = false;
              beat(0);
            }
            if (performance.now() + wait > end) throw error;
            // Not all at once when it is back.
            await pause(wait * (0.5 + Math.random() / 2));
            wait = Math.min(wait * 2, LONGEST_WAIT);
          } else throw error;
        }
      }
    };

  const use = using(once);

  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    const began = Date.now();
    try {
      await once(async ({ execute }) => {
        const [row = {}] = await execute(`select ${NOW} as now`);
        const ended = Date.now();
        ahead = number(row, 'now') - (began + ended) / 2;
      }, 1);
      isReachable = true;
    } catch {
      isReachable = false;
    }
    beat(isReachable ? BEAT : BEAT_WHEN_LOST);
  };
  const beat = (after: number): void => {
    if (isClosed) return;
    clearTimeout(timer);
    timer = setTimeout(() => void look(), after).unref();
  };
  beat(0);

  return {
    use,
    useOwn: hasOwn ? using(own.once) : use,
    read: (steps) => use(({ ask }) => carryOutLater(steps(), ask)),
    now: () => Math.floor(Date.now() + ahead),
    isReachable: () => isReachable,
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      own.close();
      await pool.end();
    },
  };
};
