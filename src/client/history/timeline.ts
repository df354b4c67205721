/** A conversation as a view shows it: history, live messages, and messages that are being sent, in one list. */
import {
  EMPTY,
  Observable,
  Subject,
  catchError,
  concatMap,
  defer,
  exhaustMap,
  finalize,
  ignoreElements,
  map,
  merge,
  switchMap,
  takeUntil,
  tap,
  type Observer,
} from 'rxjs';
import {
  comparePositions,
  timelineReducer,
  type Gap,
  type Message,
  type Position,
  type Timeline,
  type TimelineInput,
  type TimelineState,
} from '../../../streams/index.js';
import { pauseFor } from '../../../streams/outbox.js';
import { nothingPending } from '../../../streams/pending-entries.js';
import {
  START,
  between,
  itemAt,
  itemsOf,
  placeIn,
  type ListPlace,
  type SortedList,
} from '../../../streams/sorted-list.js';
import { positionOf, timelineWith, toEntry, type Pending, type Placed } from '../../../streams/timeline.js';
import { defined } from '../../../codecs/defined.js';
import { toRealtimeError } from '../../errors.js';
import type { Conversation } from '../conversation/conversation.js';
import type { Room } from '../rooms/room.js';
import { failing, ofConversation, type ConversationInternals } from '../internals.js';
import { MAX_LIMIT, historyPage, pageBehind, type HistoryOptions, type Place } from './history.js';
import { knownHistory } from './known-history.js';

/** Options of `timeline`. */
export interface TimelineOptions {
  /** The number of messages that are fetched at a time: 1 to 1,000. Default 20. */
  readonly pageSize?: number;
  /**
   * Each value loads an older page. When the list has reached the size of `window`, the newest messages are dropped
   * for it, and `hasNewer` is true. Values are ignored while a page is loading, without a connection, and when there
   * is nothing older. Default: only the first page is loaded.
   */
  readonly older$?: Observable<unknown>;
  /**
   * Each value loads a newer page, if `hasNewer` is true. The oldest messages are dropped for it. Values are ignored
   * as those of `older$`. Default: only `latest$` leads back.
   */
  readonly newer$?: Observable<unknown>;
  /** Each value goes back to the newest messages, if `hasNewer` is true. Works without a connection. Default: never. */
  readonly latest$?: Observable<unknown>;
  /**
   * Each value loads a page of the messages that are missing in this gap. A gap whose messages the server no longer
   * has (`gone`) stays. Default: gaps stay.
   */
  readonly fill$?: Observable<Gap>;
  /**
   * The maximum number of messages and gaps in the list. If there are more, those at the other end are dropped; they
   * can be loaded again. Messages that are being sent or have failed don't count. Default 1,000.
   */
  readonly window?: number;
  /** Is told when a page begins to load, and when it has arrived or failed: a Subject, or a signal's `set`. */
  readonly loading?: Pick<Observer<boolean>, 'next'>;
}

const PAGE = 20;
const WINDOW = 1_000;
/** With more messages that are being sent, the list is not made anew for each of them, but at the end of the turn. */
const AT_ONCE = 100;

type MessageEntry = Extract<Placed, { readonly _tag: 'Message' }>;

const isMessage = (entry: Placed): entry is MessageEntry => entry._tag === 'Message';

const messagesOf = (placed: readonly Placed[]): readonly Message[] =>
  placed.filter(isMessage).map(({ message }) => message);

/** The place of the first entry at this time or later. */
const placeAt = (placed: SortedList<Placed>, time: number): ListPlace =>
  placeIn(placed, (entry) => positionOf(entry).timestamp < time);

/** The place of the first entry after this time. Times may have parts of a millisecond. */
const placeBehind = (placed: SortedList<Placed>, time: number): ListPlace =>
  placeIn(placed, (entry) => positionOf(entry).timestamp <= time);

/** The messages of a millisecond, which are next to each other. */
const messagesAt = (placed: SortedList<Placed>, time: number): readonly Message[] =>
  messagesOf(between(placed, placeAt(placed, time), placeBehind(placed, time)));

/** The newest message. */
const newestOf = ({ placed }: TimelineState): Message | undefined => {
  const newest = placed.findLast((chunk) => chunk.some(isMessage))?.findLast(isMessage);
  return newest?.message;
};

const oldestOf = ({ placed }: TimelineState): Message | undefined =>
  placed.find((chunk) => chunk.some(isMessage))?.find(isMessage)?.message;

/** The first message after the millisecond in which a gap begins, if there is one. */
const messageAfter = ({ placed }: TimelineState, gap: Gap): Message | undefined => {
  const place = placeBehind(placed, gap.from.timestamp);
  const behind = (placed[place.chunk] ?? []).slice(place.index);
  return [behind, ...placed.slice(place.chunk + 1)].find((chunk) => chunk.some(isMessage))?.find(isMessage)?.message;
};

/** What a timeline is when its client has ended: nothing of the user stays in the view. */
const ENDED: Timeline = { entries: [], hasOlder: false, hasNewer: false };

const timelineOf = (
  { client, id, events$, leased$ = events$ }: ConversationInternals,
  {
    pageSize = PAGE,
    older$ = EMPTY,
    newer$ = EMPTY,
    latest$ = EMPTY,
    fill$ = EMPTY,
    window = WINDOW,
    loading,
  }: TimelineOptions,
): Observable<Timeline> =>
  new Observable((subscriber) => {
    const onFailure = failing(client, id);
    const { outgoing } = client.state;
    const known = knownHistory(client);
    const reduce = timelineReducer(window);
    const start = known.at(id);
    let state = reduce(undefined, { _tag: 'Latest', entries: itemsOf(start.placed), hasOlder: start.hasOlder });
    let hasPage = false;
    let isLoading = false;
    let isDirty = false;
    /** Own messages that are not stored yet. They are looked for again when one of them has changed. */
    let pending: readonly Pending[] | undefined;
    const jump = new Subject<void>();

    const emit = (): void => {
      isDirty = false;
      const unsent = (pending ??= outgoing.of(id));
      subscriber.next(timelineWith(state, () => unsent, unsent.length));
    };
    const changed = (): void => {
      if (isDirty) return;
      const size = outgoing.size();
      if (size <= AT_ONCE) {
        emit();
        return;
      }
      isDirty = true;
      subscriber.add(client.clock.after(pauseFor(size)).subscribe(emit));
    };
    const put = (input: TimelineInput): void => {
      const next = reduce(state, input);
      const isChanged = next !== state;
      if (input._tag === 'Outgoing') pending = undefined;
      state = { ...next, pending: nothingPending };
      if (isChanged || input._tag === 'Outgoing') changed();
    };

    const report = (thrown: unknown): Observable<never> => {
      onFailure(toRealtimeError(thrown));
      return EMPTY;
    };

    /** The number of messages that the application wants at a time. The history refuses a wrong one. */
    const size = pageSize >= 1 && pageSize <= MAX_LIMIT ? Math.min(pageSize, Math.ceil(window / 2)) : pageSize;
    /** The limit of a page behind a position, and the place at which it starts, with the messages of the same time. */
    const behind = (position: Position, count: number): readonly [number, Place] =>
      pageBehind(position, messagesAt(state.placed, position.timestamp).length, count);
    /** One message more than is shown: it tells whether there are more. */
    const oneMore = size === pageSize && (size < 1 || size >= MAX_LIMIT) ? size : size + 1;

    /**
     * The page without its last millisecond, which may be cut: the next page begins with all of it. If the page has
     * no other new messages, they are taken all the same.
     */
    const whole = (messages: readonly Message[], direction: HistoryOptions['direction']): readonly Message[] => {
      const cut = direction === 'forward' ? messages.at(-1) : messages[0];
      const rest = messages.filter(({ timestamp }) => timestamp !== cut?.timestamp);
      const isNew = ({ id: own, timestamp }: Message): boolean =>
        messagesAt(state.placed, timestamp).every((known) => known.id !== own);
      return oneMore > size && rest.some(isNew) ? rest : messages;
    };

    /** Loads a page. If it fails, that is reported, and the next request of the application tries again. */
    const page = (
      range: HistoryOptions & { readonly limit: number },
      received: (messages: readonly Message[], hasMore: boolean) => void,
    ): Observable<never> =>
      defer(() => {
        if (isLoading) return EMPTY;
        isLoading = true;
        loading?.next(true);
        return historyPage(client.link, client.reader, id, range).pipe(
          tap((messages) => {
            const hasMore = messages.length === range.limit;
            received(hasMore ? whole(messages, range.direction) : messages, hasMore);
          }),
          catchError(report),
          ignoreElements(),
          finalize(() => {
            isLoading = false;
            loading?.next(false);
          }),
          takeUntil(jump),
        );
      });

    const newest = (): Observable<never> =>
      defer(() => {
        const after = newestOf(state);
        return page({ limit: oneMore }, (messages, hasOlder) => {
          hasPage = true;
          put({ _tag: 'Newest', messages, hasOlder, ...defined({ after }) });
          if (!state.hasNewer) known.keep(id, state);
        });
      });

    const older = (): Observable<never> =>
      defer(() => {
        const { hasOlder: isWanted, placed } = state;
        const before = oldestOf(state);
        if (!isWanted) return EMPTY;
        if (before === undefined) return newest();
        const [limit, place] = behind(before, oneMore);
        return page({ before: place, beforeIncluded: true, limit }, (messages, hasOlder) => {
          // Live messages may have pushed out entries to which the page joins on.
          const start = oldestOf(state) ?? before;
          const place = placeIn(placed, (entry) => comparePositions(positionOf(entry), start) < 0);
          const there = itemAt(placed, place);
          if (there?._tag !== 'Message' || there.message.id !== start.id) return;
          const lost = between(placed, START, place);
          put({ _tag: 'Older', messages: [...messages, ...messagesOf(lost)], hasOlder });
          for (const entry of lost) if (entry._tag === 'Gap') put(entry);
        });
      });

    const newer = (): Observable<never> =>
      defer(() => {
        const after = state.hasNewer ? newestOf(state) : undefined;
        if (after === undefined) return EMPTY;
        const [limit, place] = behind(after, oneMore);
        return page({ after: place, afterIncluded: true, direction: 'forward', limit }, (messages, hasMore) => {
          const placed = itemsOf(known.at(id).placed);
          const [first] = messagesOf(placed);
          const last = messages.at(-1) ?? after;
          const rest = placed.filter((entry) => comparePositions(positionOf(entry), last) >= 0);
          // What is known joins on to the page: many messages may have come while it was asked for. If there is more
          // than the page, half of the window stays where it is.
          const isReached =
            (first === undefined || comparePositions(first, last) <= 0) &&
            (!hasMore || (first !== undefined && rest.length * 2 <= window));
          put({
            _tag: 'Newer',
            entries: [...messages.map(toEntry), ...(isReached ? rest : [])],
            hasNewer: !isReached,
          });
        });
      });

    const latest = (): Observable<never> =>
      defer(() => {
        if (!state.hasNewer) return EMPTY;
        jump.next();
        const { placed, hasOlder } = known.at(id);
        const entries = itemsOf(placed);
        put({ _tag: 'Latest', entries, hasOlder });
        return hasOlder && entries.length < pageSize ? newest() : EMPTY;
      });

    const fill = (gap: Gap): Observable<never> =>
      defer(() => {
        const next = messageAfter(state, gap);
        const [limit, place] = behind(gap.from, pageSize);
        return historyPage(client.link, client.reader, id, {
          after: place,
          afterIncluded: true,
          ...defined({ before: next?.timestamp }),
          beforeIncluded: true,
          direction: 'forward',
          limit,
        }).pipe(
          tap((messages) => {
            const last = messages.at(-1);
            const isCut =
              last !== undefined &&
              messages.length === limit &&
              (next === undefined || comparePositions(last, next) < 0);
            put({
              _tag: 'Filled',
              gap,
              messages,
              // Messages that the server no longer has stay missing.
              ...(isCut || gap.cause === 'gone'
                ? { rest: last === undefined ? gap : { ...gap, from: { timestamp: last.timestamp, id: last.id } } }
                : {}),
            });
          }),
        );
      }).pipe(catchError(report), ignoreElements());

    /** The requests of the application. If their stream errors, that is reported, and no more requests follow. */
    const wishes = <T>(wish$: Observable<T>): Observable<T> => wish$.pipe(catchError(report));

    // What was held is in the history, page by page.
    client.state.held.take(id);
    subscriber.add(
      leased$.subscribe({
        next: put,
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          subscriber.next(ENDED);
          subscriber.complete();
        },
      }),
    );
    if (subscriber.closed) return;
    emit();
    subscriber.add(() => {
      if (!state.hasNewer) known.keep(id, state);
    });
    subscriber.add(
      merge(
        // The first page is loaded again after a break. Other pages wait for the next request.
        client.open$.pipe(switchMap((open) => (open && !hasPage ? newest() : EMPTY))),
        merge(wishes(older$).pipe(map(() => older)), wishes(newer$).pipe(map(() => newer))).pipe(
          exhaustMap((load) => load()),
        ),
        wishes(latest$).pipe(switchMap(latest)),
        wishes(fill$).pipe(concatMap(fill)),
      ).subscribe(),
    );
  });

/**
 * The conversation as a view shows it, as one immutable list, the oldest entry first. It has the newest page of the
 * history, older pages on request, live messages, applied edits and recalls, gaps that can be filled, and this
 * client's messages that are being uploaded or sent, or have failed. A message of this client moves at most once: when
 * the server has stored it. A failed one stays until `resend` or `discard`.
 *
 * Cold: each subscriber has a list of its own. Emits at once, then after each change; while more than 100 messages
 * are being sent, at most once a turn. It starts with what this client knows already (up to 100 messages) and with
 * the messages that are not stored yet, also without a connection.
 *
 * The list is a window of at most `window` entries: it moves to older messages with `older$`, and back with `newer$`
 * or `latest$`. While `hasNewer` is true, the newest messages and those that are being sent are not in the list.
 *
 * A chat room's timeline is a lease of the room, and errors as described for `Room`. Otherwise it never errors for a
 * conversation of this package. When the client ends, it emits an empty list and completes.
 *
 * @example
 * timeline(conversation, { pageSize: 20, older$: scrolledUp$ }).subscribe(({ entries, hasOlder }) =>
 *   render(entries, hasOlder),
 * );
 */
export const timeline = (conversation: Conversation | Room, options: TimelineOptions = {}): Observable<Timeline> =>
  ofConversation(conversation, (internals) => timelineOf(internals, options));
