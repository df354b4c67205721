/** What the answers of the fake server are made with: the rules of the real one, a memory, and who is connected. */
import { defined } from '../../codecs/defined.js';
import type { ClientCommand, ConversationInfo, ServerCommand, WireBody } from '../../codecs/index.js';
import { existingOf, type IsOpen } from '../../server/domain/conversations/access.js';
import type { Telling } from '../../server/domain/conversations/notices.js';
import type { Memory } from '../../server/domain/memory/memory.js';
import { bodyOf, typeOf } from '../../server/domain/messages/body.js';
import { transientTime } from '../../server/domain/messages/transient-time.js';
import { directPush } from '../../server/domain/messages/pushes.js';
import type { StoredMessage } from '../../server/domain/records.js';
import { tell, type Session, type Sessions } from './sessions.js';

export interface World {
  readonly now: () => number;
  readonly memory: Memory;
  readonly sessions: Sessions;
  /** Whether those who are not members may read an ordinary conversation. */
  readonly isOpen: IsOpen;
  /** `message-1`, `message-2` and so on. */
  readonly newId: (what: string) => string;
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

/** The conversation of an id; refuses where there is none. */
export const existing = ({ memory }: World, id: string): ConversationInfo =>
  existingOf(id, memory.conversations([id])[0]);

/** Everybody who is told what happens in a conversation, and online. */
export const audience = ({ sessions }: World, { id, kind, members = [] }: ConversationInfo): readonly Session[] =>
  kind === 'room' ? sessions.inRoom(id) : sessions.of(members);

/** Tells everybody concerned but the session whose doing it is. */
export const tellAll = ({ world: { sessions }, session }: Asking, tellings: readonly Telling[]): void => {
  for (const { to, notice } of tellings) tell(sessions.of(to), notice, session);
};

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

/**
 * Stores a message, unless it is transient, and hands it to everybody but the session that has sent it. The same
 * token of the same sender is the same message.
 */
export const say = (world: World, info: ConversationInfo, saying: Saying, except?: Session): StoredMessage => {
  const { memory, newId, now } = world;
  const { id, from, content, transient = false, mentions = [], mentionsAll = false, receipt = false, token } = saying;
  const body = bodyOf(content);
  const said = { conversationId: info.id, from, mentions, mentionsAll, receipt, ...typeOf(body.msg), ...body };
  const { message, repeated } = transient
    ? { message: { ...said, id: id ?? newId('message'), timestamp: transientTime(now(), info) }, repeated: false }
    : memory.append({ ...said, ...defined({ token }), now: now() }, id);
  if (repeated) return message;
  world.said(message, transient);
  tell(audience(world, info), directPush(message, { transient }), except);
  return message;
};
