/** The vocabulary of the connection: its states, and the events it tells of. */
import type { RealtimeError } from '../errors.js';

/** Why a connection ended or could not be made. */
export interface CloseReason {
  /** The WebSocket close code, or 1006 where there was none. */
  readonly code: number;
  /** The server's or the platform's words. */
  readonly reason: string;
}

/** The state of the connection; `_tag` tells them apart. Times are ms since 1970, delays ms. */
export type ConnectionState =
  /** Nobody wants a connection. */
  | { readonly _tag: 'Idle' }
  /** The first attempt since it is wanted. */
  | { readonly _tag: 'Connecting' }
  /** `resumed`: it is not the first connection since it is wanted. */
  | { readonly _tag: 'Connected'; readonly resumed: boolean; readonly since: number }
  /** Waiting for the next attempt; `retry()` cuts the wait short. */
  | { readonly _tag: 'Scheduled'; readonly attempt: number; readonly delay: number; readonly dueAt: number; readonly reason: CloseReason }
  | { readonly _tag: 'Retrying'; readonly attempt: number }
  /** No network, or paused: nothing is tried, no timer runs. */
  | { readonly _tag: 'Offline'; readonly reason: 'network' | 'paused' }
  /** Closed by `close()`: the last state. */
  | { readonly _tag: 'Closed' }
  /** The server refuses this application for good: the last state. */
  | { readonly _tag: 'Failed'; readonly error: RealtimeError };

/** What happens to a connection that was established; names as in the protocol's guide. */
export type ConnectionEvent =
  | { readonly _tag: 'disconnect'; readonly reason: CloseReason }
  | { readonly _tag: 'offline' }
  | { readonly _tag: 'online' }
  | { readonly _tag: 'schedule'; readonly attempt: number; readonly delay: number }
  | { readonly _tag: 'retry'; readonly attempt: number }
  | { readonly _tag: 'reconnect' };
