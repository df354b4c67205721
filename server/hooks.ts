/** What the application's back end may hear of, and have a say in (protocol: hooks). */
import type { JsonObject } from '../codecs/index.js';
import { Refusal } from './domain/refusal.js';

/** No: the client gets the hook's code of refusal, with `code` as the application's own code and `detail` as words for people. */
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

export interface ConversationUpdate {
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
 * Functions that the server calls. Those that are asked (`messageReceived`, `messageUpdate`, `conversationStart`, `conversationAdd`, `conversationRemove`, `conversationUpdate`) are waited for, and hold up
 * their conversation meanwhile; the others are told. One that throws is reported to `onError` and taken for a yes.
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
  conversationUpdate?(update: ConversationUpdate): Verdict<never>;
  clientOnline?(client: ClientOnline): void | Promise<void>;
  clientOffline?(client: ClientOffline): void | Promise<void>;
}

/** The hooks as the server calls them: none is missing, none throws but a `Refusal`. */
export interface RunningHooks {
  readonly messageReceived: (message: MessageReceived) => Promise<HookContent>;
  readonly messageSent: (message: MessageSent) => void;
  readonly messageUpdate: (update: MessageUpdate) => Promise<HookContent>;
  readonly receiversOffline: (message: ReceiversOffline) => void;
  /** Whether anybody wants to know. */
  readonly hearsOfOffline: boolean;
  readonly conversationStart: (start: ConversationStart) => Promise<void>;
  readonly conversationStarted: (started: ConversationStart & { readonly convId: string }) => void;
  readonly conversationAdd: (members: ConversationMembers) => Promise<readonly string[]>;
  readonly conversationAdded: (members: ConversationMembers) => void;
  readonly conversationRemove: (members: ConversationMembers) => Promise<readonly string[]>;
  readonly conversationRemoved: (members: ConversationMembers) => void;
  readonly conversationUpdate: (update: ConversationUpdate) => Promise<void>;
  readonly clientOnline: (client: ClientOnline) => void;
  readonly clientOffline: (client: ClientOffline) => void;
}

type Code = 4305 | 4402 | 4405;

export const runHooks = (hooks: Hooks, report: (error: unknown) => void): RunningHooks => {
  const asked = async <C>(ask: () => Verdict<C>, code: Code): Promise<C | undefined> => {
    let verdict: Awaited<Verdict<C>>;
    try {
      verdict = await ask();
    } catch (error) {
      report(error);
      return undefined;
    }
    if (typeof verdict === 'object' && verdict !== null && 'drop' in verdict)
      throw new Refusal(code, verdict.detail ?? 'the application does not want it', verdict.code);
    return verdict ?? undefined;
  };

  const told = (tell: () => unknown): void => {
    void Promise.resolve().then(tell).catch(report);
  };

  return {
    messageReceived: async (message) => ({ ...message, ...(await asked(() => hooks.messageReceived?.(message), 4402)) }),
    messageSent: (message) => {
      if (hooks.messageSent !== undefined) told(() => hooks.messageSent?.(message));
    },
    messageUpdate: async (update) => ({ ...update, ...(await asked(() => hooks.messageUpdate?.(update), 4405)) }),
    receiversOffline: (message) => {
      told(() => hooks.receiversOffline?.(message));
    },
    hearsOfOffline: hooks.receiversOffline !== undefined,
    conversationStart: async (start) => {
      await asked(() => hooks.conversationStart?.(start), 4305);
    },
    conversationStarted: (started) => {
      told(() => hooks.conversationStarted?.(started));
    },
    conversationAdd: async (members) => (await asked(() => hooks.conversationAdd?.(members), 4305))?.members ?? members.members,
    conversationAdded: (members) => {
      told(() => hooks.conversationAdded?.(members));
    },
    conversationRemove: async (members) => (await asked(() => hooks.conversationRemove?.(members), 4305))?.members ?? members.members,
    conversationRemoved: (members) => {
      told(() => hooks.conversationRemoved?.(members));
    },
    conversationUpdate: async (update) => {
      await asked(() => hooks.conversationUpdate?.(update), 4305);
    },
    clientOnline: (client) => {
      told(() => hooks.clientOnline?.(client));
    },
    clientOffline: (client) => {
      told(() => hooks.clientOffline?.(client));
    },
  };
};
