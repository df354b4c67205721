/** What is on its way to sessions of this process, and who they are. */
import type { Receive } from '../bus.js';
import type { Notice } from '../notice.js';
import type { Snapshot } from './snapshot.js';

/** A session of this process. */
export interface LocalSession {
  readonly id: string;
  readonly clientId: string;
  readonly token: string | undefined;
  /** Until then the token is in the database, ms. */
  readonly expiresAt: number;
  readonly isOpen: () => boolean;
  /** The time of the database at which it was known to everybody, ms. */
  readonly since: number;
  /** What its client can read in the database; undefined until the session is known to everybody. */
  readonly seen: Snapshot | undefined;
  readonly receive: Receive;
}

/** What a notice is for: clients, those that are in a chat room, or sessions of this process. */
export type Target =
  | { readonly _tag: 'Clients'; readonly ids: readonly string[] }
  | { readonly _tag: 'Room'; readonly id: string }
  | { readonly _tag: 'Sessions'; readonly sessions: readonly LocalSession[] };

/** A notice on its way to sessions of this process. */
export interface Parcel {
  readonly target: Target;
  readonly notice: Notice;
}

/** Who is here. */
export interface Here {
  readonly clientIds: () => readonly string[];
  readonly sessionsOf: (clientId: string) => readonly LocalSession[];
  /** The chat rooms that somebody here is in. */
  readonly rooms: () => readonly string[];
  /** The clients here that are in a chat room. */
  readonly clientsIn: (roomId: string) => readonly string[];
  /** Nobody in the room needs its messages up to this time; undefined if nobody is in it. */
  readonly roomSince: (roomId: string) => number | undefined;
}
