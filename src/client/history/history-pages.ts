/** The history of a conversation, page by page. */
import { EMPTY, concatMap, defer, lastValueFrom, map, mergeMap, of, takeWhile, type Observable } from 'rxjs';
import type { Message } from '../../../streams/index.js';
import type { Conversation } from '../conversation/conversation.js';
import { DEFAULT_LIMIT, directionOf, type HistoryRange } from './history.js';

/** Options of `historyPages` and `historyIterator`: a range of the history, and the size of a page. */
export interface HistoryPagesOptions extends HistoryRange {
  /** The number of messages in a page: 1 to 1,000. Default 20. */
  readonly pageSize?: number;
}

type Handle = Pick<Conversation, 'history'>;

/** A page, and the range of the next one; `undefined` if there is no next one. */
interface Step {
  readonly page: readonly Message[];
  readonly next: HistoryRange | undefined;
}

/** The step after the last page. */
const END: Step = { page: [], next: undefined };

const step = (conversation: Handle, range: HistoryRange, pageSize: number): Observable<Step> =>
  conversation.history({ ...range, limit: pageSize }).pipe(
    map((page): Step => {
      const backward = directionOf(range) === 'backward';
      const last = backward ? page[0] : page.at(-1);
      if (last === undefined || page.length < pageSize) return { page, next: undefined };
      const direction = directionOf(range);
      return {
        page,
        next: backward
          ? { ...range, direction, before: last, beforeIncluded: false }
          : { ...range, direction, after: last, afterIncluded: false },
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
    let rest: HistoryRange | undefined = range;
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
    let rest: HistoryRange | undefined = range;
    while (rest !== undefined) {
      const { page, next }: Step = await lastValueFrom(step(conversation, rest, pageSize), { defaultValue: END });
      if (page.length > 0) yield page;
      rest = next;
    }
  },
});
