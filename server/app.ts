/** What all handlers share. */
import type { Bus } from './bus.js';
import type { ServerClock } from './clock.js';
import type { LoginRequest } from './login-signature.js';
import type { Limits, OfflineHook } from './options.js';
import type { Rates } from './rates.js';
import type { Store } from './store/store.js';

export interface App {
  readonly appId: string | undefined;
  readonly store: Store;
  readonly bus: Bus;
  readonly limits: Limits;
  readonly clock: ServerClock;
  readonly rates: Rates;
  /** Hears of messages for members who are not online. */
  readonly onOffline: OfflineHook;
  readonly verifyLogin: (request: LoginRequest) => boolean | Promise<boolean>;
  /** Jobs of one conversation run one after the other, so that all receivers see its messages in the same order. */
  readonly inOrder: <R>(conversationId: string, job: () => Promise<R>) => Promise<R>;
  /** Hears of errors that are the server's own fault. */
  readonly report: (error: unknown) => void;
}
