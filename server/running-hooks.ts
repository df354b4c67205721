/** The application's hooks, as the server calls them. */
import { either as E } from 'fp-ts';
import type * as t from 'io-ts';
import { defined } from '../codecs/defined.js';
import { decodeFailed } from '../codecs/index.js';
import { Refusal } from './domain/refusal.js';
import type { Report } from './guarded.js';
import { ContentVerdict, dropIn, MembersVerdict, Verdict } from './hook-verdicts.js';
import type {
  ClientOffline,
  ClientOnline,
  ConversationMembers,
  ConversationStart,
  ConversationUpdateHook,
  HookContent,
  Hooks,
  MessageReceived,
  MessageSent,
  MessageUpdate,
  ReceiversOffline,
} from './hooks.js';
import type { TimeLimit } from './time-limit.js';
import type { ToldHooks } from './told-hooks.js';

/** The hooks as the server calls them: every hook exists, and none throws anything but a `Refusal`. */
export interface RunningHooks {
  readonly messageReceived: (message: MessageReceived) => Promise<HookContent>;
  readonly messageSent: (message: MessageSent) => void;
  readonly messageUpdate: (update: MessageUpdate) => Promise<HookContent>;
  readonly receiversOffline: (message: ReceiversOffline) => void;
  /** Whether the application has a hook for messages to offline members. */
  readonly hearsOfOffline: boolean;
  /** Whether the application has a hook that is asked before a message is sent, or is changed. */
  readonly decidesOnMessages: boolean;
  readonly decidesOnEdits: boolean;
  readonly conversationStart: (start: ConversationStart) => Promise<void>;
  readonly conversationStarted: (started: ConversationStart & { readonly convId: string }) => void;
  readonly conversationAdd: (members: ConversationMembers) => Promise<readonly string[]>;
  readonly conversationAdded: (members: ConversationMembers) => void;
  readonly conversationRemove: (members: ConversationMembers) => Promise<readonly string[]>;
  readonly conversationRemoved: (members: ConversationMembers) => void;
  readonly conversationUpdate: (update: ConversationUpdateHook) => Promise<void>;
  readonly clientOnline: (client: ClientOnline) => void;
  readonly clientOffline: (client: ClientOffline) => void;
}

type Code = 4305 | 4402 | 4405;

export interface RunningHooksOptions {
  readonly report: Report;
  readonly inTime: TimeLimit;
  readonly told: Pick<ToldHooks, 'tell'>;
}

type ToldName = {
  [K in keyof Hooks]-?: NonNullable<Hooks[K]> extends (event: never) => void | Promise<void> ? K : never;
}[keyof Hooks];

export const runHooks = (hooks: Hooks, { report, inTime, told }: RunningHooksOptions): RunningHooks => {
  /** Asks a hook. Without the hook, or if it fails, the answer is undefined. */
  const asked = async <A extends Verdict>(
    name: keyof Hooks,
    ask: () => unknown,
    codec: t.Decoder<unknown, A>,
    code: Code,
  ): Promise<A | undefined> => {
    if (hooks[name] === undefined) return undefined;
    let answer: unknown;
    try {
      answer = await inTime(`the hook ${name}`, ask);
    } catch (error) {
      report(error);
      return undefined;
    }
    if (answer === undefined || answer === null) return undefined;
    const verdict = codec.decode(typeof answer === 'object' ? defined(answer) : answer);
    if (E.isLeft(verdict)) {
      report(new TypeError(`the answer of the hook ${name}: ${decodeFailed(verdict.left).message}`));
      return undefined;
    }
    const no = dropIn(verdict.right);
    if (no !== undefined) throw new Refusal(code, no.detail ?? 'the application does not want it', no.code);
    return verdict.right;
  };

  /** Tells a hook, if there is one. `about`: the conversation or the client, whose events are told in their order. */
  const tell = (name: ToldName, about: string, call: () => unknown): void => {
    if (hooks[name] !== undefined) told.tell(about, name, call);
  };

  const aboutConversation = ({ convId }: { readonly convId: string }): string => `conversation ${convId}`;
  const aboutClient = ({ peerId }: { readonly peerId: string }): string => `client ${peerId}`;

  const content = (before: HookContent, verdict: t.TypeOf<typeof ContentVerdict> | undefined): HookContent => ({
    content: verdict?.content ?? before.content,
    bin: verdict?.bin ?? before.bin,
  });

  return {
    messageReceived: async (message) =>
      content(message, await asked('messageReceived', () => hooks.messageReceived?.(message), ContentVerdict, 4402)),
    messageSent: (message) => {
      tell('messageSent', aboutConversation(message), () => hooks.messageSent?.(message));
    },
    messageUpdate: async (update) =>
      content(update, await asked('messageUpdate', () => hooks.messageUpdate?.(update), ContentVerdict, 4405)),
    receiversOffline: (message) => {
      // Push notifications don't wait for calls of other hooks.
      tell('receiversOffline', `offline in ${aboutConversation(message)}`, () => hooks.receiversOffline?.(message));
    },
    decidesOnMessages: hooks.messageReceived !== undefined,
    decidesOnEdits: hooks.messageUpdate !== undefined,
    hearsOfOffline: hooks.receiversOffline !== undefined,
    conversationStart: async (start) => {
      await asked('conversationStart', () => hooks.conversationStart?.(start), Verdict, 4305);
    },
    conversationStarted: (started) => {
      tell('conversationStarted', aboutConversation(started), () => hooks.conversationStarted?.(started));
    },
    conversationAdd: async (members) =>
      (await asked('conversationAdd', () => hooks.conversationAdd?.(members), MembersVerdict, 4305))?.members ??
      members.members,
    conversationAdded: (members) => {
      tell('conversationAdded', aboutConversation(members), () => hooks.conversationAdded?.(members));
    },
    conversationRemove: async (members) =>
      (await asked('conversationRemove', () => hooks.conversationRemove?.(members), MembersVerdict, 4305))?.members ??
      members.members,
    conversationRemoved: (members) => {
      tell('conversationRemoved', aboutConversation(members), () => hooks.conversationRemoved?.(members));
    },
    conversationUpdate: async (update) => {
      await asked('conversationUpdate', () => hooks.conversationUpdate?.(update), Verdict, 4305);
    },
    clientOnline: (client) => {
      tell('clientOnline', aboutClient(client), () => hooks.clientOnline?.(client));
    },
    clientOffline: (client) => {
      tell('clientOffline', aboutClient(client), () => hooks.clientOffline?.(client));
    },
  };
};
