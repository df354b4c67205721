/** What the server keeps. Every call is asynchronous, and each is atomic: nothing that uses a store may assume that it is in memory. */
import type { ConversationInfo, WireBody } from '../../codecs/index.js';

/** A conversation to create; the store gives it an id and its times. */
export interface NewConversation {
  readonly creator: string;
  /** The creator among them, each once. */
  readonly members: readonly string[];
  readonly name?: string;
  readonly attributes: ConversationInfo['attributes'];
  /** Find the one with the same set of members instead, where there is one. */
  readonly unique: boolean;
  /** ms since 1970. */
  readonly now: number;
}

export interface NewMessage extends WireBody {
  readonly conversationId: string;
  readonly from: string;
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
export interface Modification extends WireBody {
  readonly conversationId: string;
  readonly messageId: string;
  /** Who wants it: only the sender may. */
  readonly by: string;
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
  readonly clientId: string;
  readonly deviceId: string;
  readonly tag?: string;
  /** ms since 1970. */
  readonly expiresAt: number;
  /** A later login with the same tag has taken its place. */
  readonly displaced: boolean;
}

export interface Store {
  /** `isNew` is false where a unique one was found. */
  createConversation(conversation: NewConversation): Promise<{ readonly info: ConversationInfo; readonly isNew: boolean }>;
  /** Those of the ids that exist. */
  conversations(ids: readonly string[]): Promise<readonly ConversationInfo[]>;
  /**
   * Adds members, in their order, as long as there is room; each once. Gives who was added, who was a member before, and who found no room; nothing where there is no such conversation.
   */
  addMembers(id: string, members: readonly string[], limit: number, now: number): Promise<MembersAdded | undefined>;
  /** Removes members; gives those who were there. */
  removeMembers(id: string, members: readonly string[], now: number): Promise<readonly string[]>;
  /** Gives a conversation another name, other attributes, or other muted members; gives it as it is then, nothing where there is none. */
  updateConversation(id: string, change: ConversationChange, now: number): Promise<ConversationInfo | undefined>;
  /** Stores a message, or gives the one that was stored before with the same token by the same sender. */
  append(message: NewMessage): Promise<{ readonly message: StoredMessage; readonly repeated: boolean }>;
  /** By time, then by id, oldest first. */
  history(query: HistoryQuery): Promise<readonly StoredMessage[]>;
  /** Notes that messages of others have reached this client; gives those that are newly delivered and asked for a receipt. */
  acknowledge(conversationId: string, clientId: string, arrived: Arrived, now: number): Promise<readonly StoredMessage[]>;
  /**
   * Moves a read mark forward, at most to the newest message, so that a client whose clock is fast reads nothing that is still to come.
   * Gives the newest message that is newly read and asked for a receipt, and whether the mark has moved.
   */
  markRead(
    conversationId: string,
    clientId: string,
    upTo: ReadUpTo,
    now: number,
  ): Promise<{ readonly moved: boolean; readonly newest?: StoredMessage; readonly summary: UnreadSummary }>;
  /** Changes or recalls a message. */
  modify(modification: Modification): Promise<Modified>;
  /** Messages in the conversations of this client that were changed at `since` (ms) or later: told twice is better than never; earliest change first, at most `limit`. */
  modifiedSince(clientId: string, since: number, limit: number): Promise<readonly StoredMessage[]>;
  /** How far each member has received and read; those of whom nothing is known are left out. */
  receipts(conversationId: string): Promise<readonly MemberReceipt[]>;
  /**
   * Messages by others, recalled ones not, that are later than the last which this client has read or acknowledged on any device: the newest `messages` of each of at most
   * `conversations` conversations, latest activity first.
   */
  offline(clientId: string, conversations: number, messages: number): Promise<readonly OfflineMessages[]>;
  /** What one client has not read in one conversation. */
  unreadIn(conversationId: string, clientId: string): Promise<UnreadSummary>;
  /** Conversations with unread messages, and those that were marked as read at `since` (ms) or later; latest message first, at most `limit`. */
  unread(clientId: string, since: number | undefined, limit: number): Promise<readonly UnreadSummary[]>;
  /** Keeps a session, and no longer those that have expired. */
  saveSession(session: StoredSession, now: number): Promise<void>;
  session(token: string): Promise<StoredSession | undefined>;
  /** Marks the other sessions of a client with this tag as displaced. */
  displaceSessions(clientId: string, tag: string, except: string): Promise<void>;
  /** The token of a closed session is good no more. */
  forgetSession(token: string): Promise<void>;
  /** The tokens of a client are good no more. */
  forgetSessions(clientId: string): Promise<void>;
  close(): Promise<void>;
}
