/** Servers may give several messages of a conversation the same time. */
import fc from 'fast-check';
import { NEVER, concat, filter, from, map, scan, switchMap, tap, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { log, plain, timeline, type Client, type LogEntry, type LogPosition, type Message } from '../../src/index.js';
import { comparePositions, logEntries, type ConversationEvent } from '../../streams/index.js';
import { runMarbles, type MarbleHelpers, type Said } from '../../testing/index.js';
import { contentOf } from '../docs/scene.js';
import { arrived, message } from '../streams/log.js';

const diagram = (draw: (helpers: MarbleHelpers) => void): void => {
  runMarbles(
    (actual, expected) => {
      expect(actual).toEqual(expected);
    },
    draw,
    { equalTimes: true },
  );
};

const pair = { id: 'c', members: ['Tom', 'Jerry'] };

const says = (id: string, timestamp?: number): Said => ({
  from: 'Jerry',
  body: plain(id),
  id,
  ...(timestamp === undefined ? {} : { timestamp }),
});

const told = (client$: Observable<Client>): Observable<string> =>
  client$.pipe(
    switchMap(({ messages$ }) => messages$),
    map(contentOf),
  );

describe('messages of one millisecond', () => {
  it('are caught up if the break came between them, whatever their ids', () => {
    diagram(({ server, realtime, expectObservable }) => {
      server.conversation(pair);
      server.network('10s d 5s u');
      server.messages('c', '9s m 2s (ab)', { m: says('m', 9_000), a: says('a', 9_000), b: says('z', 9_000) });
      expectObservable(told(realtime().session('Tom'))).toBe('9s m 7999ms (az)');
    });
  });

  it('have their place in a timeline by time and id, and all of them are in it', () => {
    diagram(({ server, realtime, expectObservable, flush }) => {
      server.conversation(pair);
      server.history('c', [says('d', -5), says('c', -5), says('b', -5), says('a', -4)]);
      server.messages('c', '5s (zxy)', { z: says('z'), x: says('x'), y: says('y') });
      const lists: string[] = [];
      const seen$ = realtime()
        .session('Tom')
        .pipe(
          switchMap((tom) => timeline(tom.conversation('c'), { pageSize: 10 })),
          map(({ entries }) => entries.map((entry) => (entry._tag === 'Message' ? entry.message.id : '')).join('')),
          tap((list) => lists.push(list)),
          filter(() => false),
        );
      expectObservable(seen$).toBe('');
      flush();
      expect(lists.at(-1)).toBe('bcdaxyz');
    });
  });

  it('each count as unread once, on top of the count of the server, and are read together', () => {
    diagram(({ server, realtime, expectObservable }) => {
      server.conversation(pair);
      server.history('c', [says('a', -5), says('b', -5)]);
      server.messages('c', '1s (cde) 1s f', {
        c: says('c', 1_000),
        d: says('b2', 1_000),
        e: says('e', 1_000),
        f: says('f', 1_000),
      });
      const counts$ = realtime()
        .session('Tom')
        .pipe(
          switchMap((tom) => tom.totalUnread$),
          map(({ count }) => String(count)),
        );
      expectObservable(counts$).toBe('(02) 996ms (345) 1s 6');
    });
  });
});

/** A log that is read, given up, and continued from its last position, as after a crash. */
const copied = (
  stored: readonly Message[],
  known: number,
  arrivals: readonly Message[],
  since: LogPosition,
): readonly LogEntry[] => {
  const entries: LogEntry[] = [];
  const missing = stored
    .slice(0, known)
    .filter(({ timestamp }) => timestamp >= since.timestamp)
    .sort(comparePositions)
    .filter(({ id, timestamp }) => timestamp !== since.timestamp || ![since.id, ...(since.also ?? [])].includes(id))
    .map((one): ConversationEvent => arrived(one, 'missed'));
  concat(from(arrivals.map((one) => arrived(one))), NEVER)
    .pipe(logEntries({ since, missing$: from(missing) }))
    .subscribe((entry) => entries.push(entry))
    .unsubscribe();
  return entries;
};

it('a log that continues from its position has each message once, whatever their times and ids', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.record({ timestamp: fc.nat(4), id: fc.string({ minLength: 1, maxLength: 2 }) }), {
        selector: ({ id }) => id,
        maxLength: 20,
      }),
      fc.array(fc.nat(5), { maxLength: 8 }),
      (positions, cuts) => {
        // The order of arrival: by time, and any order of ids.
        const stored = positions
          .map((position) => message(position))
          .sort((one, other) => one.timestamp - other.timestamp);
        const ids: string[] = [];
        let since: LogPosition = { timestamp: 0, id: '' };
        let at = 0;
        for (const cut of [...cuts, stored.length]) {
          const entries = copied(stored, at, stored.slice(at, at + cut), since);
          at += cut;
          for (const entry of entries) if (entry._tag === 'Message') ids.push(entry.message.id);
          since = JSON.parse(JSON.stringify(entries.at(-1)?.position ?? since)) as LogPosition;
        }
        const rest = copied(stored, stored.length, [], since);
        expect(rest).toEqual([]);
        expect(ids.toSorted()).toEqual(stored.map(({ id }) => id).toSorted());
      },
    ),
  );
});

it('a log that is continued gets the messages of the millisecond at which it stopped', () => {
  diagram(({ server, realtime, expectObservable }) => {
    server.conversation(pair);
    server.history('c', [says('a', -5), says('b', -5), says('c', -5), says('d', -5)]);
    const log$ = realtime()
      .session('Tom')
      .pipe(
        switchMap((tom) => log(tom.conversation('c'), { since: { timestamp: -5, id: 'c', also: ['a'] } })),
        scan((ids: readonly string[], entry) => [...ids, entry._tag === 'Message' ? entry.message.id : entry._tag], []),
        map((ids) => ids.join()),
      );
    expectObservable(log$).toBe('(xy)', { x: 'b', y: 'b,d' });
  });
});
