/** What a connection believes about the network and about time, and when it asks. */
import { BehaviorSubject, Subject, Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.js';
import type { Connection } from '../../src/connection/connection.js';
import type { Lifecycle } from '../../src/connection/page.js';
import { reasonOf } from '../../src/thrown.js';
import { fakeNetwork, type FakeNetwork } from '../fake-web-socket.js';
import { virtualClock } from '../marbles.js';
import { connectionOver, held, scenario, statesOf, trace } from './world.js';

/** The server answers each heartbeat after `latency` ms. Returns the times of the heartbeats. */
const answering = (network: FakeNetwork, latency = 100): readonly number[] => {
  const beats = beatsOf(network);
  network.sent$.subscribe(() => {
    virtualClock.after(latency).subscribe(() => network.push({ cmd: 'echo' }));
  });
  return beats;
};

const beatsOf = (network: FakeNetwork): readonly number[] => {
  const beats: number[] = [];
  network.sent$.subscribe(({ cmd }) => {
    if (cmd === 'echo') beats.push(virtualClock.elapsed());
  });
  return beats;
};

/** Events of the realtime as `at name ...`. */
const told = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => line.includes(' realtime ')).map((line) => line.replace(' realtime', ''));

describe('what is known about the network', () => {
  it('is forgotten when nobody needs the connection any more', () => {
    const network$ = new Subject<boolean>();
    const network = fakeNetwork({ opens: 10 });
    const connection = connectionOver(network, { network$, grace: 0 });
    const states = statesOf(connection);
    let lease = Subscription.EMPTY;
    scenario(
      {
        0: () => (lease = connection.lease$.subscribe()),
        100: () => network$.next(false),
        200: () => lease.unsubscribe(),
        // Nobody listens.
        300: () => network$.next(true),
        400: () => held(connection),
      },
      1_000,
      () => {
        expect(states).toEqual(['Idle', 'Connecting', 'Connected', 'Offline', 'Idle', 'Connecting', 'Connected']);
        connection.close();
      },
    );
  });

  it('is read anew by each lease', () => {
    const network$ = new BehaviorSubject(true);
    const network = fakeNetwork({ opens: 10 });
    const connection = connectionOver(network, { network$, grace: 0 });
    const states = statesOf(connection);
    let lease = Subscription.EMPTY;
    scenario(
      {
        0: () => (lease = connection.lease$.subscribe()),
        100: () => lease.unsubscribe(),
        200: () => network$.next(false),
        300: () => held(connection),
      },
      1_000,
      () => {
        expect(states).toEqual(['Idle', 'Connecting', 'Connected', 'Idle', 'Offline']);
        connection.close();
      },
    );
  });

  it('is not believed when the application asks for a connection', () => {
    for (const ask of [(connection: Connection) => connection.retry(), (c: Connection) => void c.probe$.subscribe()]) {
      const network = fakeNetwork({ opens: 10 });
      const connection = connectionOver(network, { network$: new BehaviorSubject(false) });
      const lines = trace(connection);
      scenario({ 0: () => held(connection), 100: () => ask(connection) }, 1_000, () => {
        expect(told(lines)).toEqual(['0 offline', '100 online', '100 retry attempt=0', '110 reconnect']);
        connection.close();
      });
    }
  });

  it('counts attempts from 0 again when the network comes up during a long wait', () => {
    const network$ = new Subject<boolean>();
    const connection = connectionOver(fakeNetwork({ fails: 0 }), { network$ });
    const lines = trace(connection);
    scenario(
      {
        0: () => held(connection),
        // Waits of 1, 2, 4 and 8 s.
        9_000: () => network$.next(true),
        // The same again is no news.
        9_100: () => network$.next(true),
      },
      11_500,
      () => {
        expect(told(lines).slice(-4)).toEqual([
          '7000 schedule attempt=3 delay=8000',
          '9000 schedule attempt=0 delay=1000',
          '10000 retry attempt=0',
          '10000 schedule attempt=1 delay=2000',
        ]);
        connection.close();
      },
    );
  });

  it('does not end a pause', () => {
    const network = fakeNetwork({ opens: 10 });
    const lifecycle$ = new Subject<Lifecycle>();
    const network$ = new Subject<boolean>();
    const connection = connectionOver(network, { lifecycle$, network$ });
    const states = statesOf(connection);
    scenario(
      {
        0: () => held(connection),
        100: () => connection.pause(),
        200: () => lifecycle$.next('wake'),
        300: () => network$.next(true),
        400: () => connection.retry(),
      },
      5_000,
      () => {
        expect(states.at(-1)).toBe('Offline');
        connection.resume();
        expect(states.at(-1)).toBe('Scheduled attempt=0 delay=1000');
        connection.close();
      },
    );
  });
});

describe('waking', () => {
  const awake = (network: FakeNetwork) => {
    const lifecycle$ = new Subject<Lifecycle>();
    const connection = connectionOver(network, { lifecycle$ });
    return { connection, lines: trace(connection), wake: () => lifecycle$.next('wake'), lifecycle$ };
  };

  it('sends one heartbeat at once, and changes nothing if it is answered', () => {
    const network = fakeNetwork({ opens: 10 });
    const beats = answering(network);
    const { connection, lines, wake } = awake(network);
    scenario({ 0: () => held(connection), 1_000: wake, 1_050: wake }, 10_000, () => {
      expect(beats).toEqual([1_000]);
      expect(lines).toEqual([]);
      connection.close();
    });
  });

  it('again sends another heartbeat, if the one before was answered: an earlier answer is no sign of life', () => {
    const network = fakeNetwork({ opens: 10 });
    const beats = beatsOf(network);
    const { connection, lines, wake } = awake(network);
    scenario(
      { 0: () => held(connection), 1_000: wake, 1_100: () => network.push({ cmd: 'echo' }), 1_200: wake },
      8_000,
      () => {
        expect(beats).toEqual([1_000, 1_200]);
        expect(told(lines)).toEqual([
          '6200 disconnect',
          '6200 schedule attempt=0 delay=1000',
          '7200 retry attempt=0',
          '7210 reconnect',
        ]);
        connection.close();
      },
    );
  });

  it('reconnects if the heartbeat is not answered in a short time; waking again gives no more time', () => {
    const network = fakeNetwork({ opens: 10 });
    const beats = beatsOf(network);
    const { connection, lines, wake } = awake(network);
    scenario({ 0: () => held(connection), 1_000: wake, 5_000: wake }, 8_000, () => {
      expect(beats).toEqual([1_000]);
      expect(told(lines)).toEqual([
        '6000 disconnect',
        '6000 schedule attempt=0 delay=1000',
        '7000 retry attempt=0',
        '7010 reconnect',
      ]);
      connection.close();
    });
  });

  it('keeps watching after a probe as before', () => {
    const network = fakeNetwork({ opens: 10 });
    const beats = answering(network);
    const { connection, wake } = awake(network);
    scenario({ 0: () => held(connection), 1_000: wake }, 40_000, () => {
      expect(beats).toEqual([1_000, 18_000]);
      connection.close();
    });
  });

  it('makes a long wait short, but not again and again', () => {
    const { connection, lines, wake } = awake(fakeNetwork({ fails: 0 }));
    const wakes = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [9_000 + index * 1_000, wake]));
    scenario({ 0: () => held(connection), ...wakes }, 69_000, () => {
      const first = told(lines).filter((line) => line.includes('schedule attempt=0') && !line.startsWith('0 '));
      expect(first.map((line) => Number.parseInt(line))).toEqual([9_000, 19_000, 29_000, 39_000, 49_000, 59_000]);
      connection.close();
    });
  });

  it('closes the connection of a page that is put away, and opens one at once when it is shown again', () => {
    const network = fakeNetwork({ opens: 10 });
    const { connection, lines, lifecycle$ } = awake(network);
    const states = statesOf(connection);
    scenario(
      {
        0: () => held(connection),
        1_000: () => lifecycle$.next('freeze'),
        1_001: () => {
          expect(network.live.now).toBe(0);
          expect(states.at(-1)).toBe('Offline');
        },
        600_000: () => lifecycle$.next('wake'),
      },
      601_000,
      () => {
        expect(told(lines)).toEqual([
          '1000 disconnect',
          '1000 offline',
          '600000 online',
          '600000 retry attempt=0',
          '600010 reconnect',
        ]);
        connection.close();
      },
    );
  });
});

describe('time that was not noticed', () => {
  /** Virtual time in which the timers that are due in a sleep fire at its end; the monotonic clock goes on in it. */
  const sleepy = (from: number, to: number): Clock => ({
    ...virtualClock,
    after: (ms) => {
      const due = virtualClock.elapsed() + ms;
      return virtualClock.after(due > from && due < to ? to - virtualClock.elapsed() : ms);
    },
  });

  it('is no verdict: an answer that arrived during the sleep is read first', () => {
    // The heartbeat of 12,000 is answered while the page sleeps. What has arrived is read after the late timers.
    const network = fakeNetwork({ opens: 0 });
    const connection = connectionOver(network, { clock: sleepy(12_500, 40_000) });
    const lines = trace(connection);
    const beats = beatsOf(network);
    scenario({ 0: () => held(connection), 40_010: () => network.push({ cmd: 'echo' }) }, 44_000, () => {
      expect(beats).toEqual([12_000, 40_000]);
      expect(lines).toEqual([]);
      connection.close();
    });
  });

  it('leads to a probe, and to a reconnect if it is not answered', () => {
    const network = fakeNetwork({ opens: 0 });
    const connection = connectionOver(network, { clock: sleepy(12_500, 40_000) });
    const lines = trace(connection);
    scenario({ 0: () => held(connection) }, 45_001, () => {
      expect(told(lines)).toEqual(['45000 disconnect', '45000 schedule attempt=0 delay=1000']);
      connection.close();
    });
  });

  it('is noticed by a jump of the wall clock too', () => {
    const network = fakeNetwork({ opens: 0 });
    let jump = 0;
    const beats = answering(network);
    const connection = connectionOver(network, { clock: { ...virtualClock, now: () => virtualClock.now() + jump } });
    scenario(
      {
        0: () => held(connection),
        6_000: () => network.push({ cmd: 'unread', unreadMessage: {} }),
        10_000: () => (jump = 3_600_000),
      },
      20_000,
      () => {
        // Without the jump there would be no heartbeat before 24,000.
        expect(beats).toEqual([12_000]);
        connection.close();
      },
    );
  });

  it('does not count attempts from 0 again if a wait ends late', () => {
    const connection = connectionOver(fakeNetwork({ fails: 0 }), { clock: sleepy(3_500, 30_000) });
    const lines = trace(connection);
    scenario({ 0: () => held(connection) }, 31_000, () => {
      expect(told(lines).at(-1)).toBe('30000 schedule attempt=3 delay=8000');
      connection.close();
    });
  });

  it('gives no command a time-out before its answer was read', () => {
    const network = fakeNetwork({ opens: 0 });
    const connection = connectionOver(network, { clock: sleepy(15_000, 40_000), heartbeat: { interval: 1e6 } });
    const outcome: unknown[] = [];
    scenario(
      {
        0: () => held(connection),
        10: () => {
          const is = (command: unknown): command is never => command !== undefined;
          connection
            .request({ cmd: 'echo' }, { name: 'echo', is })
            .subscribe({ next: () => outcome.push('answer'), error: (error: unknown) => outcome.push(error) });
        },
        // Before the late timer in the order of events, as what waits in the socket.
        40_000: () => virtualClock.after(0).subscribe(() => network.push({ cmd: 'echo', i: 1 })),
      },
      50_000,
      () => {
        expect(outcome).toEqual(['answer']);
        connection.close();
      },
    );
  });
});

describe('the return to a server that went away', () => {
  const returned = (reason: string, script = fakeNetwork({ opens: 0 })): readonly string[] => {
    const connection = connectionOver(script);
    const lines = trace(connection);
    scenario({ 0: () => held(connection), 20_000: () => script.close(1001, reason) }, 20_000, () => {
      connection.close();
    });
    return told(lines).filter((line) => line.includes('schedule'));
  };

  it.each([
    ['the server is going away; spread=30000', 15_000],
    ['spread=0', 1_000],
    [';spread=0', 0],
    ['away; spread=9999999', 150_000],
    ['away; spread=99999999', 1_000],
    ['away; spread=-5', 1_000],
    ['away; spread=NaN', 1_000],
    ['away; spread=1e3', 1_000],
    ['away; spread=30000 ', 1_000],
    ['', 1_000],
  ])('is spread over the time that the server names: %j', (reason, delay) => {
    expect(returned(reason)).toEqual([`20000 schedule attempt=0 delay=${delay}`]);
  });

  it('stays spread until there is a connection, whatever fails meanwhile', () => {
    const network = fakeNetwork({ opens: 0 }, { fails: 0 }, { fails: 0 }, { opens: 0, closes: [20_000, 1006] });
    const connection = connectionOver(network);
    const lines = trace(connection);
    scenario({ 0: () => held(connection), 20_000: () => network.close(1012, 'restart; spread=30000') }, 120_000, () => {
      expect(told(lines).filter((line) => line.includes('schedule'))).toEqual([
        '20000 schedule attempt=0 delay=15000',
        '35000 schedule attempt=1 delay=30000',
        '65000 schedule attempt=2 delay=30000',
        '115000 schedule attempt=0 delay=1000',
      ]);
      connection.close();
    });
  });

  it('is not hastened by waking, but by the application', () => {
    const network = fakeNetwork({ opens: 0 });
    const lifecycle$ = new Subject<Lifecycle>();
    const connection = connectionOver(network, { lifecycle$ });
    const lines = trace(connection);
    scenario(
      {
        0: () => held(connection),
        20_000: () => network.close(1001, 'away; spread=30000'),
        21_000: () => lifecycle$.next('wake'),
        22_000: () => connection.retry(),
      },
      22_001,
      () => {
        expect(told(lines).slice(1)).toEqual([
          '20000 schedule attempt=0 delay=15000',
          '22000 retry attempt=0',
          '22000 reconnect',
        ]);
        connection.close();
      },
    );
  });
});

describe('probe', () => {
  /** What each probe gave, with its time. */
  const probed = (connection: Connection): { readonly outcomes: string[]; readonly ask: () => void } => {
    const outcomes: string[] = [];
    const tell = (what: string): void => void outcomes.push(`${virtualClock.elapsed()} ${what}`);
    return {
      outcomes,
      ask: () => {
        connection.probe$.subscribe({
          next: (value) => tell(String(value)),
          error: (error: unknown) => tell(reasonOf(error)),
          complete: () => tell('complete'),
        });
      },
    };
  };

  it('succeeds when the server has answered', () => {
    const network = fakeNetwork({ opens: 0 });
    answering(network);
    const connection = connectionOver(network);
    const { outcomes, ask } = probed(connection);
    scenario({ 0: () => held(connection), 1_000: ask }, 9_000, () => {
      expect(outcomes).toEqual(['1100 undefined', '1100 complete']);
      connection.close();
    });
  });

  it('succeeds when a new connection has replaced a dead one', () => {
    const connection = connectionOver(fakeNetwork({ opens: 10 }));
    const { outcomes, ask } = probed(connection);
    scenario({ 0: () => held(connection), 1_000: ask }, 9_000, () => {
      expect(outcomes).toEqual(['6010 undefined', '6010 complete']);
      connection.close();
    });
  });

  it('does not wait for the spread of a server that goes away meanwhile', () => {
    const network = fakeNetwork({ opens: 10 });
    const connection = connectionOver(network);
    const { outcomes, ask } = probed(connection);
    const leave = (): void => {
      network.close(1001, 'the server is going away; spread=60000');
    };
    scenario({ 0: () => held(connection), 1_000: ask, 1_100: leave }, 9_000, () => {
      expect(outcomes).toEqual(['1110 undefined', '1110 complete']);
      connection.close();
    });
  });

  it('makes an attempt at once if one is scheduled, and errors if it fails', () => {
    const connection = connectionOver(fakeNetwork({ fails: 0 }, { fails: 0 }, { fails: 10 }, { opens: 10 }));
    const { outcomes, ask } = probed(connection);
    scenario({ 0: () => held(connection), 1_500: ask, 1_700: ask }, 9_000, () => {
      expect(outcomes).toEqual([
        expect.stringMatching(/^1510 not connected: .*the next attempt is in 2000 ms/) as string,
        '1710 undefined',
        '1710 complete',
      ]);
      connection.close();
    });
  });

  it('errors at once if no attempt may be made, and says what to do', () => {
    const connection = connectionOver(fakeNetwork({ opens: 0 }));
    const { outcomes, ask } = probed(connection);
    scenario(
      {
        0: ask,
        10: () => {
          held(connection);
          connection.pause();
          ask();
        },
        20: () => {
          connection.close();
          ask();
        },
      },
      1_000,
      () => {
        expect(outcomes).toEqual([
          '0 not connected: nobody has logged in',
          '10 not connected: the realtime is paused until resume() is called',
          '20 not connected: the realtime was closed',
        ]);
      },
    );
  });

  it('works in an observer of the states too', () => {
    const network = fakeNetwork({ opens: 0 }, { opens: 10 });
    const connection = connectionOver(network);
    const { outcomes, ask } = probed(connection);
    connection.state$.subscribe(({ _tag }) => {
      if (_tag === 'Scheduled') ask();
    });
    scenario({ 0: () => held(connection), 1_000: () => network.close(1006) }, 1_500, () => {
      expect(outcomes).toEqual(['1010 undefined', '1010 complete']);
      connection.close();
    });
  });
});
