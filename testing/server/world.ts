/** What the answers of the fake server use: the rules of the real server, a memory, and the connected clients. */
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
  /** Whether clients that are not members may read an ordinary conversation. */
  readonly isOpen: IsOpen;
  /** Whether messages of one millisecond have the same time. */
  readonly equalTimes: boolean;
  /** `message-1`, `message-2` and so on. */
  readonly newId: (what: string) => string;
  /** Called with each message that is sent while the diagram runs. */
  readonly said: (message: StoredMessage, transient: boolean) => void;
}

/** The session that sends a command, and the world that answers it. */
export interface Asking {
  readonly world: World;
  readonly session: Session;
}

/** The command with this `cmd`, and with this `op` if it has one. */
export type CommandOf<C extends ClientCommand['cmd'], O extends string | undefined = undefined> = Extract<
  ClientCommand,
  O extends string ? { cmd: C; op: O } : { cmd: C }
>;

/** The answer, then what follows it. Empty if the command needs no answer. */
export type Answers = readonly ServerCommand[];

/** The conversation with this id. Refuses if there is none. */
export const existing = ({ memory }: World, id: string): ConversationInfo =>
  existingOf(id, memory.conversations([id])[0]);

/** The online clients that are told what happens in a conversation. */
export const audience = ({ sessions }: World, { id, kind, members = [] }: ConversationInfo): readonly Session[] =>
  kind === 'room' ? sessions.inRoom(id) : sessions.of(members);

/** Sends notices to all clients concerned. Gives those for the acting socket: they follow the answer. */
export const tellAll = ({ world: { sessions }, session }: Asking, tellings: readonly Telling[]): Answers =>
  tellings.flatMap(({ to, notice }) => {
    const told = sessions.of(to);
    tell(
      told.filter(({ link }) => link !== session.link),
      notice,
    );
    return told
      .filter(({ link }) => link === session.link)
      .map(({ clientId }): ServerCommand => ({ ...notice, peerId: clientId }));
  });

/** A message as its sender gives it. */
export interface Saying {
  readonly id?: string;
  readonly from: string;
  readonly content: WireBody;
  readonly mentions?: readonly string[];
  readonly mentionsAll?: boolean;
  readonly transient?: boolean;
  readonly receipt?: boolean;
  readonly token?: string;
  /** The exact time, ms. */
  readonly timestamp?: number;
}

/** The exact time of the next message of a conversation; undefined if it gets a time of its own. Time goes forward. */
export const exactTime = (
  { memory, equalTimes, now }: Pick<World, 'memory' | 'equalTimes' | 'now'>,
  conversationId: string,
  timestamp: number | undefined = equalTimes ? now() : undefined,
): number | undefined => {
  if (timestamp === undefined) return undefined;
  const [last] = memory.history({ conversationId, direction: 'old', limit: 1 });
  if (last === undefined || last.timestamp <= timestamp) return timestamp;
  throw new Error(
    `the fake server can't store a message at ${timestamp} behind one of ${last.timestamp}: give them in order`,
  );
};

/**
 * Stores a message, unless it is transient, and delivers it to all sessions but the sending one. Two messages of one
 * sender with the same token are the same message.
 */
export const say = (world: World, info: ConversationInfo, saying: Saying, except?: Session): StoredMessage => {
  const { memory, newId, now } = world;
  const { id, from, content, transient = false, mentions = [], mentionsAll = false, receipt = false } = saying;
  const { token, timestamp } = saying;
  const body = bodyOf(content);
  const said = { conversationId: info.id, from, mentions, mentionsAll, receipt, ...typeOf(body.msg), ...body };
  const { message, repeated } = transient
    ? { message: { ...said, id: id ?? newId('message'), timestamp: transientTime(now(), info) }, repeated: false }
    : memory.append({ ...said, ...defined({ token }), now: now() }, id, exactTime(world, info.id, timestamp));
  if (repeated) return message;
  world.said(message, transient);
  tell(audience(world, info), directPush(message, { kind: info.kind, transient }), except);
  return message;
};
