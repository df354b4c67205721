import { distinctUntilChanged, map, type OperatorFunction } from 'rxjs';
import type { Unread } from './events.js';

/**
 * The number of all unread messages, for a badge. `mentioned` is true if one of them mentions this client. Same
 * temperature, replay, errors and completion as its source.
 *
 * @example
 * client.unread$.pipe(totalUnread()).subscribe(({ count }) => badge.set(count));
 */
export const totalUnread = (): OperatorFunction<ReadonlyMap<string, Unread>, Unread> => (unread$) =>
  unread$.pipe(
    map((all) => {
      let count = 0;
      let mentioned = false;
      for (const unread of all.values()) {
        count += unread.count;
        mentioned ||= unread.mentioned;
      }
      return { count, mentioned };
    }),
    distinctUntilChanged((a, b) => a.count === b.count && a.mentioned === b.mentioned),
  );
