/** The chains of a node's conversations: carries out what their steps want. */
import { chainStep, newChain, raised, type Chain, type ChainEvent, type Link } from './chain.js';

export interface Chains<T> {
  /**
   * Something about a conversation has come. `floor`: nobody here needs messages up to this time, ms. It is asked for
   * if a message seems to be missing.
   */
  readonly arrive: (id: string, value: T, link: Link | undefined, floor: () => number) => void;
  /** A message of a client of this node is stored. `value` is delivered when everything before it was. */
  readonly own: (id: string, at: number, prev: number, value: T, floor: () => number) => void;
  /** The store has a message of this time. `value` is delivered when everything up to it was. */
  readonly behind: (id: string, at: number, value: T) => void;
  /** The store has a message of this time. What is missing is read. */
  readonly know: (id: string, at: number, floor: number) => void;
  /** Forgets what waits. */
  readonly stop: () => void;
}

export interface ChainsOptions<T> {
  readonly deliver: (value: T) => void;
  /** Reads a page of the messages after a time, oldest first, as they are to be delivered. */
  readonly read: (
    id: string,
    after: number,
  ) => Promise<{ readonly messages: readonly { readonly at: number; readonly value: T }[]; readonly isAll: boolean }>;
  readonly report: (error: unknown) => void;
  /** Conversations that are remembered. */
  readonly most?: number;
  /** Runs something later, ms. The result cancels it. */
  readonly later?: (ms: number, run: () => void) => () => void;
}

const byTimer = (ms: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, ms).unref();
  return () => {
    clearTimeout(timer);
  };
};

export const createChains = <T>({
  deliver,
  read,
  report,
  most = 200_000,
  later = byTimer,
}: ChainsOptions<T>): Chains<T> => {
  /** The one that was used last is the last one. */
  const chains = new Map<string, Chain<T>>();
  const waits = new Map<string, () => void>();
  /** All messages of forgotten conversations up to this time were delivered. */
  let forgotten = 0;
  let isStopped = false;

  const put = (id: string, chain: Chain<T>): void => {
    chains.delete(id);
    chains.set(id, chain);
    if (chains.size <= most) return;
    for (const [oldest, { phase, last }] of chains) {
      if (phase !== 'flows') continue;
      forgotten = Math.max(forgotten, last);
      chains.delete(oldest);
      return;
    }
  };

  const readAfter = async (id: string, after: number, upTo: number, round: number): Promise<void> => {
    try {
      take(id, { _tag: 'Read', round, upTo, ...(await read(id, after)) });
    } catch (error) {
      report(error);
      take(id, { _tag: 'ReadFailed', round });
    }
  };

  const take = (id: string, event: ChainEvent<T>, before = chains.get(id)): void => {
    if (before === undefined || isStopped) return;
    const [after, effects] = chainStep(before, event);
    if (after !== before || !chains.has(id)) put(id, after);
    if (before.phase === 'waits' && after.phase !== 'waits') {
      waits.get(id)?.();
      waits.delete(id);
    }
    for (const effect of effects)
      switch (effect._tag) {
        case 'Deliver':
          try {
            deliver(effect.value);
          } catch (error) {
            report(error);
          }
          break;
        case 'Wait': {
          const { round } = effect;
          waits.get(id)?.();
          const wait = later(effect.ms, () => {
            waits.delete(id);
            take(id, { _tag: 'Waited', round });
          });
          waits.set(id, wait);
          break;
        }
        case 'Read':
          void readAfter(id, effect.after, effect.upTo, effect.round);
      }
  };

  return {
    arrive: (id, value, link, floor) => {
      const known = chains.get(id);
      // Most things are in order, and most chains are known.
      if (link === undefined && (known === undefined || known.phase === 'flows')) {
        deliver(value);
        return;
      }
      const seems = known ?? newChain<T>(forgotten);
      const isMissing = link !== undefined && (link.prev < 0 || link.prev > seems.last);
      take(id, { _tag: 'Arrived', value, link }, isMissing ? raised(seems, floor()) : seems);
    },
    own: (id, at, prev, value, floor) => {
      const seems = chains.get(id) ?? newChain<T>(forgotten);
      take(id, { _tag: 'Own', at, prev, value }, prev < 0 || prev > seems.last ? raised(seems, floor()) : seems);
    },
    behind: (id, at, value) => {
      take(id, { _tag: 'Behind', at, value }, chains.get(id) ?? newChain<T>(forgotten));
    },
    know: (id, at, floor) => {
      take(id, { _tag: 'Known', at }, raised(chains.get(id) ?? newChain<T>(forgotten), floor));
    },
    stop: () => {
      isStopped = true;
      for (const cancel of waits.values()) cancel();
      waits.clear();
      chains.clear();
    },
  };
};
