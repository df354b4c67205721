import { Subject, Subscription, merge, map, of, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Echo } from '../codecs/index.js';
import type { Connection } from '../src/connection/connection.js';
import { fakeNetwork, type FakeNetwork } from './fake-web-socket.js';
import { connectionOver, held, scenario, statesOf, trace } from './connection/world.js';
import { marbles, virtualClock } from './marbles.js';

describe('the reference trace of the guide', () => {
  it('N5: matches line by line: the network goes and comes back, a retry fails, a manual retry succeeds', () => {
    const network$ = new Subject<boolean>();
    const network = fakeNetwork({ opens: 200 }, { fails: 200 }, { opens: 200 });
    const connection = connectionOver(network, { network$ });
    const lines = trace(connection);
    scenario(
      {
        0: () => {
          held(connection);
        },
        20_000: () => {
          network$.next(false);
        },
        30_000: () => {
          network$.next(true);
        },
        // +1 s retry, +0.2 s it fails, and then +1.5 s
        32_700: () => {
          connection.retry();
        },
      },
      40_000,
      () => {
        expect(lines).toEqual([
          '20000 realtime disconnect',
          '20000 client disconnect',
          '20000 realtime offline',
          '20000 client offline',
          '30000 realtime online',
          '30000 client online',
          '30000 realtime schedule attempt=0 delay=1000',
          '30000 client schedule attempt=0 delay=1000',
          '31000 realtime retry attempt=0',
          '31000 client retry attempt=0',
          '31200 realtime schedule attempt=1 delay=2000',
          '31200 client schedule attempt=1 delay=2000',
          '32700 realtime retry attempt=0',
          '32700 client retry attempt=0',
          '32900 realtime reconnect',
          '32900 client reconnect',
        ]);
        connection.close();
      },
    );
  });
});

describe('a connection', () => {
  it('opens no socket until somebody needs it', () => {
    const network = fakeNetwork({ opens: 1 });
    scenario({ 0: () => void connectionOver(network) }, 100_000, () => {
      expect(network.dialled).toEqual([]);
    });
  });

  it('emits its states in the same order to every observer, even if one of them reacts to a state', () => {
    const network = fakeNetwork({ opens: 10 });
    const connection = connectionOver(network);
    connection.state$.subscribe(({ _tag }) => {
      if (_tag === 'Connected') connection.pause();
    });
    const second = statesOf(connection);
    scenario(
      {
        0: () => {
          held(connection);
        },
      },
      100,
      () => {
        expect(second).toEqual(['Idle', 'Connecting', 'Connected', 'Offline']);
        connection.close();
      },
    );
  });

  it('waits longer after each attempt if the server accepts the socket and drops it at once', () => {
    const network = fakeNetwork({ opens: 10, closes: [0, 1006] });
    const connection = connectionOver(network);
    const lines = trace(connection);
    const HOUR = 3_600_000;
    scenario(
      {
        0: () => {
          held(connection);
        },
      },
      HOUR,
      () => {
        const delays = lines
          .filter((line) => line.includes('realtime schedule'))
          .map((line) => Number(/delay=(\d+)/.exec(line)?.[1]));
        expect(delays.slice(0, 11)).toEqual(
          [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map((seconds) => seconds * 1_000),
        );
        expect(network.dialled.length).toBeLessThan(25);
        expect(network.live.most).toBe(1);
        connection.close();
      },
    );
  });

  it('does nothing during an hour offline', () => {
    const network$ = new Subject<boolean>();
    const network = fakeNetwork({ opens: 10 });
    const connection = connectionOver(network, { network$ });
    const states = statesOf(connection);
    scenario(
      {
        0: () => {
          held(connection);
        },
        1_000: () => {
          network$.next(false);
        },
        3_601_000: () => {
          network$.next(true);
        },
      },
      3_603_000,
      () => {
        expect(network.dialled).toHaveLength(2);
        expect(states).toEqual([
          'Idle',
          'Connecting',
          'Connected',
          'Offline',
          'Scheduled attempt=0 delay=1000',
          'Retrying attempt=0',
          'Connected',
        ]);
        connection.close();
      },
    );
  });

  it('waits for the network if it is first needed while there is no network', () => {
    const network = fakeNetwork({ opens: 10 });
    const network$ = new Subject<boolean>();
    const connection = connectionOver(network, { network$: merge(of(false), network$) });
    const lines = trace(connection);
    scenario(
      {
        0: () => {
          held(connection);
        },
        50: () => {
          network$.next(true);
        },
      },
      2_000,
      () => {
        expect(lines.map((line) => line.replace(/^\d+ /, '')).filter((line) => line.startsWith('realtime'))).toEqual([
          'realtime offline',
          'realtime online',
          'realtime schedule attempt=0 delay=1000',
          'realtime retry attempt=0',
          'realtime reconnect',
        ]);
        connection.close();
      },
    );
  });

  it('closes the socket of an attempt that it gives up, during the handshake too', () => {
    const ways: readonly ((connection: Connection, lease: Subscription) => void)[] = [
      (connection) => connection.close(),
      (connection) => connection.pause(),
      (_connection, lease) => lease.unsubscribe(),
    ];
    for (const giveUp of ways) {
      const network = fakeNetwork({});
      const connection = connectionOver(network, { grace: 0 });
      scenario(
        {
          0: () => {
            const lease = connection.lease$.subscribe();
            virtualClock.after(50).subscribe(() => giveUp(connection, lease));
          },
          40: () => {
            expect(network.live.now).toBe(1);
          },
        },
        60,
        () => {
          expect(network.live.now).toBe(0);
          connection.close();
        },
      );
    }
  });

  it('closes the sockets of all addresses that do not answer, before it tries the next one', () => {
    const network = fakeNetwork({});
    const connection = connectionOver(network, { server: ['ws://a', 'ws://b', 'ws://c'], connectTimeout: 1_000 });
    scenario({ 0: () => held(connection) }, 100_000, () => {
      expect(network.dialled.length).toBeGreaterThan(5);
      expect(network.live.most).toBe(1);
      connection.close();
      expect(network.live.now).toBe(0);
    });
  });

  it('ignores a socket that it has given up', () => {
    const network = fakeNetwork({ opens: 100 }, { opens: 10 });
    const connection = connectionOver(network);
    const states = statesOf(connection);
    scenario(
      {
        0: () => {
          held(connection);
        },
        50: () => {
          connection.pause();
        },
        60: () => {
          connection.resume();
        },
      },
      5_000,
      () => {
        expect(states).toEqual([
          'Idle',
          'Connecting',
          'Offline',
          'Scheduled attempt=0 delay=1000',
          'Retrying attempt=0',
          'Connected',
        ]);
        connection.close();
      },
    );
  });

  it('fails for good after a fatal close code: the state and the lease say why', () => {
    const network = fakeNetwork({ opens: 10 });
    const connection = connectionOver(network);
    const errors: unknown[] = [];
    const ended: string[] = [];
    connection.state$.subscribe({ complete: () => ended.push('state$') });
    connection.events$.subscribe({ complete: () => ended.push('events$') });
    scenario(
      {
        0: () => {
          connection.lease$.subscribe({ error: (error: unknown) => errors.push(error) });
        },
        100: () => {
          network.close(4100);
        },
      },
      1_000,
      () => {
        expect(errors).toMatchObject([{ _tag: 'ServerRejected', code: 4100 }]);
        expect(ended).toEqual(['state$', 'events$']);
        connection.lease$.subscribe({ error: (error: unknown) => errors.push(error) });
        expect(errors).toHaveLength(2);
        expect(statesOf(connection)).toEqual(['Failed']);
        expect(network.dialled).toHaveLength(1);
      },
    );
  });

  it.each([1000, 1001, 1006, 4108, 4112, 4999])('reconnects after close code %i', (code) => {
    const network = fakeNetwork({ opens: 10 });
    const connection = connectionOver(network);
    const states = statesOf(connection);
    scenario(
      {
        0: () => {
          held(connection);
        },
        100: () => {
          network.close(code);
        },
      },
      2_000,
      () => {
        expect(states.at(-1)).toBe('Connected');
        expect(network.dialled).toHaveLength(2);
        connection.close();
      },
    );
  });

  it('N3: makes an attempt at once when it is asked to retry while it waits, and no attempt in other states', () => {
    const network = fakeNetwork({ opens: 10 }, { fails: 10 }, { opens: 10 });
    const connection = connectionOver(network);
    const states = statesOf(connection);
    const retry = (): void => {
      connection.retry();
    };
    scenario(
      {
        0: () => {
          retry();
          held(connection);
        },
        5: retry,
        50: retry,
        100: () => {
          network.close(1006);
        },
        200: retry,
        205: retry,
        300: retry,
      },
      400,
      () => {
        expect(states).toEqual([
          'Idle',
          'Connecting',
          'Connected',
          'Scheduled attempt=0 delay=1000',
          'Retrying attempt=0',
          'Scheduled attempt=1 delay=2000',
          'Retrying attempt=0',
          'Connected',
        ]);
        connection.pause();
        retry();
        expect(states.at(-1)).toBe('Offline');
        connection.close();
        retry();
        expect(states.at(-1)).toBe('Closed');
      },
    );
  });

  it('N4: pauses and resumes from every state that allows it', () => {
    const network = fakeNetwork({ opens: 10 });
    const connection = connectionOver(network);
    const lines = trace(connection);
    scenario(
      {
        0: () => {
          held(connection);
        },
        100: () => {
          connection.pause();
        },
        200: () => {
          connection.pause();
          connection.resume();
          connection.resume();
        },
      },
      2_000,
      () => {
        expect(lines.filter((line) => line.includes('realtime')).map((line) => line.split(' ')[2])).toEqual([
          'disconnect',
          'offline',
          'online',
          'schedule',
          'retry',
          'reconnect',
        ]);
        connection.close();
      },
    );
  });

  it('looks up its endpoints again and reconnects when the server sends goaway', () => {
    const network = fakeNetwork({ opens: 10 });
    const connection = connectionOver(network);
    const lines = trace(connection);
    scenario(
      {
        0: () => {
          held(connection);
        },
        100: () => {
          network.push({ cmd: 'goaway' });
        },
      },
      2_000,
      () => {
        expect(lines.filter((line) => line.includes('realtime'))).toEqual([
          '100 realtime disconnect',
          '100 realtime schedule attempt=0 delay=1000',
          '1100 realtime retry attempt=0',
          '1110 realtime reconnect',
        ]);
        connection.close();
      },
    );
  });

  it('stays open for the grace period after the last lease, and opens again for a later lease', () => {
    const network = fakeNetwork({ opens: 10 });
    const connection = connectionOver(network);
    const states = statesOf(connection);
    let lease = Subscription.EMPTY;
    const letGo = (): void => {
      lease.unsubscribe();
    };
    const take = (): void => {
      lease = connection.lease$.subscribe();
    };
    scenario(
      {
        0: take,
        100: letGo,
        4_000: take,
        5_000: letGo,
        11_000: take,
        12_000: () => {
          connection.close();
        },
      },
      13_000,
      () => {
        expect(states).toEqual(['Idle', 'Connecting', 'Connected', 'Idle', 'Connecting', 'Connected', 'Closed']);
        expect(network.dialled).toHaveLength(2);
        expect(network.live.now).toBe(0);
      },
    );
  });

  it('completes its leases when it is closed; later leases complete at once', () => {
    const network = fakeNetwork({ opens: 10 });
    const connection = connectionOver(network);
    const ended: string[] = [];
    scenario(
      {
        0: () => {
          connection.lease$.subscribe({ complete: () => ended.push('first') });
        },
        100: () => {
          connection.close();
          connection.close();
        },
      },
      200,
      () => {
        connection.lease$.subscribe({ complete: () => ended.push('second') });
        expect(ended).toEqual(['first', 'second']);
      },
    );
  });

  it.each(['network$', 'lifecycle$'] as const)('goes on with a fault if %s errors', (option) => {
    const told = new Subject<never>();
    const off$ =
      option === 'network$' ? { network$: merge(of(false), told) } : { lifecycle$: merge(of('freeze'), told) };
    const connection = connectionOver(fakeNetwork({ opens: 1 }), off$ as Parameters<typeof connectionOver>[1]);
    const states = statesOf(connection);
    const faults: unknown[] = [];
    connection.faults$.subscribe((fault) => faults.push(fault));
    const ended: unknown[] = [];
    const end = (): unknown => ended.push('end');
    scenario(
      {
        0: () => connection.lease$.subscribe({ error: end, complete: end }),
        10: () => {
          told.error(new Error('gone'));
        },
      },
      5_000,
      () => {
        expect(states.slice(0, 2)).toEqual(['Idle', 'Offline']);
        expect(states.at(-1)).toBe('Connected');
        expect(faults).toMatchObject([{ error: { message: `${option} has failed: gone` } }]);
        expect(ended).toEqual([]);
        connection.close();
      },
    );
  });

  it('is subscribed to network$ only while somebody needs the connection', () => {
    marbles(({ hot, expectSubscriptions }) => {
      const network$ = hot<boolean>('-----');
      const connection = connectionOver(fakeNetwork({ opens: 1 }), { network$, grace: 2 });
      const lease = connection.lease$.subscribe();
      virtualClock.after(5).subscribe(() => {
        lease.unsubscribe();
      });
      expectSubscriptions(network$.subscriptions).toBe('^------!');
    });
  });
});

describe('a peer that has gone silent', () => {
  const answering = (network: FakeNetwork): void => {
    network.sent$.subscribe((command) => {
      if (command.cmd === 'echo') network.push({ cmd: 'echo', ...(command.i === undefined ? {} : { i: command.i }) });
    });
  };

  it('is detected within 45 s, whenever its last frame arrived', () => {
    for (const last of [0, 1, 6_000, 11_999]) {
      const network = fakeNetwork({ opens: 10 });
      const connection = connectionOver(network);
      const lines = trace(connection);
      scenario(
        {
          0: () => {
            held(connection);
          },
          [100 + last]: () => {
            network.push({ cmd: 'echo', i: 0x7fffffff });
          },
        },
        100 + last + 45_000,
        () => {
          expect(lines.some((line) => line.includes('disconnect'))).toBe(true);
          connection.close();
        },
      );
    }
  });

  it('does not count as silent while it answers the heartbeats', () => {
    const network = fakeNetwork({ opens: 10 });
    answering(network);
    const connection = connectionOver(network);
    const lines = trace(connection);
    const faults: unknown[] = [];
    connection.faults$.subscribe((fault) => faults.push(fault));
    scenario(
      {
        0: () => {
          held(connection);
        },
      },
      600_000,
      () => {
        expect(lines).toEqual([]);
        expect(faults).toEqual([]);
        connection.close();
      },
    );
  });

  it('gets no heartbeat while frames of any kind arrive', () => {
    const network = fakeNetwork({ opens: 10 });
    const connection = connectionOver(network);
    const sent: unknown[] = [];
    network.sent$.subscribe((command) => sent.push(command));
    const pushes = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [
        100 + index * 5_000,
        () => {
          network.push({ cmd: 'unread', unreadMessage: {} });
        },
      ]),
    );
    scenario(
      {
        0: () => {
          held(connection);
        },
        ...pushes,
      },
      100_000,
      () => {
        expect(sent).toEqual([]);
        connection.close();
      },
    );
  });

  it('is detected by timers only: a jump of the wall clock changes nothing', () => {
    const network = fakeNetwork({ opens: 10 });
    answering(network);
    let jump = 0;
    const connection = connectionOver(network, { clock: { ...virtualClock, now: () => virtualClock.now() + jump } });
    const lines = trace(connection);
    scenario(
      {
        0: () => {
          held(connection);
        },
        10_000: () => {
          jump = 3_600_000;
        },
        60_000: () => {
          jump = -3_600_000;
        },
      },
      120_000,
      () => {
        expect(lines).toEqual([]);
        connection.close();
      },
    );
  });
});

describe('a request', () => {
  const outcome = (request$: Observable<unknown>): unknown[] => {
    const told: unknown[] = [];
    request$.subscribe({
      next: (value) => told.push(value),
      error: (error: unknown) => told.push(error),
      complete: () => told.push('complete'),
    });
    return told;
  };
  const echo = (connection: Connection) => connection.request({ cmd: 'echo' }, Echo).pipe(map(({ cmd }) => cmd));

  it('is written when it is subscribed, and gets the answer with its serial', () => {
    const network = fakeNetwork({ opens: 10 });
    const connection = connectionOver(network);
    const told: unknown[][] = [];
    scenario(
      {
        0: () => {
          held(connection);
        },
        100: () => {
          told.push(outcome(echo(connection)), outcome(echo(connection)));
        },
        200: () => {
          network.push({ cmd: 'echo', i: 2 });
        },
      },
      300,
      () => {
        expect(told).toEqual([[], ['echo', 'complete']]);
        connection.close();
      },
    );
  });

  it('fails at once when the connection drops, as Unconfirmed if it may have changed something', () => {
    const network = fakeNetwork({ opens: 10 });
    const connection = connectionOver(network);
    const told: unknown[][] = [];
    scenario(
      {
        0: () => {
          held(connection);
        },
        100: () => {
          told.push(outcome(echo(connection)), outcome(connection.request({ cmd: 'echo' }, Echo, { effectful: true })));
        },
        150: () => {
          network.close(1006);
        },
      },
      150,
      () => {
        expect(told).toMatchObject([[{ _tag: 'ConnectionLost' }], [{ _tag: 'Unconfirmed' }]]);
        connection.close();
      },
    );
  });

  it('fails without a connection, with a message that names the state', () => {
    const network = fakeNetwork({ fails: 10 });
    const connection = connectionOver(network);
    const told: unknown[] = [];
    const ask = (): void => {
      told.push(outcome(echo(connection))[0]);
    };
    scenario(
      {
        0: () => {
          ask();
          held(connection);
        },
        5: ask,
        50: ask,
        60: () => {
          connection.pause();
          ask();
        },
        70: () => {
          connection.close();
          ask();
        },
      },
      100,
      () => {
        expect(told).toMatchObject([
          { _tag: 'ConnectionLost', message: expect.stringContaining('not open yet') as string },
          { _tag: 'ConnectionLost', message: expect.stringContaining('not open yet') as string },
          { _tag: 'ConnectionLost', message: expect.stringContaining('the next attempt is in 1000 ms') as string },
          { _tag: 'ConnectionLost', message: expect.stringContaining('paused') as string },
          { _tag: 'ConnectionLost', message: expect.stringContaining('closed') as string },
        ]);
      },
    );
  });

  it('times out; an answer after that is a fault', () => {
    const network = fakeNetwork({ opens: 10 });
    const connection = connectionOver(network, { commandTimeout: 500 });
    const faults: unknown[] = [];
    connection.faults$.subscribe((fault) => faults.push(fault));
    let told: unknown[] = [];
    scenario(
      {
        0: () => {
          held(connection);
        },
        100: () => {
          told = outcome(connection.request({ cmd: 'session', op: 'close' }, Echo));
        },
        700: () => {
          network.push({ cmd: 'session', op: 'closed', i: 1 });
        },
      },
      800,
      () => {
        expect(told).toMatchObject([{ _tag: 'CommandTimeout', command: 'session/close', waited: 500 }]);
        expect(faults).toEqual([{ _tag: 'Unexpected', kind: 'session', serial: 1 }]);
        connection.close();
      },
    );
  });

  it('fails after each kind of refusal by the server, and after an answer of another kind', () => {
    const network = fakeNetwork({ opens: 10 });
    const connection = connectionOver(network);
    const told: unknown[][] = [];
    scenario(
      {
        0: () => {
          held(connection);
        },
        100: () => {
          for (let count = 0; count < 4; count += 1) told.push(outcome(echo(connection)));
        },
        200: () => {
          network.push({
            cmd: 'error',
            i: 1,
            errorMessage: { code: 4303, reason: 'CONVERSATION_NOT_FOUND', detail: 'none', appCode: 7 },
          });
          network.push({ cmd: 'ack', i: 2, ackMessage: { code: 4401, reason: 'INVALID_MESSAGING_TARGET' } });
          network.push({
            cmd: 'session',
            op: 'closed',
            i: 3,
            sessionMessage: { code: 4102, reason: 'SIGNATURE_FAILED' },
          });
          network.push({ cmd: 'logs', i: 4, logsMessage: {} });
        },
      },
      300,
      () => {
        expect(told.flat()).toMatchObject([
          { _tag: 'ServerRejected', code: 4303, reason: 'CONVERSATION_NOT_FOUND', detail: 'none', appCode: 7 },
          { _tag: 'ServerRejected', code: 4401 },
          { _tag: 'ServerRejected', code: 4102 },
          { _tag: 'DecodeFailed', path: 'cmd', expected: 'echo' },
        ]);
        connection.close();
      },
    );
  });
});

describe('a push', () => {
  const unread = (peerId?: string) =>
    ({ cmd: 'unread', unreadMessage: {}, ...(peerId === undefined ? {} : { peerId }) }) as const;

  it('goes to the client that it names; without a client id, it goes to the first client', () => {
    const network = fakeNetwork({ opens: 10 });
    const connection = connectionOver(network);
    const seen: string[] = [];
    for (const id of ['Tom', 'Jerry'])
      connection.pushes(id).subscribe(({ peerId }) => seen.push(`${id} ${peerId ?? '-'}`));
    scenario(
      {
        0: () => {
          held(connection);
        },
        100: () => {
          for (const id of ['Jerry', undefined, 'Spike', 'Tom']) network.push(unread(id));
        },
      },
      200,
      () => {
        expect(seen).toEqual(['Jerry Jerry', 'Tom -', 'Tom Tom']);
        connection.close();
      },
    );
  });

  it('is a fault if it is unreadable, of an unknown kind, or an error of the server; no stream ends', () => {
    const network = fakeNetwork({ opens: 10 });
    const connection = connectionOver(network);
    const faults: string[] = [];
    connection.faults$.subscribe((fault) =>
      faults.push(fault._tag === 'Unsupported' ? `${fault._tag} ${fault.kind} ${fault.clientId ?? ''}` : fault._tag),
    );
    const raw = network.push as (command: object) => void;
    scenario(
      {
        0: () => {
          held(connection);
        },
        100: () => {
          raw({ cmd: 'direct', directMessage: { cid: 'c' } });
          raw({ cmd: 'presence', peerId: 'Tom' });
          network.push({ cmd: 'error', errorMessage: { code: 4200, reason: 'INTERNAL_ERROR' } });
        },
      },
      200,
      () => {
        expect(faults).toEqual(['Frame', 'Unsupported presence Tom', 'Unsupported error 4200 INTERNAL_ERROR ']);
        expect(statesOf(connection)).toEqual(['Connected']);
        connection.close();
      },
    );
  });

  it('does not reach a client that has unsubscribed', () => {
    const network = fakeNetwork({ opens: 10 });
    const connection = connectionOver(network);
    const seen: unknown[] = [];
    const gone = connection.pushes('Tom').subscribe((push) => seen.push(push));
    scenario(
      {
        0: () => {
          held(connection);
          gone.unsubscribe();
        },
        100: () => {
          network.push(unread('Tom'));
        },
      },
      200,
      () => {
        expect(seen).toEqual([]);
        connection.close();
      },
    );
  });
});
