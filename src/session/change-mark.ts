/**
 * Up to when edits and recalls have been passed on. A later login asks for what is newer: the server tells a change
 * once, to whoever is there, and what waits in a queue when the connection goes is gone.
 */
export interface ChangeMark {
  /** Where the first login was: what was changed before it was not missed. Server time, ms since 1970. */
  readonly begin: (at: number | undefined) => void;
  /** A change has come: that of a message, at a time. */
  readonly arrived: (id: string, at: number) => void;
  /** It has been passed on, or was before. */
  readonly passed: (id: string, at: number) => void;
  /**
   * From where a login has to ask, ms since 1970; none before the first. What has arrived and was not passed on is
   * expected once more.
   */
  readonly since: () => number | undefined;
}

export const changeMark = (): ChangeMark => {
  let passedUpTo: number | undefined;
  /** Times of what has arrived and waits, by version. */
  let waiting = new Map<string, number>();
  const versionOf = (id: string, at: number): string => `${id} ${String(at)}`;
  return {
    begin: (at) => {
      passedUpTo = at;
    },
    arrived: (id, at) => {
      waiting.set(versionOf(id, at), at);
    },
    passed: (id, at) => {
      if (waiting.delete(versionOf(id, at))) passedUpTo = Math.max(passedUpTo ?? 0, at);
    },
    since: () => {
      if (waiting.size > 0) passedUpTo = Math.min(passedUpTo ?? Infinity, ...waiting.values());
      waiting = new Map();
      return passedUpTo;
    },
  };
};
