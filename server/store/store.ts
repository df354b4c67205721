/**
 * What the server keeps. Every call is asynchronous, and each is atomic: nothing that uses a store may assume that it
 * is in memory.
 */
import type { ConversationInfo, MemberRole } from '../../codecs/index.js';
import type {
  Arrived,
  ClientList,
  ConversationChange,
  ConversationDraft,
  ConversationSearch,
  HistoryQuery,
  MarkedRead,
  MemberReceipt,
  MembersAdded,
  Modified,
  NewMessage,
  OfflineMessages,
  ReadUpTo,
  OpeningResult,
  SessionOpening,
  StoredEdit,
  StoredMessage,
  StoredNotice,
  StoredSession,
  UnreadSummary,
} from '../domain/records.js';

export type * from '../domain/records.js';

export interface Store {
  /** `isNew` is false where a unique one was found. */
  createConversation(
    conversation: ConversationDraft,
  ): Promise<{ readonly info: ConversationInfo; readonly isNew: boolean }>;
  /** Those of the ids that exist. */
  conversations(ids: readonly string[]): Promise<readonly ConversationInfo[]>;
  find(query: ConversationSearch): Promise<readonly ConversationInfo[]>;
  /** Forgets a conversation with its messages; false where there is none. */
  deleteConversation(id: string): Promise<boolean>;
  /**
   * Adds members, in their order, as long as there is room; each once. Gives who was added, who was a member before,
   * and who found no room; nothing where there is no such conversation.
   */
  addMembers(id: string, members: readonly string[], limit: number): Promise<MembersAdded | undefined>;
  /** Removes members; gives those who were there. */
  removeMembers(id: string, members: readonly string[]): Promise<readonly string[]>;
  /**
   * Gives a conversation another name, other attributes, or other muted members; gives it as it is then, nothing
   * where there is none.
   */
  updateConversation(id: string, change: ConversationChange, now: number): Promise<ConversationInfo | undefined>;
  /** Gives a member another role; `Member`, which everybody has, takes one away. */
  setRole(id: string, clientId: string, role: MemberRole): Promise<void>;
  /** The roles of those who have another than `Member`. */
  roles(id: string): Promise<ReadonlyMap<string, MemberRole>>;
  /**
   * Puts clients on a list of a conversation, or takes them off it; gives those for whom that is new, and those who
   * found no room.
   */
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
  /**
   * Notes that messages of others have reached this client; gives those that are newly delivered and asked for a
   * receipt.
   */
  acknowledge(
    conversationId: string,
    clientId: string,
    arrived: Arrived,
    now: number,
  ): Promise<readonly StoredMessage[]>;
  /**
   * Moves a read mark forward, at most to the newest message, so that a client whose clock is fast reads nothing that
   * is still to come.
   */
  markRead(conversationId: string, clientId: string, upTo: ReadUpTo, now: number): Promise<MarkedRead>;
  /** Changes or recalls a message. */
  modify(modification: StoredEdit): Promise<Modified>;
  /**
   * Messages in the conversations of this client that were changed at `since` (ms) or later: told twice is better
   * than never; earliest change first, at most `limit`.
   */
  modifiedSince(clientId: string, since: number, limit: number): Promise<readonly StoredMessage[]>;
  /** How far each member has received and read; those of whom nothing is known are left out. */
  receipts(conversationId: string): Promise<readonly MemberReceipt[]>;
  /**
   * Messages by others, recalled ones not, that are later than the last which this client has read or acknowledged on
   * any device: the newest `messages` of each of at most `conversations` conversations, latest activity first.
   */
  offline(clientId: string, conversations: number, messages: number): Promise<readonly OfflineMessages[]>;
  /** What one client has not read in one conversation. */
  unreadIn(conversationId: string, clientId: string): Promise<UnreadSummary>;
  /**
   * Conversations with unread messages, and those that were marked as read, or in which a message was recalled, at
   * `since` (ms) or later; latest message first, at most `limit`.
   */
  unread(clientId: string, since: number | undefined, limit: number): Promise<readonly UnreadSummary[]>;
  /**
   * Opens a session, in one step: of two that open with the same token, or with the same client and tag, the later
   * takes the place of the earlier, and is told whose place that was. A token that was displaced, or is not there any
   * more, opens nothing. Sessions that have expired are forgotten.
   */
  openSession(opening: SessionOpening, now: number): Promise<OpeningResult>;
  session(token: string): Promise<StoredSession | undefined>;
  /**
   * Keeps the token of an open session for longer, also one that was forgotten since it had expired; false where the
   * session has lost its place.
   */
  renewSession(session: SessionOpening['session'], now: number): Promise<boolean>;
  /**
   * Notes the chat room that a session is in, or was in when its connection broke; undefined where it is in none.
   * Nothing where another session holds the token.
   */
  rememberRoom(token: string, holder: string, room: StoredSession['room']): Promise<void>;
  /** The token of a closed session is good no more. Nothing where another session holds it. */
  forgetSession(token: string, holder: string): Promise<void>;
  /** The tokens of a client are good no more. */
  forgetSessions(clientId: string): Promise<void>;
  close(): Promise<void>;
}
