import { steadyClock, type ServerClock } from '../clock.js';
import type { MemoryLimits } from '../domain/memory/memory-options.js';
import { createMemory } from '../domain/memory/memory.js';
import { checkLimits } from './check-limits.js';
import { randomIds } from '../random-ids.js';
import type { MovingStore } from './store.js';

export interface MemoryStoreOptions extends MemoryLimits {
  /** The clock that days are counted with. Default: the system clock. */
  readonly clock?: ServerClock;
  /**
   * Calls `sweep` again and again, a slice each time, until it gives false or the result is called. Default: every
   * five seconds, and the timer does not keep the process alive.
   */
  readonly whileSwept?: (sweep: () => boolean) => () => void;
}

/** The time between two slices of a sweep, ms. */
const SWEEP_EVERY = 5_000;
/** Conversations in a slice: some 5 ms. */
const SWEPT_AT_ONCE = 5_000;

/** Calls a sweep every five seconds. */
export const everyFewSeconds = (sweep: () => boolean): (() => void) => {
  const timer = setInterval(() => {
    if (!sweep()) clearInterval(timer);
  }, SWEEP_EVERY);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
};

const now = Promise.resolve();

/**
 * Makes a call asynchronous, as it would be with a database: it runs in a later microtask, and its error rejects the
 * promise.
 */
const asynchronous =
  <A extends unknown[], R>(call: (...args: A) => R) =>
  (...args: A): Promise<R> =>
    now.then(() => call(...args));

/**
 * A store in memory: it lasts as long as the process. What has ended is deleted when it is looked up, and in slices
 * from time to time. The first conversation or session starts this, and `close` ends it.
 */
export const memoryStore = ({
  clock = { now: Date.now },
  whileSwept = everyFewSeconds,
  ...limits
}: MemoryStoreOptions = {}): MovingStore => {
  checkLimits('memoryStore', limits);
  const steady = steadyClock(clock, () => undefined);
  const memory = createMemory({
    ...limits,
    now: () => clock.now(),
    // Nothing is deleted because the clock is wrong for a moment. The server tells of jumps.
    settled: () => steady.now(),
    newConversationId: randomIds(12, 'hex'),
    newMessageId: randomIds(16),
  });
  const { sessions } = memory;
  let stop: (() => void) | undefined;

  const sweep = (): boolean => {
    const goesOn = memory.sweep(SWEPT_AT_ONCE);
    if (!goesOn) stop = undefined;
    return goesOn;
  };

  const sweeping = <A extends unknown[], R>(call: (...args: A) => R): ((...args: A) => R) => {
    return (...args) => {
      stop ??= whileSwept(sweep);
      return call(...args);
    };
  };

  return {
    createConversation: asynchronous(sweeping(memory.createConversation)),
    conversations: asynchronous(memory.conversations),
    find: asynchronous(memory.find),
    deleteConversation: asynchronous(memory.deleteConversation),
    setRole: asynchronous(memory.setRole),
    roles: asynchronous(memory.roles),
    hasRoles: asynchronous(memory.hasRoles),
    setListed: asynchronous(memory.setListed),
    silenceUntil: asynchronous(memory.silenceUntil),
    listed: asynchronous(memory.listed),
    whoIsListed: asynchronous(memory.whoIsListed),
    whoIsSilenced: asynchronous(memory.whoIsSilenced),
    keepNotice: asynchronous(sessions.keepNotice),
    notices: asynchronous(sessions.notices),
    addMembers: asynchronous(memory.addMembers),
    removeMembers: asynchronous(memory.removeMembers),
    standings: asynchronous(memory.standings),
    updateConversation: asynchronous(memory.updateConversation),
    setMuted: asynchronous(memory.setMuted),
    speaking: asynchronous(memory.speaking),
    append: asynchronous((messages) => messages.map(memory.say)),
    message: asynchronous(memory.message),
    history: asynchronous(memory.history),
    modify: asynchronous(memory.modify),
    deleteMessage: asynchronous(memory.deleteMessage),
    modifiedSince: asynchronous(memory.modifiedSince),
    receipts: asynchronous(memory.receipts),
    offline: asynchronous(memory.offline),
    unreadOf: asynchronous(memory.unreadOf),
    acknowledge: asynchronous(memory.acknowledge),
    markRead: asynchronous(memory.markRead),
    unread: asynchronous(memory.unread),
    openSession: asynchronous(sweeping(sessions.open)),
    session: asynchronous(sessions.get),
    renewSession: asynchronous(sessions.renew),
    rememberRoom: asynchronous(sessions.rememberRoom),
    forgetSession: asynchronous(sessions.forget),
    forgetSessions: asynchronous(sessions.forgetAll),
    importConversations: asynchronous(sweeping((all) => all.map(memory.importConversation))),
    importMessages: asynchronous(memory.importMessages),
    conversationPage: asynchronous(memory.conversationPage),
    importStandings: asynchronous(memory.importStandings),
    standingPage: asynchronous(memory.standingPage),
    close: asynchronous(() => {
      stop?.();
      stop = undefined;
    }),
  };
};
