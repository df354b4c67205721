/** Repeats a question to a busy server. */
import { retry, throwError, type MonoTypeOperatorFunction } from 'rxjs';
import type { Clock } from '../clock.js';
import { toRealtimeError, type RealtimeError } from '../errors.js';

/** The protocol's codes for too many requests. */
const TOO_OFTEN: ReadonlySet<number> = new Set([4116, 4318]);
/** The first wait, ms. */
const FIRST = 1_000;
/** All waits together are a little more than one minute, the period of the server's rate limits. */
const ATTEMPTS = 6;

/** Whether the same question may succeed a little later. */
const isPassing = (error: RealtimeError): boolean =>
  error._tag === 'CommandTimeout' || (error._tag === 'ServerRejected' && TOO_OFTEN.has(error.code));

/**
 * Asks again if the server reports too many requests, or does not answer: after 1 s, 2 s and so on, for one minute.
 * Other errors pass through.
 */
export const patiently = <T>(clock: Clock): MonoTypeOperatorFunction<T> =>
  retry<T>({
    count: ATTEMPTS,
    delay: (thrown: unknown, attempt) => {
      const error = toRealtimeError(thrown);
      return isPassing(error) ? clock.after(FIRST * 2 ** (attempt - 1)) : throwError(() => error);
    },
  });
