/** The entries of a client's log. Every derived stream is a function of this log. */
import type { Attribute, Body, ConversationInfo, MemberRole, OutgoingBody } from '../codecs/index.js';
import type { LocalFile } from './local-file.js';

/**
 * A position in the history of a conversation: by time, then by id. Times are ms since 1970, by the server's clock.
 */
export interface Position {
  readonly timestamp: number;
  readonly id: string;
}

/** A message, immutable: the client reads it later, too. */
export interface Message<B extends Body = Body> extends Position {
  readonly conversationId: string;
  /** The client that sent it. */
  readonly from: string;
  readonly body: B;
  /** The message is not stored: clients that were not online at the time never get it. */
  readonly transient: boolean;
  /** The clients that the message mentions. */
  readonly mentions: readonly string[];
  readonly mentionsAll: boolean;
  /** Another client sent it, and it mentions this client or everybody. */
  readonly mentioned: boolean;
  /** The time of the last edit or recall, ms since 1970. */
  readonly editedAt?: number;
  /**
   * The server pushed it at a login, because it arrived while the user was away (only if the realtime asks for such
   * messages).
   */
  readonly offline?: true;
}

/** Clients became members or left; were silenced or may send again; were blocked or unblocked. */
export interface Membership {
  readonly _tag: 'Joined' | 'Left' | 'Silenced' | 'Unsilenced' | 'Blocked' | 'Unblocked';
  readonly conversationId: string;
  /** The clients that the change is about. They may include this client. */
  readonly members: readonly string[];
  /**
   * The client that made the change. Missing if the back end of the application made it, or if this client found the
   * change after a break.
   */
  readonly by?: string;
}

/**
 * Why the service changed a message, if its sender did not: a negative code of the service, or a positive code of the
 * application's hook.
 */
export interface ModificationReason {
  readonly code: number;
  readonly detail?: string;
}

/** A message was edited or recalled. `message` is its current version, with `editedAt`. */
export interface Modification {
  readonly _tag: 'Edit' | 'Recall';
  readonly conversationId: string;
  readonly message: Message;
  readonly reason?: ModificationReason;
}

/** The body of an own message whose file is not stored yet. */
export interface Unstored {
  readonly _tag: 'Upload';
  readonly file: LocalFile;
}

/**
 * The state of an own message: its file is uploaded (`progress` from 0 to 1), it is being sent (or waits in the
 * outbox), stored, or not sent, because of an `error` or because its sender withdrew it.
 */
export interface Outgoing {
  readonly _tag: 'Outgoing';
  readonly conversationId: string;
  /** The same token in every repetition. */
  readonly token: string;
  /** Of a message with a file: the file, until it is stored. */
  readonly body: OutgoingBody | Unstored;
  /** The time of this change, ms since 1970, by the client's clock. */
  readonly at: number;
  readonly progress:
    | { readonly _tag: 'uploading'; readonly progress: number }
    | { readonly _tag: 'sending' }
    | { readonly _tag: 'sent'; readonly message: Message }
    | { readonly _tag: 'failed'; readonly error?: Error };
}

/** The unread messages of one conversation. */
export interface Unread {
  readonly count: number;
  /** One of the messages mentions this client. */
  readonly mentioned: boolean;
}

/**
 * How a message came into the log: pushed when it was sent (`live`), fetched after a break (`missed`), or sent by
 * this client (`sent`).
 */
export type Origin = 'live' | 'missed' | 'sent';

/**
 * Part of a conversation's history that could not be fetched after a break. Its messages do not come behind later ones.
 * For an own message in it, there may be nothing but its `Outgoing` event.
 */
export interface Gap {
  readonly _tag: 'Gap';
  readonly conversationId: string;
  /** The last message before the gap. Other messages of the same millisecond may be missing too. */
  readonly from: Position;
  /** The server time up to which messages may be missing, ms since 1970. */
  readonly to: number;
  /**
   * `limit`: more messages were missed than the catch-up limit allows. `refused`: the server refused to return them.
   * `failed`: the request failed. `room`: it is a chat room, which delivers messages only to clients that are in it
   * at the time. `gone`: the server does not keep the messages any more. `overflow`: more messages came than this
   * client keeps for a look-up or for a subscriber.
   */
  readonly cause: 'limit' | 'refused' | 'failed' | 'room' | 'gone' | 'overflow';
}

/** The session is open. */
export interface Opened {
  readonly _tag: 'Opened';
  /** ms since 1970, by the server's clock. */
  readonly at: number;
  /** The session was open before a break. */
  readonly resumed: boolean;
}

/** For the conversations that were known before the break, everything that was missed is in the log now. */
export interface CaughtUp {
  readonly _tag: 'CaughtUp';
}

/**
 * A message arrived, or this client sent it. The latter also if the answer came so late that nothing waited for it
 * any more.
 */
export interface MessageArrived {
  readonly _tag: 'Message';
  readonly conversationId: string;
  readonly message: Message;
  readonly origin: Origin;
}

/** The unread counts of the server. They are absolute, and valid for messages up to `asOf`. */
export interface UnreadCounts {
  readonly _tag: 'UnreadCounts';
  readonly counts: readonly UnreadCount[];
}

/** This client has read a conversation up to the time `at`. */
export interface ReadMark {
  readonly _tag: 'ReadMark';
  readonly conversationId: string;
  /** ms since 1970, by the server's clock. */
  readonly at: number;
}

/**
 * By the time `at`, the client `from` had received or read messages. Without `from`, all other members had, or the
 * other side of a one-to-one conversation.
 */
export interface Receipt {
  readonly _tag: 'Receipt';
  readonly conversationId: string;
  readonly kind: 'delivered' | 'read';
  readonly at: number;
  /** The newest message that was delivered or read, if the server names it. */
  readonly messageId?: string;
  /**
   * The member that received or read. Missing if the server does not say it: then it is all other members together.
   */
  readonly from?: string;
}

/** The role of a member changed. */
export interface RoleChanged {
  readonly _tag: 'RoleChanged';
  readonly conversationId: string;
  readonly member: string;
  readonly role: MemberRole;
  readonly by?: string;
}

/** This client turned push notifications of the conversation off, or on again. */
export interface MuteChanged {
  readonly _tag: 'Muted' | 'Unmuted';
  readonly conversationId: string;
  readonly by: string;
}

/** Attributes changed: the changed values, and the keys of the removed ones. */
export interface AttributesChanged {
  readonly _tag: 'Attributes';
  readonly conversationId: string;
  readonly changed: Readonly<Record<string, Attribute>>;
  /** Keys may contain dots, as in `changed`. */
  readonly removed?: readonly string[];
  /** The time of the change, ms since 1970, by the server's clock. */
  readonly at?: number;
  /** The client that made the change. Missing if this client found the change after a break. */
  readonly by?: string;
}

/** A conversation as the server describes it now. */
export interface Snapshot {
  readonly _tag: 'Snapshot';
  readonly conversationId: string;
  readonly info: ConversationInfo;
  /** The newest message, if it was requested. */
  readonly lastMessage?: Message;
}

/**
 * One entry of a client's log, in order. `_tag` tells the entries apart; each type explains its tags.
 *
 * Changes that happened in a conversation during a break come before the `Snapshot`, without `by`. A change that was
 * undone during the same break is not reported.
 */
export type ClientEvent =
  | Opened
  | CaughtUp
  | MessageArrived
  | Gap
  | Modification
  | Outgoing
  | UnreadCounts
  | ReadMark
  | Receipt
  | Membership
  | RoleChanged
  | MuteChanged
  | AttributesChanged
  | Snapshot;

/** The unread count of the server for one conversation. */
export interface UnreadCount extends Unread {
  readonly conversationId: string;
  /** The time up to which messages are counted, ms since 1970. */
  readonly asOf: number;
  /** The newest message that is counted, if the server names it. Others may have the same time. */
  readonly lastId?: string;
}

/** An entry of one conversation's log. */
export type ConversationEvent = Extract<ClientEvent, { readonly conversationId: string }>;

/** True for the entries that belong to one conversation. */
export const isConversationEvent = (event: ClientEvent): event is ConversationEvent => 'conversationId' in event;

/** Orders positions: negative if `a` is before `b`, 0 if they are the same. */
export const comparePositions = (a: Position, b: Position): number =>
  a.timestamp - b.timestamp || (a.id < b.id ? -1 : Number(a.id > b.id));
