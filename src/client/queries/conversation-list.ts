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
  map,
  merge,
  mergeMap,
  of,
  switchMap,
  tap,
  type ObservableInput,
} from 'rxjs';
import { toStored, type ConversationInfo } from '../../../codecs/index.js';
import { recentConversations, type ClientEvent, type ConversationListItem, type Message } from '../../../streams/index.js';
import type { Clock } from '../../clock.js';
import { toRealtimeError, type RealtimeError } from '../../errors.js';
import { isInterruption } from '../../session/catch-up.js';
import type { MessageReader } from '../../session/message-reader.js';
import { readHistory } from '../../session/push-events.js';
import type { ClientState } from '../client-state.js';
import type { Link } from '../link.js';
import { MAX_LIMIT, queryConversations } from './queries.js';
import { containsMembers } from './where.js';

/** How much of the list is asked for. */
export interface ConversationListOptions {
  /** How many conversations a page has: 1 to 1,000. Default 20. */
  readonly pageSize?: number;
  /** Asks for the next page with each value; while one is under way, values count for nothing. One that comes before the first page is there asks for the second. Default: there is one page, and what comes live. */
  readonly more$?: Observable<unknown>;
}

type Snapshot = Extract<ClientEvent, { _tag: 'Snapshot' }>;

/** Cold: a conversation as an entry of the log, with its last message where it has come along; then completes. */
export const toSnapshot = (reader: MessageReader, info: ConversationInfo): Observable<Snapshot> => {
  const snapshot: Snapshot = { _tag: 'Snapshot', conversationId: info.id, info };
  const { lastMessage: last } = info;
  if (last === undefined) return of(snapshot);
  const { id, from, timestamp, patchTimestamp } = last;
  const item = { msgId: id, from, timestamp, ...(patchTimestamp === undefined ? {} : { patchTimestamp }), ...toStored(last) };
  return readHistory(reader, info.id, [item]).pipe(
    map(([lastMessage]: readonly Message[]) => (lastMessage === undefined ? snapshot : { ...snapshot, lastMessage })),
  );
};

export interface ListSource {
  readonly link: Link;
  readonly reader: MessageReader;
  readonly state: ClientState;
  readonly log$: Observable<ClientEvent>;
  /** Whether the session is open; repeats nothing. */
  readonly open$: Observable<boolean>;
  readonly clock: Clock;
  readonly tell: (event: ClientEvent) => void;
  readonly onFailure: (error: RealtimeError) => void;
}

const DEFAULT_PAGE = 20;

/**
 * The list as `recentConversations` has it. The first page is asked for with the first subscriber, and all pages again after each reconnect, since what was created meanwhile is not known otherwise.
 * Never errors; completes with the log.
 */
export const conversationList = (
  { link, reader, state, log$, open$, clock, tell, onFailure }: ListSource,
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

    /** Up to what is wanted, in as few queries as the server allows; a page size beyond that is refused with the first. */
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
          onFailure(error);
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

    subscriber.add(log$.pipe(recentConversations({ self: link.clientId, ...state, turn: () => clock.after(0) })).subscribe(subscriber));
    subscriber.add(merge(paging$, leaving$, asking$).subscribe());
  });
