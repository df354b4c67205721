/** What the application's back end may hear of, and have a say in (protocol: hooks). */
import type { JsonObject } from '../codecs/index.js';

/**
 * No: the client gets the hook's code of refusal, with `code` as the application's own code and `detail` as words for
 * people.
 */
export interface Drop {
  readonly drop: true;
  readonly code?: number;
  readonly detail?: string;
}

/** What a hook that is asked may say: nothing, which is a yes; no; or yes with something else in it. */
export type Verdict<C> = undefined | Drop | C | Promise<undefined | Drop | C>;

/** The body of a message: text, or base64 of bytes where `bin` is true. */
export interface HookContent {
  readonly content: string;
  readonly bin: boolean;
}

interface HookMessage extends HookContent {
  /** Nobody where the back end sends in nobody's name. */
  readonly fromPeer: string;
  readonly convId: string;
  /** ms since 1970. */
  readonly timestamp: number;
  readonly transient: boolean;
  /** It is in a system conversation. */
  readonly system: boolean;
  readonly mentionPids: readonly string[];
  readonly mentionAll: boolean;
}

export interface MessageReceived extends HookMessage {
  /** Members of the conversation; empty for chat rooms. */
  readonly toPeers: readonly string[];
  readonly receipt: boolean;
}

export interface MessageSent extends HookMessage {
  readonly msgId: string;
}

export interface MessageUpdate extends HookContent {
  /** Nobody where the back end does it. */
  readonly fromPeer: string | undefined;
  readonly convId: string;
  readonly msgId: string;
  /** It is taken back; there is no other content then. */
  readonly recall: boolean;
}

export interface ReceiversOffline extends MessageSent {
  /** Who has no session, and has not muted the conversation. */
  readonly offlinePeers: readonly string[];
  /** What the sender wants pushed to them. */
  readonly pushData?: JsonObject;
}

export interface ConversationStart {
  readonly initBy: string | undefined;
  readonly members: readonly string[];
  /** Its attributes, the name among them, as JSON. */
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
  /** What changes, as JSON; null where an attribute goes. */
  readonly attr: JsonObject;
}

export interface ClientOnline {
  readonly peerId: string;
  readonly tag?: string;
  /** It takes a session up again. */
  readonly reconnect: boolean;
}

export interface ClientOffline {
  readonly peerId: string;
  readonly tag?: string;
  /** 1 logged out, 2 the connection broke, 3 displaced by a login with its tag, 4 kicked. */
  readonly closeCode: 1 | 2 | 3 | 4;
}

/**
 * Functions that the server calls. Those that are asked (`messageReceived`, `messageUpdate`, `conversationStart`,
 * `conversationAdd`, `conversationRemove`, `conversationUpdate`) are waited for, and hold up their conversation
 * meanwhile; the others are told. One that throws is reported to `onError` and taken for a yes.
 */
export interface Hooks {
  /** Asked before a message is stored; may drop it (4402), or give it another body. */
  messageReceived?(message: MessageReceived): Verdict<Partial<HookContent>>;
  messageSent?(message: MessageSent): void | Promise<void>;
  /** Asked before a message is changed or recalled; may refuse (4405), or give it another body. */
  messageUpdate?(update: MessageUpdate): Verdict<Partial<HookContent>>;
  /** Told of each stored message for members who are not online, to push it to them. */
  receiversOffline?(message: ReceiversOffline): void | Promise<void>;
  /** Asked before a conversation is created; may refuse (4305). */
  conversationStart?(start: ConversationStart): Verdict<never>;
  conversationStarted?(started: ConversationStart & { readonly convId: string }): void | Promise<void>;
  /** Asked before members are added, or join; may refuse (4305), or choose others. */
  conversationAdd?(members: ConversationMembers): Verdict<{ readonly members: readonly string[] }>;
  conversationAdded?(members: ConversationMembers): void | Promise<void>;
  /** Asked before members are removed, or quit; may refuse (4305), or choose others. */
  conversationRemove?(members: ConversationMembers): Verdict<{ readonly members: readonly string[] }>;
  conversationRemoved?(members: ConversationMembers): void | Promise<void>;
  /** Asked before attributes change; may refuse (4305). */
  conversationUpdate?(update: ConversationUpdateHook): Verdict<never>;
  clientOnline?(client: ClientOnline): void | Promise<void>;
  clientOffline?(client: ClientOffline): void | Promise<void>;
}
