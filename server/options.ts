import { defined } from '../codecs/defined.js';
import type { Bus } from './bus.js';
import type { ServerClock } from './clock.js';
import type { Authenticate } from './http/sign.js';
import type { TlsIdentity } from './http/http-server.js';
import type { OnRequest } from './http/own-requests.js';
import type { UploadOptions } from './http/uploads.js';
import type { SignedAction, LoginRequest } from './signatures.js';
import { checkNumbers } from './numbers.js';
import type { Store } from './store/store.js';
import type { Hooks } from './hooks.js';
import type { ConversationInfo } from '../codecs/index.js';

/** A client that wants to resume its session. */
export interface ResumeRequest {
  readonly clientId: string;
  readonly tag?: string;
}

/** Limits for one client or one socket. */
export interface Limits {
  /**
   * Size of a frame, bytes. A longer frame closes the socket with 4109. A frame of more than twice this size is not
   * read, and closes the socket with 1009. Default 65,536.
   */
  readonly frameBytes: number;
  /** Size of a message with its push data, bytes. Default 5,120. */
  readonly messageBytes: number;
  /** Members of a conversation. Default 500. */
  readonly members: number;
  /** Members of a temporary conversation. Default 10. */
  readonly temporaryMembers: number;
  /** Subscribers of a system conversation. Default 100,000. */
  readonly subscribers: number;
  /**
   * Conversations that exist and that one client has created, chat rooms and temporary ones among them. One more is
   * refused with 4318. Default 5,000.
   */
  readonly createdConversations: number;
  /**
   * Conversations that one client is a member of, or subscribed to. Nobody can be added to one more: 4304. The back
   * end can. Default 5,000.
   */
  readonly memberships: number;
  /** Size of a conversation's attributes with its name, bytes. Default 16,384. */
  readonly attributeBytes: number;
  /**
   * Length of a short text of a command: an id of a conversation or a message, a token, a tag, a nonce, characters.
   * Client ids have at most 64. Default 128.
   */
  readonly fieldCharacters: number;
  /** Client ids in a command that adds, removes, silences or blocks. More are refused with 4114. Default 10,000. */
  readonly clientIds: number;
  /**
   * Items of any other list of a command: read marks, edits, mentions. More are refused with 4114, more mentions with
   * 4109. Default 1,000.
   */
  readonly items: number;
  /** Silenced clients, and blocked clients, in one conversation: each list has this limit. Default 500. */
  readonly listed: number;
  /** Sessions on one socket. Default 20. */
  readonly sessionsPerSocket: number;
  /** Conversations in the unread push at login. Default 50. */
  readonly unreadConversations: number;
  /**
   * Highest count of unread messages in one conversation: the count stops there. It applies to the store that the
   * server creates; any other store has its own limit. Default 100.
   */
  readonly unreadMessages: number;
  /** Messages of one conversation that are pushed after a login in the offline mode. Default 20. */
  readonly offlineMessages: number;
  /** Changed and recalled messages that are pushed to a client when it comes back. Default 500. */
  readonly patchesAtLogin: number;
  /** Client ids in an online query. Default 20. */
  readonly onlineQuery: number;
  /**
   * Commands of one socket that wait to be handled. While the queue is full, the server does not read from the
   * socket. Default 1,000.
   */
  readonly queuedCommands: number;
  /** Bytes of these commands. While more wait, the server does not read from the socket. Default 1 MiB. */
  readonly queuedBytes: number;
  /**
   * Bytes of pushes that wait for a slow reader. If there are more, the server closes the socket with 1013 when the
   * reader has taken nothing for a second, or when twice as many wait. Answers are counted apart: if more of them wait,
   * the next command waits. Default 4 MiB.
   */
  readonly bufferedBytes: number;
  /**
   * Bytes that wait on all connections together: commands that are not handled yet, and frames that clients have not
   * read yet. While there are more, the connections with most of them are closed. It is looked at once a second.
   * Default 512 MiB.
   */
  readonly waitingBytes: number;
  /**
   * How long a reader may take nothing of the answers that it has asked for, ms, while more than `bufferedBytes` of
   * them wait. Then the socket is closed with 1013. Default 10,000.
   */
  readonly answerTimeout: number;
  /**
   * Size of an answer, and of the pushes after a login, bytes. A longer page of history or of a query is cut, and says
   * so. Default 1 MiB: a page of 100 messages is never cut.
   */
  readonly answerBytes: number;
  /**
   * Bytes that wait for a reader. While there are more, the messages of chat rooms wait in a queue (`roomQueue`).
   * Default 65,536.
   */
  readonly roomBufferedBytes: number;
  /**
   * Messages of a chat room that wait, for a slow reader or until all clients have the earlier messages. If there are
   * more, the oldest low messages are dropped first, then the oldest normal ones. Default 100.
   */
  readonly roomQueue: number;
  /** Time until the first login, ms. A socket without a login by then is closed with 4108. Default 30,000. */
  readonly loginTimeout: number;
  /**
   * Longest silence of a socket, ms. A socket that is silent for longer is closed with 4107. Default 400,000: the
   * protocol's clients send a heartbeat every 180,000 ms.
   */
  readonly silenceTimeout: number;
  /**
   * Clients that come back per second after `close()`, and that `goaway()` sends away per second. From it follows the
   * time over which clients are spread: 5 clients come back at once, 10,000 within 20 s. The longest time is 5 min.
   * Default 500. `Infinity`: clients come back as they like.
   */
  readonly returnsPerSecond: number;
  /**
   * Time for an answer of the store or the bus, ms. A command that needs one for longer is refused with 4200. If it is
   * a message, its socket is closed with 1011 instead: nobody knows whether it is stored. Default 10,000.
   */
  readonly storeTimeout: number;
  /**
   * Time for an answer of a hook, or of `verifyLogin` and `authenticate`, ms. A hook that takes longer is passed over
   * and reported to `onError`; a login is refused with 4200. Default 10,000.
   */
  readonly hookTimeout: number;
  /**
   * Calls of hooks that are only informed and that wait. If there are more, new ones are dropped, which is reported to
   * `onError` and counted in `stats$`. Default 5,000.
   */
  readonly hookQueue: number;
  /** Calls of hooks that are only informed and that are under way at a time. Default 32. */
  readonly hookConcurrency: number;
  /** Time that `close()` gives to commands that have arrived, ms. Default 10,000. */
  readonly closeTimeout: number;
  /** Lifetime of a session token, seconds. Default 172,800. */
  readonly tokenTtl: number;
  /** Messages, edits and recalls of one client per minute. More are refused with 4116. Default: no limit. */
  readonly sendsPerMinute: number;
  /** History queries of one client per minute. More are refused with 4318. Default: no limit. */
  readonly historyPerMinute: number;
  /**
   * Commands of all clients together per minute, except heartbeats, acknowledgements and read marks. More are refused
   * with 4318. Default: no limit.
   */
  readonly commandsPerMinute: number;
  /**
   * All other commands of one client per minute, logins included, heartbeats and acknowledgements excluded. More are
   * refused with 4318. Default: no limit.
   */
  readonly othersPerMinute: number;
  /** Connections in all, of WebSockets and HTTP. More are refused with status 503. Default 20,000. */
  readonly connections: number;
  /**
   * Connections from one address: of WebSockets and HTTP, or of clients behind a trusted proxy. A network of 64 bits of
   * IPv6 counts as one address. More are refused with status 429. Default 2,000.
   */
  readonly connectionsByAddress: number;
  /** Time for the header of an HTTP request, ms. Beyond: status 408. Default 15,000. */
  readonly headerTimeout: number;
  /** Time for the body of an HTTP request that is not an upload, ms. Beyond: status 408. Default 15,000. */
  readonly bodyTimeout: number;
  /** Time for which an upload, or an answer that its client does not take, may stand still, ms. Default 30,000. */
  readonly stallTimeout: number;
  /** Time for a whole upload, or for a client to take a whole answer, ms. Then it is ended. Default 300,000. */
  readonly transferTimeout: number;
  /**
   * Requests of one address that sign a login, or that name a user by `X-LC-Session`, per minute each. More are refused
   * with status 429 or 401. Default 300.
   */
  readonly signsPerMinute: number;
  /** Files that one client uploads in a day (UTC). More are refused with status 429. Default 500. */
  readonly uploadsPerDay: number;
  /** Bytes that one client uploads in a day (UTC). More are refused with status 429. Default 256 MiB. */
  readonly uploadBytesPerDay: number;
  /** Files that are kept in the directory of uploads. More are refused with status 507. Default 100,000. */
  readonly uploads: number;
  /** Bytes that are kept in the directory of uploads. More are refused with status 507. Default 10 GiB. */
  readonly uploadBytes: number;
}

export const defaultLimits: Limits = {
  frameBytes: 65_536,
  messageBytes: 5_120,
  members: 500,
  temporaryMembers: 10,
  subscribers: 100_000,
  createdConversations: 5_000,
  memberships: 5_000,
  attributeBytes: 16_384,
  fieldCharacters: 128,
  clientIds: 10_000,
  items: 1_000,
  listed: 500,
  sessionsPerSocket: 20,
  unreadConversations: 50,
  unreadMessages: 100,
  offlineMessages: 20,
  patchesAtLogin: 500,
  onlineQuery: 20,
  queuedCommands: 1_000,
  queuedBytes: 1_024 * 1_024,
  answerBytes: 1_024 * 1_024,
  answerTimeout: 10_000,
  bufferedBytes: 4 * 1_024 * 1_024,
  waitingBytes: 512 * 1_024 * 1_024,
  roomBufferedBytes: 65_536,
  roomQueue: 100,
  loginTimeout: 30_000,
  silenceTimeout: 400_000,
  returnsPerSecond: 500,
  storeTimeout: 10_000,
  hookTimeout: 10_000,
  hookQueue: 5_000,
  hookConcurrency: 32,
  closeTimeout: 10_000,
  tokenTtl: 172_800,
  sendsPerMinute: Infinity,
  historyPerMinute: Infinity,
  othersPerMinute: Infinity,
  commandsPerMinute: Infinity,
  connections: 20_000,
  connectionsByAddress: 2_000,
  headerTimeout: 15_000,
  bodyTimeout: 15_000,
  stallTimeout: 30_000,
  transferTimeout: 300_000,
  signsPerMinute: 300,
  uploadsPerDay: 500,
  uploadBytesPerDay: 256 * 1_024 * 1_024,
  uploads: 100_000,
  uploadBytes: 10 * 1_024 * 1_024 * 1_024,
};

/**
 * The limits that are given, and the defaults of the others. Throws a `RangeError` for one that is no limit, or that
 * is no number: nothing would be limited by it.
 */
export const limitsOf = (given: Partial<Limits> = {}): Limits => {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(defaultLimits, name));
  if (unknown !== undefined) throw new RangeError(`limits.${unknown}: there is no such limit`);
  checkNumbers('limits', given);
  return { ...defaultLimits, ...defined(given) };
};

/**
 * The limits of the vendor's cloud that are lower than the defaults.
 *
 * @example createServer({ limits: cloudLimits });
 */
export const cloudLimits: Partial<Limits> = { sendsPerMinute: 60, historyPerMinute: 120, othersPerMinute: 30 };

/**
 * What the vendor's cloud does by default, for applications that were made for it: everybody may see conversations
 * whose members they are not, and a signature may be used again. The limits are apart: `cloudLimits`.
 *
 * @example createServer({ ...cloud, limits: cloudLimits });
 */
export const cloud: Pick<ServerOptions, 'readers' | 'signatures'> = { readers: 'everyone', signatures: 'reusable' };

export interface ServerOptions {
  /** The port to listen on; 0 takes a free one. Default 0. */
  readonly port?: number;
  /** The address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /**
   * The certificate and its key, for TLS in this process. The address is then `wss://host:port`. `renewTls` of the
   * server takes another one. Default: no TLS, which is for a proxy.
   */
  readonly tls?: TlsIdentity;
  /**
   * The address at which clients reach this server through a proxy: `ws:`, `wss:`, `http:` or `https:`, a host, and a
   * path if there is one. `/v1/route` and uploads answer with it, and no header of a request changes that. Default: the
   * `Host` of the request; with TLS if the client says that it has TLS, or a trusted proxy does.
   *
   * @example createServer({ publicUrl: 'https://chat.example.com/im' });
   */
  readonly publicUrl?: string;
  /**
   * The addresses of proxies, or their subnets (`10.0.0.0/8`). The headers `X-Forwarded-For`, `X-Forwarded-Proto`,
   * `X-Forwarded-Host` and `X-Forwarded-Prefix` of their requests are read, of no others. Default: none.
   */
  readonly trustedProxies?: readonly string[];
  /**
   * The only application that this server accepts: a login to another one is refused with 4100. Default: the server
   * accepts all applications, and they share clients and conversations.
   */
  readonly appId?: string;
  /**
   * The key of the application's own back end. Clients never have it. With a key, the actions of `signed` need a
   * signature, and the server serves the back end's HTTP API (docs/rest.md). Default: the HTTP API is off, and no
   * action needs a signature, except a login if there is an `authenticate`.
   */
  readonly masterKey?: string;
  /**
   * The actions that clients have to sign with the master key. A signature is valid for 6 hours and can be used once,
   * or as `signatures` says. A missing or wrong signature is refused with 4102, 4302 or 4546. Default: `['login']`.
   */
  readonly signed?: readonly SignedAction[];
  /**
   * Whether clients that are not members may read an ordinary conversation: find it by queries, and see its
   * attributes, members and history. Chat rooms and system conversations are always open. Default: no ordinary
   * conversation is open.
   */
  readonly isOpen?: (conversation: ConversationInfo) => boolean;
  /**
   * Who may see an ordinary conversation, its members and its attributes, by queries. `members`: only they, and whom
   * `isOpen` lets in; others who know the id learn that it exists, to join it. `everyone`: all clients, as in the
   * vendor's cloud, for applications that were made for it; the history is for members there, too. `everyone` also sets
   * `signatures` to `reusable`. Default `members`.
   *
   * @example createServer({ readers: 'everyone' });
   */
  readonly readers?: 'members' | 'everyone';
  /**
   * How often a signature is good: `once`, or `reusable` for the 6 hours for which it is valid, as in the vendor's
   * cloud. `kick` ends it in both cases. Who sees a reusable signature can log in with it. Default `once`, or
   * `reusable` with `readers: 'everyone'`.
   */
  readonly signatures?: 'once' | 'reusable';
  /**
   * Finds the user of a session token of the application's own sign-in. With it, `/1.1/rtm/sign` signs logins of
   * users. Without a `masterKey`, these signatures are the only way to log in; they are made with a random key, and are
   * valid only for this process. Default: the server does not serve this address.
   */
  readonly authenticate?: Authenticate;
  /**
   * Stores the files of messages. With it, the server serves `POST /uploads/<name>` for clients with a session, and
   * `GET` and `HEAD` of the address in the response for everybody who knows it. Default: the server does not serve
   * uploads.
   */
  readonly uploads?: UploadOptions;
  /**
   * Decides whether a client may log in; false refuses the login with 4102. It is not called when a client resumes a
   * session with its token. Default: every client may log in.
   */
  readonly verifyLogin?: (request: LoginRequest) => boolean | Promise<boolean>;
  /**
   * Decides whether a client may resume a session with its token, as after a break of its connection; false refuses it
   * with 4112, and the client has to log in without the token, which `verifyLogin` and the signature decide on.
   * Default: every client may, until its token expires or it is kicked.
   */
  readonly verifyResume?: (request: ResumeRequest) => boolean | Promise<boolean>;
  /** The store of conversations and messages. The server closes it. Default: a store in memory. */
  readonly store?: Store;
  /** The way in which sessions reach each other. Default: within this process. */
  readonly bus?: Bus;
  readonly limits?: Partial<Limits>;
  /**
   * Hooks, which tell the application what happens and let it decide: functions, or `webHooks` that call its back
   * end. Default: no hooks.
   */
  readonly hooks?: Hooks;
  /**
   * Answers HTTP requests to addresses that the server does not serve itself; false leaves a request to the server,
   * which says 404. It may throw: the request is answered with status 500, and `onError` is called.
   *
   * @example
   * createServer({ onRequest: (request, response) => request.url === '/about' && Boolean(response.end('a chat')) });
   */
  readonly onRequest?: OnRequest;
  /**
   * The clock that dates messages and sessions. If it is set back, the times of messages don't go back: they go at
   * half speed until the clock agrees again. If it jumps ahead by more than half an hour, that is believed after a
   * minute. Jumps are reported to `onError`. The timers that watch sockets use Node's clock. Default: the system clock.
   */
  readonly clock?: ServerClock;
  /**
   * Called with errors that should not happen, such as a failing store; the client gets 4200, or a closed socket if
   * nobody knows whether its message is stored. It may throw or reject: that goes to stderr. Default: writes the error
   * to stderr.
   */
  readonly onError?: (error: unknown) => void;
}
