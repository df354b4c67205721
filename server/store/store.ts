/** What the server keeps. Every call is asynchronous, and each is atomic: nothing that uses a store may assume that it is in memory. */
import type { ConversationInfo, ConversationKind, MemberRole, ServerCommand, WireBody } from '../../codecs/index.js';
import type { Where } from '../query/where.js';

/** A conversation to create; the store gives it an id and its times. */
export interface NewConversation {
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
export interface ConversationQuery {
  readonly where: Where;
  /** As in `-lm,name`: `-` is descending, the first key counts most. */
  readonly sort?: string;
  readonly skip: number;
  readonly limit: number;
  /** What the asking client gets to see of a conversation, on which `where` is evaluated; nothing where there is nothing. */
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
export interface Modification extends WireBody {
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

export interface Store {
  /** `isNew` is false where a unique one was found. */
  createConversation(conversation: NewConversation): Promise<{ readonly info: ConversationInfo; readonly isNew: boolean }>;
  /** Those of the ids that exist. */
  conversations(ids: readonly string[]): Promise<readonly ConversationInfo[]>;
  find(query: ConversationQuery): Promise<readonly ConversationInfo[]>;
  /** Forgets a conversation with its messages; false where there is none. */
  deleteConversation(id: string): Promise<boolean>;
  /**
   * Adds members, in their order, as long as there is room; each once. Gives who was added, who was a member before, and who found no room; nothing where there is no such conversation.
   */
  addMembers(id: string, members: readonly string[], limit: number): Promise<MembersAdded | undefined>;
  /** Removes members; gives those who were there. */
  removeMembers(id: string, members: readonly string[]): Promise<readonly string[]>;
  /** Gives a conversation another name, other attributes, or other muted members; gives it as it is then, nothing where there is none. */
  updateConversation(id: string, change: ConversationChange, now: number): Promise<ConversationInfo | undefined>;
  /** Gives a member another role; `Member`, which everybody has, takes one away. */
  setRole(id: string, clientId: string, role: MemberRole): Promise<void>;
  /** The roles of those who have another than `Member`. */
  roles(id: string): Promise<ReadonlyMap<string, MemberRole>>;
  /** Puts clients on a list of a conversation, or takes them off it; gives those for whom that is new, and those who found no room. */
  setListed(
    id: string,
    list: ClientList,
    clientIds: readonly string[],
    listed: boolean,
    limit: number,
  ): Promise<{ readonly changed: readonly string[]; readonly full: readonly string[] }>;
  /** A page of a list, in the order of ids, after the id `after`; `next` where there are more. */
  listed(
    id: string,
    list: ClientList,
    limit: number,
    after?: string,
  ): Promise<{ readonly clientIds: readonly string[]; readonly next?: string }>;
  /** Those of the clients who are on a list. */
  whoIsListed(id: string, list: ClientList, clientIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Keeps a notice for clients that may be away. */
  keepNotice(clientIds: readonly string[], notice: StoredNotice): Promise<void>;
  /** Notices of a client that are later than `since` (ms), earliest first, at most `limit`. */
  notices(clientId: string, since: number, limit: number): Promise<readonly StoredNotice[]>;
  /** Stores a message, or gives the one that was stored before with the same token by the same sender. */
  append(message: NewMessage): Promise<{ readonly message: StoredMessage; readonly repeated: boolean }>;
  /** By time, then by id, oldest first. */
  history(query: HistoryQuery): Promise<readonly StoredMessage[]>;
  /** Notes that messages of others have reached this client; gives those that are newly delivered and asked for a receipt. */
  acknowledge(conversationId: string, clientId: string, arrived: Arrived, now: number): Promise<readonly StoredMessage[]>;
  /**
   * Moves a read mark forward, at most to the newest message, so that a client whose clock is fast reads nothing that is still to come.
   */
  markRead(conversationId: string, clientId: string, upTo: ReadUpTo, now: number): Promise<MarkedRead>;
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
  /** Conversations with unread messages, and those that were marked as read, or in which a message was recalled, at `since` (ms) or later; latest message first, at most `limit`. */
  unread(clientId: string, since: number | undefined, limit: number): Promise<readonly UnreadSummary[]>;
  /** Keeps a session, and no longer those that have expired. */
  saveSession(session: StoredSession, now: number): Promise<void>;
  session(token: string): Promise<StoredSession | undefined>;
  /** Notes the chat room that a session is in, or was in when its connection broke; nothing where it is in none. */
  rememberRoom(token: string, room: StoredSession['room']): Promise<void>;
  /** Marks the other sessions of a client with this tag as displaced. */
  displaceSessions(clientId: string, tag: string, except: string): Promise<void>;
  /** The token of a closed session is good no more. */
  forgetSession(token: string): Promise<void>;
  /** The tokens of a client are good no more. */
  forgetSessions(clientId: string): Promise<void>;
  close(): Promise<void>;
}
