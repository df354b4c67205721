import { combineLatest, distinctUntilChanged, map, switchMap, type Observable } from 'rxjs';
import type { Realtime } from 'rx-realtime';

/** What the badge of a chat says: how much is unread, and that it can't know while the connection is down. */
export const unreadBadge = (realtime: Pick<Realtime, 'session'>, clientId: string): Observable<string> =>
  realtime.session(clientId).pipe(
    switchMap(({ status$, totalUnread$ }) => combineLatest({ status: status$, unread: totalUnread$ })),
    map(({ status, unread }) => {
      if (status._tag === 'Reopening') return 'reconnecting…';
      return unread.mentioned ? `@${String(unread.count)}` : String(unread.count);
    }),
    distinctUntilChanged(),
  );
