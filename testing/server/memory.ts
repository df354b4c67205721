/** What the fake server keeps: conversations, what was said in them, and how far who has received and read. */
import { comparePositions } from '../../streams/index.js';
import type { ConversationInfo, WireBody } from '../../codecs/index.js';

export interface StoredMessage {
  readonly id: string;
  readonly conversationId: string;
  readonly from: string;
  readonly timestamp: number;
  readonly content: WireBody;
  readonly mentions: readonly string[];
  readonly mentionsAll: boolean;
  /** Its sender wants to know when it was received and read. */
  readonly receipt: boolean;
  /** By which its sender's repetitions of it are known. */
  readonly token?: string;
  readonly editedAt?: number;
  readonly isRecalled: boolean;
}

/** Up to which message, and since when. */
interface Mark {
  readonly upTo: number;
  readonly at: number;
}

export interface Held {
  info: ConversationInfo;
  /** Its members at the start: a unique conversation stays the one of them, whoever comes and goes. */
  readonly founders: readonly string[];
  /** The oldest first. */
  readonly messages: StoredMessage[];
  /** By client id. */
  readonly received: Map<string, Mark>;
  readonly read: Map<string, Mark>;
}

export interface Memory {
  readonly add: (info: ConversationInfo) => Held;
  readonly find: (id: string) => Held | undefined;
  readonly all: () => readonly Held[];
  /** Those that a client is a member of. */
  readonly of: (clientId: string) => readonly Held[];
  /** `message-1`, `message-2` and so on. */
  readonly newId: (what: string) => string;
}

export const createMemory = (): Memory => {
  const held = new Map<string, Held>();
  const counts = new Map<string, number>();
  return {
    add: (info) => {
      const added: Held = { info, founders: info.members ?? [], messages: [], received: new Map(), read: new Map() };
      held.set(info.id, added);
      return added;
    },
    find: (id) => held.get(id),
    all: () => [...held.values()],
    of: (clientId) => [...held.values()].filter(({ info: { members = [] } }) => members.includes(clientId)),
    newId: (what) => {
      const count = (counts.get(what) ?? 0) + 1;
      counts.set(what, count);
      return `${what}-${count}`;
    },
  };
};

/** The time of the next message: each has one of its own. */
export const nextTime = ({ messages }: Held, now: number): number => Math.max(now, (messages.at(-1)?.timestamp ?? 0) + 1);

/** What a query says of a conversation. */
export const described = ({ info, messages }: Held): ConversationInfo => {
  const last = messages.at(-1);
  if (last === undefined) return info;
  const { id, from, timestamp, content, editedAt } = last;
  return {
    ...info,
    lastMessageAt: timestamp,
    lastMessage: { id, from, timestamp, ...content, ...(editedAt === undefined ? {} : { patchTimestamp: editedAt }) },
  };
};

export const isMember = ({ info: { members = [] } }: Held, clientId: string): boolean => members.includes(clientId);

/** What a client has not read, the oldest first. */
export const unreadBy = ({ messages, read }: Held, clientId: string): readonly StoredMessage[] => {
  const upTo = read.get(clientId)?.upTo ?? -Infinity;
  return messages.filter(({ from, timestamp, isRecalled }) => from !== clientId && timestamp > upTo && !isRecalled);
};

/** When there last were less of them than messages that came: something was read, or taken back. */
export const unreadLessAt = ({ messages, read }: Held, clientId: string): number =>
  Math.max(
    read.get(clientId)?.at ?? -Infinity,
    ...messages.map(({ isRecalled, editedAt = -Infinity }) => (isRecalled ? editedAt : -Infinity)),
  );

/** Moves a mark forwards; what it was before, where it has moved. */
export const moveMark = (marks: Map<string, Mark>, clientId: string, mark: Mark): { readonly from: number } | undefined => {
  const from = marks.get(clientId)?.upTo ?? -Infinity;
  if (mark.upTo <= from) return undefined;
  marks.set(clientId, mark);
  return { from };
};

/** A place in history, and whether what is there is meant, too. */
export interface Bound {
  readonly timestamp: number;
  readonly id: string | undefined;
  readonly isIncluded: boolean;
}

/** Whether a message is after a bound, or, with `sign` -1, before it. */
export const isBeyond = ({ timestamp, id }: StoredMessage, bound: Bound, sign: 1 | -1): boolean => {
  const order = bound.id === undefined ? timestamp - bound.timestamp : comparePositions({ timestamp, id }, { ...bound, id: bound.id });
  return order === 0 ? bound.isIncluded : Math.sign(order) === sign;
};
