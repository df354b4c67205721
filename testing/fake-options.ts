/** The options of a realtime that talks to a fake server. */
import { NEVER } from 'rxjs';
import { exponential, type RealtimeOptions } from '../src/index.js';
import { sameNumbers } from './random.js';
import { virtualClock } from './virtual-clock.js';

/** A realtime without a network, a page, an HTTP API and chance. `why`: why it has no HTTP API, and what to do. */
export const fakeOptions = (
  { webSocket, messages }: Pick<RealtimeOptions, 'webSocket' | 'messages'>,
  why: (address: string) => string,
): Omit<RealtimeOptions, 'plugins'> => ({
  appId: 'app',
  server: 'ws://fake.server',
  ...(webSocket === undefined ? {} : { webSocket }),
  ...(messages === undefined ? {} : { messages }),
  fetch: (address: string): never => {
    throw new Error(why(address));
  },
  network$: NEVER,
  lifecycle$: NEVER,
  clock: virtualClock,
  random: sameNumbers(),
  backoff: exponential({ jitter: false }),
});
