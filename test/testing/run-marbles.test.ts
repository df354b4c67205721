import { Subject, asyncScheduler, interval, map, mergeMap, switchMap, take, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createOutbox, createRealtime, plain, type Realtime, roles } from 'rx-realtime';
import { runMarbles, virtualClock } from 'rx-realtime/testing';
import { contentOf, contents, diagram, expectEqual, says, statesOf } from './diagram.js';

const isClosed = (realtime: Realtime): boolean => {
  let closed = false;
  realtime.state$.subscribe(({ _tag }) => {
    closed = _tag === 'Closed';
  });
  return closed;
};

describe('a diagram', () => {
  it('has the helpers of RxJS', () => {
    diagram(({ hot, cold, time, animate, expectObservable, expectSubscriptions }) => {
      animate('--x');
      const cold$ = cold('--a|');
      expectObservable(hot('-s').pipe(switchMap(() => cold$))).toBe('---a');
      expectSubscriptions(cold$.subscriptions).toBe('-^--!');
      expectSubscriptions(cold$.subscriptions).toBe(['-^--!']);
      expectObservable(timer(time('---|'))).toBe('---(0|)', [0]);
      expectObservable(cold('a')).toEqual(cold('a'));
      expectObservable(hot('--#'), '-^').toBe('--#');
    });
  });

  it('fails if the comparison function finds a difference', () => {
    expect(() => {
      diagram(({ hot, expectObservable }) => {
        expectObservable(hot('a')).toBe('b');
      });
    }).toThrow();
    const compared: unknown[] = [];
    expect(() => {
      runMarbles(
        (actual, expected) => {
          compared.push(actual, expected);
          return false;
        },
        ({ hot, expectObservable }) => {
          expectObservable(hot('a')).toBe('a');
        },
      );
    }).toThrow('not what was expected');
    const [actual, expected] = compared;
    expect(actual).toEqual(expected);
  });

  it('fails with an error that an observer throws, and with an unhandled error', () => {
    const boom = new Error('boom');
    expect(() => {
      diagram(({ hot }) => {
        hot('--a').subscribe(() => {
          throw boom;
        });
      });
    }).toThrow(boom);
    expect(() => {
      diagram(({ hot }) => {
        hot('--#', {}, boom).subscribe();
      });
    }).toThrow(boom);
  });

  it('cannot be an async function, because its assertions would come too late', () => {
    expect(() => {
      runMarbles(expectEqual, async () => undefined);
    }).toThrow('async');
  });

  it('starts at 0 on both of its clocks', () => {
    diagram(({ clock, expectObservable }) => {
      expect(clock).toBe(virtualClock);
      const times$ = clock.after(7).pipe(map(() => [clock.now(), clock.elapsed()]));
      expectObservable(times$).toBe('-------(t|)', { t: [7, 7] });
    });
  });
});

describe('the time of a diagram', () => {
  it('ends even if heartbeats and timers continue; the end neither completes nor unsubscribes streams', () => {
    diagram(({ realtime, cold, expectObservable, expectSubscriptions }) => {
      const one = realtime();
      const cold$ = cold('-');
      expectObservable(statesOf(one)).toBe('(ico)', { i: 'Idle', c: 'Connecting', o: 'Connected' });
      expectObservable(one.session('Tom').pipe(switchMap(() => cold$))).toBe('-');
      expectObservable(interval(1).pipe(take(3))).toBe('-01(2|)', [0, 1, 2]);
      expectSubscriptions(cold$.subscriptions).toBe('^');
      interval(10).subscribe();
    });
  });

  it.each([
    [undefined, 60_000],
    [100, 100],
  ])('with until = %s is %s ms long', (until, length) => {
    let last = 0;
    diagram(
      ({ hot }) => {
        interval(1).subscribe(() => {
          last = asyncScheduler.now();
        });
        hot('-').subscribe();
      },
      until === undefined ? {} : { until },
    );
    expect(last).toBe(length);
  });

  it('refuses drawings behind its end, because nothing would check them', () => {
    const late = 'draws something at 101 ms, but its time ends at 100 ms';
    const drawing = (draw: Parameters<typeof diagram>[0]) => () => {
      diagram(draw, { until: 100 });
    };
    expect(
      drawing(({ hot }) => {
        hot('101ms a').subscribe();
      }),
    ).toThrow(late);
    expect(
      drawing(({ cold, expectObservable }) => {
        expectObservable(cold('a')).toBe('a 100ms |');
      }),
    ).toThrow(late);
    expect(
      drawing(({ cold, expectObservable }) => {
        expectObservable(cold('a'), '^ 100ms !').toBe('a');
      }),
    ).toThrow(late);
    expect(
      drawing(({ cold, expectSubscriptions }) => {
        expectSubscriptions(cold('a').subscriptions).toBe(['101ms ^']);
      }),
    ).toThrow(late);
    expect(
      drawing(({ server }) => {
        server.network('101ms d');
      }),
    ).toThrow(late);
    expect(
      drawing(({ hot, expectObservable }) => {
        expectObservable(hot('100ms a')).toBe('100ms a');
      }),
    ).not.toThrow();
  });

  it('passes with flush(), before later assertions; drawings after it get the same time again', () => {
    diagram(({ server, realtime, hot, flush }) => {
      server.conversation({ id: 'c', members: ['Tom', 'Jerry'] });
      server.messages('c', '--a', says('Jerry', 'a'));
      const heard: string[] = [];
      realtime()
        .session('Tom')
        .pipe(
          mergeMap(({ messages$ }) => messages$),
          contents(),
        )
        .subscribe((content) => heard.push(content));
      flush();
      expect(heard).toEqual(['a']);
      const later: string[] = [];
      hot('10s b').subscribe((letter) => later.push(letter));
      flush();
      expect(later).toEqual(['b']);
    });
  });
});

describe('the resources of a diagram', () => {
  it('are all released: realtimes close, streams complete and timers stop, however it ends', () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const before = timers();
    const open = (fails: (how: string) => void): void => {
      const realtimes: Realtime[] = [];
      const completed: string[] = [];
      try {
        diagram(({ server, realtime, flush }) => {
          for (const client of ['Tom', 'Jerry']) {
            const made = realtime();
            realtimes.push(made);
            made.session(client).subscribe();
          }
          server.received$.subscribe({ complete: () => completed.push('received$') });
          server.said$.subscribe({ complete: () => completed.push('said$') });
          fails('while it is drawn');
          flush();
          fails('when it has run');
        });
      } catch (error) {
        expect(error).toMatchObject({ message: 'stop' });
      }
      expect(realtimes.map(isClosed)).toEqual([true, true]);
      expect(completed).toEqual(['received$', 'said$']);
    };
    open(() => undefined);
    for (const where of ['while it is drawn', 'when it has run'])
      open((here) => {
        if (here === where) throw new Error('stop');
      });
    expect(timers()).toBe(before);
  });

  it('do not affect the compared values, which are read after the test', () => {
    let compared: unknown;
    expect(() => {
      runMarbles(
        (actual) => {
          compared = actual;
          throw new Error('different');
        },
        ({ realtime, expectObservable }) => {
          expectObservable(statesOf(realtime())).toBe('a');
        },
      );
    }).toThrow('different');
    expect(compared).toMatchObject([{ notification: { kind: 'N', value: 'Idle' } }]);
  });

  it('are released without errors of pending work, and without new emissions', () => {
    const afterwards = new Subject<string>();
    const heard: string[] = [];
    afterwards.subscribe((value) => heard.push(value));
    diagram(({ server, realtime }) => {
      server.network('1s d');
      const one = realtime();
      one
        .session('Tom')
        .pipe(
          switchMap((tom) => timer(2_000).pipe(map(() => tom))),
          mergeMap((tom) => tom.conversation('c').send(plain('never'))),
        )
        .subscribe({ error: () => undefined });
      realtime({ outbox: createOutbox() })
        .session('Jerry')
        .pipe(
          switchMap((jerry) => timer(2_000).pipe(map(() => jerry))),
          mergeMap((jerry) => jerry.conversation('c').send(plain('waits'))),
        )
        .subscribe();
      one.state$.subscribe({
        complete: () => {
          timer(0).subscribe(() => {
            afterwards.next('ran');
          });
        },
      });
    });
    expect(heard).toEqual([]);
  });
});

describe('a realtime of a diagram', () => {
  it('is the same in each run, and all its messages and devices have different ids', () => {
    const tokens = (): unknown[] => {
      const seen: unknown[] = [];
      diagram(({ server, realtime, flush }) => {
        server.conversation({ id: 'c', members: ['Tom', 'Jerry'] });
        server.received$.subscribe((command) => {
          if (command.cmd === 'direct') seen.push(command.directMessage.dt);
          if (command.cmd === 'session' && command.op === 'open') seen.push(command.sessionMessage.deviceId);
        });
        for (const word of ['a', 'b'])
          realtime()
            .session('Tom')
            .pipe(mergeMap((tom) => tom.conversation('c').send(plain(word))))
            .subscribe();
        flush();
        expect(server.stored('c').map(contentOf)).toEqual(['a', 'b']);
      });
      return seen;
    };
    const first = tokens();
    expect(new Set(first).size).toBe(4);
    expect(tokens()).toEqual(first);
  });

  it('accepts every option, and has the extensions of plugins', () => {
    diagram(({ server, realtime, expectObservable }) => {
      const shout = { name: 'shout', onClient: () => ({ shout: (words: string) => words.toUpperCase() }) };
      const one = realtime({
        plugins: [shout],
        appId: 'mine',
        backoff: () => 3,
        network$: timer(5).pipe(map(() => false)),
      });
      expectObservable(statesOf(one)).toBe('(ico)a', { i: 'Idle', c: 'Connecting', o: 'Connected', a: 'Offline' });
      expectObservable(one.session('Tom').pipe(map((tom) => tom.shout('hi')))).toBe('h', { h: 'HI' });
      const apps$ = server.received$.pipe(map(({ appId }) => appId));
      expectObservable(apps$, '^-!').toBe('a', { a: 'mine' });
    });
  });

  it('can be created by the application itself, and is closed in the same way', () => {
    let made: Realtime | undefined;
    diagram(({ realtimeOptions, expectObservable }) => {
      made = createRealtime({ ...realtimeOptions, appId: 'mine' });
      expectObservable(made.session('Tom').pipe(map(({ id }) => id))).toBe('T', { T: 'Tom' });
    });
    expect(made && isClosed(made)).toBe(true);
  });

  it('never uses a real network: HTTP requests fail with an explanation', () => {
    diagram(({ realtime, server, flush }) => {
      server.conversation({ id: 'c' });
      const one = realtime();
      const faults: unknown[] = [];
      one.faults$.subscribe((fault) => faults.push(fault));
      one
        .session('Tom')
        .pipe(switchMap((tom) => roles(tom.conversation('c'))))
        .subscribe();
      flush();
      expect(faults).toMatchObject([{ error: { message: expect.stringContaining('no HTTP API') as string } }]);
    });
  });
});
