/**
 * Limits how often a client may send commands: a bucket of tokens for each client and kind of command, refilled over
 * a minute.
 */
import type { ClientCommand } from '../codecs/index.js';
import type { ServerClock } from './clock.js';
import type { Limits } from './options.js';
import { Refusal } from './domain/refusal.js';

export interface Rates {
  /** Takes tokens from a client's bucket, one by default. Refuses with 4116 or 4318 if there are not enough. */
  spend(kind: RateKind, clientId: string, cost?: number): void;
}

interface Bucket {
  tokens: number;
  /** The time of the last refill, ms since 1970. */
  at: number;
}

const MINUTE = 60_000;

export type RateKind = 'sends' | 'history' | 'others';

/**
 * The kind of bucket that a command of a logged-in client takes from. Heartbeats, acknowledgements and read marks are
 * free, because clients send them by themselves.
 */
export const rateKindOf = (command: ClientCommand): RateKind | undefined => {
  switch (command.cmd) {
    case 'direct':
    case 'patch':
      return 'sends';
    case 'logs':
      return 'history';
    case 'echo':
    case 'ack':
    case 'read':
      return undefined;
    case 'session':
      // A login is counted later, when its signature has been checked. So nobody can use up another client's share by
      // failed logins.
      return command.op === 'open' ? undefined : 'others';
    default:
      return 'others';
  }
};

/** How many tokens a command takes: one for each message that it changes. */
export const costOf = (command: ClientCommand): number =>
  command.cmd === 'patch' ? Math.max(1, command.patchMessage.patches?.length ?? 0) : 1;

/**
 * `limited` is called with the name of a limit, each time that it refuses something. `processes`: how many share what
 * all clients may do together.
 */
export const createRates = (
  { sendsPerMinute, historyPerMinute, othersPerMinute, commandsPerMinute }: Limits,
  clock: ServerClock,
  limited: (limit: keyof Limits) => void,
  processes: () => number = () => 1,
): Rates => {
  const capacities: Readonly<Record<RateKind, number>> = {
    sends: sendsPerMinute,
    history: historyPerMinute,
    others: othersPerMinute,
  };
  type Buckets = Map<string, Bucket>;
  /** By client. A kind has its own, so the id of a client is not copied into a key. */
  const byClient: Readonly<Record<RateKind, Buckets>> = { sends: new Map(), history: new Map(), others: new Map() };
  const inAll: Buckets = new Map();

  let sweptAt = clock.now();

  /**
   * Deletes buckets that were not used for a minute: they are full again, so nothing is lost. It runs once a minute,
   * so the cost per command is small.
   */
  const sweep = (now: number): void => {
    if (Math.abs(now - sweptAt) < MINUTE) return;
    sweptAt = now;
    for (const buckets of Object.values(byClient))
      for (const [clientId, { at }] of buckets) if (now - at >= MINUTE) buckets.delete(clientId);
  };

  /** Takes tokens from a bucket; false if there are not enough. */
  const take = (buckets: Buckets, key: string, capacity: number, cost: number): boolean => {
    if (capacity === Infinity) return true;
    const now = clock.now();
    sweep(now);
    const bucket = buckets.get(key);
    const refilled = bucket === undefined ? 0 : (Math.max(0, now - bucket.at) * capacity) / MINUTE;
    const tokens = Math.min(capacity, (bucket?.tokens ?? capacity) + refilled);
    if (tokens < cost) return false;
    if (bucket === undefined) buckets.set(key, { tokens: tokens - cost, at: now });
    else [bucket.tokens, bucket.at] = [tokens - cost, now];
    return true;
  };

  return {
    spend: (kind, clientId, cost = 1) => {
      const capacity = capacities[kind];
      if (!take(byClient[kind], clientId, capacity, cost)) {
        limited(`${kind}PerMinute`);
        throw kind === 'sends'
          ? new Refusal(4116, `a client sends at most ${capacity} messages a minute`)
          : new Refusal(4318, `a client asks at most ${capacity} times a minute for this`);
      }
      if (!take(inAll, '', commandsPerMinute / Math.max(1, processes()), cost)) {
        limited('commandsPerMinute');
        throw new Refusal(4318, `this application asks at most ${commandsPerMinute} times a minute`);
      }
    },
  };
};
