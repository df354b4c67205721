import { filter, map, mergeMap, switchMap, timer, type Observable } from 'rxjs';
import { describe, it } from 'vitest';
import type { ClientCommand, ServerCommand } from '../../codecs/index.js';
import type { ConnectionEvent, ConnectionState } from '../../src/index.js';
import { scene } from './scene.js';

const stateInWords = (state: ConnectionState): string => {
  switch (state._tag) {
    case 'Scheduled':
      return `Scheduled, attempt ${state.attempt} in ${state.delay} ms`;
    case 'Retrying':
      return `Retrying, attempt ${state.attempt}`;
    case 'Connected':
      return state.resumed ? 'Connected, resumed' : 'Connected';
    default:
      return state._tag;
  }
};

const eventInWords = (event: ConnectionEvent): string => {
  switch (event._tag) {
    case 'schedule':
      return `schedule attempt=${event.attempt} delay=${event.delay}`;
    case 'retry':
      return `retry attempt=${event.attempt}`;
    default:
      return event._tag;
  }
};

/** The session commands that the client sends: `open`, `close`. */
const sessionOf = (command: ClientCommand): string => (command.cmd === 'session' ? command.op : '');

/** Subscribes after all subscribers of frame 0, so that they get what is emitted in frame 0. */
const soon = <T>(stream$: Observable<T>): Observable<T> => timer(0).pipe(mergeMap(() => stream$));

describe('a realtime', () => {
  it('emits the states and the events of its connection through a break and a failed attempt', () => {
    scene(({ server, realtime, expectObservable }) => {
      server.network('10s d 2s u');
      const one = realtime();
      expectObservable(one.state$.pipe(map(stateInWords)), '^ 20s !').toBe('(ico) 9995ms s 999ms (rt) 1996ms (uO)', {
        i: 'Idle',
        c: 'Connecting',
        o: 'Connected',
        s: 'Scheduled, attempt 0 in 1000 ms',
        r: 'Retrying, attempt 0',
        t: 'Scheduled, attempt 1 in 2000 ms',
        u: 'Retrying, attempt 1',
        O: 'Connected, resumed',
      });
      expectObservable(one.connection$.pipe(map(eventInWords)), '^ 20s !').toBe('10s (ds) 996ms (rt) 1996ms (ub)', {
        d: 'disconnect',
        s: 'schedule attempt=0 delay=1000',
        r: 'retry attempt=0',
        t: 'schedule attempt=1 delay=2000',
        u: 'retry attempt=1',
        b: 'reconnect',
      });
      soon(one.session('Tom')).subscribe();
    });
  });

  it('reports faults without ending any stream', () => {
    scene(({ server, realtime, cold, expectObservable }) => {
      const pushed$ = cold<ServerCommand>('5s e 2s a', {
        e: { cmd: 'error', errorMessage: { code: 4200, reason: 'INVALID_MSG' } },
        a: { cmd: 'ack', i: 99, ackMessage: {} },
      });
      server.push(pushed$);
      const one = realtime();
      expectObservable(one.faults$, '^ 10s !').toBe('5s e 2s a', {
        e: { _tag: 'Unsupported', kind: 'error 4200 INVALID_MSG' },
        a: { _tag: 'Unexpected', kind: 'ack', serial: 99 },
      });
      soon(one.session('Tom')).subscribe();
    });
  });
});

describe('a session', () => {
  it('is a lease: opens for the first subscriber, is shared by all, closes a grace period after the last', () => {
    scene(({ server, realtime, expectObservable }) => {
      const session$ = realtime({ grace: 2_000 })
        .session('Tom')
        .pipe(map(({ id }) => id));
      expectObservable(session$, '^ 4s !').toBe('T', { T: 'Tom' });
      expectObservable(session$, '5s ^ 1s !').toBe('5s T', { T: 'Tom' });
      expectObservable(session$, '10s ^ 1s !').toBe('10s T', { T: 'Tom' });
      expectObservable(server.received$.pipe(map(sessionOf), filter(Boolean)), '^ 15s !').toBe('o 8s c 1998ms o 3s c', {
        o: 'open',
        c: 'close',
      });
    });
  });

  it('is emitted once by login, and stays open until its client is closed', () => {
    scene(({ server, realtime, expectObservable }) => {
      const tom$ = realtime().login('Tom');
      expectObservable(tom$.pipe(map(({ id }) => id))).toBe('(T|)', { T: 'Tom' });
      expectObservable(
        timer(8_000).pipe(
          switchMap(() => tom$),
          switchMap((tom) => tom.close()),
        ),
      ).toBe('8s (u|)', { u: undefined });
      expectObservable(server.received$.pipe(map(sessionOf), filter(Boolean)), '^ 15s !').toBe('o 7999ms c', {
        o: 'open',
        c: 'close',
      });
    });
  });
});
