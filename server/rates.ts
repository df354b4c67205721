/**
 * How often a client may ask: a bucket of tokens for each client and kind of command, which fills up again by the
 * minute.
 */
import type { ClientCommand } from '../codecs/index.js';
import type { ServerClock } from './clock.js';
import type { Limits } from './options.js';
import { Refusal } from './domain/refusal.js';

export interface Rates {
  /** Takes tokens of a client, by default one; refuses with 4116 or 4318 where there are not so many left. */
  spend(kind: RateKind, clientId: string, cost?: number): void;
}

interface Bucket {
  tokens: number;
  /** When it was last filled, ms since 1970. */
  at: number;
}

const MINUTE = 60_000;

export type RateKind = 'sends' | 'history' | 'others';

/**
 * What a command of a client that is logged in counts as. Heartbeats, acknowledgements and read marks are free:
 * nobody sends them by hand.
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
      // A login counts when it is known to be the client's own: nobody takes another's share by trying.
      return command.op === 'open' ? undefined : 'others';
    default:
      return 'others';
  }
};

/** How many tokens a command takes: one for each message that it changes. */
export const costOf = (command: ClientCommand): number =>
  command.cmd === 'patch' ? Math.max(1, command.patchMessage.patches?.length ?? 0) : 1;

export const createRates = (
  { sendsPerMinute, historyPerMinute, othersPerMinute, commandsPerMinute }: Limits,
  clock: ServerClock,
): Rates => {
  const capacities: Readonly<Record<RateKind, number>> = {
    sends: sendsPerMinute,
    history: historyPerMinute,
    others: othersPerMinute,
  };
  const buckets = new Map<string, Bucket>();

  let sweptAt = clock.now();

  /**
   * Buckets that were left alone for a minute are full: there is nothing to remember. Once a minute, so that it costs
   * each command little.
   */
  const sweep = (now: number): void => {
    if (Math.abs(now - sweptAt) < MINUTE) return;
    sweptAt = now;
    for (const [key, { at }] of buckets) if (now - at >= MINUTE) buckets.delete(key);
  };

  /** Takes a token out of a bucket; false where there is none. */
  const take = (key: string, capacity: number, cost: number): boolean => {
    if (capacity === Infinity) return true;
    const now = clock.now();
    sweep(now);
    const before = buckets.get(key) ?? { tokens: capacity, at: now };
    const tokens = Math.min(capacity, before.tokens + (Math.max(0, now - before.at) * capacity) / MINUTE);
    if (tokens < cost) return false;
    buckets.set(key, { tokens: tokens - cost, at: now });
    return true;
  };

  return {
    spend: (kind, clientId, cost = 1) => {
      const capacity = capacities[kind];
      if (!take(`${kind}:${clientId}`, capacity, cost)) {
        throw kind === 'sends'
          ? new Refusal(4116, `a client sends at most ${capacity} messages a minute`)
          : new Refusal(4318, `a client asks at most ${capacity} times a minute for this`);
      }
      if (!take('all', commandsPerMinute, cost))
        throw new Refusal(4318, `this application asks at most ${commandsPerMinute} times a minute`);
    },
  };
};
