/** The inbox as data: what it knows, what it hears, and what it wants done. */
import type { ConversationInfo } from '../../codecs/index.js';
import type { ClientEvent, ConversationEvent, Message, Position } from '../../streams/index.js';
import type { RealtimeError } from '../errors.js';
import type { Barrier } from './barrier.js';
import type { CatchingUp, CatchUpLimits, MissedPage } from './catch-up.js';
import { NOTHING_WAITS, type Fifo } from './fifo.js';
import type { LookedUp } from './look-up.js';
import type { News } from './missed-changes.js';
import type { RecentIds } from './recent-ids.js';

/** What the inbox is fed with: the log as it arrives, the word that the connection is gone, and what is followed. */
export type InboxInput =
  | { readonly _tag: 'Dropped' }
  /** Somebody follows a conversation: it is caught up after a break whether anything of it was heard before or not. */
  | { readonly _tag: 'Follow'; readonly conversationId: string }
  | Barrier
  | ClientEvent;

/**
 * What this client does itself waits for nothing, neither for plug-ins nor for what was missed, and needs no session.
 */
export const waitsForNothing = ({ _tag }: { readonly _tag: string }): boolean =>
  _tag === 'Outgoing' || _tag === 'ReadMark' || _tag === 'Follow';

/**
 * Answers to what the inbox has asked for, with the number of the session in which it did: those of an old session
 * are ignored.
 */
export type Answer =
  | (LookedUp & { readonly _tag: 'LookedUp'; readonly session: number; readonly ids: readonly string[] })
  | {
      readonly _tag: 'LookUpFailed';
      readonly session: number;
      readonly ids: readonly string[];
      readonly error: RealtimeError;
    }
  | { readonly _tag: 'Page'; readonly session: number; readonly conversationId: string; readonly page: MissedPage }
  | {
      readonly _tag: 'PageFailed';
      readonly session: number;
      readonly conversationId: string;
      readonly error: RealtimeError;
    };

/** What has to be done; the interpreter does it. */
export type Effect =
  /** Ask the server about these conversations: `LookedUp` or `LookUpFailed`. */
  | { readonly _tag: 'LookUp'; readonly session: number; readonly ids: readonly string[] }
  /** Ask for the messages after a position: `Page` or `PageFailed`. */
  | { readonly _tag: 'FetchPage'; readonly session: number; readonly conversationId: string; readonly after: Position }
  /** The session is over: nobody waits for what it has asked for. */
  | { readonly _tag: 'Abandon' }
  /** Say that a conversation could not be looked up or caught up. */
  | { readonly _tag: 'Report'; readonly conversationId: string; readonly error: RealtimeError }
  /** All that came before the barrier is in the log. */
  | { readonly _tag: 'Reach'; readonly barrier: Barrier }
  /** An edit or a recall was passed on, or was before. */
  | { readonly _tag: 'Changed'; readonly message: Message };

/**
 * What a conversation is busy with. What comes meanwhile waits until it is done. `event` is what it is done for, and
 * passed on at its end.
 */
export type Work =
  /** The server was asked what became of it during the break. */
  | { readonly _tag: 'Refresh' }
  /**
   * The server was asked what it is. `isBack`: the client was out of it. `from`: what came after this is fetched then.
   */
  | {
      readonly _tag: 'LookUp';
      readonly isBack: boolean;
      readonly from: Position | undefined;
      readonly event: ConversationEvent | undefined;
    }
  /** Its missed messages are fetched, as part of the refresh after the break or not; or it waits for its turn. */
  | {
      readonly _tag: 'CatchUp';
      readonly catching: CatchingUp;
      readonly isRefresh: boolean;
      readonly event: ConversationEvent | undefined;
    };

/** What waits for a conversation that is busy. `Discover`: it has unread messages, and was never heard of. */
export type Task = ConversationEvent | Barrier | { readonly _tag: 'Discover'; readonly conversationId: string };

/** What the inbox knows of one conversation. Immutable: a new one takes its place with each change. */
export interface Cursor {
  readonly id: string;
  /** The newest message that has been passed on: the next catch-up starts behind it. Never goes back. */
  readonly position: Position;
  /** The newest of all that have passed, own messages included: what is behind it has not been seen. */
  readonly newest: Position;
  /** Ids of messages that have been passed on, and their versions: servers deliver at least once. */
  readonly seen: RecentIds;
  /** An own message of this session, and how many have come since. */
  readonly own: { readonly at: Position; readonly session: number; readonly count: number } | undefined;
  /** The last session, counted from 1, in which nothing of this conversation is missing. */
  readonly caughtUpIn: number;
  /** The last session in which it was looked up. */
  readonly lookedUpIn: number;
  readonly info: ConversationInfo | undefined;
  /** The client was told that it is out. */
  readonly isOut: boolean;
  /** What was told already of what may be pushed, where the conversation was found changed after the last break. */
  readonly news: News | undefined;
  readonly work: Work | undefined;
  readonly waiting: Fifo<Task>;
}

/** A session, and what is under way in it. Immutable. */
export interface Session {
  /** Counted from 1; 0 before the first. */
  readonly number: number;
  readonly isOpen: boolean;
  readonly isResumed: boolean;
  /** Server time, ms since 1970. */
  readonly openedAt: number;
  /**
   * Server time when the session before it was opened: what is older, in a conversation never heard of, was not missed.
   */
  readonly baseline: number;
  /** Conversations that were known before the break, and about which the server was not asked yet. */
  readonly unasked: readonly string[];
  /** So many of those that were known are not refreshed yet. */
  readonly left: number;
  /** So many conversations fetch their missed messages. */
  readonly fetching: number;
  /** Conversations that wait for their turn to fetch. */
  readonly turns: Fifo<string>;
}

/**
 * All that the inbox knows. The map belongs to the step, which changes it in place: a copy for each message would
 * cost more than all the rest. What is in it is immutable, so `copyOf` is all that it takes to keep a state.
 */
export interface InboxState {
  readonly cursors: Map<string, Cursor>;
  readonly session: Session;
}

export const initialState = (): InboxState => ({
  cursors: new Map(),
  session: {
    number: 0,
    isOpen: false,
    isResumed: false,
    openedAt: 0,
    baseline: 0,
    unasked: [],
    left: 0,
    fetching: 0,
    turns: NOTHING_WAITS,
  },
});

/** The same state, which later steps leave as it is. */
export const copyOf = ({ cursors, session }: InboxState): InboxState => ({ cursors: new Map(cursors), session });

/** What never changes. */
export interface Policy extends CatchUpLimits {
  /** The client's own id. */
  readonly self: string;
  /** So many conversations are caught up at a time. */
  readonly concurrency: number;
}

/** What others know while a step is made. */
export interface Environment {
  /** What is known of a conversation by all that has been passed on. */
  readonly known: (id: string) => ConversationInfo | undefined;
  /** The chat room that the client is in, where it is in one: what is said there during a break is a `Gap`. */
  readonly room: () => string | undefined;
}

/** The state after an input, the entries to pass on, in order, and the effects to carry out behind them, in order. */
export interface Step {
  readonly state: InboxState;
  readonly out: readonly ClientEvent[];
  readonly effects: readonly Effect[];
}

/** A step while it is made, and what its parts need beside the input. */
export interface Making {
  state: InboxState;
  readonly out: ClientEvent[];
  readonly effects: Effect[];
  readonly policy: Policy;
  readonly environment: Environment;
}
