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
   * A change of this client is on its way. The server does not push it to this client. Until its outcome is known and
   * passed on, the next login has to ask from the present mark on, whatever passes meanwhile.
   */
  readonly hold: () => OwnChange;
  /**
   * The time from which a login has to ask for changes, ms since 1970; `undefined` before the first login. Changes
   * that have arrived but were not passed on are asked for again.
   */
  readonly since: () => number | undefined;
}

/** A change of this client that is on its way. */
export interface OwnChange {
  /** The server has made the change. It will be passed on. */
  readonly made: (id: string, at: number) => void;
  /** The server has refused the change. */
  readonly refused: () => void;
}

/** How many changes are awaited, and how many are on their way. Of further ones only the earliest time is known. */
const MOST = 10_000;

export const changeMark = (): ChangeMark => {
  let earliestLost = Infinity;
  let passedUpTo: number | undefined;
  /** The times of changes that have arrived and were not passed on yet, by version. */
  let waiting = new Map<string, number>();
  /** The mark when each own change was sent, by its version once that is known. */
  let held = new Map<object | string, number>();
  const hold = (key: object | string, at: number): void => {
    if (held.size < MOST) held.set(key, at);
    else earliestLost = Math.min(earliestLost, at);
  };
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
      const version = versionOf(id, at);
      held.delete(version);
      if (waiting.delete(version)) passedUpTo = Math.max(passedUpTo ?? 0, at);
    },
    hold: () => {
      const key = {};
      const from = passedUpTo;
      // Before the first login nothing was missed.
      if (from !== undefined) hold(key, from);
      return {
        made: (id, at) => {
          if (from !== undefined && held.delete(key)) hold(versionOf(id, at), from);
        },
        refused: () => {
          held.delete(key);
        },
      };
    },
    since: () => {
      const earliest = Math.min(earliestLost, ...waiting.values(), ...held.values());
      if (earliest < Infinity) passedUpTo = Math.min(passedUpTo ?? Infinity, earliest);
      earliestLost = Infinity;
      waiting = new Map();
      held = new Map();
      return passedUpTo;
    },
  };
};
