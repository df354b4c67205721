import { map, merge, toArray, type Observable } from 'rxjs';

/**
 * Cold: runs all at the same time. Emits their values once, in the order of the list, when all have completed; then
 * completes. Errors with the first error.
 */
export const allOf = <T>(all: readonly Observable<T>[]): Observable<readonly T[]> =>
  merge(...all.map((one$, index) => one$.pipe(map((value) => ({ index, value }))))).pipe(
    toArray(),
    map((found) => found.sort((a, b) => a.index - b.index).map(({ value }) => value)),
  );
