/** Time limits for calls of things that may never answer: a store, a bus, a hook. */

/** A call that did not answer in time. It may still be carried out. */
export class TookTooLong extends Error {
  override readonly name = 'TookTooLong';

  constructor(
    what: string,
    limit: number,
    /** The call's own promise. */
    readonly late: Promise<unknown>,
  ) {
    super(`${what} did not answer within ${limit} ms`);
  }
}

/** Rejects with `TookTooLong` if a call does not answer in time. `what` names the call in the error. */
export type TimeLimit = <R>(what: string, call: () => R | PromiseLike<R>) => Promise<R>;

/** Hears of each call that has ended, or has taken too long. */
export type NoteEnd = (what: string, ms: number, isFailed: boolean) => void;

interface Waiting {
  readonly until: number;
  readonly expire: () => void;
}

/** The longest time that a timer can run, ms. */
const MAX_TIMER = 2 ** 31 - 1;

/**
 * One limit for many calls. All have the same limit, so they end in the order in which they began: one timer is
 * enough, and a call costs an entry in a set.
 */
export const createTimeLimit = (limit: number, note: NoteEnd = () => undefined): TimeLimit => {
  const waiting = new Set<Waiting>();
  let timer: NodeJS.Timeout | undefined;

  const arm = (now: number): void => {
    const [first] = waiting;
    timer =
      first === undefined
        ? undefined
        : setTimeout(expire, Math.min(Math.max(1, Math.ceil(first.until - now)), MAX_TIMER));
  };

  const expire = (): void => {
    const now = performance.now();
    for (const call of waiting) {
      if (call.until > now) break;
      waiting.delete(call);
      call.expire();
    }
    arm(now);
  };

  return <R>(what: string, call: () => R | PromiseLike<R>) =>
    new Promise<R>((resolve, reject) => {
      // A call that throws rejects.
      const answer = new Promise<R>((settle) => {
        settle(call());
      });
      const now = performance.now();
      const entry: Waiting = {
        until: now + limit,
        expire: () => {
          note(what, limit, true);
          reject(new TookTooLong(what, limit, answer));
        },
      };
      waiting.add(entry);
      // The timer stays armed when nothing waits any more, so that it is not set for each call. Then it does not keep
      // the process alive.
      if (timer === undefined) arm(now);
      else if (waiting.size === 1) timer.ref();
      const ended = (isFailed: boolean): void => {
        if (waiting.delete(entry)) note(what, performance.now() - now, isFailed);
        if (waiting.size === 0) timer?.unref();
      };
      answer.then(
        (value) => {
          ended(false);
          resolve(value);
        },
        () => {
          ended(true);
          resolve(answer);
        },
      );
    });
};
