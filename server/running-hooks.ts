/** The application's hooks, as the server calls them. */
import { Refusal } from './domain/refusal.js';
import type { Report } from './guarded.js';
import type {
  ClientOffline,
  ClientOnline,
  ConversationMembers,
  ConversationStart,
  ConversationUpdateHook,
  Drop,
  HookContent,
  Hooks,
  MessageReceived,
  MessageSent,
  MessageUpdate,
  ReceiversOffline,
} from './hooks.js';
import type { TimeLimit } from './time-limit.js';
import type { ToldHooks } from './told-hooks.js';
import { readContent, readMembers, readPlain, type ReadVerdict } from './verdicts.js';

/** The hooks as the server calls them: every hook exists, and none throws anything but a `Refusal`. */
export interface RunningHooks {
  readonly messageReceived: (message: MessageReceived) => Promise<HookContent>;
  /** `receivers`: gives them, without the sender. */
  readonly messageSent: (message: MessageSent, receivers: () => readonly string[]) => void;
  readonly messageUpdate: (update: MessageUpdate) => Promise<HookContent>;
  readonly receiversOffline: (message: ReceiversOffline) => void;
  /** Whether the application has a hook for messages that were sent, and one for messages to offline members. */
  readonly hearsOfMessages: boolean;
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

/** Receivers that `messageSentTo` names at most. If there are more, it names none: each has to be looked up. */
const MOST_PEERS = 10_000;

type Code = 4305 | 4402 | 4405;

export interface RunningHooksOptions {
  readonly report: Report;
  readonly inTime: TimeLimit;
  readonly told: Pick<ToldHooks, 'tell'>;
  /** Those of the given clients that have a session. */
  readonly online: (clientIds: readonly string[]) => Promise<readonly string[]>;
}

type ToldName = {
  [K in keyof Hooks]-?: NonNullable<Hooks[K]> extends (event: never) => void | Promise<void> ? K : never;
}[keyof Hooks];

export const runHooks = (hooks: Hooks, { report, inTime, told, online }: RunningHooksOptions): RunningHooks => {
  /** Without the hook, nothing is waited for. */
  const asked = async <C>(
    name: keyof Hooks,
    ask: () => unknown,
    code: Code,
    read: ReadVerdict<C>,
  ): Promise<C | undefined> => {
    if (hooks[name] === undefined) return undefined;
    let verdict: Drop | C | undefined;
    try {
      // An answer that can't be read is a failure of the call.
      verdict = await inTime(`the hook ${name}`, async () => read(name, await ask()));
    } catch (error) {
      report(error);
      return undefined;
    }
    if (typeof verdict === 'object' && verdict !== null && 'drop' in verdict)
      throw new Refusal(code, verdict.detail ?? 'the application does not want it', verdict.code);
    return verdict;
  };

  /** Tells a hook, if there is one. `about`: the conversation or the client, whose events are told in their order. */
  const tell = (name: ToldName, about: string, call: () => unknown): void => {
    if (hooks[name] !== undefined) told.tell(about, name, call);
  };

  const aboutConversation = ({ convId }: { readonly convId: string }): string => `conversation ${convId}`;
  const aboutClient = ({ peerId }: { readonly peerId: string }): string => `client ${peerId}`;

  return {
    messageReceived: async (message) => ({
      ...message,
      ...(await asked('messageReceived', () => hooks.messageReceived?.(message), 4402, readContent)),
    }),
    messageSent: (message, receivers) => {
      tell('messageSent', aboutConversation(message), () => hooks.messageSent?.(message));
      tell('messageSentTo', aboutConversation(message), async () => {
        const every = receivers();
        const all = every.length > MOST_PEERS ? [] : every;
        const onlinePeers = await online(all);
        const isOnline = new Set(onlinePeers);
        const offlinePeers = all.filter((client) => !isOnline.has(client));
        await hooks.messageSentTo?.({ ...message, onlinePeers, offlinePeers });
      });
    },
    messageUpdate: async (update) => ({
      ...update,
      ...(await asked('messageUpdate', () => hooks.messageUpdate?.(update), 4405, readContent)),
    }),
    receiversOffline: (message) => {
      // Push notifications don't wait for calls of other hooks.
      tell('receiversOffline', `offline in ${aboutConversation(message)}`, () => hooks.receiversOffline?.(message));
    },
    decidesOnMessages: hooks.messageReceived !== undefined,
    decidesOnEdits: hooks.messageUpdate !== undefined,
    hearsOfMessages: hooks.messageSent !== undefined || hooks.messageSentTo !== undefined,
    hearsOfOffline: hooks.receiversOffline !== undefined,
    conversationStart: async (start) => {
      await asked('conversationStart', () => hooks.conversationStart?.(start), 4305, readPlain);
    },
    conversationStarted: (started) => {
      tell('conversationStarted', aboutConversation(started), () => hooks.conversationStarted?.(started));
    },
    conversationAdd: async (members) =>
      (await asked('conversationAdd', () => hooks.conversationAdd?.(members), 4305, readMembers))?.members ??
      members.members,
    conversationAdded: (members) => {
      tell('conversationAdded', aboutConversation(members), () => hooks.conversationAdded?.(members));
    },
    conversationRemove: async (members) =>
      (await asked('conversationRemove', () => hooks.conversationRemove?.(members), 4305, readMembers))?.members ??
      members.members,
    conversationRemoved: (members) => {
      tell('conversationRemoved', aboutConversation(members), () => hooks.conversationRemoved?.(members));
    },
    conversationUpdate: async (update) => {
      await asked('conversationUpdate', () => hooks.conversationUpdate?.(update), 4305, readPlain);
    },
    clientOnline: (client) => {
      tell('clientOnline', aboutClient(client), () => hooks.clientOnline?.(client));
    },
    clientOffline: (client) => {
      tell('clientOffline', aboutClient(client), () => hooks.clientOffline?.(client));
    },
  };
};
