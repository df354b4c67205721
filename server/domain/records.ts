/** What a store keeps and is asked for: plain data. */
import type { ConversationInfo, ConversationKind, ServerCommand, WireBody } from '../../codecs/index.js';
import type { Where } from './query/where.js';

/** A conversation to create; the store gives it an id and its times. */
export interface ConversationDraft {
  readonly kind: ConversationKind;
  /** Nobody where the back end makes it for itself. */
  readonly creator?: string;
  /** Each once; the members of a chat room, and the subscribers of a system conversation, come later. */
  readonly members: readonly string[];
  readonly name?: string;
  readonly attributes: ConversationInfo['attributes'];
  /** Find the one with the same set of members instead, where there is one. */
  readonly unique: boolean;
  /** Lifetime of a temporary one, seconds. */
  readonly ttl?: number;
  /** ms since 1970. */
  readonly now: number;
}

/** Which conversations, in which order, which stretch of them. */
export interface ConversationSearch {
  readonly where: Where;
  /** As in `-lm,name`: `-` is descending, the first key counts most. */
  readonly sort?: string;
  readonly skip: number;
  readonly limit: number;
  /**
   * What the asking client gets to see of a conversation, on which `where` is evaluated; nothing where there is
   * nothing.
   */
  readonly seen: (info: ConversationInfo) => ConversationInfo | undefined;
}

/** A list of clients that a conversation keeps: who may not send, and who may not be a member. */
export type ClientList = 'silenced' | 'blocked';

/** A notice that a client can ask for when it comes back. */
export interface StoredNotice {
  /** ms since 1970; no two of one client have the same. */
  readonly at: number;
  readonly command: ServerCommand;
}

export interface NewMessage extends WireBody {
  readonly conversationId: string;
  readonly from: string;
  /** In a system conversation: the only ones who get it, beside the sender. Default: everybody. */
  readonly to?: readonly string[];
  /** The sender's token: the same token of the same sender is the same message. */
  readonly token?: string;
  readonly receipt: boolean;
  readonly mentions: readonly string[];
  readonly mentionsAll: boolean;
  /** The number of its message type, where it has one. */
  readonly type?: number;
  /** ms since 1970; the store moves it forward where the conversation has a message of that time or later. */
  readonly now: number;
}

/** A stored message. Timestamps strictly increase within a conversation. */
export interface StoredMessage extends WireBody {
  readonly id: string;
  readonly conversationId: string;
  readonly from: string;
  /** In a system conversation: the only ones who get it, beside the sender. */
  readonly to?: readonly string[];
  readonly timestamp: number;
  readonly receipt: boolean;
  readonly mentions: readonly string[];
  readonly mentionsAll: boolean;
  readonly type?: number;
  /** When it was last changed or recalled. */
  readonly editedAt?: number;
  /** When somebody else first acknowledged, and first read it. */
  readonly deliveredAt?: number;
  readonly readAt?: number;
}

/** What a stored message is to become. A recall leaves a body that says so. */
export interface StoredEdit extends WireBody {
  readonly conversationId: string;
  readonly messageId: string;
  /** Who wants it: only the sender may, and the back end, which has no client id. */
  readonly by?: string;
  readonly recall: boolean;
  readonly mentions: readonly string[];
  readonly mentionsAll: boolean;
  readonly type?: number;
  /** ms since 1970; the store moves it forward where the message has a change of that time or later. */
  readonly now: number;
}

export type Modified =
  /** `unreadBy`: members in whose unread count it was. */
  | { readonly _tag: 'Modified'; readonly message: StoredMessage; readonly unreadBy: readonly string[] }
  | { readonly _tag: 'Missing' }
  | { readonly _tag: 'Foreign' };

/** When a member last acknowledged, and last read, ms since 1970. */
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
  /** Who asks; the back end, which sees all messages, where it is left out. */
  readonly viewer?: string;
  /** `old` goes from `from` (or the newest) towards the past, `new` from `from` (or the oldest) towards the present. */
  readonly direction: 'old' | 'new';
  readonly from?: Bound;
  readonly to?: Bound;
  /** Messages of this type only. */
  readonly type?: number;
  readonly limit: number;
}

/** Which messages have arrived: those of a stretch of time (ms, both ends included), or one. */
export type Arrived = { readonly from: number; readonly to: number } | { readonly id: string };

/** How far a conversation was read: up to a time (ms, included), up to a message (included), or all of it. */
export type ReadUpTo = { readonly timestamp: number } | { readonly id: string } | 'end';

/** What a user has not read in one conversation. */
export interface UnreadSummary {
  readonly conversationId: string;
  readonly count: number;
  readonly mentioned: boolean;
  /** The newest message of the conversation. */
  readonly last?: StoredMessage;
}

/** What became of a read mark. */
export interface MarkedRead {
  readonly moved: boolean;
  /** Nothing in the conversation is later than the mark. */
  readonly isEnd: boolean;
  /** The newest message that is newly read and asked for a receipt. */
  readonly newest?: StoredMessage;
  readonly summary: UnreadSummary;
}

/** What became of new members. */
export interface MembersAdded {
  readonly added: readonly string[];
  readonly present: readonly string[];
  readonly full: readonly string[];
}

/** What a conversation is to become. */
export interface ConversationChange {
  /** All of them, as they are to be. */
  readonly attributes?: ConversationInfo['attributes'];
  readonly name?: string;
  readonly mutedMembers?: readonly string[];
}

/** What a client has missed in one conversation. */
export interface OfflineMessages {
  readonly conversationId: string;
  /** Oldest first. */
  readonly messages: readonly StoredMessage[];
  /** There are older ones. */
  readonly hasMore: boolean;
}

/** A session that can be taken up again by its token. */
export interface StoredSession {
  readonly token: string;
  /** The id of the session that has the token now: of those that have opened with it, the last. */
  readonly holder: string;
  readonly clientId: string;
  readonly deviceId: string;
  readonly tag?: string;
  /** ms since 1970. */
  readonly expiresAt: number;
  readonly appId?: string;
  /** The chat room that it was in, and when its connection broke, ms since 1970, where it did. */
  readonly room?: { readonly id: string; readonly leftAt?: number };
  /** A later login with the same tag has taken its place. */
  readonly displaced: boolean;
}

/** A session that wants to open. */
export interface SessionOpening {
  readonly session: Omit<StoredSession, 'room' | 'displaced'>;
  /** It comes with a token, which has to be good still. */
  readonly resumes: boolean;
}

/** What became of it. */
export type OpeningResult =
  | {
      readonly _tag: 'Opened';
      /** The chat room that the session was in before. */
      readonly room?: StoredSession['room'];
      /** The session that had the token before: it goes on as this one. */
      readonly resumed?: string;
      /** Sessions of the same client and tag whose place it has taken. */
      readonly displaced: readonly string[];
    }
  /** Its token was displaced by a login with the same tag. */
  | { readonly _tag: 'Displaced' }
  /** Its token has expired, or was given up. */
  | { readonly _tag: 'Gone' };
