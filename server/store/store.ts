/**
 * What the server stores. Every call is asynchronous and atomic. Code that uses a store must not assume that it is in
 * memory.
 */
import type { ConversationInfo, MemberRole } from '../../codecs/index.js';
import type {
  Appended,
  Arrived,
  ClientList,
  ListChange,
  ConversationChange,
  ConversationDraft,
  ConversationMoved,
  ConversationPage,
  ConversationSearch,
  HistoryQuery,
  MarkedRead,
  MemberReceipt,
  MembersAdded,
  MessageKey,
  MessageMoved,
  Modified,
  MovedConversation,
  MovedStanding,
  NewMessage,
  OfflineMessages,
  ReadUpTo,
  OpeningResult,
  SessionOpening,
  Standing,
  StandingMoved,
  StandingPage,
  Speaking,
  StoredEdit,
  StoredMessage,
  StoredNotice,
  StoredSession,
  UnreadSummary,
} from '../domain/records.js';

export type * from '../domain/records.js';

export interface Store {
  /** `isNew` is false if an existing unique conversation was found. */
  createConversation(
    conversation: ConversationDraft,
  ): Promise<{ readonly info: ConversationInfo; readonly isNew: boolean }>;
  /** The conversations with these ids; ids that don't exist are left out. */
  conversations(ids: readonly string[]): Promise<readonly ConversationInfo[]>;
  find(query: ConversationSearch): Promise<readonly ConversationInfo[]>;
  /** Deletes a conversation with its messages. Gives false if there is no such conversation. */
  deleteConversation(id: string): Promise<boolean>;
  /**
   * Adds members in the given order, each once, as long as there is room, except those on the list `blocked`. Gives
   * the clients that were added, those that were members before, those for which there was no room, and those that
   * are blocked; undefined if there is no such conversation. For a client that is a member of `memberships`
   * conversations already, there is no room either. Default: no bound.
   */
  addMembers(
    id: string,
    members: readonly string[],
    limit: number,
    memberships?: number,
  ): Promise<MembersAdded | undefined>;
  /** Removes members. Gives the clients that were members before. */
  removeMembers(id: string, members: readonly string[]): Promise<readonly string[]>;
  /**
   * Changes a conversation's name or attributes, in one step with the look at what is there: see `describedAfter` of
   * this package. Gives the conversation after the change; undefined if there is no such conversation. Refuses with a
   * `Refusal` of 4306 what can't be made of what is there, or is too long.
   */
  updateConversation(id: string, change: ConversationChange, now: number): Promise<ConversationInfo | undefined>;
  /** Turns the push notifications of a member off or on. Does nothing for clients that are no members. */
  setMuted(id: string, clientId: string, muted: boolean): Promise<void>;
  /**
   * How a client stands to those of these conversations of which it is a member. Default: clients don't learn which
   * system conversations they have subscribed to.
   */
  standings?(clientId: string, ids: readonly string[]): Promise<ReadonlyMap<string, Standing>>;
  /** Gives a member another role. `Member` is the role of everybody, so it removes a role. */
  setRole(id: string, clientId: string, role: MemberRole): Promise<void>;
  /** The roles of the members whose role is not `Member`. */
  roles(id: string): Promise<ReadonlyMap<string, MemberRole>>;
  /**
   * Whether a role was ever given in the conversation besides the owner's: also if it was taken back, or its client
   * has left.
   */
  hasRoles(id: string): Promise<boolean>;
  /**
   * Puts clients on a list of a conversation, or takes them off it. In the same step, all of these clients that are
   * on the list `blocked` afterwards stop being members, even if they were on the list before: so a block that is
   * repeated does what is missing.
   */
  setListed(
    id: string,
    list: ClientList,
    clientIds: readonly string[],
    listed: boolean,
    limit: number,
  ): Promise<ListChange>;
  /** A page of a list, in the order of ids, after the id `after`. `next` is set if there are more. */
  listed(
    id: string,
    list: ClientList,
    limit: number,
    after?: string,
  ): Promise<{ readonly clientIds: readonly string[]; readonly next?: string }>;
  /** Those of the given clients that are on a list. */
  whoIsListed(id: string, list: ClientList, clientIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Those of the given clients that are silenced now: on the list `silenced`, or until a later time. */
  whoIsSilenced(id: string, clientIds: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Silences a client until a time (ms), beside the list `silenced`; undefined ends that. At most `limit` clients are
   * silenced so in a conversation. Gives false if there is no room, or if there was nothing to end.
   */
  silenceUntil(id: string, clientId: string, until: number | undefined, limit: number, now: number): Promise<boolean>;
  /** Keeps a notice for clients that may be offline. */
  keepNotice(clientIds: readonly string[], notice: StoredNotice): Promise<void>;
  /** Notices for a client that are later than `since` (ms), earliest first, at most `limit`. */
  notices(clientId: string, since: number, limit: number): Promise<readonly StoredNotice[]>;
  /** Whether a client may speak in a conversation; undefined is the back end, which may if there is one. */
  speaking(id: string, clientId: string | undefined): Promise<Speaking>;
  /**
   * Stores messages in the given order, each one if its speaker may speak, and gives a result for each. If the same
   * sender has stored a message with the same token before, gives that message. So a call that has failed can be
   * repeated: each message is stored once. The call is atomic: if it rejects, it has stored all of them or none.
   */
  append(messages: readonly NewMessage[]): Promise<readonly Appended[]>;
  /** One message; undefined if there is no such message. */
  message(conversationId: string, key: MessageKey): Promise<StoredMessage | undefined>;
  /** Messages sorted by time, then by id, oldest first. */
  history(query: HistoryQuery): Promise<readonly StoredMessage[]>;
  /**
   * Records that messages of others have reached this client. Gives the messages that are newly delivered and whose
   * sender asked for a receipt.
   */
  acknowledge(
    conversationId: string,
    clientId: string,
    arrived: Arrived,
    now: number,
  ): Promise<readonly StoredMessage[]>;
  /**
   * Moves a read mark forward, at most to the newest message. So a client whose clock is fast can't mark future
   * messages as read.
   */
  markRead(conversationId: string, clientId: string, upTo: ReadUpTo, now: number): Promise<MarkedRead>;
  /** Changes or recalls a message, if `by` may speak and is its sender. */
  modify(modification: StoredEdit): Promise<Modified>;
  /** Deletes a message. No later message gets its time. Gives false if there is no such message. */
  deleteMessage(conversationId: string, messageId: string): Promise<boolean>;
  /**
   * Messages in this client's conversations that were changed at `since` (ms) or later, so that a change may be
   * reported twice but is never missed. Earliest change first, at most `limit`.
   */
  modifiedSince(clientId: string, since: number, limit: number): Promise<readonly StoredMessage[]>;
  /** How far each member has received and read. Members without any mark are left out. */
  receipts(conversationId: string): Promise<readonly MemberReceipt[]>;
  /**
   * Messages by others, except recalled ones, that are later than the last one that this client has read or
   * acknowledged on any device. Gives the newest `messages` of each of at most `conversations` conversations, latest
   * activity first.
   */
  offline(clientId: string, conversations: number, messages: number): Promise<readonly OfflineMessages[]>;
  /** The unread messages of some clients in one conversation. */
  unreadOf(conversationId: string, clientIds: readonly string[]): Promise<ReadonlyMap<string, UnreadSummary>>;
  /**
   * Conversations with unread messages, and conversations that were marked as read, or in which a message was
   * recalled, at `since` (ms) or later. Latest message first, at most `limit`.
   */
  unread(clientId: string, since: number | undefined, limit: number): Promise<readonly UnreadSummary[]>;
  /**
   * Opens a session in one step. If two sessions open with the same token, or with the same client and tag, the later
   * one takes the place of the earlier one, and the result says whose place it took. A token that was displaced or
   * deleted can't open a session. Sessions are deleted some days after they have expired.
   */
  openSession(opening: SessionOpening, now: number): Promise<OpeningResult>;
  /**
   * The session of a token; undefined if there is none. `now` (ms) is the caller's time, and `expiresAt` of the result
   * is compared with it: a store that counts with a time of its own says how much is left from `now` on.
   */
  session(token: string, now?: number): Promise<StoredSession | undefined>;
  /**
   * Extends the lifetime of an open session's token, even if the token has expired. Changes nothing and gives false
   * if the token was deleted, or another session has taken this session's place: so it never brings a token back.
   */
  renewSession(session: SessionOpening['session'], now: number): Promise<boolean>;
  /**
   * Records the chat room that a session is in, or was in when its connection broke; undefined means no room. Does
   * nothing if another session holds the token.
   */
  rememberRoom(token: string, holder: string, room: StoredSession['room']): Promise<void>;
  /** Makes the token of a closed session invalid. Does nothing if another session holds the token. */
  forgetSession(token: string, holder: string): Promise<void>;
  /** Makes all tokens of a client invalid: deletes its sessions. */
  forgetSessions(clientId: string): Promise<void>;
  close(): Promise<void>;
  /** Whether the store could be reached when it was last asked. `/readyz` tells it. Default: it always can. */
  isReachable?(): boolean;
}

/**
 * A store that conversations and messages can move into, and out of, with their ids and times. What is there is never
 * changed, so a call can be repeated. The stores of this package are such stores.
 *
 * To read all messages of a conversation, ask for its `history`, page by page.
 */
export interface MovingStore extends Store {
  /** Who has subscribed decides for whom a message of a system conversation is. */
  standings(clientId: string, ids: readonly string[]): Promise<ReadonlyMap<string, Standing>>;
  /** Stores conversations as they are. Gives a result for each. The call is atomic. */
  importConversations(conversations: readonly MovedConversation[]): Promise<readonly ConversationMoved[]>;
  /**
   * Stores messages with their ids and times. Gives a result for each. The call is atomic. The times of a conversation
   * may be in any order, also over several calls. Messages with the same time are in the order of `direction`: `new`
   * goes from older to newer ones, `old` from newer to older ones. Each gets the next time that is free in this
   * direction. Default `new`.
   */
  importMessages(messages: readonly StoredMessage[], direction?: 'old' | 'new'): Promise<readonly MessageMoved[]>;
  /** A page of all conversations, in the order of their ids, after the id `after`. */
  conversationPage(limit: number, after?: string): Promise<ConversationPage>;
  /**
   * Stores what conversations keep of clients: lists, and how far they have read and received. Gives a result for
   * each. The call is atomic. Store messages before: a mark does not wait for its message.
   */
  importStandings(standings: readonly MovedStanding[]): Promise<readonly StandingMoved[]>;
  /** A page of what a conversation keeps of clients, in the order of their ids, after the id `after`. */
  standingPage(conversationId: string, limit: number, after?: string): Promise<StandingPage>;
}
