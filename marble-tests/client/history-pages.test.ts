import fc from 'fast-check';
import { concat, map, of, throwError, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { historyIterator, historyPages } from '../../src/client/history/history-pages.js';
import type { HistoryOptions, Place } from '../../src/client/history/history.js';
import { defined } from '../../codecs/defined.js';
import { ServerRejected } from '../../src/errors.js';
import { comparePositions, type Message } from '../../streams/index.js';
import { marbles } from '../marbles.js';
import { message } from '../streams/log.js';

/** A history with the given number of messages. Each page takes two frames. */
const history = (messages: readonly Message[], delay = 2) => {
  const asked: HistoryOptions[] = [];
  const load = (options: HistoryOptions = {}): Observable<readonly Message[]> => {
    asked.push(options);
    const {
      before,
      after,
      direction = after !== undefined && before === undefined ? 'forward' : 'backward',
      limit = 20,
      beforeIncluded = false,
      afterIncluded = false,
    } = options;
    const order = (one: Message, place: Place): number =>
      typeof place === 'number' ? one.timestamp - place : comparePositions(one, place);
    const inside = messages.filter(
      (one) =>
        (before === undefined || order(one, before) < Number(beforeIncluded)) &&
        (after === undefined || order(one, after) > -Number(afterIncluded)),
    );
    const page = direction === 'backward' ? inside.slice(-limit) : inside.slice(0, limit);
    return delay === 0 ? of(page) : timer(delay).pipe(map(() => page));
  };
  return [{ history: load }, asked] as const;
};

const numbered = (count: number): readonly Message[] =>
  Array.from({ length: count }, (_, index) => message({ timestamp: index + 1 }));
const timesOf = (page: readonly Message[]): string => page.map(({ timestamp }) => timestamp).join(' ');

describe('historyPages', () => {
  it('asks for nothing before the first tick, then emits one page for each tick; completes after the last page', () => {
    marbles(({ hot, expectObservable, flush }) => {
      const [conversation, asked] = history(numbered(5));
      const pages$ = historyPages(conversation, { pageSize: 2, more$: hot('--m---m---m---m') }).pipe(map(timesOf));
      expectObservable(pages$).toBe('----a---b---(c|)', { a: '4 5', b: '2 3', c: '1' });
      flush();
      expect(asked.map(({ limit }) => limit)).toEqual([2, 3, 3]);
    });
  });

  it('emits the pages one after the other if the ticks come too fast', () => {
    marbles(({ hot, expectObservable }) => {
      const [conversation] = history(numbered(5));
      expectObservable(historyPages(conversation, { pageSize: 2, more$: hot('mmmm') }).pipe(map(timesOf))).toBe(
        '--a-b-(c|)',
        {
          a: '4 5',
          b: '2 3',
          c: '1',
        },
      );
    });
  });

  it('completes without an empty page if the last page was full', () => {
    marbles(({ hot, expectObservable }) => {
      const [conversation] = history(numbered(2));
      expectObservable(historyPages(conversation, { pageSize: 2, more$: hot('m---m--') }).pipe(map(timesOf))).toBe(
        '--a---|',
        { a: '1 2' },
      );
    });
  });

  it('completes when the ticks complete', () => {
    marbles(({ hot, expectObservable }) => {
      const [conversation] = history(numbered(9));
      expectObservable(historyPages(conversation, { pageSize: 2, more$: hot('m---|') }).pipe(map(timesOf))).toBe(
        '--a-|',
        { a: '8 9' },
      );
    });
  });

  it('goes forward in time within the given bounds', () => {
    marbles(({ hot, expectObservable }) => {
      const [conversation] = history(numbered(9));
      const bounds = {
        after: message({ timestamp: 2 }),
        before: message({ timestamp: 7 }),
        direction: 'forward',
      } as const;
      expectObservable(
        historyPages(conversation, { ...bounds, pageSize: 3, more$: hot('mm') }).pipe(map(timesOf)),
      ).toBe('--a-(b|)', {
        a: '3 4 5',
        b: '6',
      });
    });
  });

  it('errors if a page fails', () => {
    const refused = new ServerRejected(4312, 'CONVERSATION_LOG_REJECTED');
    marbles(({ hot, expectObservable }) => {
      expectObservable(historyPages({ history: () => throwError(() => refused) }, { more$: hot('--m') })).toBe(
        '--#',
        undefined,
        refused,
      );
    });
  });

  it('starts from the beginning for each subscriber', () => {
    marbles(({ cold, expectObservable }) => {
      const [conversation] = history(numbered(2));
      const pages$ = historyPages(conversation, { more$: cold('m') }).pipe(map(timesOf));
      expectObservable(concat(pages$, pages$)).toBe('--a-(a|)', { a: '1 2' });
    });
  });
});

describe('historyIterator', () => {
  it('gives every message once with any page size, even if many messages have the same timestamp', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.record({ timestamp: fc.nat(3), id: fc.string({ maxLength: 3 }) }), {
          selector: ({ timestamp, id }) => `${String(timestamp)} ${id}`,
        }),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom('backward' as const, 'forward' as const),
        async (positions, pageSize, direction) => {
          const messages = positions.map((position) => message(position)).sort(comparePositions);
          const [conversation] = history(messages, 0);
          const pages: Message[][] = [];
          for await (const page of historyIterator(conversation, { pageSize, direction })) pages.push([...page]);
          expect((direction === 'backward' ? pages.reverse() : pages).flat()).toEqual(messages);
          expect(pages.every(({ length }) => length > 0)).toBe(true);
        },
      ),
    );
  });

  it('gives every message once if the server orders messages of one millisecond as it likes, and only reads times', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.record({ timestamp: fc.nat(2), id: fc.string({ minLength: 1, maxLength: 2 }) }), {
          selector: ({ id }) => id,
        }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom('backward' as const, 'forward' as const),
        async (positions, pageSize, direction) => {
          const messages = positions
            .map((position) => message(position))
            .sort((one, other) => one.timestamp - other.timestamp);
          const [conversation] = history(messages, 0);
          const byTime = {
            history: ({ before, after, ...rest }: HistoryOptions = {}) => {
              for (const place of [before, after]) expect(typeof place).not.toBe('object');
              return conversation.history({ ...rest, ...defined({ before, after }) });
            },
          };
          const ids: string[] = [];
          for await (const page of historyIterator(byTime, { pageSize, direction }))
            ids.push(...page.map(({ id }) => id));
          expect(ids.sort()).toEqual(messages.map(({ id }) => id).sort());
        },
      ),
    );
  });
});
