import type { Bus } from './bus.js';
import type { Store } from './store/store.js';

/** Time as the server sees it. Tests put another in its place. */
export interface ServerClock {
  /** ms since 1970. */
  now(): number;
}

/** What a client logs in with, for `verifyLogin`. */
export interface LoginRequest {
  readonly clientId: string;
  readonly tag?: string;
  /** Timestamp, nonce and signature, where the client has signed. */
  readonly t?: number;
  readonly n?: string;
  readonly s?: string;
}

/** What one client, or one socket, may take. */
export interface Limits {
  /** Bytes of a frame; a longer one closes the socket with 4109, one of more than twice the length is not read and closes it with 1009. Default 65,536. */
  readonly frameBytes: number;
  /** Bytes of a message, push data included. Default 5,120. */
  readonly messageBytes: number;
  /** Members of a conversation. Default 500. */
  readonly members: number;
  /** Sessions on one socket. Default 20. */
  readonly sessionsPerSocket: number;
  /** Conversations in the unread push at login. Default 50. */
  readonly unreadConversations: number;
  /** A count of unread messages in one conversation stops here. For the store that the server makes; another one has a bound of its own. Default 100. */
  readonly unreadMessages: number;
  /** Changed and recalled messages that a client is told of when it comes back. Default 500. */
  readonly patchesAtLogin: number;
  /** Client ids in an online query. Default 20. */
  readonly onlineQuery: number;
  /** Commands of one socket that wait to be carried out; while there are so many, the socket is not read from. Default 1,000. */
  readonly queuedCommands: number;
  /** Bytes that wait for a slow reader; more close its socket with 1013. Default 4 MiB. */
  readonly bufferedBytes: number;
  /** A socket that has not logged in by then is closed with 4108, ms. Default 30,000. */
  readonly loginTimeout: number;
  /** A socket that was silent for so long is closed with 4107, ms. Default 400,000: the protocol's clients send a heartbeat every 180,000. */
  readonly silenceTimeout: number;
  /** How long a session's token is good, seconds. Default 172,800. */
  readonly tokenTtl: number;
}

export const defaultLimits: Limits = {
  frameBytes: 65_536,
  messageBytes: 5_120,
  members: 500,
  sessionsPerSocket: 20,
  unreadConversations: 50,
  unreadMessages: 100,
  patchesAtLogin: 500,
  onlineQuery: 20,
  queuedCommands: 1_000,
  bufferedBytes: 4 * 1_024 * 1_024,
  loginTimeout: 30_000,
  silenceTimeout: 400_000,
  tokenTtl: 172_800,
};

export interface ServerOptions {
  /** The port to listen on; 0 takes a free one. Default 0. */
  readonly port?: number;
  /** The address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** Serve this application and no other: a login to another is refused with 4100. Default: any, and all of them share clients and conversations. */
  readonly appId?: string;
  /** Says whether a login may go ahead; false refuses it with 4102. Not asked where a session is taken up again with its token. Default: it may. */
  readonly verifyLogin?: (request: LoginRequest) => boolean | Promise<boolean>;
  /** Where conversations and messages are kept. Default: in memory. The server closes it. */
  readonly store?: Store;
  /** How sessions reach each other. Default: within the process. */
  readonly bus?: Bus;
  readonly limits?: Partial<Limits>;
  /** What messages and sessions are dated by; the timers that watch sockets run on Node's. Default: the system's. */
  readonly clock?: ServerClock;
  /** Hears of what should not happen, such as a store that fails; the client gets 4200. Default: writes it to stderr. */
  readonly onError?: (error: unknown) => void;
}
