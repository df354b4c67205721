/** The inbox as data: its state, its inputs and its effects. */
import type { Clock } from '../clock.js';
import type { ConversationInfo } from '../../codecs/index.js';
import type { ClientEvent, ConversationEvent, Gap, Message, Position } from '../../streams/index.js';
import type { RealtimeError } from '../errors.js';
import type { ClientLimits } from '../limits.js';
import type { Barrier } from './barrier.js';
import type { CatchingUp, CatchUpLimits, MissedPage } from './catch-up.js';
import { NOTHING_WAITS, type Fifo } from './fifo.js';
import type { LookedUp } from './look-up.js';
import type { News } from './missed-changes.js';
import { copyOfSends, type OwnSends } from './own-sends.js';
import { copyOfIds, type RecentIds } from './recent-ids.js';
import type { ToldChanges } from './told-once.js';

/**
 * The inputs of the inbox: entries of the log as they arrive, the loss of the connection, and conversations to
 * follow.
 */
export type InboxInput =
  /** `at` is the server time, ms since 1970, if it is known. */
  | { readonly _tag: 'Dropped'; readonly at?: number }
  /** Somebody follows a conversation. It is caught up after a break, even if no event of it has arrived before. */
  | {
      readonly _tag: 'Follow';
      readonly conversationId: string;
      /** This client makes the conversation, and asks for its description itself. */
      readonly isMade?: true;
    }
  /** Events were dropped before they were read: messages up to this time, ms since 1970. It grows while it waits. */
  | { readonly _tag: 'Lost'; readonly conversationId: string; upTo: number }
  | Barrier
  | ClientEvent;

/**
 * Whether the event is an action of this client. Such events do not wait for plugins, for missed messages or for a
 * session.
 */
export const waitsForNothing = ({ _tag }: { readonly _tag: string }): boolean =>
  _tag === 'Outgoing' || _tag === 'ReadMark' || _tag === 'Follow';

/**
 * The answers to the inbox's questions, each with the number of the session in which the question was asked. Answers
 * of an old session are ignored.
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
    }
  /** The time to settle is over. */
  | { readonly _tag: 'Waited'; readonly session: number; readonly conversationId: string };

/** What has to be done. The interpreter does it. */
export type Effect =
  /** Ask the server about these conversations. The answer is `LookedUp` or `LookUpFailed`. */
  | { readonly _tag: 'LookUp'; readonly session: number; readonly ids: readonly string[] }
  /** Ask for the messages from a position on. The answer is `Page` or `PageFailed`. */
  | {
      readonly _tag: 'FetchPage';
      readonly session: number;
      readonly conversationId: string;
      readonly after: Position;
      /** The number of known messages of the same millisecond. */
      readonly same: number;
    }
  /** Own messages have to be settled within some time. The answer is `Waited`. */
  | { readonly _tag: 'Wait'; readonly session: number; readonly conversationId: string }
  /** The session is over: give up its questions. */
  | { readonly _tag: 'Abandon' }
  /** Report that a conversation could not be looked up or caught up. */
  | { readonly _tag: 'Report'; readonly conversationId: string; readonly error: RealtimeError }
  /** Report that events were dropped, because more came than the client keeps. */
  | { readonly _tag: 'Overflow'; readonly what: 'waiting' | 'conversations'; readonly conversationId: string }
  /** All events before the barrier are in the log. */
  | { readonly _tag: 'Reach'; readonly barrier: Barrier }
  /** An edit or a recall was passed on, now or earlier. */
  | { readonly _tag: 'Changed'; readonly message: Message };

/**
 * The work of a busy conversation. Events that arrive meanwhile wait until it is done. `event` is the event for which
 * the work is done; it is passed on at the end.
 */
export type Work =
  /** The server was asked for the state after a break. */
  | { readonly _tag: 'Refresh' }
  /**
   * The server was asked for the conversation. `isBack`: the client was not a member before. `from`: the messages
   * after this position are fetched next.
   */
  | {
      readonly _tag: 'LookUp';
      readonly isBack: boolean;
      readonly from: Position | undefined;
      readonly event: ConversationEvent | undefined;
    }
  /**
   * The missed messages are being fetched, or the conversation waits for its turn. `isRefresh`: this belongs to the
   * refresh after a break.
   */
  | {
      readonly _tag: 'CatchUp';
      readonly catching: CatchingUp;
      readonly isRefresh: boolean;
      readonly event: ConversationEvent | undefined;
    }
  /**
   * A message by this client's user has come while messages are being sent: it may be one of them. It waits until they
   * are acknowledged. `missed`: it is in this page.
   */
  | {
      readonly _tag: 'Settle';
      readonly missed: { readonly catching: CatchingUp; readonly page: MissedPage } | undefined;
      readonly event: ConversationEvent | undefined;
    };

/**
 * A task that waits for a busy conversation. `Discover`: the conversation has unread messages, and no event of it has
 * arrived before.
 */
export type Task = ConversationEvent | Barrier | { readonly _tag: 'Discover'; readonly conversationId: string };

/**
 * The state of one conversation in the inbox. Messages and their changes alter it in place, as far as it is not
 * `readonly`. Any other change makes a new one.
 */
export interface Cursor {
  readonly id: string;
  /**
   * The newest message that was passed on. The next catch-up starts after it. It never goes back. It may be the message
   * itself, as long as that is its latest version: who keeps it takes `placeOf`.
   */
  position: Position;
  /** The newest of all messages that have passed, own messages included. No message after it has been seen. */
  newest: Position;
  /** The ids of messages that were passed on, and of their versions. Needed because servers deliver at least once. */
  readonly seen: RecentIds;
  /** The last gaps that were reported, the oldest first. */
  readonly gaps: readonly Pick<Gap, 'from' | 'to'>[];
  /** An own message of this session, and the number of own messages since. */
  own: { readonly at: Position; readonly session: number; readonly count: number } | undefined;
  /** The last session in which nothing of this conversation is missing, counted from 1. */
  readonly caughtUpIn: number;
  /** The last session in which it was looked up. */
  readonly lookedUpIn: number;
  readonly info: ConversationInfo | undefined;
  /** The client was told that it is out. */
  readonly isOut: boolean;
  /** The server has counted unread messages, so the client was a member. */
  readonly isCounted: boolean;
  /** Changes that were found after the last break and are in the log already. The server may still push them. */
  readonly news: News | undefined;
  /** The last changes by this client, or of it: their notices may still come. */
  readonly told: ToldChanges;
  readonly work: Work | undefined;
  readonly waiting: Fifo<Task>;
  /** Waiting events were dropped: messages up to this time, ms since 1970. */
  readonly lostUpTo: number | undefined;
}

/** The cursors by conversation: a map, or a part of what is known of each conversation. */
export interface Cursors {
  readonly size: number;
  readonly get: (id: string) => Cursor | undefined;
  readonly set: (id: string, cursor: Cursor) => unknown;
  readonly keys: () => Iterable<string>;
  readonly values: () => Iterable<Cursor>;
}

/** A session, and its work in progress. Immutable. */
export interface Session {
  /** Counted from 1; 0 before the first. */
  readonly number: number;
  readonly isOpen: boolean;
  readonly isResumed: boolean;
  /** Server time, ms since 1970. */
  readonly openedAt: number;
  /**
   * Server time when the previous session was opened. In a conversation without a cursor, older messages were not
   * missed.
   */
  readonly baseline: number;
  /** Server time when the connection was lost the last time, if it is known. */
  readonly brokeAt: number | undefined;
  /** Conversations that were known before the break and that the server was not asked about yet. */
  readonly unasked: readonly string[];
  /** The number of known conversations that are not refreshed yet. */
  readonly left: number;
  /** The number of conversations that are fetching missed messages. */
  readonly fetching: number;
  /** Conversations that wait for their turn to fetch. */
  readonly turns: Fifo<string>;
  /** The events that wait in all conversations, and their bytes. */
  readonly waiting: number;
  readonly waitingBytes: number;
}

/**
 * The whole state of the inbox. The map and its cursors belong to the step, which changes them in place: copies for
 * each message would cost more than all other work. `copyOf` keeps a state.
 */
export interface InboxState {
  readonly cursors: Cursors;
  /** Belongs to the step, like the map of cursors. */
  readonly sends: OwnSends;
  readonly session: Session;
}

export const initialState = (cursors: Cursors = new Map<string, Cursor>()): InboxState => ({
  cursors,
  sends: new Map(),
  session: {
    number: 0,
    isOpen: false,
    isResumed: false,
    openedAt: 0,
    baseline: 0,
    brokeAt: undefined,
    unasked: [],
    left: 0,
    fetching: 0,
    turns: NOTHING_WAITS,
    waiting: 0,
    waitingBytes: 0,
  },
});

/** A copy of the state that later steps don't change. */
export const copyOf = ({ cursors, sends, session }: InboxState): InboxState => ({
  cursors: new Map(Array.from(cursors.values(), (one) => [one.id, { ...one, seen: copyOfIds(one.seen) }])),
  sends: copyOfSends(sends),
  session,
});

/** The settings, which never change. */
export interface Policy extends CatchUpLimits {
  /** The client's own id. */
  readonly self: string;
  /** The maximum number of conversations that catch up at the same time. */
  readonly concurrency: number;
  readonly limits: Pick<Required<ClientLimits>, 'waiting' | 'waitingBytes' | 'conversations'>;
}

/** What a step can ask about the rest of the client. */
export interface Environment {
  /** The snapshot of a conversation, from all events that were passed on. */
  readonly known: (id: string) => ConversationInfo | undefined;
  /** The chat room that the client was in before the break, if any. The break is a `Gap`. */
  readonly room: () => string | undefined;
  readonly clock: Pick<Clock, 'elapsed'>;
}

/** The state after an input, the entries to pass on, and the effects to carry out after them, both in order. */
export interface Step {
  readonly state: InboxState;
  readonly out: readonly ClientEvent[];
  readonly effects: readonly Effect[];
}

/** A step in progress, and what its parts need besides the input. */
export interface Making {
  state: InboxState;
  out: ClientEvent[];
  effects: Effect[];
  readonly policy: Policy;
  readonly environment: Environment;
}
