import { map, mergeMap, switchMap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { plain, type Realtime } from 'rx-realtime';
import { contentOf, contents, diagram, says, statesOf } from './diagram.js';

const letters = { i: 'Idle', c: 'Connecting', o: 'Connected', s: 'Scheduled', r: 'Retrying', f: 'Failed' };

const kept = (realtime: Realtime): void => {
  timer(0)
    .pipe(mergeMap(() => realtime.session('Tom')))
    .subscribe({ error: () => undefined });
};

describe('the network of a diagram', () => {
  it('opens and closes as drawn, and clients come back after their backoff', () => {
    diagram(({ server, realtime, expectObservable }) => {
      server.network('10s d 2s u');
      const one = realtime();
      expectObservable(statesOf(one), '^ 20s !').toBe('(ico) 9995ms s 999ms (rs) 1996ms (ro)', letters);
      kept(one);
    });
  });

  it('is up again before anybody has noticed where it is drawn so', () => {
    diagram(({ server, realtime, expectObservable }) => {
      server.network('u-------d---u');
      const one = realtime({ backoff: () => 6 });
      expectObservable(statesOf(one), '^ 1s !').toBe('(ico)---s-----(ro)', letters);
      kept(one);
    });
  });

  it('falls silent: nothing gets through, until the heartbeat finds out; nothing opens', () => {
    diagram(
      ({ server, realtime, expectObservable }) => {
        server.network('1s s 59s u');
        const one = realtime();
        // Heard last at 0, looked at after 12 s and after 24 s, given up 15 s later. An address then has 10 s to open.
        expectObservable(statesOf(one)).toBe('(ico) 38995ms s 999ms r 9999ms s 1999ms r 9999ms s 3999ms (ro)', letters);
        kept(one);
      },
      { until: 70_000 },
    );
  });

  it('closes with a code of the test’s own, and stays up', () => {
    diagram(({ server, realtime, expectObservable }) => {
      server.network('20s k 4999ms x', {
        k: { code: 1012, reason: 'restart' },
        x: { code: 4100, reason: 'switched off' },
      });
      const one = realtime();
      expectObservable(statesOf(one)).toBe('(ico) 19995ms s 999ms (ro) 3996ms (f|)', letters);
      kept(one);
    });
  });

  it('does not take a letter that means nothing', () => {
    expect(() => {
      diagram(({ server }) => {
        server.network('--x');
      });
    }).toThrow("network(…) draws 'x', which has no value");
  });
});

describe('the latency of a diagram', () => {
  it('is how long a socket takes to open, and answers and pushes to arrive', () => {
    diagram(
      ({ server, realtime, expectObservable }) => {
        server.conversation({ id: 'c', members: ['Tom', 'Jerry'] });
        server.messages('c', '100ms a', says('Jerry', 'a'));
        const one = realtime();
        const tom$ = one.session('Tom');
        expectObservable(statesOf(one)).toBe('(ic) 16ms o', letters);
        expectObservable(tom$.pipe(map(({ id }) => id))).toBe('40ms T', { T: 'Tom' });
        // The push, and the question what conversation it is of.
        const heard$ = tom$.pipe(
          switchMap(({ messages$ }) => messages$),
          contents(),
        );
        expectObservable(heard$).toBe('140ms a');
      },
      { latency: 20 },
    );
  });

  it('loses an acknowledgement where the network goes meanwhile; the outbox repeats the message, and it is stored once', () => {
    diagram(
      ({ server, realtime, cold, flush, expectObservable }) => {
        server.conversation({ id: 'c', members: ['Tom', 'Jerry'] });
        server.network('1010ms d 100ms u');
        const progress$ = realtime({ outbox: true })
          .session('Tom')
          .pipe(
            mergeMap((tom) => cold('960ms s').pipe(map(() => tom))),
            mergeMap((tom) => tom.conversation('c').trackSend(plain('once'))),
            map(({ _tag }) => _tag),
          );
        expectObservable(progress$).toBe('1s a 1069ms b', { a: 'sending', b: 'sent' });
        expectObservable(server.said$.pipe(map(contentOf))).toBe('1s o', { o: 'once' });
        flush();
        expect(server.stored('c')).toHaveLength(1);
      },
      { latency: 20 },
    );
  });

  it('closes a socket that is opening where the network goes', () => {
    diagram(
      ({ server, realtime, expectObservable }) => {
        server.network('5ms d 100ms u');
        const one = realtime();
        expectObservable(statesOf(one), '^ 2s !').toBe('(ic)-s 999ms r 19ms o', letters);
        kept(one);
      },
      { latency: 20 },
    );
  });
});

describe('the frames of a diagram', () => {
  it('are text where a realtime wants them so, and a login can bring messages', () => {
    diagram(({ server, realtime, expectObservable }) => {
      server.conversation({ id: 'c', members: ['Tom', 'Jerry'] });
      server.history('c', [
        { from: 'Jerry', body: plain('a') },
        { from: 'Tom', body: plain('own') },
        { from: 'Jerry', body: plain('b') },
      ]);
      const heard$ = realtime({ noBinary: true, offlineMessages: true })
        .session('Tom')
        .pipe(
          mergeMap(({ messages$ }) => messages$),
          map((message) => `${contentOf(message)} ${String(message.offline)} ${message.timestamp}`),
        );
      expectObservable(heard$).toBe('(ab)', { a: 'a true -3', b: 'b true -1' });
    });
  });
});
