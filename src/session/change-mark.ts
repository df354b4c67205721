/**
 * The time up to which edits and recalls have been passed on. A later login asks the server for newer ones, because
 * the server sends a change only once, to the clients that are online. A change that waits in a queue when the
 * connection breaks is lost.
 */
export interface ChangeMark {
  /** The time of the first login. Earlier changes were not missed. Server time, ms since 1970. */
  readonly begin: (at: number | undefined) => void;
  /** A change of a message has arrived. */
  readonly arrived: (id: string, at: number) => void;
  /** A change was passed on, now or earlier. */
  readonly passed: (id: string, at: number) => void;
  /**
   * The time from which a login has to ask for changes, ms since 1970; `undefined` before the first login. Changes
   * that have arrived but were not passed on are asked for again.
   */
  readonly since: () => number | undefined;
}

/** How many changes are awaited. Of further ones only the earliest time is known. */
const MOST = 10_000;

export const changeMark = (): ChangeMark => {
  let earliestLost = Infinity;
  let passedUpTo: number | undefined;
  /** The times of changes that have arrived and were not passed on yet, by version. */
  let waiting = new Map<string, number>();
  const versionOf = (id: string, at: number): string => `${id} ${String(at)}`;
  return {
    begin: (at) => {
      passedUpTo = at;
    },
    arrived: (id, at) => {
      if (waiting.size < MOST) waiting.set(versionOf(id, at), at);
      else earliestLost = Math.min(earliestLost, at);
    },
    passed: (id, at) => {
      if (waiting.delete(versionOf(id, at))) passedUpTo = Math.max(passedUpTo ?? 0, at);
    },
    since: () => {
      if (waiting.size > 0) passedUpTo = Math.min(passedUpTo ?? Infinity, ...waiting.values());
      if (earliestLost < Infinity) passedUpTo = Math.min(passedUpTo ?? Infinity, earliestLost);
      earliestLost = Infinity;
      waiting = new Map();
      return passedUpTo;
    },
  };
};
