/** What the answers of the fake server are made with. */
import type { ClientCommand, ConversationInfo, ServerCommand, WireBody } from '../../codecs/index.js';
import { tell, type Session, type Sessions } from './sessions.js';
import { nextTime, type Held, type Memory, type StoredMessage } from './memory.js';
import { directPush } from './pushes.js';

export interface World {
  readonly now: () => number;
  readonly memory: Memory;
  readonly sessions: Sessions;
  /** Whom each token is of, also of those who are away; `displaced` by a login with the same tag, who has to stay out. */
  readonly logins: Map<string, { readonly clientId: string; readonly tag: string | undefined; readonly displaced: boolean }>;
  /** Hears of each message that is said while the diagram runs. */
  readonly said: (message: StoredMessage, transient: boolean) => void;
}

/** Who asks. */
export interface Asking {
  readonly world: World;
  readonly session: Session;
}

/** The one kind of command with this `cmd`, and `op` where it has one. */
export type CommandOf<C extends ClientCommand['cmd'], O extends string | undefined = undefined> = Extract<
  ClientCommand,
  O extends string ? { cmd: C; op: O } : { cmd: C }
>;

/** The answer, then what follows it; nothing at all for what needs none. */
export type Answers = readonly ServerCommand[];

/** An answer that says no (protocol: error codes). */
export const refused = (code: number, reason: string, detail: string): Answers => [
  { cmd: 'error', errorMessage: { code, reason, detail } },
];

export const noSuchConversation = (id: string): Answers => refused(4303, 'CONVERSATION_NOT_FOUND', `there is no conversation ${id}`);

/** The name of code 4314. */
export const NOT_ORDINARY = 'NORMAL_CONVERSATION_REQUIRED';

export const notMember = (): Answers => refused(4317, 'CONVERSATION_MEMBERSHIP_REQUIRED', 'you are not a member of this conversation');

/** Everybody who is told what happens in a conversation, and online. */
export const audience = ({ sessions }: World, { id, kind, members = [] }: ConversationInfo): readonly Session[] =>
  kind === 'room' ? sessions.inRoom(id) : sessions.of(members);

/** A message as it was said. */
export interface Saying {
  readonly id?: string;
  readonly from: string;
  readonly content: WireBody;
  readonly mentions?: readonly string[];
  readonly mentionsAll?: boolean;
  readonly transient?: boolean;
  readonly receipt?: boolean;
  readonly token?: string;
}

/** Stores a message, unless it is transient, and hands it to everybody but the session that has sent it. */
export const say = (world: World, held: Held, saying: Saying, except?: Session): StoredMessage => {
  const { memory, now } = world;
  const { id = memory.newId('message'), transient = false, mentions = [], mentionsAll = false, receipt = false, ...rest } = saying;
  const timestamp = transient ? Math.max(now(), held.messages.at(-1)?.timestamp ?? 0) : nextTime(held, now());
  const message: StoredMessage = {
    ...rest,
    id,
    conversationId: held.info.id,
    timestamp,
    mentions,
    mentionsAll,
    receipt,
    isRecalled: false,
  };
  if (!transient) held.messages.push(message);
  world.said(message, transient);
  tell(audience(world, held.info), directPush(message, { transient }), except);
  return message;
};
