/** What all handlers share. */
import type { ConversationInfo } from '../codecs/index.js';
import type { Bus } from './bus.js';
import type { ServerClock } from './clock.js';
import type { Frames } from './frames.js';
import type { RunningHooks } from './running-hooks.js';
import type { LoginRequest } from './signatures.js';
import type { Limits } from './options.js';
import type { Rates } from './rates.js';
import type { RoomFanOut } from './room-fan-out.js';
import type { Signatures } from './signatures.js';
import type { Turns } from './turns.js';
import type { Store } from './store/store.js';

export interface App {
  readonly appId: string | undefined;
  readonly store: Store;
  readonly bus: Bus;
  readonly rooms: RoomFanOut;
  readonly limits: Limits;
  readonly clock: ServerClock;
  /** The time, but later than each before: what is dated by it has an order. */
  readonly stamp: () => number;
  readonly rates: Rates;
  readonly hooks: RunningHooks;
  readonly frames: Frames;
  /** When sockets write what chat rooms have for them. */
  readonly turns: Turns;
  /** Whether those who are not members may read an ordinary conversation. */
  readonly isOpen: (info: ConversationInfo) => boolean;
  readonly verifyLogin: (request: LoginRequest) => boolean | Promise<boolean>;
  /** Refuses what has to be signed and is not. */
  readonly verifyAction: Signatures['action'];
  /** Ends what a client has signed until now. */
  readonly endSignatures: Signatures['end'];
  /**
   * Jobs of one conversation run one after the other, so that all receivers see its messages and notices in the same
   * order; those that look for the same unique one do, too.
   */
  readonly inOrder: <R>(key: string, job: () => Promise<R>) => Promise<R>;
  /** Hears of errors that are the server's own fault. */
  readonly report: (error: unknown) => void;
}
