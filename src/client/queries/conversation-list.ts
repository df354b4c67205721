/** The list of a client's conversations: loaded in pages, and kept up to date. */
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
  type Observer,
} from 'rxjs';
import type { ConversationInfo } from '../../../codecs/index.js';
import { recentConversations, shareLatest, type ConversationListItem } from '../../../streams/index.js';
import { toRealtimeError } from '../../errors.js';
import { isInterruption } from '../../session/catch-up.js';
import type { Client } from '../client.js';
import { emptyAtEnd } from '../empty-at-end.js';
import { toSnapshot } from '../conversation/learn.js';
import { ofClient, perClient, type ClientInternals } from '../internals.js';
import { MAX_LIMIT, queryConversations } from './find-conversations.js';
import { containsMembers } from './where.js';

/** Options of `conversationList`. */
export interface ConversationListOptions {
  /** The number of conversations in a page: 1 to 1,000. Default 20. */
  readonly pageSize?: number;
  /**
   * Each value loads the next page. Values are ignored while a page is loading; a value before the first page has
   * arrived loads the second one after it. Default: only the first page is loaded.
   */
  readonly more$?: Observable<unknown>;
  /** Is told, after each page, whether the server may have more conversations: a Subject, or a signal's `set`. */
  readonly hasMore?: Pick<Observer<boolean>, 'next'>;
}

const DEFAULT_PAGE = 20;
/** How many conversations of a list may be copied in a millisecond: copying takes a small part of the time. */
const COPIED = 5_000;

/**
 * The list in the order of `recentConversations`. The first subscription loads the first page. After each reconnect
 * all pages are loaded again: otherwise conversations that were created meanwhile would be missing. Never errors.
 * Completes with the log.
 */
const listOf = (
  { link, reader, state, log$, open$, clock, tell, report }: ClientInternals,
  { pageSize = DEFAULT_PAGE, more$ = EMPTY, hasMore }: ConversationListOptions,
): Observable<readonly ConversationListItem[]> =>
  new Observable((subscriber) => {
    /** How many conversations of the server's list are wanted. Includes those that could not be fetched yet. */
    let wanted = pageSize;
    /** How many of them have arrived in this session. */
    let reached = 0;
    let isWhole = false;
    /** Another page is wanted and has not arrived yet. */
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
     * Loads all wanted conversations in as few queries as the server allows. A page size above the server's limit
     * fails with the first query.
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
            hasMore?.next(!isWhole);
          },
        }),
        catchError((thrown: unknown) => {
          const error = toRealtimeError(thrown);
          // The next session loads again.
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
    /**
     * Loads more. A load that is running continues up to the new number; without a connection, the next session
     * loads.
     */
    const asking$ = more$.pipe(
      filter(() => !isWhole && !isAsked),
      tap(() => {
        isAsked = true;
        // If the last page failed, it is loaded again first.
        if (!hasFailed) wanted += pageSize;
        ticks.next();
      }),
    );
    /** When the client leaves a conversation, all conversations behind it move up by one on the server. */
    const leaving$ = log$.pipe(
      filter((event) => event._tag === 'Left' && event.members.includes(link.clientId)),
      tap(() => {
        reached = Math.max(0, reached - 1);
        wanted = Math.max(pageSize, wanted - 1);
      }),
    );

    subscriber.add(
      log$
        .pipe(
          recentConversations({
            self: link.clientId,
            ...state,
            turn: (count) => clock.after(Math.floor(count / COPIED)),
          }),
        )
        .subscribe(subscriber),
    );
    subscriber.add(merge(paging$, leaving$, asking$).subscribe());
  });

const shared = (client: ClientInternals, options: ConversationListOptions) =>
  listOf(client, options).pipe(emptyAtEnd<readonly ConversationListItem[]>(client.open$, []), shareLatest());

const firstPage = perClient((client) => shared(client, {}));

/**
 * The conversations of this user, the one with the latest activity first, each with its last message and unread
 * count. Hot and shared; replays the current array. Emits at most one new array per turn of the event loop; items
 * that have not changed are the same objects.
 *
 * Without options, the list has the 20 latest conversations and those that become active later, and all callers share
 * one list. With options, each call makes a list of its own. The first subscription asks the server (protocol:
 * conv/query), and so does each reconnect. Never errors for a client of this package. When the client is closed,
 * it emits an empty array and completes.
 *
 * @example conversationList(client).subscribe((items) => render(items));
 */
export const conversationList = (
  client: Client,
  options?: ConversationListOptions,
): Observable<readonly ConversationListItem[]> =>
  ofClient(client, (internals) => (options === undefined ? firstPage(internals) : shared(internals, options)));
