/** Messages: sent, received, read, changed, and those of the past. */
import { isRight } from '../../../codecs/either.js';
import { fromStored, parseJson, type WireBody } from '../../../codecs/index.js';
import { isBeyond, isMember, moveMark, type Bound, type Held, type StoredMessage } from '../memory.js';
import { logItem, patchPush, unreadPush } from '../pushes.js';
import { tell } from '../sessions.js';
import { audience, noSuchConversation, refused, say, type Answers, type Asking, type CommandOf } from '../world.js';

const RECALLED: WireBody = { msg: '{"_lctype":-127}' };
const NO_TARGET = 'there is no such conversation, or you are not a member of it';
const DEFAULT_PAGE = 20;
const TOWARDS_PRESENT = 2;

const canSpeak = (held: Held, clientId: string): boolean => held.info.kind === 'room' || isMember(held, clientId);

const bodyOf = ({ msg, binaryMsg }: WireBody): WireBody => (binaryMsg === undefined ? { msg: msg ?? '' } : { binaryMsg });

/** The same token of the same sender is the same message; a will is none yet, and has no answer here. */
export const direct = ({ world, session }: Asking, { directMessage: wire }: CommandOf<'direct'>): Answers | undefined => {
  const { cid, dt: token, mentionPids: mentions = [], mentionAll: mentionsAll = false, transient = false, r: receipt = false, will } = wire;
  const { clientId: from } = session;
  if (will === true) return undefined;
  const held = world.memory.find(cid);
  if (held === undefined || !canSpeak(held, from)) return refused(4401, 'INVALID_MESSAGING_TARGET', NO_TARGET);
  const before = held.messages.find((message) => message.from === from && message.token !== undefined && message.token === token);
  const saying = { from, content: bodyOf(wire), mentions, mentionsAll, transient, receipt, ...(token === undefined ? {} : { token }) };
  const { id, timestamp } = before ?? say(world, held, saying, session);
  return [{ cmd: 'ack', ackMessage: { uid: id, t: timestamp, cid } }];
};

/** Receipts are for conversations of two. */
const isPair = ({ info: { members = [] } }: Held): boolean => members.length === 2;

export const received = ({ world, session: { clientId } }: Asking, { ackMessage }: CommandOf<'ack'>): Answers => {
  const { cid, fromts = -Infinity, tots: upTo = -Infinity } = ackMessage;
  const held = world.memory.find(cid);
  const moved = held === undefined ? undefined : moveMark(held.received, clientId, { upTo, at: world.now() });
  if (held === undefined || moved === undefined || !isPair(held)) return [];
  const isNew = ({ timestamp }: StoredMessage): boolean => timestamp > moved.from && timestamp >= fromts && timestamp <= upTo;
  for (const { id, from, receipt } of held.messages.filter(isNew)) {
    if (receipt && from !== clientId)
      tell(world.sessions.of([from]), { cmd: 'rcp', rcpMessage: { cid, id, t: world.now(), from: clientId } });
  }
  return [];
};

const markRead = ({ world, session }: Asking, cid: string, wanted: number): void => {
  const { now, sessions } = world;
  const { clientId } = session;
  const held = world.memory.find(cid);
  if (held === undefined || !isMember(held, clientId)) return;
  const upTo = held.messages.findLast(({ timestamp }) => timestamp <= wanted)?.timestamp ?? -Infinity;
  const moved = moveMark(held.read, clientId, { upTo, at: now() });
  if (moved === undefined) return;
  const isEnd = upTo === held.messages.at(-1)?.timestamp;
  // Who has read to the end knows that nothing is left.
  tell(sessions.of([clientId]), unreadPush([held], clientId, now()), isEnd ? session : undefined);
  const newest = held.messages.findLast(
    ({ from, receipt, timestamp }) => receipt && from !== clientId && timestamp > moved.from && timestamp <= upTo,
  );
  if (newest !== undefined && isPair(held))
    tell(sessions.of([newest.from]), { cmd: 'rcp', rcpMessage: { cid, id: newest.id, t: now(), read: true, from: clientId } });
};

export const read = (asking: Asking, { readMessage: { cid, convs = [] } }: CommandOf<'read'>): Answers => {
  if (cid !== undefined) markRead(asking, cid, Infinity);
  for (const { cid: id, timestamp = Infinity } of convs) markRead(asking, id, timestamp);
  return [];
};

const boundOf = (timestamp: number | undefined, id: string | undefined, isIncluded = false): Bound | undefined =>
  timestamp === undefined ? undefined : { timestamp, id, isIncluded };

/** The number of a message's type, where it has one. */
const typeOf = ({ content: { msg = '' } }: StoredMessage): unknown => {
  const json = parseJson(msg);
  return isRight(json) && typeof json.right === 'object' && json.right !== null && '_lctype' in json.right
    ? json.right['_lctype']
    : undefined;
};

/** A page of history, oldest first. */
export const logs = ({ world, session }: Asking, { logsMessage: wire }: CommandOf<'logs'>): Answers => {
  const { cid, l: limit = DEFAULT_PAGE, direction, lctype } = wire;
  const held = world.memory.find(cid);
  if (held === undefined) return noSuchConversation(cid);
  if (!canSpeak(held, session.clientId)) return refused(4312, 'CONVERSATION_LOG_REJECTED', 'this conversation is for its members');
  const start = boundOf(wire.t, wire.mid, wire.tIncluded);
  const end = boundOf(wire.tt, wire.tmid, wire.ttIncluded);
  const isForward = direction === TOWARDS_PRESENT;
  const [oldest, newest] = isForward ? [start, end] : [end, start];
  const stretch = held.messages.filter(
    (message) =>
      (oldest === undefined || isBeyond(message, oldest, 1)) &&
      (newest === undefined || isBeyond(message, newest, -1)) &&
      (lctype === undefined || typeOf(message) === lctype),
  );
  const page = isForward ? stretch.slice(0, limit) : stretch.slice(-limit);
  return [{ cmd: 'logs', logsMessage: { cid, logs: page.map(logItem) } }];
};

type Wish = NonNullable<CommandOf<'patch'>['patchMessage']['patches']>[number];

const changedBy = (
  message: StoredMessage,
  { recall = false, data, binaryMsg, mentionPids = [], mentionAll = false }: Wish,
  now: number,
): StoredMessage => {
  const content = binaryMsg === undefined ? fromStored({ data: data ?? '' }) : { binaryMsg };
  const editedAt = Math.max(now, (message.editedAt ?? -Infinity) + 1);
  return recall
    ? { ...message, content: RECALLED, mentions: [], mentionsAll: false, editedAt, isRecalled: true }
    : { ...message, content, mentions: mentionPids, mentionsAll: mentionAll, editedAt };
};

/** There is one less to read for who has not read it. */
const tellWhoHasNotRead = ({ world: { sessions, now } }: Asking, held: Held, { from, timestamp }: StoredMessage): void => {
  const { members = [] } = held.info;
  const hasNotRead = (member: string): boolean => member !== from && (held.read.get(member)?.upTo ?? -Infinity) < timestamp;
  for (const member of members.filter(hasNotRead)) tell(sessions.of([member]), unreadPush([held], member, now()));
};

/** Edits and recalls, one after the other; the first that is refused is the answer. */
export const modify = (asking: Asking, { patchMessage: { patches = [] } }: CommandOf<'patch'>): Answers => {
  const { world, session } = asking;
  let lastPatchTime = world.now();
  for (const wish of patches) {
    const { cid, mid } = wish;
    const held = world.memory.find(cid);
    if (held === undefined) return noSuchConversation(cid);
    // What was taken back stays so.
    const index = held.messages.findIndex(({ id, isRecalled }) => id === mid && (!isRecalled || wish.recall === true));
    const message = held.messages[index];
    if (message === undefined) return refused(4404, 'MESSAGE_NOT_FOUND', `there is no message ${mid} in this conversation`);
    if (message.from !== session.clientId)
      return refused(4403, 'MESSAGE_OWNERSHIP_REQUIRED', 'a message is changed and recalled by who has sent it');
    const changed = changedBy(message, wish, world.now());
    held.messages[index] = changed;
    lastPatchTime = changed.editedAt ?? lastPatchTime;
    tell(audience(world, held.info), patchPush([changed]), session);
    if (changed.isRecalled && held.info.kind !== 'room') tellWhoHasNotRead(asking, held, message);
  }
  return [{ cmd: 'patch', op: 'modified', patchMessage: { lastPatchTime } }];
};
