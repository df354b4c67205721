/**
 * The step of the inbox: makes the ordered log from arriving events and answers. Pure by contract: the same state and
 * input give the same result, and only this step changes the map of cursors. Total: an answer that nobody waits for
 * changes nothing.
 */
import type { ClientEvent } from '../../streams/index.js';
import { isInterruption } from './catch-up.js';
import { arrive, lookedUp, pageCame, pageFailed, refreshed, settle, tellLost } from './conversation-step.js';
import { NOTHING_WAITS } from './fifo.js';
import type { Answer, Environment, InboxInput, InboxState, Making, Policy, Step } from './inbox-state.js';
import { admit, cursorOf, emit, keep, report, want, withSession } from './making.js';
import { placeOf } from './cursor.js';
import { noteOutgoing } from './own-sends.js';
import { afterBreak } from './told-once.js';

type Tagged<T, Tag> = Extract<T, { readonly _tag: Tag }>;
type Opened = Tagged<ClientEvent, 'Opened'>;

/** The maximum number of conversations in one question. */
const IDS_IN_ONE_QUERY = 100;

/** Drops waiting events. They are not lost: the positions have not moved, so the next catch-up fetches them. */
const dropped = (making: Making, brokeAt = making.state.session.brokeAt): void => {
  for (const cursor of making.state.cursors.values())
    if (cursor.work !== undefined)
      keep(making, { ...cursor, work: undefined, waiting: NOTHING_WAITS, lostUpTo: undefined });
  if (making.state.session.isOpen) want(making, { _tag: 'Abandon' });
  const idle = { unasked: [], left: 0, fetching: 0, turns: NOTHING_WAITS, waiting: 0, waitingBytes: 0 };
  withSession(making, { isOpen: false, brokeAt, ...idle });
};

/** Asks about the next conversations that were known before the break. */
const askNext = (making: Making): void => {
  const { number, unasked } = making.state.session;
  if (unasked.length === 0) return;
  want(making, { _tag: 'LookUp', session: number, ids: unasked.slice(0, IDS_IN_ONE_QUERY) });
  withSession(making, { unasked: unasked.slice(IDS_IN_ONE_QUERY) });
};

const opened = (making: Making, event: Opened): void => {
  dropped(making);
  const { state } = making;
  const { at, resumed: isResumed } = event;
  const baseline = isResumed ? state.session.openedAt : at;
  const known = isResumed ? [...state.cursors.keys()] : [];
  withSession(making, {
    number: state.session.number + 1,
    isOpen: true,
    isResumed,
    openedAt: at,
    baseline,
    unasked: known,
    left: known.length,
  });
  emit(making, event);
  if (known.length === 0) emit(making, { _tag: 'CaughtUp' });
  for (const cursor of state.cursors.values()) {
    const start = { timestamp: baseline, id: '' };
    // Conversations that were followed before the first session start here.
    keep(
      making,
      isResumed
        ? { ...cursor, work: { _tag: 'Refresh' }, told: afterBreak(cursor.told) }
        : { ...cursor, position: start, newest: start },
    );
  }
  if (isResumed) roomGap(making, at);
  askNext(making);
};

/** The gap for the messages in the chat room during the break. It comes first, before all live messages. */
const roomGap = (making: Making, to: number): void => {
  const room = making.environment.room();
  if (room === undefined) return;
  const cursor = cursorOf(making, room);
  const { position: from, newest } = cursor;
  // The times of messages may be ahead of the server's clock.
  admit(making, cursor, {
    _tag: 'Gap',
    conversationId: room,
    from: placeOf(from),
    to: Math.max(to, newest.timestamp),
    cause: 'room',
  });
};

/**
 * A conversation that has unread messages after a break, and no cursor, was missed completely. After the next break
 * the server is asked about each conversation that it has counted: the client may have been removed from it.
 */
const discover = (making: Making, { counts }: Tagged<ClientEvent, 'UnreadCounts'>): void => {
  const { cursors, session } = making.state;
  for (const { conversationId, count } of counts) {
    if (count === 0) continue;
    const isKnown = cursors.get(conversationId) !== undefined;
    const cursor = cursorOf(making, conversationId);
    if (!cursor.isCounted) keep(making, { ...cursor, isCounted: true });
    if (session.isResumed && !isKnown) arrive(making, { _tag: 'Discover', conversationId });
  }
};

/** Notices of a conversation that this client makes come before its description: they cause no look-up. */
const follow = (making: Making, { conversationId, isMade }: Tagged<InboxInput, 'Follow'>): void => {
  const cursor = cursorOf(making, conversationId);
  if (isMade === true) keep(making, { ...cursor, lookedUpIn: making.state.session.number });
};

/** A message of this client makes progress. Messages that have waited for it may be known now. */
const outgoing = (making: Making, event: Tagged<ClientEvent, 'Outgoing'>): void => {
  const { cursors, sends, session } = making.state;
  noteOutgoing(sends, event, session.number);
  emit(making, event);
  const cursor = cursors.get(event.conversationId);
  if (cursor?.work?._tag === 'Settle') settle(making, cursor, cursor.work, false);
};

/** The server has described conversations, or the question has failed. */
const answered = (
  making: Making,
  { ids, infos, gone }: Pick<Tagged<Answer, 'LookedUp'>, 'ids' | 'infos' | 'gone'>,
): void => {
  const { cursors } = making.state;
  const byId = new Map(infos.map((info) => [info.id, info]));
  let isRefresh = false;
  for (const id of ids) {
    const cursor = cursors.get(id);
    if (cursor?.work?._tag === 'LookUp') lookedUp(making, cursor, cursor.work, byId.get(id));
    if (cursor?.work?._tag !== 'Refresh') continue;
    isRefresh = true;
    refreshed(making, cursor, byId.get(id), gone.includes(id));
  }
  if (isRefresh) askNext(making);
};

/** The longest id of a conversation that is kept. */
const MAX_ID = 512;

/** Whether the conversation is known, or the client can know one more. */
const hasRoom = (making: Making, conversationId: string): boolean => {
  const { cursors } = making.state;
  const isShort = conversationId.length <= MAX_ID;
  const isFull = cursors.size >= making.policy.limits.conversations;
  if (isShort && !(isFull && cursors.get(conversationId) === undefined)) return true;
  want(making, { _tag: 'Overflow', what: 'conversations', conversationId: conversationId.slice(0, MAX_ID) });
  return false;
};

/** Events were dropped before they arrived here. */
const lose = (making: Making, { conversationId, upTo }: Tagged<InboxInput, 'Lost'>): void => {
  const { lostUpTo, ...cursor } = cursorOf(making, conversationId);
  if (lostUpTo === undefined) want(making, { _tag: 'Overflow', what: 'waiting', conversationId });
  const next = keep(making, { ...cursor, lostUpTo: Math.max(upTo, lostUpTo ?? -Infinity) });
  if (next.work === undefined) tellLost(making, next);
};

const take = (making: Making, input: InboxInput): void => {
  switch (input._tag) {
    case 'Dropped':
      dropped(making, input.at);
      return;
    case 'Opened':
      opened(making, input);
      return;
    case 'Follow':
      follow(making, input);
      return;
    case 'Outgoing':
      outgoing(making, input);
      return;
    case 'ReadMark':
      // Actions of this client do not wait, not even for a session.
      emit(making, input);
      return;
    default:
      if (!making.state.session.isOpen) return;
      if ('conversationId' in input) {
        if (hasRoom(making, input.conversationId)) {
          if (input._tag === 'Lost') lose(making, input);
          else arrive(making, input);
        } else if (input._tag === 'Barrier') want(making, { _tag: 'Reach', barrier: input });
      } else if (input._tag === 'UnreadCounts') {
        const counts = input.counts.filter(({ conversationId }) => hasRoom(making, conversationId));
        const event = counts.length === input.counts.length ? input : { ...input, counts };
        emit(making, event);
        discover(making, event);
      } else emit(making, input);
  }
};

const NOTHING_KNOWN = { infos: [], gone: [] };

const hear = (making: Making, answer: Answer): void => {
  const { isOpen, number } = making.state.session;
  if (!isOpen || answer.session !== number) return;
  // The loss of the connection is about to arrive as an input. The next session asks again.
  if ('error' in answer && isInterruption(answer.error)) return;
  switch (answer._tag) {
    case 'LookedUp':
      answered(making, answer);
      return;
    case 'LookUpFailed':
      for (const id of answer.ids) report(making, id, answer.error);
      answered(making, { ...NOTHING_KNOWN, ids: answer.ids });
      return;
    case 'Page':
    case 'PageFailed': {
      const cursor = making.state.cursors.get(answer.conversationId);
      if (cursor?.work?._tag !== 'CatchUp') return;
      if (answer._tag === 'Page') pageCame(making, cursor, cursor.work, answer.page);
      else pageFailed(making, cursor, cursor.work, answer.error);
      return;
    }
    case 'Waited': {
      const cursor = making.state.cursors.get(answer.conversationId);
      if (cursor?.work?._tag === 'Settle') settle(making, cursor, cursor.work, true);
    }
  }
};

/** Shared by all steps and never changed: `emit` and `want` begin an array of their own. */
const NONE: never[] = [];

/**
 * One step: returns the state after an input, the entries to pass on, and the effects to carry out after them, both
 * in order.
 */
export const inboxStep =
  (policy: Policy) =>
  (state: InboxState, input: InboxInput | Answer, environment: Environment): Step => {
    const making: Making = { state, out: NONE, effects: NONE, policy, environment };
    switch (input._tag) {
      case 'LookedUp':
      case 'LookUpFailed':
      case 'Page':
      case 'PageFailed':
      case 'Waited':
        hear(making, input);
        break;
      default:
        take(making, input);
    }
    return making;
  };
