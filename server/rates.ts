/** How often a client may ask: a bucket of tokens for each client and kind of command, which fills up again by the minute. */
import type { ClientCommand } from '../codecs/index.js';
import type { ServerClock } from './clock.js';
import type { Limits } from './options.js';
import { Refusal } from './refusal.js';

export interface Rates {
  /** Takes a token for a command of a client; refuses the command where there is none left. */
  spend(command: ClientCommand, clientId: string | undefined): void;
}

interface Bucket {
  tokens: number;
  /** When it was last filled, ms since 1970. */
  at: number;
}

const MINUTE = 60_000;
/** So many buckets are kept before full ones are looked for. */
const SWEEP = 10_000;

type Kind = 'sends' | 'history' | 'others';

/** Heartbeats, acknowledgements and read marks are free: nobody sends them by hand. */
const kindOf = ({ cmd }: ClientCommand): Kind | undefined => {
  switch (cmd) {
    case 'direct':
    case 'patch':
      return 'sends';
    case 'logs':
      return 'history';
    case 'echo':
    case 'ack':
    case 'read':
      return undefined;
    default:
      return 'others';
  }
};

export const createRates = ({ sendsPerMinute, historyPerMinute, othersPerMinute }: Limits, clock: ServerClock): Rates => {
  const capacities: Readonly<Record<Kind, number>> = { sends: sendsPerMinute, history: historyPerMinute, others: othersPerMinute };
  const buckets = new Map<string, Bucket>();

  const sweep = (now: number): void => {
    for (const [key, { at }] of buckets) if (now - at >= MINUTE) buckets.delete(key);
  };

  return {
    spend: (command, clientId) => {
      const kind = kindOf(command);
      if (kind === undefined || clientId === undefined || capacities[kind] === Infinity) return;
      const capacity = capacities[kind];
      const now = clock.now();
      const key = `${kind}:${clientId}`;
      const before = buckets.get(key) ?? { tokens: capacity, at: now };
      const tokens = Math.min(capacity, before.tokens + (Math.max(0, now - before.at) / MINUTE) * capacity);
      if (tokens < 1) {
        throw kind === 'sends'
          ? new Refusal(4116, `a client sends at most ${capacity} messages a minute`)
          : new Refusal(4318, `a client asks at most ${capacity} times a minute for this`);
      }
      if (buckets.size >= SWEEP) sweep(now);
      buckets.set(key, { tokens: tokens - 1, at: now });
    },
  };
};
