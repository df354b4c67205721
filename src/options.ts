import type { Observable } from 'rxjs';
import type { Backoff } from './connection/backoff.js';
import type { Clock } from './clock.js';
import type { OutboxBounds } from './session/outbox.js';
import type { SignatureFactory } from './session/signature.js';
import type { Fetch, HeartbeatOptions, WebSocketConstructor } from './connection/create-connection.js';

/** How to reach the server, and how to behave. Only the first two are needed. */
export interface RealtimeOptions {
  /** The application's id. */
  readonly appId: string;
  /**
   * Where the server is: one or several `ws:` or `wss:` addresses, tried in order; or the `http:` or `https:` address of a router, which is asked for them.
   */
  readonly server: string | readonly string[];
  /** Text frames (base64) instead of binary ones, for platforms that have no others. Default false. */
  readonly noBinary?: boolean;
  /** Messages sent while disconnected wait and go out after the reconnect, in order, once. Default: they fail with `ConnectionLost`. */
  readonly outbox?: boolean | OutboxBounds;
  /** Signs logins that don't bring a factory of their own. */
  readonly signature?: SignatureFactory;
  /** How long a command waits for its answer, ms. Default 20,000. */
  readonly commandTimeout?: number;
  /** How long a session stays open after its last subscriber, and the connection after its last session, ms. Default 2,000. */
  readonly grace?: number;
  /** How long to wait before an attempt to connect. Default: `exponential()`. */
  readonly backoff?: Backoff;
  /** How long a connection must hold before the attempt counter starts again, ms. */
  readonly minUptime?: number;
  /** How a peer that has silently gone is noticed; at the latest after 39 s by default. */
  readonly heartbeat?: HeartbeatOptions;
  /** So many messages of one conversation are fetched after a break; the rest is a `Gap`. Default 1,000. */
  readonly catchUpLimit?: number;
  /** Whether there is a network. Default: what the browser says; elsewhere there always is one. */
  readonly network$?: Observable<boolean>;
  /** The WebSocket implementation. Default: the platform's, or `ws` in Node. */
  readonly webSocket?: WebSocketConstructor;
  /** Asks the router. Default: the platform's. */
  readonly fetch?: Fetch;
  /** Time; tests put a virtual one here. */
  readonly clock?: Clock;
  /** Random numbers from 0 to 1, for jitter and tokens. Default: `Math.random`. */
  readonly random?: () => number;
}

/** How to log in. */
export interface LoginOptions {
  /** A login with the same client id and the same tag displaces this one, and is displaced by the next. */
  readonly tag?: string;
  /** Signs this login. */
  readonly signature?: SignatureFactory;
}
