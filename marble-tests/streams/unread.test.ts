import fc from 'fast-check';
import { Subject, distinctUntilChanged, map, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { keyedState, unreadReducer, type ClientEvent } from '../../streams/index.js';
import { marbles } from '../marbles.js';
import { arrived, counted, read } from './log.js';

const unread = (log$: Observable<ClientEvent>) =>
  keyedState(
    log$,
    unreadReducer('Tom', (id) => id !== 'room'),
  )[0];
const count = (log$: Observable<ClientEvent>) =>
  unread(log$)
    .at('c')
    .pipe(
      map((state) => state.count),
      distinctUntilChanged(),
    );

/** A diagram of a log and one of the count of conversation `c`. */
const diagram = (log: string, events: Readonly<Record<string, ClientEvent>>, counts: string): void => {
  marbles(({ hot, expectObservable }) => {
    expectObservable(count(hot(log, events))).toBe(counts, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
};

describe('unread counts', () => {
  it('start from the count of the server at login, and grow by one with each message', () => {
    diagram('-u-a-b-', { u: counted(3, 10), a: arrived({ timestamp: 11 }), b: arrived({ timestamp: 12 }) }, '-3-4-5-');
  });

  it('start from the first message if the server gave no count', () => {
    diagram('-a-b-', { a: arrived({ timestamp: 11 }), b: arrived({ timestamp: 12 }) }, '-1-2-');
  });

  it("do not count a message that is in the server's number already", () => {
    diagram('-u-a-', { u: counted(3, 10), a: arrived({ timestamp: 10 }, 'missed') }, '-3---');
  });

  it('do not count a missed message of the very time up to which this client has read', () => {
    diagram(
      '-r-a-b-',
      { r: read(10), a: arrived({ timestamp: 10 }, 'missed'), b: arrived({ timestamp: 11 }) },
      '-0---1-',
    );
  });

  it('do not count a message twice', () => {
    diagram('-a-a-', { a: arrived({ timestamp: 11 }) }, '-1---');
  });

  it('do not count own messages, whether sent here or on another device', () => {
    diagram(
      '-u-a-b-',
      {
        u: counted(1, 10),
        a: arrived({ timestamp: 11, from: 'Tom' }, 'sent'),
        b: arrived({ timestamp: 12, from: 'Tom' }),
      },
      '-1-----',
    );
  });

  it('do not count transient messages', () => {
    diagram('-u-a-', { u: counted(1, 10), a: arrived({ timestamp: 11, transient: true }) }, '-1---');
  });

  it('do not count a message that was recalled before it was read', () => {
    diagram(
      '-u-a-',
      { u: counted(1, 10), a: arrived({ timestamp: 11, body: { _tag: 'Recalled' } }, 'missed') },
      '-1---',
    );
  });

  it('do not count in chat rooms', () => {
    marbles(({ hot, expectObservable }) => {
      const log$ = hot('-a-', { a: arrived({ timestamp: 11, conversationId: 'room' }) });
      expectObservable(unread(log$).at('room')).toBe('---');
    });
  });

  it('are 0 after a read mark, and grow again with later messages', () => {
    diagram('-u-r-a-', { u: counted(3, 10), r: read(10), a: arrived({ timestamp: 11 }) }, '-3-0-1-');
  });

  it('follow another device that reads', () => {
    diagram('-u-v-', { u: counted(3, 10), v: counted(0, 10) }, '-3-0-');
  });

  it('ignore a count of a server that does not know the read mark yet', () => {
    diagram('-u-r-u-', { u: counted(3, 10), r: read(10) }, '-3-0---');
  });

  it("take the server's number again when it counts beyond the read mark", () => {
    diagram('-u-r-v-', { u: counted(3, 10), r: read(10), v: counted(2, 12) }, '-3-0-2-');
  });

  it('are not moved back by an old read mark', () => {
    diagram('-u-a-r-', { u: counted(3, 10), a: arrived({ timestamp: 12 }), r: read(5) }, '-3-4---');
  });

  it('know whether one of the messages mentions the user', () => {
    marbles(({ hot, expectObservable }) => {
      const events = {
        a: arrived({ timestamp: 11 }),
        m: arrived({ timestamp: 12, mentioned: true }),
        b: arrived({ timestamp: 13 }),
        r: read(13),
      };
      const mentioned$ = unread(hot('-a-m-b-r-', events))
        .at('c')
        .pipe(map((state) => state.mentioned));
      expectObservable(mentioned$).toBe('-f-t-t-f-', { t: true, f: false });
    });
  });

  it('are what remains after a read mark before the newest message, then what the server says', () => {
    diagram(
      '-abc-r-q-s',
      {
        a: arrived({ timestamp: 11 }),
        b: arrived({ timestamp: 12 }),
        c: arrived({ timestamp: 13 }),
        r: read(12),
        q: read(11),
        s: counted(2, 13),
      },
      '-123-1---2',
    );
  });

  it('stay after a read mark that reaches back further than what has come, until the server answers', () => {
    const u = counted(3, 10);
    diagram('-ua-r-s', { u, a: arrived({ timestamp: 11 }), r: read(9), s: counted(2, 11) }, '-34---2');
    const [a, b] = [arrived({ timestamp: 9 }, 'missed'), arrived({ timestamp: 10 }, 'missed')];
    diagram('-uab-r-', { u, a, b, r: read(9) }, '-3---1-');
  });

  it('stay after a read mark before a gap in what has come', () => {
    diagram(
      '-ag-u-br-',
      {
        a: arrived({ timestamp: 11 }),
        g: { _tag: 'Gap', conversationId: 'c', from: { timestamp: 11, id: 'a' }, to: 20, cause: 'limit' },
        u: counted(7, 20),
        b: arrived({ timestamp: 21 }),
        r: read(12),
      },
      '-1--7-8--',
    );
  });

  it('mention this client if one of those that remain does', () => {
    marbles(({ hot, expectObservable }) => {
      const log$ = hot('-ab-r', {
        a: arrived({ timestamp: 11, mentioned: true }),
        b: arrived({ timestamp: 12 }),
        r: read(11),
      });
      const mentioned$ = unread(log$)
        .at('c')
        .pipe(map(({ count, mentioned }) => `${count} ${mentioned}`));
      expectObservable(mentioned$).toBe('-ab-r', { a: '1 true', b: '2 true', r: '1 false' });
    });
  });

  it('are kept for each conversation separately', () => {
    marbles(({ hot, expectObservable }) => {
      const log$ = hot('-a-b-', { a: arrived({ timestamp: 11 }), b: arrived({ timestamp: 5, conversationId: 'd' }) });
      const counts$ = unread(log$).all$.pipe(map((all) => [...all].map(([id, state]) => `${id}${state.count}`).join()));
      expectObservable(counts$).toBe('01-2-', ['', 'c1', 'c1,d1']);
    });
  });

  it('are the same if a part of the log is repeated', () => {
    const event = fc.oneof(
      fc.integer({ min: 1, max: 30 }).map((timestamp) => arrived({ timestamp })),
      // A message of the time of a read mark is unread if it comes after the mark.
      fc.integer({ min: 1, max: 30 }).map((at) => read(at + 0.5)),
    );
    const final = (events: readonly ClientEvent[]): number | undefined => {
      const log = new Subject<ClientEvent>();
      const state = unread(log);
      events.forEach((entry) => {
        log.next(entry);
      });
      return state.get('c')?.count;
    };
    fc.assert(
      fc.property(fc.array(event), fc.nat(), fc.nat(), (events, from, length) => {
        // In a log, messages come in order; what comes again comes after that.
        const log = [...events].sort(
          (a, b) => (a._tag === 'Message' ? a.message.timestamp : 0) - (b._tag === 'Message' ? b.message.timestamp : 0),
        );
        const again = log.slice(from % (log.length + 1)).slice(0, length % (log.length + 1));
        expect(final([...log, ...again])).toBe(final(log));
      }),
    );
  });
});
