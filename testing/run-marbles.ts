/** Diagrams of a realtime: RxJS's, with a server in them. */
import { NEVER } from 'rxjs';
import { TestScheduler, type RunHelpers } from 'rxjs/testing';
import {
  createRealtime,
  exponential,
  type Clock,
  type CustomType,
  type ExtendedRealtime,
  type Plugin,
  type Realtime,
  type RealtimeOptions,
} from '../src/index.js';
import { sameNumbers } from './random.js';
import { createFakeServer } from './server/create-fake-server.js';
import type { FakeServer } from './server/fake-server.js';
import { virtualClock } from './virtual-clock.js';

/** What a diagram can be told. */
export interface MarbleOptions {
  /** How much virtual time there is, ms. Default 60,000. */
  readonly until?: number;
  /** How long a socket takes to open, and an answer or a push to arrive, ms. Default 0: the same frame. */
  readonly latency?: number;
  /** The application's own message types: for what is drawn, and for realtimes. */
  readonly messages?: readonly CustomType[];
}

/** What a diagram is drawn with: RxJS's helpers, and a server with realtimes on it. */
export interface MarbleHelpers extends RunHelpers {
  readonly server: FakeServer;
  /** The virtual time. */
  readonly clock: Clock;
  /**
   * A realtime on the server, as `createRealtime` makes it, in virtual time: it connects, comes back, catches up, and
   * has an outbox where it is told to. Random numbers are the same in each run, and the backoff has no jitter. Every
   * option can be another. It is closed when the diagram is over.
   *
   * @example realtime({ outbox: true }).session('Tom').pipe(switchMap((tom) => tom.messages$));
   */
  realtime<const P extends readonly Plugin[] = []>(options?: Partial<RealtimeOptions<P>>): ExtendedRealtime<P>;
  /**
   * What `realtime` gives to `createRealtime`, for code that makes its realtime itself; by the `signal` in it that is
   * closed, too.
   *
   * @example createApp({ realtime: realtimeOptions });
   */
  readonly realtimeOptions: Omit<RealtimeOptions, 'plugins'>;
}

const UNTIL = 60_000;

const noApi = (address: string): never => {
  throw new Error(`there is no HTTP API in a diagram (${address}), since promises don't resolve in virtual time`);
};

/** RxJS's helpers, that refuse what is drawn beyond the end of time: it would never be looked at. */
const bounded = (helpers: RunHelpers, end: () => number): RunHelpers => {
  const check = (frame: number | undefined): void => {
    if (frame !== undefined && frame !== Infinity && frame > end())
      throw new Error(
        `this diagram draws something at ${frame} ms, but its time ends at ${end()} ms: give runMarbles a later \`until\``,
      );
  };
  const inTime = (marbles: string): string => {
    check(TestScheduler.parseMarbles(marbles, undefined, undefined, undefined, true).at(-1)?.frame);
    return marbles;
  };
  const alsoInTime = <M extends string | null>(marbles: M): M => {
    const { subscribedFrame, unsubscribedFrame } = TestScheduler.parseMarblesAsSubscriptions(marbles, true);
    check(subscribedFrame);
    check(unsubscribedFrame);
    return marbles;
  };
  return {
    ...helpers,
    hot: (marbles, values, error) => helpers.hot(inTime(marbles), values, error),
    expectObservable: (observable$, subscription = null) => {
      const expectation = helpers.expectObservable(observable$, alsoInTime(subscription));
      return {
        ...expectation,
        toBe: (marbles, values, error) => {
          expectation.toBe(inTime(marbles), values, error);
        },
      };
    },
    expectSubscriptions: (logs) => {
      const expectation = helpers.expectSubscriptions(logs);
      return {
        toBe: (marbles) => {
          expectation.toBe(typeof marbles === 'string' ? alsoInTime(marbles) : marbles.map(alsoInTime));
        },
      };
    },
  };
};

/** As it is now: what is cut off at the end of a diagram must not show in what was compared. */
const copy = (list: unknown): unknown => (Array.isArray(list) ? Array.from<unknown>(list) : list);

const isPromise = (value: unknown): boolean => typeof value === 'object' && value !== null && 'then' in value;

/**
 * Runs a diagram as RxJS's `TestScheduler.run` does, with a server and realtimes in it. Of no test framework:
 * `assertDeepEqual` throws where the two differ, or returns false.
 *
 * Virtual time is bounded, since a connection has a heartbeat for ever: it stops `until` ms after the start, and what
 * still goes on then is cut off, which counts neither as completed nor as unsubscribed. What is drawn later than that
 * throws. Each `flush()` runs all of it, for assertions of your own behind it. When the diagram is over, and where it
 * throws, every realtime is closed.
 *
 * Promises don't resolve in virtual time: what is given to a realtime as one (a signature, a storage, a plugin) has
 * to be a value or an Observable here.
 *
 * @example
 * const expectEqual = (actual: unknown, expected: unknown) => expect(actual).toEqual(expected);
 * runMarbles(expectEqual, ({ server, realtime, expectObservable }) => {
 *   server.conversation({ id: 'c', members: ['Tom', 'Jerry'] });
 *   server.messages('c', '--a', { a: { from: 'Jerry', body: text('hi') } });
 *   const from$ = realtime().session('Tom').pipe(switchMap((tom) => tom.messages$), map(({ from }) => from));
 *   expectObservable(from$).toBe('--j', { j: 'Jerry' });
 * });
 */
export const runMarbles = (
  assertDeepEqual: (actual: unknown, expected: unknown) => unknown,
  diagram: (helpers: MarbleHelpers) => unknown,
  { until = UNTIL, latency = 0, messages = [] }: MarbleOptions = {},
): void => {
  const scheduler = new TestScheduler((actual: unknown, expected: unknown) => {
    if (assertDeepEqual(copy(actual), copy(expected)) === false)
      throw new Error('what happened is not what was expected');
  });
  scheduler.run((plain) => {
    const realtimes: Pick<Realtime, 'close'>[] = [];
    const helpers = bounded(plain, () => scheduler.maxFrames);
    // Not as RxJS throws what nobody handles, by a timer that is due after all others: a client that never stops
    // would never let it come.
    const fail = (error: unknown): void => {
      scheduler.schedule(() => {
        throw error;
      });
    };
    const [server, webSocket, running] = createFakeServer({ hot: helpers.hot, latency, messages, fail });
    const ending = new AbortController();
    const options: MarbleHelpers['realtimeOptions'] = {
      appId: 'app',
      server: 'ws://fake.server',
      webSocket,
      fetch: noApi,
      network$: NEVER,
      clock: virtualClock,
      random: sameNumbers(),
      backoff: exponential({ jitter: false }),
      messages,
    };
    const flush = (): void => {
      scheduler.maxFrames = scheduler.frame + until;
      plain.flush();
    };
    scheduler.maxFrames = until;
    try {
      const drawn = diagram({
        ...helpers,
        flush,
        server,
        clock: virtualClock,
        realtimeOptions: { ...options, signal: ending.signal },
        realtime: <const P extends readonly Plugin[] = []>(
          own: Partial<RealtimeOptions<P>> = {},
        ): ExtendedRealtime<P> => {
          const made = createRealtime<P>({ ...options, ...own });
          realtimes.push(made);
          return made;
        },
      });
      if (isPromise(drawn)) throw new TypeError('a diagram is drawn at once: it can be no async function');
      flush();
    } finally {
      // Nothing runs any more: an error that comes of closing is nobody's.
      scheduler.maxFrames = -1;
      for (const realtime of realtimes) realtime.close();
      ending.abort();
      running.unsubscribe();
    }
  });
};
