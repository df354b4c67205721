import { EMPTY, NEVER, concat, concatMap, delay, from, map, of, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  atLeastOnce,
  atMostOnce,
  logEntries,
  type ConversationEvent,
  type Gap,
  type LogEntry,
  type Position,
} from '../../streams/index.js';
import { marbles } from '../marbles.js';
import { arrived, message, receipt, snapshot } from './log.js';

const at = (timestamp: number): Position => ({ timestamp, id: `m${timestamp}` });
const live = (timestamp: number) => arrived({ timestamp });
const missed = (timestamp: number) => arrived({ timestamp }, 'missed');
const gap: Gap = { _tag: 'Gap', conversationId: 'c', from: at(1), to: 7, cause: 'limit' };
const edit: ConversationEvent = { _tag: 'Edit', conversationId: 'c', message: message({ timestamp: 2, editedAt: 9 }) };
const events: Readonly<Record<string, ConversationEvent>> = {
  '2': missed(2),
  '3': missed(3),
  '4': live(4),
  '5': live(5),
  e: edit,
  g: gap,
  r: receipt('read', 9) as ConversationEvent,
  s: snapshot() as ConversationEvent,
};

/** What comes out, in short: what it is, and the position that is reached. */
const short = (entry: LogEntry): string => {
  const what = entry._tag === 'Message' ? entry.message.id : entry._tag;
  return `${what}@${entry.position.timestamp}`;
};

const log = (
  live$: Observable<ConversationEvent>,
  missing$?: Observable<ConversationEvent>,
  since = at(1),
): Observable<string> => live$.pipe(logEntries({ since, ...(missing$ === undefined ? {} : { missing$ }) }), map(short));

describe('a log from a position', () => {
  it('has a gap that begins at its position, though the gap ends before it: the clock of the server may be behind', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const ahead: Gap = { ...gap, from: at(3), to: 2 };
      expectObservable(log(hot<ConversationEvent>('--'), cold('(3g|)', { 3: missed(3), g: ahead }))).toBe('(3g)', {
        3: 'm3@3',
        g: 'Gap@3',
      });
    });
  });

  it('emits the missing entries, then those that arrived meanwhile, then live ones; each entry once', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const log$ = log(hot('---4-----5--|', events), cold('--2-34|', events));
      expectObservable(log$).toBe('--a-bc---d--|', { a: 'm2@2', b: 'm3@3', c: 'm4@4', d: 'm5@5' });
    });
  });

  it('holds live entries until the missing ones have arrived', () => {
    marbles(({ cold, hot, expectObservable }) => {
      expectObservable(log(hot('-4-e-------|', events), cold('----3--|', events))).toBe('----a--(bc)|', {
        a: 'm3@3',
        b: 'm4@4',
        c: 'Edit@4',
      });
    });
  });

  it('emits an earlier live message before the fetched ones: the server has forgotten it', () => {
    marbles(({ cold, hot, expectObservable }) => {
      expectObservable(log(hot('-3e5------', events), cold('----(24)-|', events))).toBe('----(abc)(de)', {
        a: 'm2@2',
        b: 'm3@3',
        c: 'm4@4',
        d: 'Edit@4',
        e: 'm5@5',
      });
    });
  });

  it('sorts such live messages by position, each once; entries without a position wait for the end', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const typing = arrived({ timestamp: 1, id: 'typing', transient: true });
      const log$ = log(
        hot('-(t534)----', { ...events, t: typing, '3': live(3) }),
        cold('----2-6-----7|', { ...events, '6': missed(6), '7': missed(7) }),
      );
      expectObservable(log$).toBe('----a-(bcdf)gt', {
        a: 'm2@2',
        b: 'm3@3',
        c: 'm4@4',
        d: 'm5@5',
        f: 'm6@6',
        g: 'm7@7',
        t: 'typing@7',
      });
    });
  });

  it('errors with the live entries or with the missing ones', () => {
    marbles(({ cold, hot, expectObservable }) => {
      expectObservable(log(hot('-4-#', events), cold('--2----|', events))).toBe('--a#', { a: 'm2@2' });
      expectObservable(log(hot('-4---', events), cold('--2#', events))).toBe('--a#', { a: 'm2@2' });
    });
  });

  it('holds messages, edits, notices and gaps; no receipts and no snapshots', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(log(hot('-r4se|', events), EMPTY)).toBe('--a-b|', { a: 'm4@4', b: 'Edit@4' });
    });
  });

  it('emits a message once if the session fetches it after a break as well', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const log$ = log(hot('----23-4', events), cold('-23|', events));
      expectObservable(log$).toBe('-ab----c', { a: 'm2@2', b: 'm3@3', c: 'm4@4' });
    });
  });

  it('completes with the live entries, and leaves out entries behind missing ones: the next log emits them', () => {
    marbles(({ cold, hot, expectObservable }) => {
      expectObservable(log(hot('-4--|', events), cold('--2----3|', events))).toBe('--a-|', { a: 'm2@2' });
    });
  });

  it('removes gaps that it has filled, and shortens a gap that begins before its position', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const log$ = hot('-g-----', { ...events, g: { ...gap, to: 3 } }).pipe(
        logEntries({ since: at(1), missing$: cold('--23|', events) }),
      );
      expectObservable(log$.pipe(map(short))).toBe('--ab---', { a: 'm2@2', b: 'm3@3' });
      const rest$ = hot('-g-----', events).pipe(logEntries({ since: at(1), missing$: cold('--2|', events) }));
      expectObservable(
        rest$.pipe(map((entry) => (entry._tag === 'Gap' ? `${entry.from.timestamp}-${entry.to}` : short(entry)))),
      ).toBe('--ab---', { a: 'm2@2', b: '2-7' });
      // Of one that begins later, all of it.
      const later$ = hot('-g-----', { ...events, g: { ...gap, from: at(4) } }).pipe(
        logEntries({ since: at(1), missing$: cold('--2|', events) }),
      );
      expectObservable(
        later$.pipe(map((entry) => (entry._tag === 'Gap' ? `${entry.from.timestamp}-${entry.to}` : short(entry)))),
      ).toBe('--ab---', { a: 'm2@2', b: '4-7' });
    });
  });

  it('accepts all entries, whatever their time, if nothing is missing', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(log(hot('-e2-|', events), undefined, at(3))).toBe('-ab-|', { a: 'Edit@3', b: 'm2@3' });
    });
  });

  it('keeps its position at a gap, so that the next log emits the gap again', () => {
    marbles(({ cold, hot, expectObservable }) => {
      expectObservable(log(hot('--5-', events), cold('-g|', events))).toBe('-ab-', { a: 'Gap@1', b: 'm5@5' });
    });
  });

  it('starts again for each subscriber, and stops fetching when it is unsubscribed', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const [live$, missing$] = [hot('-----5', events), cold('-3|', events)];
      const log$ = log(live$, missing$);
      expectObservable(log$, '^-----!').toBe('-a---b', { a: 'm3@3', b: 'm5@5' });
      expectObservable(log$, '--^---!').toBe('---a-b', { a: 'm3@3', b: 'm5@5' });
      expectSubscriptions(live$.subscriptions).toBe(['^-----!', '--^---!']);
      expectSubscriptions(missing$.subscriptions).toBe(['^-!', '--^-!']);
    });
  });

  it('emits a message that arrives after a later one, once', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(log(hot('-54-4|', events), EMPTY)).toBe('-ab--|', { a: 'm5@5', b: 'm4@5' });
    });
  });

  it('leaves out a late message that lies in a gap', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(log(hot('-g54-|', { ...events, g: { ...gap, to: 5 } }), EMPTY)).toBe('-ab--|', {
        a: 'Gap@1',
        b: 'm5@5',
      });
    });
  });

  it('remembers only the newest messages; an older one counts as emitted', () => {
    const many = Array.from({ length: 300 }, (_, index) => live(index + 10));
    const again = [live(5), live(10), live(309)];
    const ids: string[] = [];
    concat(from([...many, ...again]), NEVER)
      .pipe(logEntries({ since: at(1), missing$: EMPTY }))
      .subscribe((entry) => ids.push(short(entry)));
    expect(ids).toHaveLength(300);
  });
});

describe('at most once', () => {
  it('stores the position before it emits the entry', () => {
    marbles(({ hot, expectObservable }) => {
      const stored: number[] = [];
      const entries$ = hot('-4-5|', events).pipe(
        logEntries({ since: at(1), missing$: EMPTY }),
        atMostOnce(({ timestamp }) => {
          stored.push(timestamp);
          return timer(3);
        }),
        map((entry) => `${short(entry)} ${stored.join()}`),
      );
      expectObservable(entries$).toBe('----a--(b|)', { a: 'm4@4 4', b: 'm5@5 4,5' });
    });
  });
});

describe('at least once', () => {
  it('stores the position after the entry was handled, then emits the entry; one entry at a time', () => {
    marbles(({ hot, expectObservable }) => {
      const steps: string[] = [];
      const entries$ = hot('-4-5|', events).pipe(
        logEntries({ since: at(1), missing$: EMPTY }),
        atLeastOnce({
          project: (entry) => {
            steps.push(`handle ${short(entry)}`);
            return of(1, 2).pipe(concatMap((step) => of(step).pipe(delay(1))));
          },
          commit: ({ timestamp }) => {
            steps.push(`store ${timestamp}`);
            return [];
          },
        }),
        map(() => steps.join()),
      );
      expectObservable(entries$).toBe('---a-(b|)', {
        a: 'handle m4@4,store 4',
        b: 'handle m4@4,store 4,handle m5@5,store 5',
      });
    });
  });

  it('stores nothing if handling fails, and errors with that error', () => {
    marbles(({ hot, cold, expectObservable }) => {
      const stored: Position[] = [];
      const entries$ = hot('-4-5|', events).pipe(
        logEntries({ since: at(1), missing$: EMPTY }),
        atLeastOnce({ project: () => cold('-#'), commit: (position) => [stored.push(position)] }),
      );
      expectObservable(entries$).toBe('--#');
      expect(stored).toEqual([]);
    });
  });
});
