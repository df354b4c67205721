import type { Observable } from 'rxjs';
import type { Backoff } from './connection/backoff.js';
import type { Clock } from './clock.js';
import type { ClientLimits } from './limits.js';
import type { Outbox } from './client/create-outbox.js';
import type { CustomType } from '../codecs/index.js';
import type { Plugin } from './plugins/plugin.js';
import type { UploadFile } from './client/sending/upload.js';
import type { ConversationSignatureFactory, SignatureFactory } from './session/signature.js';
import type { Lifecycle } from './connection/page.js';
import type { Fetch, HeartbeatOptions, WebSocketConstructor } from './connection/create-connection.js';

/**
 * Options of `createRealtime`: how to reach the server, and how to behave. Only `appId` and `server` are required.
 *
 * @example createRealtime({ appId: 'my-app', server: 'ws://127.0.0.1:6400' });
 */
export interface RealtimeOptions<P extends readonly Plugin[] = readonly Plugin[]> {
  /** The application's id. */
  readonly appId: string;
  /** The application's key. Needed only for requests to the application's HTTP API. */
  readonly appKey?: string;
  /**
   * The server: one or several `ws:` or `wss:` addresses, which are tried in order; or the `http:` or `https:`
   * address of a router, which is asked for the addresses. A path and a query are kept: a server below
   * `wss://host/im/` has its HTTP API below `https://host/im/`. An address without a scheme is one with TLS, or without
   * it on this machine (`localhost:6400`). A router with TLS never leads to a connection without it.
   */
  readonly server: string | readonly string[];
  /** Sends text frames (base64) instead of binary frames, for platforms without binary frames. Default false. */
  readonly noBinary?: boolean;
  /**
   * Keeps messages that are sent while disconnected, and sends them after the reconnect: in order, each of them once.
   * Made with `createOutbox`. Default false: such a send errors with `ConnectionLost`.
   */
  readonly outbox?: Outbox | false;
  /** The application's own message types, made with `defineMessage`. */
  readonly messages?: readonly CustomType[];
  /**
   * Plugins, which extend realtimes, clients and conversations, and can change messages as they are read. They run in
   * this order.
   */
  readonly plugins?: P;
  /** The time limit of a plugin for one message, ms. Default 5,000. */
  readonly pluginTimeout?: number;
  /** Stores the files of messages that are made with `upload`. */
  readonly upload?: UploadFile;
  /**
   * At login the server sends the messages that were missed, up to 20 for each conversation, with the flag `offline`,
   * instead of unread counts. Default false.
   */
  readonly offlineMessages?: boolean;
  /**
   * The address of the application's HTTP API, which signs logins of users by their session token. It needs
   * TLS if the server has it, except on this machine. Default: the address of the router, or of the server itself.
   */
  readonly api?: string;
  /** Signs logins that have no `signature` of their own. Default: logins are not signed. */
  readonly signature?: SignatureFactory;
  /**
   * Signs what clients do to conversations: create; add and join; remove and quit; block and unblock. Default: these
   * commands are not signed.
   */
  readonly conversationSignature?: ConversationSignatureFactory;
  /** The time limit for the answer to a command, ms. Default 20,000. */
  readonly commandTimeout?: number;
  /**
   * How long a session stays open after its last subscriber has gone, and the connection after its last session, ms.
   * Default 2,000.
   */
  readonly grace?: number;
  /** The wait before each attempt to connect. Default: `exponential()`. */
  readonly backoff?: Backoff;
  /** The time limit for opening a connection to one address, ms. Default 10,000. */
  readonly connectTimeout?: number;
  /** How long a connection must last before the attempt counter starts at 0 again, ms. Default 10,000. */
  readonly minUptime?: number;
  /** How a dead connection is noticed. By default it is noticed after 39 s at most. */
  readonly heartbeat?: HeartbeatOptions;
  /**
   * The limit of missed messages that are fetched in one conversation after a break. The rest is reported as a `Gap`.
   * Default 1,000.
   */
  readonly catchUpLimit?: number;
  /** How much a client keeps of what the server sends and nobody has taken yet. */
  readonly limits?: ClientLimits;
  /**
   * Whether there is a network. It is listened to while there is a client; then what it told is forgotten. A value
   * like the one before changes nothing. Default: what the browser reports; on other platforms always true.
   */
  readonly network$?: Observable<boolean>;
  /**
   * When the page or the device wakes up, and when it is put away. It is listened to while there is a client. `wake`
   * leads to a probe if there is a connection, and to an attempt soon if not. `freeze` closes the connection until
   * `wake`. Default: what the browser reports; other platforms report nothing.
   *
   * @example createRealtime({ appId, server, lifecycle$: fromEvent(powerMonitor, 'resume').pipe(map(() => 'wake')) });
   */
  readonly lifecycle$?: Observable<Lifecycle>;
  /**
   * The WebSocket implementation. Default: `ws` in Node, elsewhere the platform's. `pausableWebSocket()` is one for
   * browsers that `lossless` can pause.
   */
  readonly webSocket?: WebSocketConstructor | undefined;
  /**
   * The `fetch` function for requests to the router and to the application's HTTP API. It gets `redirect: 'manual'`,
   * and must not follow redirects: they could take tokens and keys to another server. Default: that of the platform.
   */
  readonly fetch?: Fetch;
  /** Closes the realtime for good when it is aborted. The realtime listens to it only while there is a client. */
  readonly signal?: AbortSignal;
  /** The clock. Tests can give a virtual one. Default: `systemClock`. */
  readonly clock?: Clock;
  /** Random numbers from 0 to below 1, for the jitter of the backoff and for tokens. Default: `Math.random`. */
  readonly random?: () => number;
}
