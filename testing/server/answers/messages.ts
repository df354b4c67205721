/** Messages: send, receive, read, change, and history. */
import { defined } from '../../../codecs/defined.js';
import { forMember, forReader, forSpeaker } from '../../../server/domain/conversations/access.js';
import { editOf, editResult, editWishes, wantedBody, type EditWish } from '../../../server/domain/messages/edits.js';
import { historyQuery } from '../../../server/domain/messages/history-query.js';
import { logItem, patchPush } from '../../../server/domain/messages/pushes.js';
import {
  arrivedOf,
  deliveryReceipts,
  readMarksOf,
  readReceipts,
  type ReadMark,
  type Receipt,
} from '../../../server/domain/messages/receipts.js';
import { unreadPush } from '../../../server/domain/messages/unread-push.js';
import { tell } from '../sessions.js';
import { audience, existing, say, type Answers, type Asking, type CommandOf, type World } from '../world.js';

/** A will is not sent yet, and has no answer here. */
export const direct = (
  { world, session }: Asking,
  { directMessage: wire }: CommandOf<'direct'>,
): Answers | undefined => {
  const {
    cid,
    dt: token,
    mentionPids: mentions = [],
    mentionAll: mentionsAll = false,
    transient = false,
    r: receipt = false,
    will,
  } = wire;
  if (will === true) return undefined;
  const info = forSpeaker(cid, world.memory.conversations([cid])[0], session);
  const saying = {
    from: session.clientId,
    content: wire,
    mentions,
    mentionsAll,
    transient,
    receipt,
    ...defined({ token }),
  };
  const { id, timestamp } = say(world, info, saying, session);
  return [{ cmd: 'ack', ackMessage: { uid: id, t: timestamp, cid } }];
};

const tellSenders = ({ sessions }: World, receipts: readonly Receipt[]): void => {
  for (const { to, push } of receipts) tell(sessions.of([to]), push);
};

export const received = ({ world, session }: Asking, { ackMessage }: CommandOf<'ack'>): Answers => {
  const info = forMember(existing(world, ackMessage.cid), session, 4401);
  const arrived = arrivedOf(ackMessage);
  if (arrived === undefined) return [];
  const delivered = world.memory.acknowledge(info.id, session.clientId, arrived, world.now());
  tellSenders(world, deliveryReceipts(info, delivered, session.clientId, world.now()));
  return [];
};

const markRead = ({ world, session }: Asking, { cid, upTo }: ReadMark): void => {
  const { memory, sessions, now } = world;
  const { clientId } = session;
  const info = forMember(existing(world, cid), session, 4401);
  const marked = memory.markRead(cid, clientId, upTo, now());
  if (!marked.moved) return;
  tell(sessions.of([clientId]), unreadPush([marked.summary], now()));
  tellSenders(world, readReceipts(info, marked, clientId, now()));
};

export const read = (asking: Asking, { readMessage }: CommandOf<'read'>): Answers => {
  for (const mark of readMarksOf(readMessage)) markRead(asking, mark);
  return [];
};

/** A page of history, oldest first. */
export const logs = ({ world, session }: Asking, { logsMessage }: CommandOf<'logs'>): Answers => {
  const { id, kind } = forReader(existing(world, logsMessage.cid), session, 4312, world.isOpen);
  const messages = world.memory.history(historyQuery(session.clientId, logsMessage));
  return [{ cmd: 'logs', logsMessage: { cid: id, logs: messages.map((message) => logItem(message, kind)) } }];
};

/** Changes one message, tells everybody, and gives the time of the change. */
const change = ({ world, session }: Asking, wish: EditWish): number => {
  const { memory, sessions, now } = world;
  const { conversationId: id, messageId, recall } = wish;
  const info = forSpeaker(id, memory.conversations([id])[0], session);
  const { message, unreadBy } = editResult(
    memory.modify(editOf(session, wish, wantedBody(wish), now())),
    id,
    messageId,
  );
  tell(audience(world, info), patchPush([message]), session);
  // A recalled message does not count as unread any more for clients that have not read it.
  const concerned = recall && info.kind !== 'room' ? unreadBy : [];
  for (const member of concerned) tell(sessions.of([member]), unreadPush([memory.unreadIn(id, member)], now()));
  return message.editedAt ?? message.timestamp;
};

/** Edits and recalls, one after the other. The first refusal is the answer. */
export const modify = (asking: Asking, { patchMessage }: CommandOf<'patch'>): Answers => {
  const lastPatchTime = editWishes(patchMessage).reduce((_, wish) => change(asking, wish), 0);
  return [{ cmd: 'patch', op: 'modified', patchMessage: { lastPatchTime } }];
};
