/** Waiting for a server that has no time now. */
import { retry, throwError, type MonoTypeOperatorFunction } from 'rxjs';
import type { Clock } from '../clock.js';
import { toRealtimeError, type RealtimeError } from '../errors.js';

/** The protocol's codes for who asks too often. */
const TOO_OFTEN: ReadonlySet<number> = new Set([4116, 4318]);
/** ms. */
const FIRST = 1_000;
/** Together a little more than the minute by which rates are counted. */
const ATTEMPTS = 6;

/** Whether the same question may be answered a little later. */
const isPassing = (error: RealtimeError): boolean =>
  error._tag === 'CommandTimeout' || (error._tag === 'ServerRejected' && TOO_OFTEN.has(error.code));

/**
 * Asks again where the server says that it was asked too often, or says nothing: after 1 s, 2 s and so on, for a
 * minute. Other errors pass.
 */
export const patiently = <T>(clock: Clock): MonoTypeOperatorFunction<T> =>
  retry<T>({
    count: ATTEMPTS,
    delay: (thrown: unknown, attempt) => {
      const error = toRealtimeError(thrown);
      return isPassing(error) ? clock.after(FIRST * 2 ** (attempt - 1)) : throwError(() => error);
    },
  });
