import { of, type Observable } from 'rxjs';
import { describe, it } from 'vitest';
import type { ClientCommand } from '../../codecs/index.js';
import { acknowledgements, readMarks } from '../../src/session/marks.js';
import type { ClientEvent } from '../../streams/index.js';
import { marbles, virtualClock } from '../marbles.js';
import { arrived, read } from '../streams/log.js';

const ack = (from: number, to: number, cid = 'c'): ClientCommand => ({
  cmd: 'ack',
  ackMessage: { cid, fromts: from, tots: to },
});
const reading = (...marks: readonly [cid: string, timestamp: number][]): ClientCommand => ({
  cmd: 'read',
  readMessage: { convs: marks.map(([cid, timestamp]) => ({ cid, timestamp })) },
});

const acks = (log$: Observable<ClientEvent>, open$: Observable<boolean> = of(true)) =>
  log$.pipe(acknowledgements('Tom', (id) => id !== 'room', { open$, clock: virtualClock }));
const reads = (log$: Observable<ClientEvent>, open$: Observable<boolean> = of(true)) =>
  log$.pipe(readMarks({ open$, clock: virtualClock }));

describe('acknowledgements', () => {
  it('go out at once for the first message, and as one range for all messages of the following second', () => {
    marbles(({ hot, expectObservable }) => {
      const log$ = hot('a-b-c', {
        a: arrived({ timestamp: 1 }),
        b: arrived({ timestamp: 2 }),
        c: arrived({ timestamp: 3 }),
      });
      expectObservable(acks(log$)).toBe('x 999ms y', { x: ack(1, 1), y: ack(2, 3) });
    });
  });

  it('are separate for each conversation', () => {
    marbles(({ hot, expectObservable }) => {
      const log$ = hot('abc', {
        a: arrived({ timestamp: 1 }),
        b: arrived({ timestamp: 5, conversationId: 'd' }),
        c: arrived({ timestamp: 2 }),
      });
      expectObservable(acks(log$)).toBe('x 999ms (yz)', { x: ack(1, 1), y: ack(5, 5, 'd'), z: ack(2, 2) });
    });
  });

  it('have a range that includes messages out of order', () => {
    marbles(({ hot, expectObservable }) => {
      const log$ = hot('abc', {
        a: arrived({ timestamp: 9 }),
        b: arrived({ timestamp: 5 }),
        c: arrived({ timestamp: 3 }),
      });
      expectObservable(acks(log$)).toBe('x 999ms y', { x: ack(9, 9), y: ack(3, 5) });
    });
  });

  it('are not sent for own, transient and chat-room messages, or for other entries', () => {
    marbles(({ hot, expectObservable }) => {
      const log$ = hot('otrm', {
        o: arrived({ from: 'Tom' }),
        t: arrived({ transient: true }),
        r: arrived({ conversationId: 'room' }),
        m: read(1),
      });
      expectObservable(acks(log$)).toBe('');
    });
  });

  it('are collected while the session is away, and go out when it is open again', () => {
    marbles(({ hot, cold, expectObservable }) => {
      const log$ = hot('-a-b--', { a: arrived({ timestamp: 1 }), b: arrived({ timestamp: 2 }) });
      const open$ = cold('f----t', { t: true, f: false });
      expectObservable(acks(log$, open$)).toBe('-----x', { x: ack(1, 2) });
    });
  });

  it('go out again after a break, because the last ones may not have arrived', () => {
    marbles(({ hot, cold, expectObservable }) => {
      const log$ = hot('-a----', { a: arrived({ timestamp: 1 }) });
      const open$ = cold('t-f 2s t', { t: true, f: false });
      expectObservable(acks(log$, open$)).toBe('-x- 2s x', { x: ack(1, 1) });
    });
  });

  it('complete with the log, and error with the log', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(acks(hot('--|'))).toBe('--|');
      expectObservable(acks(hot('--#'))).toBe('--#');
    });
  });
});

describe('read marks', () => {
  it('go out together, with the latest position of each conversation', () => {
    marbles(({ hot, expectObservable }) => {
      const log$ = hot('abcd', { a: read(1), b: read(5), c: read(3), d: read(2, 'd') });
      expectObservable(reads(log$)).toBe('x 999ms y', { x: reading(['c', 1]), y: reading(['c', 5], ['d', 2]) });
    });
  });

  it('wait until the session is open', () => {
    marbles(({ hot, cold, expectObservable }) => {
      const open$ = cold('f--t', { t: true, f: false });
      expectObservable(reads(hot('-a--', { a: read(1) }), open$)).toBe('---x', { x: reading(['c', 1]) });
    });
  });

  it('are not sent for other entries', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(reads(hot('a', { a: arrived() }))).toBe('');
    });
  });
});
