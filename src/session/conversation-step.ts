/**
 * The work in one conversation, one task after the other: look it up, catch up, then pass on the events that have
 * arrived.
 */
import type { ConversationInfo } from '../../codecs/index.js';
import { comparePositions, type ClientEvent, type ConversationEvent, type Position } from '../../streams/index.js';
import type { RealtimeError } from '../errors.js';
import { catchingUp, gapAt, readPage, type CatchingUp, type MissedPage } from './catch-up.js';
import { placeOf, reach } from './cursor.js';
import { append, fifoOf, NOTHING_WAITS, takeFirst, valuesOf } from './fifo.js';
import type { Cursor, Making, Session, Task, Work } from './inbox-state.js';
import { admit, cursorOf, emit, keep, report, want, withSession } from './making.js';
import { changesBetween, hasMembers, isMember, isOutside, newsAfter } from './missed-changes.js';
import { forgetOver, isSent, mayBeSent } from './own-sends.js';
import { hasId } from './recent-ids.js';
import { fresh, NOTHING_TOLD, without } from './told-once.js';
import { weightOf } from './weight.js';

type MessageEvent = Extract<ConversationEvent, { readonly _tag: 'Message' }>;
type WorkOf<Tag extends Work['_tag']> = Extract<Work, { readonly _tag: Tag }>;

const CAUGHT_UP: ClientEvent = { _tag: 'CaughtUp' };

const snapshotOf = (info: ConversationInfo): ConversationEvent => ({ _tag: 'Snapshot', conversationId: info.id, info });

/** Whether messages of the conversation may have been missed. Chat rooms have live messages only. */
const isBehind = ({ isResumed, number }: Session, { caughtUpIn, info }: Cursor): boolean =>
  isResumed && caughtUpIn < number && info?.kind !== 'room';

/** Takes a task of a conversation. If the conversation is busy, the task waits. */
export const arrive = (making: Making, task: Task): void => {
  const cursor = cursorOf(making, task.conversationId);
  if (cursor.work === undefined) handle(making, cursor, task);
  else enqueue(making, cursor, task);
};

const countWaiting = (making: Making, count: number, bytes: number): void => {
  const { waiting, waitingBytes } = making.state.session;
  withSession(making, { waiting: waiting + count, waitingBytes: waitingBytes + bytes });
};

const notWaiting = (making: Making, tasks: readonly Task[]): void => {
  if (tasks.length > 0) countWaiting(making, -tasks.length, -tasks.reduce((sum, task) => sum + weightOf(task), 0));
};

const timeOf = (task: Task): number =>
  task._tag === 'Message' && !task.message.transient ? task.message.timestamp : -Infinity;

/** Puts a task in line. If too much waits, everything that waits in this conversation is dropped. */
const enqueue = (making: Making, cursor: Cursor, task: Task): void => {
  const { limits } = making.policy;
  const { waiting, waitingBytes } = making.state.session;
  const weight = weightOf(task);
  if (waiting < limits.waiting && waitingBytes + weight <= limits.waitingBytes) {
    countWaiting(making, 1, weight);
    keep(making, { ...cursor, waiting: append(cursor.waiting, task) });
    return;
  }
  const dropped = valuesOf(cursor.waiting);
  notWaiting(making, dropped);
  const lost = [...dropped, task];
  for (const barrier of lost) if (barrier._tag === 'Barrier') want(making, { _tag: 'Reach', barrier });
  if (cursor.lostUpTo === undefined) want(making, { _tag: 'Overflow', what: 'waiting', conversationId: cursor.id });
  const lostUpTo = lost.reduce((latest, one) => Math.max(latest, timeOf(one)), cursor.lostUpTo ?? -Infinity);
  keep(making, { ...cursor, waiting: NOTHING_WAITS, lostUpTo });
};

/**
 * Tells that waiting events were dropped: a gap for messages. What else has changed is found when the conversation is
 * looked up again.
 */
export const tellLost = (making: Making, cursor: Cursor): Cursor => {
  const { id, lostUpTo, newest: from } = cursor;
  if (lostUpTo === undefined) return cursor;
  const next = keep(making, { ...cursor, lostUpTo: undefined, info: undefined, lookedUpIn: 0, told: NOTHING_TOLD });
  if (lostUpTo === -Infinity) return next;
  const to = Math.max(lostUpTo, from.timestamp);
  return admit(making, next, { _tag: 'Gap', conversationId: id, from: placeOf(from), to, cause: 'overflow' });
};

/** Handles the next task of a conversation that is not busy. */
const handle = (making: Making, cursor: Cursor, task: Task): Cursor => {
  switch (task._tag) {
    case 'Barrier':
      want(making, { _tag: 'Reach', barrier: task });
      return cursor;
    case 'Discover':
      return isBehind(making.state.session, cursor) ? lookUp(making, cursor, false, undefined) : cursor;
    case 'Snapshot':
      return admit(making, cursor, task);
    case 'Message':
      return handleNews(making, cursor, task);
    default:
      return handleChange(making, cursor, task);
  }
};

/** Takes out of an event what is in the log already. */
const handleChange = (making: Making, cursor: Cursor, task: ConversationEvent): Cursor => {
  const { event, told, news } = fresh(cursor, task, making.policy.self);
  const next = told === cursor.told && news === cursor.news ? cursor : keep(making, { ...cursor, told, news });
  return event === undefined ? next : handleNews(making, next, event);
};

const handleNews = (making: Making, cursor: Cursor, event: ConversationEvent): Cursor => {
  const { session } = making.state;
  const { self } = making.policy;
  const { info } = cursor;
  const isFar = isBehind(session, cursor);
  const isUnknown = info === undefined && cursor.lookedUpIn < session.number;
  // A client that was not a member got no events, so its snapshot is out of date.
  const isStale =
    event._tag === 'Joined' && info !== undefined && event.members.includes(self) && !isMember(info, self);
  // An own message can be passed on although its conversation is unknown. But missed messages come before it, and a
  // client that was out is in again: what was sent meanwhile must not come after it.
  const isOwn = event._tag === 'Message' && event.origin === 'sent' && !cursor.isOut;
  if (isOutside(event, self) || (!isFar && (isOwn || !(isUnknown || isStale))))
    return admitOrSettle(making, cursor, event);
  return lookUp(making, cursor, isStale, event);
};

/** Whether the event is a new message by this client's user, which did not come with an acknowledgement. */
const isBySelf = (making: Making, { seen }: Cursor, event: ConversationEvent): event is MessageEvent =>
  event._tag === 'Message' &&
  event.origin !== 'sent' &&
  event.message.from === making.policy.self &&
  !hasId(seen, event.message.id);

/** The event; if it is a message that this client has sent, it says so. */
const recognised = (making: Making, cursor: Cursor, event: ConversationEvent): ConversationEvent =>
  isBySelf(making, cursor, event) && isSent(making.state.sends, event.message) ? { ...event, origin: 'sent' } : event;

/**
 * Passes an event on. A message of this user waits while the client does not know whether it is its own: one that was
 * written on an earlier connection can come as a live message.
 */
const admitOrSettle = (making: Making, cursor: Cursor, event: ConversationEvent): Cursor => {
  const { sends, session } = making.state;
  return isBySelf(making, cursor, event) && mayBeSent(sends, event.message, session.number)
    ? waitFor(making, cursor, { _tag: 'Settle', missed: undefined, event })
    : admit(making, cursor, recognised(making, cursor, event));
};

const waitFor = (making: Making, cursor: Cursor, work: WorkOf<'Settle'>): Cursor => {
  want(making, { _tag: 'Wait', session: making.state.session.number, conversationId: cursor.id });
  return keep(making, { ...cursor, work });
};

const isDoubtful = (making: Making, cursor: Cursor, { page: { messages } }: { readonly page: MissedPage }): boolean =>
  messages.some(
    (message) =>
      message.from === making.policy.self && !hasId(cursor.seen, message.id) && mayBeSent(making.state.sends, message),
  );

/** Goes on when the waiting messages are known. `isOver`: they have waited long enough. */
export const settle = (making: Making, cursor: Cursor, work: WorkOf<'Settle'>, isOver: boolean): Cursor => {
  const { missed, event } = work;
  const { sends, session } = making.state;
  if (missed === undefined) {
    if (!isOver && event?._tag === 'Message' && mayBeSent(sends, event.message, session.number)) return cursor;
    return finish(making, cursor, work);
  }
  if (!isOver && isDoubtful(making, cursor, missed)) return cursor;
  const before: WorkOf<'CatchUp'> = { _tag: 'CatchUp', catching: missed.catching, isRefresh: false, event };
  const { told, rest, next } = tellPage(making, cursor, before, missed.page);
  return next === undefined ? finish(making, told, rest) : catchUp(making, told, { ...rest, catching: next });
};

/** Looks up the conversation if it is not known, then fetches what was missed in it, then passes the event on. */
const lookUp = (making: Making, cursor: Cursor, isStale: boolean, event: ConversationEvent | undefined): Cursor => {
  const { session } = making.state;
  const { id, info, isOut, lookedUpIn, position } = cursor;
  const from = isBehind(session, cursor) ? placeOf(position) : undefined;
  const work: WorkOf<'LookUp'> = { _tag: 'LookUp', isBack: isStale || isOut, from, event };
  if (!isStale && (info !== undefined || lookedUpIn === session.number)) return afterLookUp(making, cursor, work);
  want(making, { _tag: 'LookUp', session: session.number, ids: [id] });
  return keep(making, { ...cursor, lookedUpIn: session.number, isOut: false, work });
};

/** The server has answered a look-up. `info` is `undefined` if the server does not know the conversation. */
export const lookedUp = (
  making: Making,
  cursor: Cursor,
  work: WorkOf<'LookUp'>,
  info: ConversationInfo | undefined,
): Cursor => {
  if (info === undefined) return afterLookUp(making, cursor, work);
  const { lastMessageAt } = info;
  // The client did not miss the messages that were sent while it was not a member.
  const next =
    work.isBack && lastMessageAt !== undefined ? reach(cursor, { timestamp: lastMessageAt + 1, id: '' }) : cursor;
  return afterLookUp(making, admit(making, next, snapshotOf(info)), work);
};

const afterLookUp = (making: Making, cursor: Cursor, work: WorkOf<'LookUp'>): Cursor => {
  const { from, event } = work;
  if (from === undefined || cursor.info?.kind === 'room') return finish(making, cursor, work);
  const to = Math.max(making.state.session.openedAt, cursor.info?.lastMessageAt ?? 0);
  const catching = catchingUp(cursor.id, from, to);
  return catchUp(making, cursor, { _tag: 'CatchUp', catching, isRefresh: false, event });
};

/** Fetches missed messages when it is the conversation's turn. */
const catchUp = (making: Making, cursor: Cursor, work: WorkOf<'CatchUp'>): Cursor => {
  const { fetching, turns } = making.state.session;
  if (fetching < making.policy.concurrency) {
    withSession(making, { fetching: fetching + 1 });
    fetchPage(making, work.catching);
  } else withSession(making, { turns: append(turns, cursor.id) });
  return keep(making, { ...cursor, work });
};

const fetchPage = (making: Making, { conversationId, reached: after, same }: CatchingUp): void => {
  want(making, {
    _tag: 'FetchPage',
    session: making.state.session.number,
    conversationId,
    after,
    same: same.size,
  });
};

/** A conversation has caught up: lets the next one fetch its messages. */
const giveTurn = (making: Making): void => {
  const { cursors, session } = making.state;
  const taken = takeFirst(session.turns);
  withSession(making, taken === undefined ? { fetching: session.fetching - 1 } : { turns: taken.rest });
  const next = taken === undefined ? undefined : cursors.get(taken.first)?.work;
  if (next?._tag === 'CatchUp') fetchPage(making, next.catching);
};

/** Whether the event is a message from before the position. Transient messages have no position. */
const isBefore = (event: ConversationEvent | Task | undefined, position: Position): event is MessageEvent =>
  event?._tag === 'Message' && !event.message.transient && comparePositions(event.message, position) < 0;

/** Merges two ordered lists into one. */
const merged = (
  events: readonly ConversationEvent[],
  earlier: readonly MessageEvent[],
): readonly ConversationEvent[] => {
  let next = 0;
  return events.flatMap((event) => {
    const start = next;
    while (event._tag === 'Message' && isBefore(earlier[next], event.message)) next += 1;
    return [...earlier.slice(start, next), event];
  });
};

/** A page of missed messages has arrived. */
export const pageCame = (making: Making, cursor: Cursor, work: WorkOf<'CatchUp'>, page: MissedPage): Cursor => {
  const missed = { catching: work.catching, page };
  if (isDoubtful(making, cursor, missed)) {
    // The messages that are being sent may wait for `CaughtUp`, so nothing else waits for this conversation.
    giveTurn(making);
    if (work.isRefresh) countRefreshed(making);
    return waitFor(making, cursor, { _tag: 'Settle', missed, event: work.event });
  }
  const { told, rest, next } = tellPage(making, cursor, work, page);
  if (next === undefined) return caughtUp(making, told, rest);
  fetchPage(making, next);
  return keep(making, { ...told, work: { ...rest, catching: next } });
};

interface PageTold {
  readonly told: Cursor;
  readonly rest: WorkOf<'CatchUp'>;
  readonly next: CatchingUp | undefined;
}

/**
 * Passes a page on. Waiting messages that are older than its last message are put into their places: the server has
 * pushed them, and may have deleted them since.
 */
const tellPage = (making: Making, cursor: Cursor, work: WorkOf<'CatchUp'>, page: MissedPage): PageTold => {
  const { events, next } = readPage(work.catching, page, making.policy, ({ id }) => hasId(cursor.seen, id));
  const last = events.at(-1);
  const isEarlier = (task: Task | undefined): task is MessageEvent =>
    last?._tag === 'Message' && isBefore(task, last.message);
  const tasks = valuesOf(cursor.waiting);
  const earlier = [work.event, ...tasks].filter(isEarlier).sort((a, b) => comparePositions(a.message, b.message));
  const waiting = earlier.length === 0 ? cursor.waiting : fifoOf(tasks.filter((task) => !isEarlier(task)));
  notWaiting(making, tasks.filter(isEarlier));
  const rest = isEarlier(work.event) ? { ...work, event: undefined } : work;
  const told = merged(events, earlier).reduce(
    (before, event) => admit(making, before, recognised(making, before, event)),
    keep(making, { ...cursor, waiting }),
  );
  return { told, rest, next };
};

/** A page could not be fetched: the rest is a gap. */
export const pageFailed = (making: Making, cursor: Cursor, work: WorkOf<'CatchUp'>, error: RealtimeError): Cursor => {
  report(making, cursor.id, error);
  return caughtUp(making, admit(making, cursor, gapAt(work.catching, error)), work);
};

/** The last page has arrived. */
const caughtUp = (making: Making, cursor: Cursor, work: WorkOf<'CatchUp'>): Cursor => {
  giveTurn(making);
  return finish(making, cursor, work);
};

/** Passes on the event that the work was done for, then the waiting events, until the conversation is busy again. */
const finish = (making: Making, cursor: Cursor, work: Work): Cursor => {
  const isRefresh = work._tag === 'Refresh' || (work._tag === 'CatchUp' && work.isRefresh);
  const { sends, session } = making.state;
  const isCaughtUp = work._tag !== 'LookUp' && work._tag !== 'Settle';
  const caughtUpIn = isCaughtUp ? session.number : cursor.caughtUpIn;
  if (isCaughtUp) forgetOver(sends, cursor.id, session.number);
  let next = keep(making, { ...cursor, caughtUpIn, work: undefined });
  if (isRefresh) countRefreshed(making);
  if (work._tag !== 'Refresh' && work.event !== undefined)
    next = admit(making, next, recognised(making, next, work.event));
  next = tellLost(making, next);
  for (
    let taken = takeFirst(next.waiting);
    taken !== undefined && next.work === undefined;
    taken = takeFirst(next.waiting)
  ) {
    notWaiting(making, [taken.first]);
    next = handle(making, keep(making, { ...next, waiting: taken.rest }), taken.first);
  }
  return next;
};

const countRefreshed = (making: Making): void => {
  const left = making.state.session.left - 1;
  withSession(making, { left });
  if (left === 0) emit(making, CAUGHT_UP);
};

/**
 * The conversation was deleted, or the client is no longer a member. A client that was a member gets `Left`, as if it
 * had been online.
 */
const ended = (making: Making, cursor: Cursor): Cursor => {
  const { self } = making.policy;
  const { id, info, lookedUpIn, isCounted } = cursor;
  const wasIn = info === undefined ? isCounted || lookedUpIn > 0 : isMember(info, self);
  if (!wasIn) return cursor;
  const left: ConversationEvent = { _tag: 'Left', conversationId: id, members: [self] };
  return admit(making, { ...cursor, news: newsAfter([left]), told: without(cursor.told, [left]) }, left);
};

/**
 * How long before a break the last push has arrived at the earliest, ms. A dead connection is noticed sooner.
 */
const QUIET = 300_000;

/**
 * Whether messages may have been missed. Several messages may have the time of the last known one, and the break may
 * have come between them. Their time is then close to the break.
 */
const isNewer = (making: Making, lastMessageAt: number, { timestamp, id }: Position): boolean => {
  const { brokeAt } = making.state.session;
  if (lastMessageAt !== timestamp) return lastMessageAt > timestamp;
  return id === '' || brokeAt === undefined || timestamp >= brokeAt - QUIET;
};

/**
 * Fetches the messages of a conversation from the break. `info` is its current snapshot, if the server has sent one.
 */
const refreshMessages = (making: Making, cursor: Cursor, info: ConversationInfo | undefined): Cursor => {
  const { id, position } = cursor;
  const { lastMessageAt = 0, kind } = info ?? { ...cursor.info, lastMessageAt: Infinity };
  if (!isNewer(making, lastMessageAt, position) || kind === 'room') return finish(making, cursor, { _tag: 'Refresh' });
  const to = Math.max(making.state.session.openedAt, info?.lastMessageAt ?? 0);
  const catching = catchingUp(id, placeOf(position), to);
  return catchUp(making, cursor, { _tag: 'CatchUp', catching, isRefresh: true, event: undefined });
};

/**
 * The server has answered the look-up after a break. `info` is `undefined` if the server could not describe the
 * conversation.
 */
export const refreshed = (
  making: Making,
  cursor: Cursor,
  info: ConversationInfo | undefined,
  isGone: boolean,
): Cursor => {
  const { self } = making.policy;
  const before = making.environment.known(cursor.id);
  const wasIn = before === undefined ? cursor.isCounted : isMember(before, self);
  const isOut = info !== undefined && hasMembers(info) && wasIn && !isMember(info, self);
  if (isGone || isOut) return finish(making, ended(making, cursor), { _tag: 'Refresh' });
  if (info === undefined) return refreshMessages(making, cursor, undefined);
  const changes = before === undefined ? [] : changesBetween(before, info);
  const news = changes.length === 0 ? undefined : newsAfter(changes, info);
  // The order is: the changes, the new snapshot, then the messages.
  const told = [...changes, snapshotOf(info)].reduce((next, event) => admit(making, next, event), cursor);
  return refreshMessages(
    making,
    keep(making, { ...told, news, told: before === undefined ? NOTHING_TOLD : without(cursor.told, changes) }),
    info,
  );
};
