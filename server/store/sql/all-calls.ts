/** All calls of a database, by their names. */
import type { Calls, Setting } from './calls.js';
import { conversationWrites } from './conversation-writes.js';
import { importWrites } from './import-writes.js';
import { messageWrites } from './message-writes.js';
import { createReads, keptMembers, type KeptMembers } from './reads.js';
import { sessionWrites } from './session-writes.js';
import type { Steps } from './steps.js';
import { sweeping } from './sweep.js';

export interface AllCalls {
  readonly calls: Calls;
  /** The steps of a call. */
  readonly find: (name: string, args: readonly unknown[]) => Steps<unknown>;
  /** Forgets what was read in a transaction that did not happen. */
  readonly forget: () => void;
}

export const createCalls = (setting: Setting, members: KeptMembers = keptMembers(setting.sql)): AllCalls => {
  const reads = createReads(setting, members);
  const calls: Calls = {
    ...reads,
    ...conversationWrites(setting, reads),
    ...messageWrites(setting, reads),
    ...importWrites(setting, reads),
    ...sessionWrites(setting, reads),
    ...sweeping(setting),
  };
  const byName = new Map<string, (...args: never[]) => Steps<unknown>>(Object.entries(calls));
  return {
    calls,
    find: (name, args) => {
      const call = byName.get(name);
      if (call === undefined) throw new TypeError(`the store has no call ${name}`);
      return Reflect.apply(call, undefined, args) as Steps<unknown>;
    },
    forget: reads.forget,
  };
};
