/** Looks for what was lost from a time on, not more often than once in a while. */
import { LOOK_PERIOD, pause } from './timing.js';

export interface Lookout {
  /** Looks for messages since a time, and for everything else since another time. Default: only for messages. */
  readonly lookFrom: (messages: number, all?: number) => void;
  /** Up to this time, everything was looked for. */
  readonly lookedAt: () => number;
  readonly stop: () => void;
}

export interface LookoutOptions {
  readonly messages: (since: number) => Promise<void>;
  readonly others: (since: number) => Promise<void>;
  readonly now: () => number;
  readonly report: (error: unknown) => void;
}

export const createLookout = ({ messages, others, now, report }: LookoutOptions): Lookout => {
  let wanted: { readonly messages: number; readonly all: number } | undefined;
  const take = (): typeof wanted => {
    const taken = wanted;
    wanted = undefined;
    return taken;
  };
  let running: Promise<void> | undefined;
  let lookedAt = 0;
  let isStopped = false;
  const isOver = (): boolean => isStopped;

  const look = async (): Promise<void> => {
    for (let since = take(); since !== undefined && !isOver(); since = take()) {
      const began = now();
      try {
        await messages(since.messages);
        if (since.all < Infinity) {
          await others(since.all);
          lookedAt = began;
        }
      } catch (error) {
        if (!isOver()) report(error);
        lookFrom(since.messages, since.all);
      }
      await pause(LOOK_PERIOD);
    }
    running = undefined;
  };

  const lookFrom: Lookout['lookFrom'] = (from, all = Infinity) => {
    wanted = { messages: Math.min(from, wanted?.messages ?? Infinity), all: Math.min(all, wanted?.all ?? Infinity) };
    running ??= look();
  };

  return {
    lookFrom,
    lookedAt: () => lookedAt,
    stop: () => {
      isStopped = true;
    },
  };
};
