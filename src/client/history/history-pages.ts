/** The history of a conversation, page by page. */
import { EMPTY, concatMap, defer, lastValueFrom, map, mergeMap, of, takeWhile, type Observable } from 'rxjs';
import type { Message } from '../../../streams/index.js';
import type { Conversation } from '../conversation/conversation.js';
import { DEFAULT_LIMIT, directionOf, pageBehind, type HistoryOptions, type HistoryRange } from './history.js';

/** Options of `historyPages` and `historyIterator`: a range of the history, and the size of a page. */
export interface HistoryPagesOptions extends HistoryRange {
  /** The number of messages in a page: 1 to 1,000. Default 20. */
  readonly pageSize?: number;
}

type Handle = Pick<Conversation, 'history'>;

/** Where a page starts: a range, and the known messages of its first millisecond (`at`), by id. */
interface Start {
  readonly range: HistoryOptions;
  readonly at?: number;
  readonly known: ReadonlySet<string>;
}

/** A page, and the start of the next one; `undefined` if there is no next one. */
interface Step {
  readonly page: readonly Message[];
  readonly next: Start | undefined;
}

/** The step after the last page. */
const END: Step = { page: [], next: undefined };

const startOf = (range: HistoryRange, limit: number): Start => ({ range: { ...range, limit }, known: new Set() });

/** The start of the page behind this one. */
const startBehind = (messages: readonly Message[], last: Message, { range, known }: Start, pageSize: number): Start => {
  const same = messages.filter(({ timestamp }) => timestamp === last.timestamp).map(({ id }) => id);
  // The messages that are known from the page before have the same time, or come no more.
  const all = new Set([...same, ...(same.length === messages.length ? known : [])]);
  const [limit, place] = pageBehind(last, all.size, pageSize);
  const direction = directionOf(range);
  return {
    range:
      direction === 'backward'
        ? { ...range, limit, direction, before: place, beforeIncluded: true }
        : { ...range, limit, direction, after: place, afterIncluded: true },
    at: last.timestamp,
    known: all,
  };
};

const step = (conversation: Handle, start: Start, pageSize: number): Observable<Step> =>
  conversation.history(start.range).pipe(
    map((messages): Step => {
      const last = directionOf(start.range) === 'backward' ? messages[0] : messages.at(-1);
      const { limit = DEFAULT_LIMIT } = start.range;
      return {
        page: messages.filter(({ id, timestamp }) => timestamp !== start.at || !start.known.has(id)),
        next: last === undefined || messages.length < limit ? undefined : startBehind(messages, last, start, pageSize),
      };
    }),
  );

/**
 * Cold: reads the history page by page, one page for each value of `more$`. Within a page the oldest message comes
 * first. Completes with the last page, which may be shorter, or with `more$` (protocol: logs). Errors as `history`
 * does.
 *
 * @example historyPages(conversation, { pageSize: 50, more$: scrolledUp$ }).subscribe((page) => prepend(page));
 */
export const historyPages = (
  conversation: Handle,
  { pageSize = DEFAULT_LIMIT, more$, ...range }: HistoryPagesOptions & { readonly more$: Observable<unknown> },
): Observable<readonly Message[]> =>
  defer(() => {
    let rest: Start | undefined = startOf(range, pageSize);
    return more$.pipe(
      concatMap(() => (rest === undefined ? EMPTY : step(conversation, rest, pageSize))),
      map((loaded) => {
        rest = loaded.next;
        return loaded;
      }),
      takeWhile(({ next }) => next !== undefined, true),
      mergeMap(({ page }) => (page.length === 0 ? EMPTY : of(page))),
    );
  });

/**
 * The same as an async iterator: one page for each turn of a `for await` loop. Nothing is fetched ahead. Rejects if
 * `history` would error.
 *
 * @example for await (const page of historyIterator(conversation, { pageSize: 100 })) await store(page);
 */
export const historyIterator = (
  conversation: Handle,
  { pageSize = DEFAULT_LIMIT, ...range }: HistoryPagesOptions = {},
): AsyncIterable<readonly Message[]> => ({
  async *[Symbol.asyncIterator]() {
    let rest: Start | undefined = startOf(range, pageSize);
    while (rest !== undefined) {
      const { page, next }: Step = await lastValueFrom(step(conversation, rest, pageSize), { defaultValue: END });
      if (page.length > 0) yield page;
      rest = next;
    }
  },
});
