import { map, of, throwError, type Observable } from 'rxjs';
import { describe, it, expect, vi } from 'vitest';
import { CommandTimeout, ConnectionLost, ServerRejected, SessionClosed, Unconfirmed } from '../../src/errors.js';
import { isInterruption, missed, type CatchUpOptions, type Missed } from '../../src/session/catch-up.js';
import type { Message } from '../../streams/index.js';
import { marbles } from '../marbles.js';
import { arrived, message } from '../streams/log.js';

const page = (...timestamps: number[]): readonly Message[] => timestamps.map((timestamp) => message({ timestamp }));
const event = (timestamp: number) => arrived({ timestamp }, 'missed');
const gap = (from: number, cause: string) => ({
  _tag: 'Gap',
  conversationId: 'c',
  from: { timestamp: from, id: from === 0 ? '' : message({ timestamp: from }).id },
  to: 99,
  cause,
});

/** A page that begins with this timestamp is not complete. */
const FORGOTTEN = 50;

const fetching = (
  pageAfter: (after: number) => Observable<readonly Message[]>,
  change: Partial<CatchUpOptions & Missed> = {},
) =>
  missed({
    conversationId: 'c',
    from: { timestamp: 0, id: '' },
    to: 99,
    pageAfter: (_, { timestamp }) =>
      pageAfter(timestamp).pipe(
        map((messages) => ({
          messages,
          isWhole: messages[0]?.timestamp !== FORGOTTEN,
          isLast: messages.length < 2,
        })),
      ),
    pageSize: 2,
    catchUpLimit: 100,
    onFailure: () => undefined,
    ...change,
  });

describe('fetching missed messages', () => {
  it('goes page by page, oldest first; each request starts after the last message of the page before', () => {
    marbles(({ cold, expectObservable }) => {
      const pages: Readonly<Record<number, readonly Message[]>> = { 0: page(1, 2), 2: page(3) };
      const missed$ = fetching((after) => cold(after === 0 ? '--(p|)' : '----p|', { p: pages[after] ?? [] }));
      expectObservable(missed$).toBe('--(ab)c|', { a: event(1), b: event(2), c: event(3) });
    });
  });

  it('emits nothing if there is nothing new', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(fetching(() => cold('-p|', { p: [] }))).toBe('--|');
    });
  });

  it('begins with a gap if the server no longer has the messages after the last known one', () => {
    marbles(({ expectObservable }) => {
      expectObservable(fetching(() => of(page(FORGOTTEN)))).toBe('(ga|)', {
        g: { ...gap(0, 'gone'), to: FORGOTTEN },
        a: event(FORGOTTEN),
      });
    });
  });

  it('emits all messages up to the limit, then a gap', () => {
    marbles(({ expectObservable }) => {
      const missed$ = fetching((after) => of(page(after + 1, after + 2)), { catchUpLimit: 4 });
      expectObservable(missed$).toBe('(abcdg|)', {
        a: event(1),
        b: event(2),
        c: event(3),
        d: event(4),
        g: gap(4, 'limit'),
      });
    });
  });

  it('emits a gap that reaches to the last message that is known to be missing, though it is ahead of the clock', () => {
    marbles(({ expectObservable }) => {
      const missed$ = fetching((after) => of(page(after + 100, after + 101)), { catchUpLimit: 2 });
      expectObservable(missed$).toBe('(abg|)', {
        a: event(100),
        b: event(101),
        g: { ...gap(101, 'limit'), to: 202 },
      });
    });
  });

  it('emits no gap if the limit is reached with the last message', () => {
    marbles(({ expectObservable }) => {
      expectObservable(fetching((after) => of(after === 0 ? page(1, 2) : page(3)), { catchUpLimit: 3 })).toBe(
        '(abc|)',
        {
          a: event(1),
          b: event(2),
          c: event(3),
        },
      );
    });
  });

  it('emits no gap if one more request after the limit finds nothing', () => {
    marbles(({ expectObservable }) => {
      const pages: Readonly<Record<number, readonly Message[]>> = { 0: page(1, 2), 2: page(3, 4) };
      const missed$ = fetching((after) => of(pages[after] ?? []), { catchUpLimit: 4 });
      expectObservable(missed$).toBe('(abcd|)', { a: event(1), b: event(2), c: event(3), d: event(4) });
    });
  });

  it('does not count known messages for the limit', () => {
    marbles(({ expectObservable }) => {
      const pages: Readonly<Record<number, readonly Message[]>> = { 0: page(1, 2), 2: page(3, 4) };
      const missed$ = fetching((after) => of(pages[after] ?? []), {
        catchUpLimit: 2,
        isKnown: ({ timestamp }: Message) => timestamp < 3,
      });
      expectObservable(missed$).toBe('(abcd|)', { a: event(1), b: event(2), c: event(3), d: event(4) });
    });
  });

  it('emits a gap with the cause refused if the server refuses', () => {
    const onFailure = vi.fn();
    const error = new ServerRejected(4312, 'CONVERSATION_LOG_REJECTED');
    marbles(({ expectObservable }) => {
      expectObservable(fetching(() => throwError(() => error), { onFailure })).toBe('(g|)', { g: gap(0, 'refused') });
    });
    expect(onFailure).toHaveBeenCalledWith('c', error);
  });

  it('emits the fetched messages and a gap if a later page fails', () => {
    const missed$ = (error: Error) => fetching((after) => (after === 0 ? of(page(1, 2)) : throwError(() => error)));
    marbles(({ expectObservable }) => {
      expectObservable(missed$(new CommandTimeout('logs', 1))).toBe('(abg|)', {
        a: event(1),
        b: event(2),
        g: gap(2, 'failed'),
      });
      expectObservable(missed$(new Error('unforeseen'))).toBe('(abg|)', {
        a: event(1),
        b: event(2),
        g: gap(2, 'failed'),
      });
    });
  });

  it('emits nothing more if the connection is lost: the next session starts again', () => {
    marbles(({ expectObservable }) => {
      expectObservable(
        fetching((after) => (after === 0 ? of(page(1, 2)) : throwError(() => new ConnectionLost('gone')))),
      ).toBe('(ab)', {
        a: event(1),
        b: event(2),
      });
    });
  });
});

describe('an interruption', () => {
  it('is an error that comes from the end of the connection or of the session', () => {
    expect(
      [new ConnectionLost('gone'), new Unconfirmed('logs'), new SessionClosed(0, 'logged out')].map(isInterruption),
    ).toEqual([true, true, true]);
    expect(isInterruption(new CommandTimeout('logs', 1))).toBe(false);
  });
});
