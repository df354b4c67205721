import type { Bus } from './bus.js';
import type { ServerClock } from './clock.js';
import type { Authenticate } from './http/sign.js';
import type { UploadOptions } from './http/uploads.js';
import type { SignedAction, LoginRequest } from './signatures.js';
import type { Store } from './store/store.js';
import type { Hooks } from './hooks.js';
import type { ConversationInfo } from '../codecs/index.js';

/** What one client, or one socket, may take. */
export interface Limits {
  /**
   * Bytes of a frame; a longer one closes the socket with 4109, one of more than twice the length is not read and
   * closes it with 1009. Default 65,536.
   */
  readonly frameBytes: number;
  /** Bytes of a message, push data included. Default 5,120. */
  readonly messageBytes: number;
  /** Members of a conversation. Default 500. */
  readonly members: number;
  /** Members of a temporary conversation. Default 10. */
  readonly temporaryMembers: number;
  /** Bytes of a conversation's attributes, its name included. Default 16,384. */
  readonly attributeBytes: number;
  /** Clients that are silenced, or blocked, in one conversation. Default 500. */
  readonly listed: number;
  /** Sessions on one socket. Default 20. */
  readonly sessionsPerSocket: number;
  /** Conversations in the unread push at login. Default 50. */
  readonly unreadConversations: number;
  /**
   * A count of unread messages in one conversation stops here. For the store that the server makes; another one has a
   * bound of its own. Default 100.
   */
  readonly unreadMessages: number;
  /** Messages of one conversation that a login in the offline mode brings. Default 20. */
  readonly offlineMessages: number;
  /** Changed and recalled messages that a client is told of when it comes back. Default 500. */
  readonly patchesAtLogin: number;
  /** Client ids in an online query. Default 20. */
  readonly onlineQuery: number;
  /**
   * Commands of one socket that wait to be carried out; while there are so many, the socket is not read from. Default
   * 1,000.
   */
  readonly queuedCommands: number;
  /** Bytes that wait for a slow reader; more close its socket with 1013. Default 4 MiB. */
  readonly bufferedBytes: number;
  /** Bytes that wait for a reader before a chat room's messages give way to each other. Default 65,536. */
  readonly roomBufferedBytes: number;
  /**
   * Messages of a chat room that wait, for a slow reader or until everybody has what came before; of more, low ones
   * are dropped first, then normal ones, the oldest of them. Default 100.
   */
  readonly roomQueue: number;
  /** A socket that has not logged in by then is closed with 4108, ms. Default 30,000. */
  readonly loginTimeout: number;
  /**
   * A socket that was silent for so long is closed with 4107, ms. Default 400,000: the protocol's clients send a
   * heartbeat every 180,000.
   */
  readonly silenceTimeout: number;
  /** How long a session's token is good, seconds. Default 172,800. */
  readonly tokenTtl: number;
  /** Messages that a client sends, edits and recalls in a minute; more are refused with 4116. Default: no bound. */
  readonly sendsPerMinute: number;
  /** History queries of a client in a minute; more are refused with 4318. Default: no bound. */
  readonly historyPerMinute: number;
  /**
   * Commands of all clients together in a minute, heartbeats, acknowledgements and read marks not among them; more
   * are refused with 4318. Default: no bound.
   */
  readonly commandsPerMinute: number;
  /**
   * Other commands of a client in a minute, logins among them, heartbeats and acknowledgements not; more are refused
   * with 4318. Default: no bound.
   */
  readonly othersPerMinute: number;
}

export const defaultLimits: Limits = {
  frameBytes: 65_536,
  messageBytes: 5_120,
  members: 500,
  temporaryMembers: 10,
  attributeBytes: 16_384,
  listed: 500,
  sessionsPerSocket: 20,
  unreadConversations: 50,
  unreadMessages: 100,
  offlineMessages: 20,
  patchesAtLogin: 500,
  onlineQuery: 20,
  queuedCommands: 1_000,
  bufferedBytes: 4 * 1_024 * 1_024,
  roomBufferedBytes: 65_536,
  roomQueue: 100,
  loginTimeout: 30_000,
  silenceTimeout: 400_000,
  tokenTtl: 172_800,
  sendsPerMinute: Infinity,
  historyPerMinute: Infinity,
  othersPerMinute: Infinity,
  commandsPerMinute: Infinity,
};

/**
 * What the vendor's cloud allows, where that is less than the defaults.
 *
 * @example createServer({ limits: cloudLimits });
 */
export const cloudLimits: Partial<Limits> = { sendsPerMinute: 60, historyPerMinute: 120, othersPerMinute: 30 };

export interface ServerOptions {
  /** The port to listen on; 0 takes a free one. Default 0. */
  readonly port?: number;
  /** The address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /**
   * Serve this application and no other: a login to another is refused with 4100. Default: any, and all of them share
   * clients and conversations.
   */
  readonly appId?: string;
  /**
   * The key of the application's own back end; clients never have it. With it, actions of `signed` have to be signed,
   * and the back end's HTTP API is served (docs/server.md). Default: nobody has to sign, what `/1.1/rtm/sign` signs
   * is good for this process, and there is no such API.
   */
  readonly masterKey?: string;
  /**
   * What clients have to sign with the master key, at most 6 hours ago, each signature once; 4102, 4302 or 4546 where
   * they don't. Default: `['login']`.
   */
  readonly signed?: readonly SignedAction[];
  /**
   * Whether those who are not members may read an ordinary conversation: its attributes, members and history, and
   * find it by queries. Chat rooms and system conversations are open to everybody. Default: none is open.
   */
  readonly isOpen?: (conversation: ConversationInfo) => boolean;
  /**
   * Says whom a session token of the application's own sign-in belongs to; with it, `/1.1/rtm/sign` signs logins of
   * users. Default: there is no such address.
   */
  readonly authenticate?: Authenticate;
  /**
   * Stores the files of messages: `POST /uploads/<name>`, and `GET` of the address that it answers with. Default:
   * there is no such address.
   */
  readonly uploads?: UploadOptions;
  /**
   * Says whether a login may go ahead; false refuses it with 4102. Not asked where a session is taken up again with
   * its token. Default: it may.
   */
  readonly verifyLogin?: (request: LoginRequest) => boolean | Promise<boolean>;
  /** Where conversations and messages are kept. Default: in memory. The server closes it. */
  readonly store?: Store;
  /** How sessions reach each other. Default: within the process. */
  readonly bus?: Bus;
  readonly limits?: Partial<Limits>;
  /**
   * What the application hears of, and has a say in: functions, or `webHooks` that call its back end. Default: none.
   */
  readonly hooks?: Hooks;
  /**
   * What messages and sessions are dated by; where it is set back, it goes on from where it was. The timers that
   * watch sockets run on Node's. Default: the system's.
   */
  readonly clock?: ServerClock;
  /**
   * Hears of what should not happen, such as a store that fails; the client gets 4200. Default: writes it to stderr.
   */
  readonly onError?: (error: unknown) => void;
}
