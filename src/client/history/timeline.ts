/** A conversation as a view shows it: history, what is live, and what is on its way, in one list. */
import {
  BehaviorSubject,
  EMPTY,
  Observable,
  catchError,
  concatMap,
  defer,
  exhaustMap,
  ignoreElements,
  map,
  merge,
  switchMap,
  tap,
} from 'rxjs';
import {
  comparePositions,
  emptyTimeline,
  timelineReducer,
  toTimeline,
  type Gap,
  type Message,
  type Timeline,
  type TimelineInput,
  type TimelineState,
} from '../../../streams/index.js';
import { defined } from '../../../codecs/defined.js';
import { toRealtimeError } from '../../errors.js';
import type { Conversation } from '../conversation/conversation.js';
import type { Room } from '../rooms/room.js';
import { failing, ofConversation, type ConversationInternals } from '../internals.js';
import { historyPage, type HistoryOptions } from './history.js';

/** How much of a conversation is shown. */
export interface TimelineOptions {
  /** How many messages are fetched at a time: 1 to 1,000. Default 20. */
  readonly pageSize?: number;
  /**
   * Asks for an older page with each value; while one is under way, and when the window is full, values count for
   * nothing. Default: there is one page, and what comes live.
   */
  readonly older$?: Observable<unknown>;
  /**
   * Asks for the messages of a gap, a page at a time; one that the server has forgotten (`gone`) stays. Default: gaps
   * stay.
   */
  readonly fill$?: Observable<Gap>;
  /**
   * At most so many messages and gaps are kept, and as many messages that were not sent; later ones push out the
   * oldest. Default 1,000.
   */
  readonly window?: number;
}

const PAGE = 20;
const WINDOW = 1_000;

const oldestOf = ({ placed }: TimelineState): Message | undefined =>
  placed
    .map((entry) => (entry._tag === 'Message' ? entry.message : undefined))
    .find((message) => message !== undefined);

/** The first message behind a gap, where there is one: what is missing lies before it. */
const messageAfter = ({ placed }: TimelineState, gap: Gap): Message | undefined =>
  placed
    .map((entry) => (entry._tag === 'Message' ? entry.message : undefined))
    .find((message) => message !== undefined && comparePositions(message, gap.from) > 0);

const timelineOf = (
  { client, id, events$ }: ConversationInternals,
  { pageSize = PAGE, older$ = EMPTY, fill$ = EMPTY, window = WINDOW }: TimelineOptions,
): Observable<Timeline> =>
  new Observable((subscriber) => {
    const onFailure = failing(client, id);
    const load = (range: HistoryOptions): Observable<readonly Message[]> =>
      historyPage(client.link, client.reader, id, range);
    const state = new BehaviorSubject<TimelineState>(emptyTimeline);
    const reduce = timelineReducer(window);
    let hasPage = false;
    const put = (input: TimelineInput): void => {
      if (input._tag === 'Older') hasPage = true;
      const next = reduce(state.value, input);
      if (next !== state.value) state.next(next);
    };

    /** What can't be had now is asked for again by the next wish. */
    const quietly = (input$: Observable<TimelineInput>): Observable<never> =>
      input$.pipe(
        tap(put),
        catchError((thrown: unknown) => {
          onFailure(toRealtimeError(thrown));
          return EMPTY;
        }),
        ignoreElements(),
      );

    const older = (): Observable<never> =>
      defer(() => {
        const { hasOlder, placed } = state.value;
        if (!hasOlder || placed.length >= window) return EMPTY;
        const before = oldestOf(state.value);
        const page$ = load({ limit: pageSize, ...defined({ before }) });
        return quietly(
          page$.pipe(
            map((messages): TimelineInput => ({ _tag: 'Older', messages, hasOlder: messages.length === pageSize })),
          ),
        );
      });

    const fill = (gap: Gap): Observable<never> => {
      const next = messageAfter(state.value, gap);
      return quietly(
        load({ after: gap.from, ...defined({ before: next }), direction: 'forward', limit: pageSize }).pipe(
          map((messages): TimelineInput => {
            const last = messages.at(-1);
            const isCut = last !== undefined && messages.length === pageSize;
            return {
              _tag: 'Filled',
              gap,
              messages,
              // What the server has forgotten stays missing.
              ...(isCut || gap.cause === 'gone'
                ? { rest: last === undefined ? gap : { ...gap, from: { timestamp: last.timestamp, id: last.id } } }
                : {}),
            };
          }),
        ),
      );
    };

    /** What the application asks with; where that fails, nothing is asked any more. */
    const wishes = <T>(wish$: Observable<T>): Observable<T> =>
      wish$.pipe(
        catchError((thrown: unknown) => {
          onFailure(toRealtimeError(thrown));
          return EMPTY;
        }),
      );

    subscriber.add(state.pipe(map(toTimeline)).subscribe(subscriber));
    subscriber.add(
      events$.subscribe({
        next: put,
        complete: () => {
          state.complete();
        },
      }),
    );
    // A break may take the first page away; others are asked for again by the next wish.
    const first$ = client.open$.pipe(switchMap((open) => (open && !hasPage ? older() : EMPTY)));
    subscriber.add(
      merge(first$, wishes(older$).pipe(exhaustMap(older)), wishes(fill$).pipe(concatMap(fill))).subscribe(),
    );
  });

/**
 * The conversation as a view shows it: the newest page of history, older pages on demand, what is live, edits and
 * recalls applied, gaps that can be filled, and one's own messages on their way: one immutable list, the oldest
 * first, in which an own message changes its place at most once, when it is stored. Cold: each subscriber has its
 * own. Emits at once, then after each change; bounded by `window`. Never errors for a conversation of this package,
 * completes with the client.
 *
 * @example
 * timeline(conversation, { pageSize: 20, older$: scrolledUp$ }).subscribe(({ entries, hasOlder }) =>
 *   render(entries, hasOlder),
 * );
 */
export const timeline = (conversation: Conversation | Room, options: TimelineOptions = {}): Observable<Timeline> =>
  ofConversation(conversation, (internals) => timelineOf(internals, options));
