/** The server of the diagrams in real time, for tests that wait: of components, and of programs with promises. */
import { EMPTY, from, map, mergeMap, of, timer, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RealtimeOptions } from '../src/index.js';
import { fakeOptions } from './fake-options.js';
import type { MarbleOptions } from './run-marbles.js';
import { createFakeServer } from './server/create-fake-server.js';
import type { FakeServer } from './server/fake-server.js';

/** Options of `liveServer`: those of a diagram that are not about its time. */
export type LiveServerOptions = Pick<MarbleOptions, 'latency' | 'messages' | 'equalTimes'>;

/** A server in memory, and how to reach it. */
export interface LiveServer {
  /** Its marbles begin when they are given, and a frame is a millisecond of real time. */
  readonly server: FakeServer;
  /** Options for `createRealtime`: its sockets lead to this server. */
  readonly realtimeOptions: Omit<RealtimeOptions, 'plugins'>;
  /** Ends the server: its streams complete, and what was drawn does not happen any more. */
  readonly close: () => void;
}

/** The letters of marbles in real time. Those of the first frame come at once. */
const letters = (marbles: string): Observable<string> =>
  from(TestScheduler.parseMarbles(marbles, undefined, undefined, undefined, true)).pipe(
    mergeMap(({ frame, notification }) => {
      if (notification.kind !== 'N') return EMPTY;
      const letter = String(notification.value);
      return frame === 0 ? of(letter) : timer(frame).pipe(map(() => letter));
    }),
  );

const noApi = (address: string): string => `the fake server has no HTTP API (${address}): pass a \`fetch\` of your own`;

/**
 * Starts the server of `runMarbles` in real time, in memory: no port is opened. For tests that `await`, of components
 * for example. A test framework's fake timers move its time. The realtimes are yours to close.
 *
 * @example
 * const { server, realtimeOptions, close } = liveServer();
 * server.conversation({ id: 'c', members: ['Tom', 'Jerry'] });
 * const tom = await firstValueFrom(createRealtime(realtimeOptions).login('Tom'));
 * server.messages('c', 'a', { a: { from: 'Jerry', body: text('hi') } }); // now
 */
export const liveServer = ({ latency = 0, messages = [], equalTimes = false }: LiveServerOptions = {}): LiveServer => {
  const [server, webSocket, running] = createFakeServer({
    hot: letters,
    latency,
    messages,
    equalTimes,
    // RxJS throws it where the test framework sees it.
    fail: (error) => {
      timer(0).subscribe(() => {
        throw error;
      });
    },
  });
  return {
    server,
    realtimeOptions: fakeOptions({ webSocket, messages }, noApi),
    close: () => {
      running.unsubscribe();
    },
  };
};
