/** A conversation's history, one page after the other. */
import { EMPTY, concatMap, defer, lastValueFrom, map, mergeMap, of, takeWhile, type Observable } from 'rxjs';
import type { Message } from '../../../streams/index.js';
import type { Conversation } from '../conversation/conversation.js';
import { DEFAULT_LIMIT, directionOf, type HistoryRange } from './history.js';

export interface HistoryPagesOptions extends HistoryRange {
  /** How many messages a page has: 1 to 1,000. Default 20. */
  readonly pageSize?: number;
}

type Handle = Pick<Conversation, 'history'>;

/** A page, and where the next one starts; no range where there is no next one. */
interface Step {
  readonly page: readonly Message[];
  readonly next: HistoryRange | undefined;
}

/** After the last page. */
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
 * Cold: a page for each tick of `more$`, one after the other, the oldest message of a page first; completes with the
 * last page, which may be shorter, or with `more$`. Errors as `history`.
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
 * The same, pulled: a page for each turn of a `for await`; nothing is asked for ahead of time. Rejects as `history`
 * errors.
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
