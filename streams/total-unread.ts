import { defer, distinctUntilChanged, map, type OperatorFunction } from 'rxjs';
import type { Unread } from './events.js';
import { SharedMap } from './shared-map.js';

/**
 * The number of all unread messages, for a badge. `mentioned` is true if one of them mentions this client. Same
 * temperature, replay, errors and completion as its source. A map of this package costs what has changed since the map
 * before it, any other map costs a walk through it.
 *
 * @example
 * client.unread$.pipe(totalUnread()).subscribe(({ count }) => badge.set(count));
 */
export const totalUnread = (): OperatorFunction<ReadonlyMap<string, Unread>, Unread> => (unread$) =>
  defer(() => {
    let count = 0;
    /** How many conversations have a message that mentions this client. */
    let mentions = 0;
    let before = SharedMap.of<Unread>();
    const add = (unread: Unread | undefined, sign: 1 | -1): void => {
      count += sign * (unread?.count ?? 0);
      mentions += sign * Number(unread?.mentioned ?? false);
    };
    return unread$.pipe(
      map((all): Unread => {
        const isNext =
          all instanceof SharedMap &&
          (all as SharedMap<Unread>).changedFrom(before, (now, old) => {
            add(now, 1);
            add(old, -1);
          });
        if (!isNext) {
          count = mentions = 0;
          for (const unread of all.values()) add(unread, 1);
        }
        before = SharedMap.of(all instanceof SharedMap ? all : []) as SharedMap<Unread>;
        return { count, mentioned: mentions > 0 };
      }),
      distinctUntilChanged((a, b) => a.count === b.count && a.mentioned === b.mentioned),
    );
  });
