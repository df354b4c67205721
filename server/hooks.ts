/** Hooks: what the application's back end is told of, and what it can decide (protocol: hooks). */
import type { JsonObject } from '../codecs/index.js';

/**
 * Refuses the action. The client gets the hook's error code, with `code` as the application's own code and `detail`
 * as a text for people.
 */
export interface Drop {
  readonly drop: true;
  readonly code?: number;
  readonly detail?: string;
}

/** What a hook that is asked can answer: undefined accepts, `Drop` refuses, a `C` accepts with a change. */
export type Verdict<C> = undefined | Drop | C | Promise<undefined | Drop | C>;

/** The body of a message: text, or bytes in base64 if `bin` is true. */
export interface HookContent {
  readonly content: string;
  readonly bin: boolean;
}

interface HookMessage extends HookContent {
  /** The sender; empty if the back end sends in no client's name. */
  readonly fromPeer: string;
  readonly convId: string;
  /** ms since 1970. */
  readonly timestamp: number;
  readonly transient: boolean;
  /** The message is in a system conversation. */
  readonly system: boolean;
  readonly mentionPids: readonly string[];
  readonly mentionAll: boolean;
  /** The sender asks for a receipt. */
  readonly receipt: boolean;
  /** The network address of the sender; missing if the back end sends it. */
  readonly sourceIP?: string;
}

export interface MessageReceived extends HookMessage {
  /** Members of the conversation; empty for chat rooms. */
  readonly toPeers: readonly string[];
}

export interface MessageSent extends HookMessage {
  readonly msgId: string;
  /** The back end has sent it, in a client's name or in no client's name. */
  readonly byBackEnd: boolean;
}

/**
 * A message that was sent, and its receivers without the sender. Both lists are empty for chat rooms, and for more than
 * 10,000 receivers.
 */
export interface MessageSentTo extends MessageSent {
  readonly onlinePeers: readonly string[];
  readonly offlinePeers: readonly string[];
}

export interface MessageUpdate extends HookContent {
  /** The client that makes the change; undefined if the back end does. */
  readonly fromPeer: string | undefined;
  readonly convId: string;
  readonly msgId: string;
  /** The message is recalled; there is no new content then. */
  readonly recall: boolean;
  /** The network address of the client; missing if the back end makes the change. */
  readonly sourceIP?: string;
}

export interface ReceiversOffline extends MessageSent {
  /** Members who have no session and have not muted the conversation. */
  readonly offlinePeers: readonly string[];
  /** Data for the push notification, set by the sender. */
  readonly pushData?: JsonObject;
}

export interface ConversationStart {
  readonly initBy: string | undefined;
  readonly members: readonly string[];
  /** The attributes and the name, as JSON. */
  readonly attr: JsonObject;
}

export interface ConversationMembers {
  readonly convId: string;
  readonly initBy: string | undefined;
  readonly members: readonly string[];
}

export interface ConversationUpdateHook {
  readonly convId: string;
  readonly initBy: string | undefined;
  /** The changes as JSON; an attribute that is removed is null. */
  readonly attr: JsonObject;
}

export interface ClientOnline {
  readonly peerId: string;
  readonly tag?: string;
  /** The client resumes an earlier session. */
  readonly reconnect: boolean;
  /** The network address of the client. */
  readonly sourceIP?: string;
}

export interface ClientOffline {
  readonly peerId: string;
  readonly tag?: string;
  /** 1: logged out, 2: the connection broke, 3: displaced by a login with the same tag, 4: kicked. */
  readonly closeCode: 1 | 2 | 3 | 4;
  /** The network address of the client. */
  readonly sourceIP?: string;
}

/**
 * Functions that the server calls. The server waits for the hooks that decide (`messageReceived`, `messageUpdate`,
 * `conversationStart`, `conversationAdd`, `conversationRemove`, `conversationUpdate`); their conversation waits
 * meanwhile. It does not wait for the others, which are only informed, in their order for each conversation and
 * client. If a hook throws, or takes longer than `limits.hookTimeout`, the error goes to `onError` and the action goes
 * ahead.
 */
export interface Hooks {
  /** Called before a message is stored. It can drop the message (4402) or replace its body. */
  messageReceived?(message: MessageReceived): Verdict<Partial<HookContent>>;
  messageSent?(message: MessageSent): void | Promise<void>;
  /**
   * As `messageSent`, with those of the receivers who have a session now, and those who have none. Each receiver is
   * looked up, so it costs more. Web hooks don't have it; the hooks of `cloudHooks` do.
   */
  messageSentTo?(message: MessageSentTo): void | Promise<void>;
  /** Called before a message is changed or recalled. It can refuse (4405) or replace the body. */
  messageUpdate?(update: MessageUpdate): Verdict<Partial<HookContent>>;
  /**
   * Called after a message is stored for members who are offline, so that the application can send push
   * notifications.
   */
  receiversOffline?(message: ReceiversOffline): void | Promise<void>;
  /** Called before a conversation is created. It can refuse (4305). */
  conversationStart?(start: ConversationStart): Verdict<never>;
  conversationStarted?(started: ConversationStart & { readonly convId: string }): void | Promise<void>;
  /** Called before members are added or join. It can refuse (4305) or choose other members. */
  conversationAdd?(members: ConversationMembers): Verdict<{ readonly members: readonly string[] }>;
  conversationAdded?(members: ConversationMembers): void | Promise<void>;
  /** Called before members are removed or quit. It can refuse (4305) or choose other members. */
  conversationRemove?(members: ConversationMembers): Verdict<{ readonly members: readonly string[] }>;
  conversationRemoved?(members: ConversationMembers): void | Promise<void>;
  /** Called before attributes change. It can refuse (4305). */
  conversationUpdate?(update: ConversationUpdateHook): Verdict<never>;
  clientOnline?(client: ClientOnline): void | Promise<void>;
  clientOffline?(client: ClientOffline): void | Promise<void>;
}
