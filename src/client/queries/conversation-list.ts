/** The conversations of a client, page by page and kept live. */
import {
  EMPTY,
  Observable,
  Subject,
  catchError,
  concat,
  concatMap,
  defer,
  exhaustMap,
  filter,
  merge,
  mergeMap,
  of,
  switchMap,
  tap,
  type ObservableInput,
} from 'rxjs';
import type { ConversationInfo } from '../../../codecs/index.js';
import { recentConversations, shareLatest, type ConversationListItem } from '../../../streams/index.js';
import { toRealtimeError } from '../../errors.js';
import { isInterruption } from '../../session/catch-up.js';
import type { Client } from '../client.js';
import { toSnapshot } from '../conversation/learn.js';
import { ofClient, perClient, type ClientInternals } from '../internals.js';
import { MAX_LIMIT, queryConversations } from './find-conversations.js';
import { containsMembers } from './where.js';

/** How much of the list is asked for. */
export interface ConversationListOptions {
  /** How many conversations a page has: 1 to 1,000. Default 20. */
  readonly pageSize?: number;
  /**
   * Asks for the next page with each value; while one is under way, values count for nothing. One that comes before
   * the first page is there asks for the second. Default: there is one page, and what comes live.
   */
  readonly more$?: Observable<unknown>;
}

const DEFAULT_PAGE = 20;

/**
 * The list as `recentConversations` has it. The first page is asked for with the first subscriber, and all pages
 * again after each reconnect, since what was created meanwhile is not known otherwise. Never errors; completes with
 * the log.
 */
const listOf = (
  { link, reader, state, log$, open$, clock, tell, report }: ClientInternals,
  { pageSize = DEFAULT_PAGE, more$ = EMPTY }: ConversationListOptions,
): Observable<readonly ConversationListItem[]> =>
  new Observable((subscriber) => {
    /** So many of the server's list are wanted; what could not be fetched still is. */
    let wanted = pageSize;
    /** So many of them have come in this session. */
    let reached = 0;
    let isWhole = false;
    /** A further page is wanted that has not come yet. */
    let isAsked = false;
    let hasFailed = false;

    const page = (skip: number, limit: number): Observable<never> =>
      queryConversations(link, {
        where: containsMembers([link.clientId]),
        sort: ['-lastMessageAt', '-createdAt'],
        skip,
        limit,
        lastMessages: true,
      }).pipe(
        tap(({ infos, unreadable }) => {
          const count = infos.length + unreadable.length;
          reached += count;
          isWhole = count < limit;
        }),
        concatMap(({ infos }): ObservableInput<ConversationInfo> => infos),
        concatMap((info) => toSnapshot(reader, info)),
        tap(tell),
        mergeMap(() => EMPTY),
      );

    /**
     * Up to what is wanted, in as few queries as the server allows; a page size beyond that is refused with the first.
     */
    const pages = (): Observable<never> =>
      concat(
        defer(() => page(reached, Math.min(wanted - reached, Math.max(pageSize, MAX_LIMIT)))),
        defer(() => (isWhole || reached >= wanted ? EMPTY : pages())),
      );

    const load = (): Observable<never> =>
      defer(() => {
        hasFailed = false;
        return pages();
      }).pipe(
        tap({
          complete: () => {
            isAsked = false;
            if (isWhole) wanted = Math.max(pageSize, reached);
          },
        }),
        catchError((thrown: unknown) => {
          const error = toRealtimeError(thrown);
          // The next session asks again, by itself.
          if (isInterruption(error)) return EMPTY;
          hasFailed = true;
          isAsked = false;
          report({ _tag: 'List', clientId: link.clientId, error });
          return EMPTY;
        }),
      );

    const ticks = new Subject<void>();
    const paging$ = open$.pipe(
      switchMap((open) => {
        if (!open) return EMPTY;
        reached = 0;
        isWhole = false;
        return merge(of(undefined), ticks).pipe(exhaustMap(load));
      }),
    );
    /** What is loading meanwhile goes on to what is wanted now; without a connection, the next session does. */
    const asking$ = more$.pipe(
      filter(() => !isWhole && !isAsked),
      tap(() => {
        isAsked = true;
        // What has failed is tried again first.
        if (!hasFailed) wanted += pageSize;
        ticks.next();
      }),
    );
    /** One that the client has left no longer counts on the server: what is behind it has moved up. */
    const leaving$ = log$.pipe(
      filter((event) => event._tag === 'Left' && event.members.includes(link.clientId)),
      tap(() => {
        reached = Math.max(0, reached - 1);
        wanted = Math.max(pageSize, wanted - 1);
      }),
    );

    subscriber.add(
      log$
        .pipe(recentConversations({ self: link.clientId, ...state, turn: () => clock.after(0) }))
        .subscribe(subscriber),
    );
    subscriber.add(merge(paging$, leaving$, asking$).subscribe());
  });

const firstPage = perClient((client) => listOf(client, {}).pipe(shareLatest()));

/**
 * The conversations of this user, the latest activity first, each with its last message and unread count. Replays the
 * current array; a new one at most once a turn, in which what has not changed is the same object. Without options it
 * has the first 20 and whatever comes live, and is shared by all who call it so; with `more$` it is paged, and each
 * call is a list of its own. Asked for with the first subscriber, and again after a reconnect. Never errors for a
 * client of this package; completes when the client is closed.
 *
 * @example conversationList(client).subscribe((items) => render(items));
 */
export const conversationList = (
  client: Client,
  options?: ConversationListOptions,
): Observable<readonly ConversationListItem[]> =>
  ofClient(client, (internals) =>
    options === undefined ? firstPage(internals) : listOf(internals, options).pipe(shareLatest()),
  );
