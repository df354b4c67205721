/** What the page and its worker tell each other. */
import type { ConnectionState } from 'rx-realtime';
import type { Comment } from './comments.js';

export type ToWorker =
  | { readonly _tag: 'Enter'; readonly server: string; readonly room: string }
  /** The page can take so many comments now. The answer has as many as there are, or none. */
  | { readonly _tag: 'Want'; readonly count: number };

/** Numbers since the start. */
export interface Counts {
  readonly arrived: number;
  readonly paidArrived: number;
  /** Handed to the page. The difference was dropped, but for at most 200 that wait. */
  readonly handed: number;
}

export type ToPage =
  | { readonly _tag: 'Comments'; readonly comments: readonly Comment[] }
  | { readonly _tag: 'Counts'; readonly counts: Counts }
  | { readonly _tag: 'State'; readonly state: ConnectionState };
