import type { Observable } from 'rxjs';
import type { Backoff } from './connection/backoff.js';
import type { Clock } from './clock.js';
import type { OutboxBounds } from './outbox/outbox.js';
import type { CustomType } from '../codecs/index.js';
import type { Plugin } from './plugins/plugin.js';
import type { UploadFile } from './client/sending/upload.js';
import type { ConversationSignatureFactory, SignatureFactory } from './session/signature.js';
import type { Fetch, HeartbeatOptions, WebSocketConstructor } from './connection/create-connection.js';

/** How to reach the server, and how to behave. Only the first two are needed. */
export interface RealtimeOptions<P extends readonly Plugin[] = readonly Plugin[]> {
  /** The application's id. */
  readonly appId: string;
  /** The application's key; only its HTTP API asks for it. */
  readonly appKey?: string;
  /**
   * Where the server is: one or several `ws:` or `wss:` addresses, tried in order; or the `http:` or `https:` address
   * of a router, which is asked for them.
   */
  readonly server: string | readonly string[];
  /** Text frames (base64) instead of binary ones, for platforms that have no others. Default false. */
  readonly noBinary?: boolean;
  /**
   * Messages sent while disconnected wait and go out after the reconnect, in order, once. Default: they fail with
   * `ConnectionLost`.
   */
  readonly outbox?: boolean | OutboxBounds;
  /** The application's own message types, made with `defineMessage`. */
  readonly messages?: readonly CustomType[];
  /** What extends realtimes, clients, conversations and the reading of messages, in this order. */
  readonly plugins?: P;
  /** How long a plugin may take for one message, ms. Default 5,000. */
  readonly pluginTimeout?: number;
  /** Stores the files of messages that are sent with `upload`. */
  readonly upload?: UploadFile;
  /**
   * A login brings the messages that have come meanwhile, up to 20 for each conversation, flagged `offline`, and not
   * their counts. Default false.
   */
  readonly offlineMessages?: boolean;
  /**
   * The address of the application's HTTP API, which signs logins with a session token. Default: that of the router,
   * or the server's own.
   */
  readonly api?: string;
  /** Signs logins that don't bring a factory of their own. */
  readonly signature?: SignatureFactory;
  /**
   * Signs what clients do to conversations: create, add and join, remove and quit, block and unblock. Default: nobody
   * does.
   */
  readonly conversationSignature?: ConversationSignatureFactory;
  /** How long a command waits for its answer, ms. Default 20,000. */
  readonly commandTimeout?: number;
  /**
   * How long a session stays open after its last subscriber, and the connection after its last session, ms. Default
   * 2,000.
   */
  readonly grace?: number;
  /** How long to wait before an attempt to connect. Default: `exponential()`. */
  readonly backoff?: Backoff;
  /** How long one address may take to let a connection open, ms. */
  readonly connectTimeout?: number;
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
  /** Closes the realtime when it is aborted, for good. Listened to while a client is wanted. */
  readonly signal?: AbortSignal;
  /** Time; tests put a virtual one here. */
  readonly clock?: Clock;
  /** Random numbers from 0 to 1, for jitter and tokens. Default: `Math.random`. */
  readonly random?: () => number;
}
