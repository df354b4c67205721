import { map, mergeMap, switchMap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createOutbox, plain, type Realtime } from 'rx-realtime';
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

  it('can be up again before a client notices the break', () => {
    diagram(({ server, realtime, expectObservable }) => {
      server.network('u-------d---u');
      const one = realtime({ backoff: () => 6 });
      expectObservable(statesOf(one), '^ 1s !').toBe('(ico)---s-----(ro)', letters);
      kept(one);
    });
  });

  it('can be silent: no data passes until the heartbeat detects it, and no socket opens', () => {
    diagram(
      ({ server, realtime, expectObservable }) => {
        server.network('1s s 59s u');
        const one = realtime();
        // Last data at 0. The client checks after 12 s and 24 s, and gives up 15 s later. Opening may take 10 s.
        expectObservable(statesOf(one)).toBe('(ico) 38995ms s 999ms r 9999ms s 1999ms r 9999ms s 3999ms (ro)', letters);
        kept(one);
      },
      { until: 70_000 },
    );
  });

  it('can be dead when the page wakes up: a probe notices it, and a later attempt finds it up', () => {
    diagram(({ server, realtime, hot, expectObservable }) => {
      server.network('-s 1s u');
      const one = realtime({ backoff: () => 1_000, lifecycle$: hot('--w', { w: 'wake' as const }) });
      expectObservable(statesOf(one)).toBe('(ico) 4997ms s 999ms (ro)', letters);
      kept(one);
    });
  });

  it('can close sockets with a code of the test, and stays up', () => {
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

  it('refuses a letter without a meaning', () => {
    expect(() => {
      diagram(({ server }) => {
        server.network('--x');
      });
    }).toThrow("network(…) draws 'x', which has no value");
  });
});

describe('the latency of a diagram', () => {
  it('delays the opening of a socket, and answers and pushes', () => {
    diagram(
      ({ server, realtime, expectObservable }) => {
        server.conversation({ id: 'c', members: ['Tom', 'Jerry'] });
        server.messages('c', '100ms a', says('Jerry', 'a'));
        const one = realtime();
        const tom$ = one.session('Tom');
        expectObservable(statesOf(one)).toBe('(ic) 16ms o', letters);
        expectObservable(tom$.pipe(map(({ id }) => id))).toBe('40ms T', { T: 'Tom' });
        // The push, and the query for the conversation of the message.
        const heard$ = tom$.pipe(
          switchMap(({ messages$ }) => messages$),
          contents(),
        );
        expectObservable(heard$).toBe('140ms a');
      },
      { latency: 20 },
    );
  });

  it('loses an acknowledgement if the network breaks; the outbox sends again, and one message is stored', () => {
    diagram(
      ({ server, realtime, cold, flush, expectObservable }) => {
        server.conversation({ id: 'c', members: ['Tom', 'Jerry'] });
        server.network('1010ms d 100ms u');
        const progress$ = realtime({ outbox: createOutbox() })
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

  it('closes an opening socket if the network breaks', () => {
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
  it('are text if the realtime asks for text, and a login can deliver messages', () => {
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
