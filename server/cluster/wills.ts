/**
 * The wills of the sessions of this process. The database keeps them for the others, but loses them if it crashes: then
 * they are written again.
 */
import type { KeptWill } from '../bus.js';

export interface Wills {
  /** Keeps a will, or forgets it. */
  readonly keep: (sessionId: string, will: KeptWill | undefined) => Promise<void>;
  readonly writeAll: () => Promise<void>;
  /** The sessions are gone. The others send their wills. */
  readonly clear: () => void;
}

export const createWills = ({ keep }: Pick<Wills, 'keep'>): Wills => {
  const kept = new Map<string, KeptWill>();
  return {
    keep: (sessionId, will) => {
      if (will === undefined) kept.delete(sessionId);
      else kept.set(sessionId, will);
      return keep(sessionId, will);
    },
    writeAll: async () => {
      for (const [sessionId, will] of kept) await keep(sessionId, will);
    },
    clear: () => {
      kept.clear();
    },
  };
};
