/** The states and the events of the connection. */
import type { RealtimeError } from '../errors.js';

/** Why a connection ended, or could not be opened. */
export interface CloseReason {
  /** The close code of the WebSocket; 1006 if there was none. */
  readonly code: number;
  /** The explanation of the server or the platform. */
  readonly reason: string;
  /**
   * The server asks its clients to come back at any time within so many ms, so that they don't all come at once.
   * Missing if it doesn't.
   */
  readonly spread?: number;
}

/** The state of the connection. `_tag` tells the states apart. Times are ms since 1970; delays are ms. */
export type ConnectionState =
  /** No connection is wanted. */
  | { readonly _tag: 'Idle' }
  /** The first attempt since the connection is wanted. */
  | { readonly _tag: 'Connecting' }
  /** Connected since `since`. `resumed`: there was a connection before, since it is wanted. */
  | { readonly _tag: 'Connected'; readonly resumed: boolean; readonly since: number }
  /**
   * Waiting for the next attempt, which starts at `dueAt`. `retry()` ends the wait. `reason`: why the last connection
   * or attempt ended.
   */
  | {
      readonly _tag: 'Scheduled';
      readonly attempt: number;
      readonly delay: number;
      readonly dueAt: number;
      readonly reason: CloseReason;
    }
  /** An attempt to reconnect, numbered from 0. */
  | { readonly _tag: 'Retrying'; readonly attempt: number }
  /**
   * There is no network, the realtime is paused, or the browser has put the page away to show it again later
   * (`frozen`): no attempt is made and no timer runs.
   */
  | { readonly _tag: 'Offline'; readonly reason: 'network' | 'paused' | 'frozen' }
  /** Closed by `close()` or the abort signal. The last state. */
  | { readonly _tag: 'Closed' }
  /** Another attempt can't help: the server refuses the application, or no address can be used. The last state. */
  | { readonly _tag: 'Failed'; readonly error: RealtimeError };

/**
 * What happens to a connection. The names are those of the protocol's guide. `attempt` counts from 0; `delay` is ms.
 */
export type ConnectionEvent =
  | { readonly _tag: 'disconnect'; readonly reason: CloseReason }
  | { readonly _tag: 'offline' }
  | { readonly _tag: 'online' }
  | { readonly _tag: 'schedule'; readonly attempt: number; readonly delay: number }
  | { readonly _tag: 'retry'; readonly attempt: number }
  | { readonly _tag: 'reconnect' };
