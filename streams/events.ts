/** The vocabulary of a client's log: what every derived stream is a function of. */
import type { Attribute, Body, ConversationInfo, MemberRole, OutgoingBody } from '../codecs/index.js';

/** A place in a conversation's history: by time, then by id. Times are ms since 1970, by the server's clock. */
export interface Position {
  readonly timestamp: number;
  readonly id: string;
}

/** A message, immutable. */
export interface Message<B extends Body = Body> extends Position {
  readonly conversationId: string;
  /** The client that sent it. */
  readonly from: string;
  readonly body: B;
  /** Not stored: who was not online at the time never sees it. */
  readonly transient: boolean;
  /** The clients it names. */
  readonly mentions: readonly string[];
  readonly mentionsAll: boolean;
  /** It is by somebody else and names this client, or all. */
  readonly mentioned: boolean;
  /** When it was last edited or recalled, ms since 1970. */
  readonly editedAt?: number;
  /**
   * It was pushed at a login, since it had come while the user was away (only where the realtime asks for such
   * messages).
   */
  readonly offline?: true;
}

/** Clients have become members, or are none any more; may not send, or may; can not be members, or can. */
export interface Membership {
  readonly _tag: 'Joined' | 'Left' | 'Silenced' | 'Unsilenced' | 'Blocked' | 'Unblocked';
  readonly conversationId: string;
  /** Whom it is about, this client among them or not. */
  readonly members: readonly string[];
  /** Who did it; nobody where the application's back end has, or where it was found out after a break. */
  readonly by?: string;
}

/**
 * Why the service changed a message, where its sender did not: a negative code of its own, or a positive one of the
 * application's hook.
 */
export interface ModificationReason {
  readonly code: number;
  readonly detail?: string;
}

/** A message has become another one, or was taken back: `message` is what it is now, with `editedAt`. */
export interface Modification {
  readonly _tag: 'Edit' | 'Recall';
  readonly conversationId: string;
  readonly message: Message;
  readonly reason?: ModificationReason;
}

/**
 * How far a message of one's own has come: on its way (in the outbox, too), stored, or not sent: for an `error`, or
 * since its sender has withdrawn it.
 */
export interface Outgoing {
  readonly _tag: 'Outgoing';
  readonly conversationId: string;
  /** The same in every repetition. */
  readonly token: string;
  readonly body: OutgoingBody;
  /** When this was, ms since 1970, by the client's clock. */
  readonly at: number;
  readonly progress:
    | { readonly _tag: 'sending' }
    | { readonly _tag: 'sent'; readonly message: Message }
    | { readonly _tag: 'failed'; readonly error?: Error };
}

/** Unread messages of one conversation. */
export interface Unread {
  readonly count: number;
  /** One of them mentions this client. */
  readonly mentioned: boolean;
}

/**
 * Where a message in the log came from: pushed as it was sent (`live`), fetched after a break (`missed`),
 * or sent by this client itself (`sent`).
 */
export type Origin = 'live' | 'missed' | 'sent';

/** Part of a conversation's history that could not be fetched after a break. */
export interface Gap {
  readonly _tag: 'Gap';
  readonly conversationId: string;
  /** The last message before it. */
  readonly from: Position;
  /** Server time up to which messages may be missing, ms since 1970. */
  readonly to: number;
  /**
   * `limit`: more were missed than the catch-up limit. `refused`: the server would not give them. `failed`: it could
   * not. `room`: a chat room's messages are for who is in it at the time. `gone`: the server does not keep them any
   * more.
   */
  readonly cause: 'limit' | 'refused' | 'failed' | 'room' | 'gone';
}

/** The session is open. */
export interface Opened {
  readonly _tag: 'Opened';
  /** ms since 1970, by the server's clock. */
  readonly at: number;
  /** It was open before a break. */
  readonly resumed: boolean;
}

/** What was missed in the conversations known before the break is in the log now. */
export interface CaughtUp {
  readonly _tag: 'CaughtUp';
}

/**
 * A message has arrived, or was sent by this client, also where the answer came so late that nobody waited for it any
 * more.
 */
export interface MessageArrived {
  readonly _tag: 'Message';
  readonly conversationId: string;
  readonly message: Message;
  readonly origin: Origin;
}

/** The server's absolute numbers, valid for messages up to `asOf`. */
export interface UnreadCounts {
  readonly _tag: 'UnreadCounts';
  readonly counts: readonly UnreadCount[];
}

/** This client has read a conversation up to `at`. */
export interface ReadMark {
  readonly _tag: 'ReadMark';
  readonly conversationId: string;
  /** ms since 1970, by the server's clock. */
  readonly at: number;
}

/** `from`, or the other side of a one-to-one conversation, had received, or read, by `at`. */
export interface Receipt {
  readonly _tag: 'Receipt';
  readonly conversationId: string;
  readonly kind: 'delivered' | 'read';
  readonly at: number;
  /** The newest message that was delivered or read, where the server names it. */
  readonly messageId?: string;
  /** Who has; the others together where the server does not say. */
  readonly from?: string;
}

/** A member has another role. */
export interface RoleChanged {
  readonly _tag: 'RoleChanged';
  readonly conversationId: string;
  readonly member: string;
  readonly role: MemberRole;
  readonly by?: string;
}

/** This client wants no push notifications of the conversation, or wants them again. */
export interface MuteChanged {
  readonly _tag: 'Muted' | 'Unmuted';
  readonly conversationId: string;
  readonly by: string;
}

/** Attributes were changed: those that changed, and the keys of those that are gone. */
export interface AttributesChanged {
  readonly _tag: 'Attributes';
  readonly conversationId: string;
  readonly changed: Readonly<Record<string, Attribute>>;
  /** Keys with dots, as in `changed`. */
  readonly removed?: readonly string[];
  /** When, ms since 1970, by the server's clock. */
  readonly at?: number;
  /** Who did it; nobody where it was found out after a break. */
  readonly by?: string;
}

/** A conversation as the server describes it now. */
export interface Snapshot {
  readonly _tag: 'Snapshot';
  readonly conversationId: string;
  readonly info: ConversationInfo;
  /** The newest message, where it was asked for. */
  readonly lastMessage?: Message;
}

/**
 * One entry of a client's log, in order. `_tag` tells them apart; each type says what its tags mean.
 *
 * Changes that happened in a conversation during a break come before the `Snapshot`, without `by`. A change that was
 * undone again during the break does not come.
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

/** The server's count for one conversation. */
export interface UnreadCount extends Unread {
  readonly conversationId: string;
  /** Later messages are not in the count, ms since 1970. */
  readonly asOf: number;
}

/** An entry of one conversation's log. */
export type ConversationEvent = Extract<ClientEvent, { readonly conversationId: string }>;

/** True for the entries that belong to one conversation. */
export const isConversationEvent = (event: ClientEvent): event is ConversationEvent => 'conversationId' in event;

/** Orders positions: negative where `a` is before `b`, 0 where they are the same. */
export const comparePositions = (a: Position, b: Position): number =>
  a.timestamp - b.timestamp || (a.id < b.id ? -1 : Number(a.id > b.id));
