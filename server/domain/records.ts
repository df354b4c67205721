/** The data of a store: what it stores and what it is asked for. */
import type { Attribute, ConversationInfo, ConversationKind, ServerCommand, WireBody } from '../../codecs/index.js';
import type { Where } from './query/where.js';

/** A conversation to create. The store gives it an id and its times. */
export interface ConversationDraft {
  readonly kind: ConversationKind;
  /** Undefined if the back end creates it in no client's name. */
  readonly creator?: string;
  /** Each member once. The clients in a chat room and the subscribers of a system conversation come later. */
  readonly members: readonly string[];
  readonly name?: string;
  readonly attributes: ConversationInfo['attributes'];
  /** Finds the existing conversation with the same set of members, if there is one. */
  readonly unique: boolean;
  /** Lifetime of a temporary conversation, seconds. */
  readonly ttl?: number;
  /** ms since 1970. */
  readonly now: number;
  /**
   * Bounds for what a client creates. The store refuses a conversation of a creator that has as many with a `Refusal`
   * of 4318, and one with a member that is in as many with 4304. Default: no bounds.
   */
  readonly atMost?: ClientBounds;
}

/** How many conversations one client may have created, and how many it may be a member of. */
export interface ClientBounds {
  readonly created: number;
  readonly memberships: number;
}

/** Which conversations a query asks for, in which order, and which part of the result. */
export interface ConversationSearch {
  readonly where: Where;
  /** The sort order, such as `-lm,name`: `-` is descending, the first key is the most important. */
  readonly sort?: string;
  readonly skip: number;
  readonly limit: number;
  /**
   * What the asking client sees of a conversation: `where` is evaluated on it. Undefined if the client sees nothing.
   */
  readonly seen: (info: ConversationInfo) => ConversationInfo | undefined;
  /**
   * The asking client, and whether it may see ordinary conversations of others. A store need not look at conversations
   * that the client can't see. Default: everything is looked at.
   */
  readonly viewer?: { readonly clientId: string; readonly seesOrdinary: boolean };
}

/**
 * A list of clients that a conversation keeps: silenced clients, who may not send, or blocked clients, who may not be
 * members.
 */
export type ClientList = 'silenced' | 'blocked';

/** The result of putting clients on a list, or of taking them off it. */
export interface ListChange {
  /** The clients that were not on the list before, or were on it. */
  readonly changed: readonly string[];
  /** The clients for which there was no room. */
  readonly full: readonly string[];
  /** The clients that were members until they were blocked. */
  readonly removed: readonly string[];
  /**
   * Of a block that was taken back: those of `changed` that were members when they were blocked. Only they are told.
   * Default: all of `changed`.
   */
  readonly wereMembers?: readonly string[];
}

/** A notice that a client can ask for when it comes back. */
export interface StoredNotice {
  /** ms since 1970. All notices of one client have different times. */
  readonly at: number;
  readonly command: ServerCommand;
}

export interface NewMessage extends WireBody {
  readonly conversationId: string;
  readonly from: string;
  /** In a system conversation: the only clients that get it, besides the sender. Default: everybody. */
  readonly to?: readonly string[];
  /** The sender's token: two messages of one sender with the same token are the same message. */
  readonly token?: string;
  /**
   * The client that has to have the right to speak; what it sends to a system conversation is for the back end only.
   * Undefined for the back end, which may always speak.
   */
  readonly speaker?: string;
  readonly receipt: boolean;
  readonly mentions: readonly string[];
  readonly mentionsAll: boolean;
  /** The number of the message type, if it has one. */
  readonly type?: number;
  /** ms since 1970. The store moves it forward if the conversation has a message of that time or later. */
  readonly now: number;
}

/** A stored message. Timestamps strictly increase within a conversation. */
export interface StoredMessage extends WireBody {
  readonly id: string;
  readonly conversationId: string;
  readonly from: string;
  /** In a system conversation: the only clients that get it, besides the sender. */
  readonly to?: readonly string[];
  readonly timestamp: number;
  readonly receipt: boolean;
  readonly mentions: readonly string[];
  readonly mentionsAll: boolean;
  readonly type?: number;
  /** When it was last edited or recalled, ms since 1970. */
  readonly editedAt?: number;
  /** When another client first acknowledged it, and first read it, ms since 1970. */
  readonly deliveredAt?: number;
  readonly readAt?: number;
}

/** Why a client may not speak in a conversation. */
export interface MayNotSpeak {
  /** In a chat room and in a system conversation, everybody may speak who is not blocked; elsewhere, members may. */
  readonly _tag: 'NoConversation' | 'NotMember' | 'Silenced' | 'Blocked';
}

/** Whether a client may speak in a conversation. */
export type Speaking = MayNotSpeak | { readonly _tag: 'MaySpeak'; readonly info: ConversationInfo };

/** Who gets what happens to a message. */
export interface Audience {
  readonly kind: ConversationKind;
  /** The members, or the clients that the message is for. Empty in a chat room: its clients come and go. */
  readonly receivers: readonly string[];
}

/** The result of storing a message. */
export type Appended =
  | MayNotSpeak
  | ({
      readonly _tag: 'Appended';
      readonly message: StoredMessage;
      /**
       * The time of the message before it in its conversation, ms; 0 if there is none. A server of several processes
       * needs it. Default: not known.
       */
      readonly prev?: number;
    } & Audience)
  /** The same sender has stored a message with the same token before: this one. */
  | {
      readonly _tag: 'Repeated';
      readonly message: StoredMessage;
      /** The kind of its conversation. A server of several processes needs it. Default: not known. */
      readonly kind?: ConversationKind;
    };

/** Names a stored message: by its id, or by its sender and the sender's token. */
export type MessageKey = { readonly id: string } | { readonly from: string; readonly token: string };

/** A change of a stored message. The body of a recall says that the message is recalled. */
export interface StoredEdit extends WireBody {
  readonly conversationId: string;
  readonly messageId: string;
  /**
   * The client that wants the change. It has to have the right to speak, and to be the sender. Undefined for the back
   * end, which may change messages of every sender.
   */
  readonly by?: string;
  readonly recall: boolean;
  readonly mentions: readonly string[];
  readonly mentionsAll: boolean;
  readonly type?: number;
  /** ms since 1970. The store moves it forward if the message has a change of that time or later. */
  readonly now: number;
}

export type Modified =
  /** `unreadBy`: the members for whom the message was unread. */
  | ({ readonly _tag: 'Modified'; readonly message: StoredMessage; readonly unreadBy: readonly string[] } & Audience)
  | MayNotSpeak
  | { readonly _tag: 'Missing' }
  | { readonly _tag: 'Foreign' };

/** When a member last acknowledged and last read something, ms since 1970. */
export interface MemberReceipt {
  readonly clientId: string;
  readonly deliveredAt?: number;
  readonly readAt?: number;
}

/** One end of a stretch of history. */
export interface Bound {
  readonly timestamp: number;
  readonly id?: string;
  readonly included: boolean;
}

export interface HistoryQuery {
  readonly conversationId: string;
  /** The asking client. Undefined for the back end, which sees all messages. */
  readonly viewer?: string;
  /**
   * `old` goes from `from` (or the newest message) to older messages, `new` from `from` (or the oldest message) to
   * newer ones.
   */
  readonly direction: 'old' | 'new';
  readonly from?: Bound;
  readonly to?: Bound;
  /** Only messages of this type. */
  readonly type?: number;
  readonly limit: number;
}

/** Which messages have arrived: all in a stretch of time (ms, both ends included), or one message. */
export type Arrived = { readonly from: number; readonly to: number } | { readonly id: string };

/** How far a conversation was read: up to a time (ms, included), up to a message (included), or all of it. */
export type ReadUpTo = { readonly timestamp: number } | { readonly id: string } | 'end';

/** The unread messages of a client in one conversation. */
export interface UnreadSummary {
  readonly conversationId: string;
  /** Java needs it to know the conversation. Default: it has to look it up. */
  readonly kind?: ConversationKind;
  readonly count: number;
  readonly mentioned: boolean;
  /** The newest message of the conversation. */
  readonly last?: StoredMessage;
}

/** The result of a read mark. */
export interface MarkedRead {
  readonly moved: boolean;
  /** The newest message that is newly read and whose sender asked for a receipt. */
  readonly newest?: StoredMessage;
  readonly summary: UnreadSummary;
}

/** The result of adding members. */
export interface MembersAdded {
  readonly added: readonly string[];
  readonly present: readonly string[];
  readonly full: readonly string[];
  readonly blocked: readonly string[];
}

/**
 * A change of one attribute. A store carries it out on what is stored, in one step. `path`: the keys that lead to the
 * attribute from the top.
 */
export type AttributeEdit = { readonly path: readonly string[] } & (
  | { readonly _tag: 'Set'; readonly value: Attribute }
  | { readonly _tag: 'Delete' }
  /** Adds to a number. An attribute that is missing counts as 0. */
  | { readonly _tag: 'Increment'; readonly amount: number }
  /**
   * Appends to a list, appends what the list does not have yet, or removes everything that is equal. A list that is
   * missing counts as empty; nothing is removed from it.
   */
  | { readonly _tag: 'Add' | 'AddUnique' | 'Remove'; readonly objects: readonly Attribute[] }
);

/** How a member stands to a conversation. */
export interface Standing {
  /** When it became a member, ms. Missing if the store does not know. */
  readonly joinedAt?: number;
  /** It has turned push notifications off. */
  readonly muted: boolean;
}

/** A change of a conversation. */
export interface ConversationChange {
  readonly name?: string;
  /** Changes of attributes, in their order. Default: none. */
  readonly edits?: readonly AttributeEdit[];
  /** The attributes after the change have at most so many bytes with the name, as JSON. Default: no bound. */
  readonly atMost?: number;
}

/** The messages that a client has missed in one conversation. */
export interface OfflineMessages {
  readonly conversationId: string;
  /** As in `UnreadSummary`. */
  readonly kind?: ConversationKind;
  /** Oldest first. */
  readonly messages: readonly StoredMessage[];
  /** There are older missed messages. */
  readonly hasMore: boolean;
}

/** A session that can be resumed with its token. */
export interface StoredSession {
  readonly token: string;
  /** The id of the session that holds the token now: the last one that has opened with it. */
  readonly holder: string;
  readonly clientId: string;
  readonly deviceId: string;
  readonly tag?: string;
  /** ms since 1970. */
  readonly expiresAt: number;
  readonly appId?: string;
  /** The chat room that it was in, and when its connection broke, ms since 1970, if it broke. */
  readonly room?: { readonly id: string; readonly leftAt?: number };
  /** A later login with the same tag has taken its place. */
  readonly displaced: boolean;
}

/** A session that wants to open. */
export interface SessionOpening {
  readonly session: Omit<StoredSession, 'room' | 'displaced'>;
  /** It comes with a token, which has to be valid still. */
  readonly resumes: boolean;
}

/** The result of opening a session. */
export type OpeningResult =
  | {
      readonly _tag: 'Opened';
      /** The chat room that the session was in before. */
      readonly room?: StoredSession['room'];
      /** The session that held the token before: the new session continues it. */
      readonly resumed?: string;
      /** Sessions of the same client and tag whose place the new session has taken. */
      readonly displaced: readonly string[];
    }
  /** The token was displaced by a login with the same tag. */
  | { readonly _tag: 'Displaced' }
  /** The token has expired or was deleted. */
  | { readonly _tag: 'Gone' };

/** A conversation that comes from another server, with its id and its times, ms since 1970. */
export interface MovedConversation extends Omit<ConversationInfo, 'lastMessage'> {
  readonly createdAt: number;
  readonly updatedAt: number;
  /**
   * Of a unique conversation: whether its members are those that it was created for, so that they find it. Default
   * true.
   */
  readonly isFoundByMembers?: boolean;
}

/** What has become of a moved conversation. */
export type ConversationMoved =
  /** `twin`: another unique conversation that its members find instead of this one. */
  | { readonly _tag: 'Stored'; readonly twin?: string }
  /** There is one with its id. It stays as it is. */
  | { readonly _tag: 'Present' }
  /** It has ended, or was without activity for too long: the store would delete it. */
  | { readonly _tag: 'Ended' };

/** What has become of a moved message. */
export type MessageMoved =
  /** `timestamp`: its own time, or the next free one if other messages have the same. */
  | { readonly _tag: 'Stored'; readonly timestamp: number }
  /** Its conversation has one with its id. It stays as it is. */
  | { readonly _tag: 'Present' }
  | { readonly _tag: 'NoConversation' }
  /** It is so old that the store would delete it. */
  | { readonly _tag: 'TooOld' };

/** The message that a mark is on, by its time, and when the mark was set, ms since 1970. */
export interface MovedMark {
  readonly upTo: number;
  readonly at: number;
}

/** What a conversation keeps of one client besides its membership and its role. Times are ms since 1970. */
export interface MovedStanding {
  readonly conversationId: string;
  readonly clientId: string;
  /** When it became a member, if it is one, and if that is known. */
  readonly joinedAt?: number;
  /** How far it has read, and how far it has received. */
  readonly read?: MovedMark;
  readonly received?: MovedMark;
  /** Whether it is on the list `silenced`. Default false. */
  readonly silenced?: boolean;
  /** It may not speak until this time. */
  readonly silencedUntil?: number;
  /** It is on the list `blocked`, and was a member before, or not. */
  readonly blocked?: { readonly wasMember: boolean };
}

/** What has become of a moved standing. */
export type StandingMoved =
  | { readonly _tag: 'Stored' }
  /** Everything in it is there, or something else is there instead. That stays as it is. */
  | { readonly _tag: 'Present' }
  | { readonly _tag: 'NoConversation' };

/** A page of the standings of a conversation. `next` is set if there may be more. */
export interface StandingPage {
  readonly standings: readonly MovedStanding[];
  readonly next?: string;
}

/** A page of all conversations. `next` is set if there may be more. */
export interface ConversationPage {
  readonly conversations: readonly MovedConversation[];
  readonly next?: string;
}
