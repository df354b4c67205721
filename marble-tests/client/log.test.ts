import { NEVER, concat, map, of, type Observable } from 'rxjs';
import { describe, it } from 'vitest';
import { limitsOf } from '../../src/limits.js';
import { clientState } from '../../src/client/client-state.js';
import { log as logOf } from '../../src/client/history/log.js';
import type { MissedPage } from '../../src/session/catch-up.js';
import type { ConversationEvent, LogEntry, Position } from '../../streams/index.js';
import { marbles, virtualClock } from '../marbles.js';
import { arrived, message } from '../streams/log.js';
import { conversationHandle } from './internals.js';

const page = (...timestamps: number[]): MissedPage => ({
  messages: timestamps.map((timestamp) => message({ timestamp })),
  isWhole: true,
  isLast: timestamps.length < 2,
});
const live = (timestamp: number): ConversationEvent => arrived({ timestamp });
const open = { t: true, f: false };

/** The log of a conversation in short form. A page holds two messages. */
const log = (
  events$: Observable<ConversationEvent>,
  open$: Observable<boolean>,
  pageAfter: (timestamp: number) => Observable<MissedPage>,
  since?: Position,
): Observable<string> =>
  logOf(
    conversationHandle({
      events$,
      client: {
        open$,
        catchUp: {
          pageAfter: (_, { timestamp }) => pageAfter(timestamp),
          pageSize: 2,
          catchUpLimit: 100,
          onFailure: () => undefined,
        },
        serverTime: () => 99,
        state: clientState('Tom', concat(of(arrived({ timestamp: 3 })), NEVER), {
          clock: virtualClock,
          limits: limitsOf(),
          report: () => undefined,
        })[0],
      },
    }),
    since === undefined ? {} : { since },
  ).pipe(
    map((entry: LogEntry) =>
      entry._tag === 'Message' ? `${entry.origin} ${String(entry.message.timestamp)}` : entry._tag,
    ),
  );

const START: Position = { timestamp: 0, id: '' };

describe('the log of a conversation', () => {
  it('asks for missing messages once the client is open, and continues from its position after a break', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const pages: Readonly<Record<number, Observable<MissedPage>>> = {
        0: cold('--p|', { p: page(1, 2) }),
        // The first time, the break comes before this answer.
        2: cold('----p|', { p: page(3) }),
      };
      const log$ = log(
        hot('-----9------', { 9: live(9) }),
        hot('t----f-t----', open),
        (after) => pages[after] ?? NEVER,
        START,
      );
      expectObservable(log$).toBe('--(ab)-----cd', {
        a: 'missed 1',
        b: 'missed 2',
        c: 'missed 3',
        d: 'live 9',
      });
    });
  });

  it('emits nothing after a hole if the client is closed before the hole is filled', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const log$ = log(
        hot('--9----|', { 9: live(9) }),
        hot('t--f--|', open),
        () => cold('-----p|', { p: page(1) }),
        START,
      );
      expectObservable(log$).toBe('-------|');
    });
  });

  it('asks for nothing if it begins with live messages, and those that were held', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const asked = cold<MissedPage>('-|');
      expectObservable(log(hot('-4--|', { 4: live(4) }), hot('t---|', open), () => asked)).toBe('ha--|', {
        h: 'live 3',
        a: 'live 4',
      });
      expectSubscriptions(asked.subscriptions).toBe([]);
    });
  });
});
