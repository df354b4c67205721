/** A conversation as a view shows it: history, live messages, and messages that are being sent, in one list. */
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
  timelineReducer,
  toTimeline,
  type Gap,
  type Message,
  type Timeline,
  type TimelineInput,
  type TimelineState,
} from '../../../streams/index.js';
import { emptyTimeline } from '../../../streams/timeline.js';
import { defined } from '../../../codecs/defined.js';
import { toRealtimeError } from '../../errors.js';
import type { Conversation } from '../conversation/conversation.js';
import type { Room } from '../rooms/room.js';
import { failing, ofConversation, type ConversationInternals } from '../internals.js';
import { historyPage, type HistoryOptions } from './history.js';

/** Options of `timeline`. */
export interface TimelineOptions {
  /** The number of messages that are fetched at a time: 1 to 1,000. Default 20. */
  readonly pageSize?: number;
  /**
   * Each value loads an older page. Values are ignored while a page is loading, and when the window is full. Default:
   * only the first page is loaded.
   */
  readonly older$?: Observable<unknown>;
  /**
   * Each value loads a page of the messages that are missing in this gap. A gap whose messages the server no longer
   * has (`gone`) stays. Default: gaps stay.
   */
  readonly fill$?: Observable<Gap>;
  /**
   * The maximum number of messages and gaps in the list, and of messages that were not sent. When there are more, the
   * oldest are removed. Default 1,000.
   */
  readonly window?: number;
}

const PAGE = 20;
const WINDOW = 1_000;

const oldestOf = ({ placed }: TimelineState): Message | undefined =>
  placed
    .map((entry) => (entry._tag === 'Message' ? entry.message : undefined))
    .find((message) => message !== undefined);

/** The first message after a gap, if there is one. */
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

    /** Reports an error and ends. The next request of the application tries again. */
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
              // Messages that the server no longer has stay missing.
              ...(isCut || gap.cause === 'gone'
                ? { rest: last === undefined ? gap : { ...gap, from: { timestamp: last.timestamp, id: last.id } } }
                : {}),
            };
          }),
        ),
      );
    };

    /** The requests of the application. If their stream errors, that is reported, and no more requests follow. */
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
    // The first page is loaded again after a break. Other pages wait for the next request.
    const first$ = client.open$.pipe(switchMap((open) => (open && !hasPage ? older() : EMPTY)));
    subscriber.add(
      merge(first$, wishes(older$).pipe(exhaustMap(older)), wishes(fill$).pipe(concatMap(fill))).subscribe(),
    );
  });

/**
 * The conversation as a view shows it, as one immutable list, the oldest entry first. It has the newest page of the
 * history, older pages on request, live messages, applied edits and recalls, gaps that can be filled, and this
 * client's messages that are being sent. A message of this client moves at most once: when the server has stored it.
 *
 * Cold: each subscriber has a list of its own. Emits at once, then after each change. `window` limits its length.
 * Never errors for a conversation of this package. Completes with the client.
 *
 * @example
 * timeline(conversation, { pageSize: 20, older$: scrolledUp$ }).subscribe(({ entries, hasOlder }) =>
 *   render(entries, hasOlder),
 * );
 */
export const timeline = (conversation: Conversation | Room, options: TimelineOptions = {}): Observable<Timeline> =>
  ofConversation(conversation, (internals) => timelineOf(internals, options));
