/** Receipts: what senders learn about who has received and read their messages. */
import { defined } from '../../../codecs/defined.js';
import type { ClientCommand, ConversationInfo, ServerCommand } from '../../../codecs/index.js';
import type { Arrived, MarkedRead, MemberReceipt, ReadUpTo, StoredMessage } from '../records.js';

type CommandOf<C extends ClientCommand['cmd']> = Extract<ClientCommand, { cmd: C }>;

/** A receipt, and the sender that gets it. */
export interface Receipt {
  readonly to: string;
  readonly push: ServerCommand;
}

/** Only conversations of two members have receipts. */
const isPair = ({ members = [] }: ConversationInfo): boolean => members.length === 2;

const receipt = (
  { id, from: to, conversationId: cid }: StoredMessage,
  from: string,
  now: number,
  read?: true,
): Receipt => ({
  to,
  push: { cmd: 'rcp', rcpMessage: { cid, id, t: now, from, ...defined({ read }) } },
});

/** Receipts of messages that have reached a client. */
export const deliveryReceipts = (
  info: ConversationInfo,
  delivered: readonly StoredMessage[],
  receiver: string,
  now: number,
): readonly Receipt[] => (isPair(info) ? delivered.map((message) => receipt(message, receiver, now)) : []);

/** A receipt of the newest message that a client has read. It stands for all earlier messages. */
export const readReceipts = (
  info: ConversationInfo,
  { newest }: MarkedRead,
  reader: string,
  now: number,
): readonly Receipt[] => (isPair(info) && newest !== undefined ? [receipt(newest, reader, now, true)] : []);

/** The messages that a client acknowledges: by a stretch of time or by id. A client uses one of the two. */
export const arrivedOf = ({ fromts, tots, mid }: CommandOf<'ack'>['ackMessage']): Arrived | undefined => {
  if (fromts !== undefined && tots !== undefined) return { from: fromts, to: tots };
  return mid === undefined ? undefined : { id: mid };
};

/** One read mark of a command. */
export interface ReadMark {
  readonly cid: string;
  readonly upTo: ReadUpTo;
}

const furthest = (a: ReadUpTo | undefined, b: ReadUpTo): ReadUpTo => {
  if (a === 'end' || b === 'end') return 'end';
  // A conversation that is named by a message and by a time: the later one counts.
  return typeof a === 'object' && 'timestamp' in a && 'timestamp' in b && a.timestamp > b.timestamp ? a : b;
};

/**
 * How far a client has read each conversation that the command names. Of several times for one conversation, only the
 * latest counts: a mark costs as much as there are unread messages, and a command may have many marks.
 */
export const readMarksOf = ({ cid, convs = [] }: CommandOf<'read'>['readMessage']): readonly ReadMark[] => {
  const marks = new Map<string, ReadUpTo>();
  if (cid !== undefined) marks.set(cid, 'end');
  for (const { cid: id, timestamp, mid } of convs) {
    const upTo = timestamp !== undefined ? { timestamp } : mid === undefined ? ('end' as const) : { id: mid };
    marks.set(id, furthest(marks.get(id), upTo));
  }
  return [...marks].map(([id, upTo]) => ({ cid: id, upTo }));
};

const newest = (times: readonly (number | undefined)[]): number | undefined => {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
};

/**
 * How far the other members have received and read: each of them, or all of them together. The subscribers of a
 * system conversation are private, so it has none.
 */
export const maxRead = (
  { id: cid, kind, members = [] }: ConversationInfo,
  receipts: readonly MemberReceipt[],
  asking: string,
  each = false,
): ServerCommand => {
  const isMember = new Set(kind === 'system' ? [] : members);
  const others = receipts.filter(({ clientId }) => clientId !== asking && isMember.has(clientId));
  const times = (deliveredAt: number | undefined, readAt: number | undefined) =>
    defined({ maxAckTimestamp: deliveredAt, maxReadTimestamp: readAt });
  const told = each
    ? {
        maxReadTuples: others.map(({ clientId, deliveredAt, readAt }) => ({
          pid: clientId,
          ...times(deliveredAt, readAt),
        })),
      }
    : times(newest(others.map(({ deliveredAt }) => deliveredAt)), newest(others.map(({ readAt }) => readAt)));
  return { cmd: 'conv', op: 'max_read', convMessage: { cid, ...told } };
};
