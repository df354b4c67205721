/** RxJS's marble diagrams, with a server and realtimes in them. */
import { TestScheduler, type RunHelpers } from 'rxjs/testing';
import {
  createRealtime,
  type Clock,
  type CustomType,
  type ExtendedRealtime,
  type Plugin,
  type Realtime,
  type RealtimeOptions,
} from '../src/index.js';
import { fakeOptions } from './fake-options.js';
import { createFakeServer } from './server/create-fake-server.js';
import type { FakeServer } from './server/fake-server.js';
import { virtualClock } from './virtual-clock.js';

/** Options of a diagram. */
export interface MarbleOptions {
  /** Length of the virtual time, ms. Default 60,000. */
  readonly until?: number;
  /** How long a socket takes to open, and a command takes to reach a client, ms. Default 0: the same frame. */
  readonly latency?: number;
  /** The application's own message types. Both the server and the realtimes use them. */
  readonly messages?: readonly CustomType[];
  /**
   * Messages that come in one millisecond have the same time, as with servers of other makers. Default false: each
   * message of a conversation has a time of its own, as with the server of this package.
   */
  readonly equalTimes?: boolean;
}

/** RxJS's helpers, and a server with realtimes. */
export interface MarbleHelpers extends RunHelpers {
  readonly server: FakeServer;
  /** The clock of the virtual time. */
  readonly clock: Clock;
  /**
   * Creates a realtime on the server, as `createRealtime` does, in virtual time. It connects, reconnects and catches
   * up, and has an outbox if you ask for one. Random numbers are the same in each run, and the backoff has no jitter.
   * You can override every option. The realtime is closed when the diagram is over.
   *
   * @example realtime({ outbox: createOutbox() }).session('Tom').pipe(switchMap((tom) => tom.messages$));
   */
  realtime<const P extends readonly Plugin[] = []>(options?: Partial<RealtimeOptions<P>>): ExtendedRealtime<P>;
  /**
   * The options that `realtime` passes to `createRealtime`, for code that creates its realtime itself. Its `signal`
   * closes that realtime when the diagram is over.
   *
   * @example createApp({ realtime: realtimeOptions });
   */
  readonly realtimeOptions: Omit<RealtimeOptions, 'plugins'>;
}

const UNTIL = 60_000;

const noApi = (address: string): string =>
  `there is no HTTP API in a diagram (${address}), since promises don't resolve in virtual time`;

/** RxJS's helpers, but they refuse marbles after the end of virtual time, because those would never be compared. */
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

/** A copy of the current state: what is cut off at the end of a diagram must not change what was compared. */
const copy = (list: unknown): unknown => (Array.isArray(list) ? Array.from<unknown>(list) : list);

const isPromise = (value: unknown): boolean => typeof value === 'object' && value !== null && 'then' in value;

/**
 * Runs a diagram like RxJS's `TestScheduler.run`, with a server and realtimes in it. It works with every test
 * framework: `assertDeepEqual` throws if its two arguments differ, or returns false.
 *
 * Virtual time ends, since a connection sends heartbeats for ever. It stops `until` ms after the start. Streams that
 * still run then are cut off: they have neither completed nor been unsubscribed. Marbles after the end throw. Each
 * `flush()` runs the whole diagram, so that your own assertions can follow. Every realtime is closed when the diagram
 * is over, even if it throws.
 *
 * Promises don't resolve in virtual time. So a signature, a storage or a plugin has to be a value or an Observable
 * here.
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
  { until = UNTIL, latency = 0, messages = [], equalTimes = false }: MarbleOptions = {},
): void => {
  const scheduler = new TestScheduler((actual: unknown, expected: unknown) => {
    if (assertDeepEqual(copy(actual), copy(expected)) === false)
      throw new Error('what happened is not what was expected');
  });
  scheduler.run((plain) => {
    const realtimes: Pick<Realtime, 'close'>[] = [];
    const helpers = bounded(plain, () => scheduler.maxFrames);
    // RxJS reports unhandled errors by a timer that runs after all others. That timer would never run if a client
    // never stops, so this does it differently.
    const fail = (error: unknown): void => {
      scheduler.schedule(() => {
        throw error;
      });
    };
    const [server, webSocket, running] = createFakeServer({ hot: helpers.hot, latency, messages, equalTimes, fail });
    const ending = new AbortController();
    const options = fakeOptions({ webSocket, messages }, noApi);
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
      // Time has stopped: errors that come from closing are ignored.
      scheduler.maxFrames = -1;
      for (const realtime of realtimes) realtime.close();
      ending.abort();
      running.unsubscribe();
    }
  });
};
