import { EMPTY, NEVER, map, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { limitsOf } from '../../src/limits.js';
import { clientState } from '../../src/client/client-state.js';
import type { Client } from '../../src/client/client.js';
import { createMeter, withRoundTrip } from '../../src/connection/meter.js';
import type { ConnectionState } from '../../src/connection/state.js';
import { healthOf } from '../../src/health.js';
import { clientHandle } from '../client/internals.js';
import { marbles, virtualClock } from '../marbles.js';

const states: Readonly<Record<string, ConnectionState>> = { i: { _tag: 'Idle' }, c: { _tag: 'Closed' } };

describe('the health of a connection', () => {
  it('is emitted at once, then at most once a second if something has changed, until the connection is closed', () => {
    marbles(({ hot, expectObservable }) => {
      const meter = createMeter(virtualClock);
      hot('- 500ms x 2s y').subscribe(() => {
        meter.received(new Uint8Array(10));
      });
      const [health$] = healthOf(
        { state$: hot('i 3999ms (c|)', states), health: () => ({ ...meter.read(), inFlight: 0 }) },
        virtualClock,
      );
      expectObservable(health$.pipe(map(({ framesIn, bytesIn }) => `${String(framesIn)} ${String(bytesIn)}`))).toBe(
        'a 999ms b 1999ms c 999ms |',
        {
          a: '0 0',
          b: '1 10',
          c: '2 20',
        },
      );
    });
  });

  it('counts the messages in the outboxes of all clients', () => {
    marbles(({ hot, cold, expectObservable }) => {
      const [health$, watch] = healthOf(
        { state$: hot('i', states), health: () => ({ ...createMeter(virtualClock).read(), inFlight: 0 }) },
        virtualClock,
      );
      const client = (waiting: string, restored$: Observable<never>, open$: Observable<boolean>): Client => {
        let size = 0;
        cold(waiting).subscribe((now) => (size = Number(now)));
        const state = clientState('Tom', NEVER, {
          clock: virtualClock,
          limits: limitsOf(),
          report: () => undefined,
        })[0];
        return clientHandle({
          state: { ...state, outgoing: { ...state.outgoing, size: () => size } },
          restored$,
          open$,
        });
      };
      watch(client('1 1499ms 3', EMPTY, NEVER));
      watch(client('1 1999ms 0', EMPTY, cold('2500ms |')));
      watch(client('1 3999ms 0', cold('500ms |'), cold('3500ms |')));
      expectObservable(health$.pipe(map(({ outbox }) => outbox)), '^ 4500ms !').toBe(
        'a 999ms b 999ms c 1999ms d',
        // Nothing is said while one of them still reads what its storage has kept.
        { a: undefined, b: 3, c: 4, d: 3 },
      );
    });
  });

  it('counts frames and bytes in both directions, attempts, and the time of the last frame', () => {
    const meter = createMeter({ now: () => 7 });
    expect(meter.read()).toEqual({ retries: 0, framesIn: 0, framesOut: 0, bytesIn: 0, bytesOut: 0 });
    meter.received('text');
    meter.received(new ArrayBuffer(3));
    meter.sent(new Uint8Array(5));
    meter.retried();
    meter.answered(20);
    expect(meter.read()).toEqual({
      retries: 1,
      framesIn: 2,
      framesOut: 1,
      bytesIn: 7,
      bytesOut: 5,
      lastHeardAt: 7,
      roundTrip: { last: 20, smoothed: 20 },
    });
  });

  it('smooths the round trip: each new value counts for one eighth', () => {
    const first = withRoundTrip(undefined, 80);
    expect(withRoundTrip(first, 160)).toEqual({ last: 160, smoothed: 90 });
  });
});
