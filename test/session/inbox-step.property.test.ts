/** Random histories against a model of a server. Only the step runs: there is no socket and no clock. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CommandTimeout, ConnectionLost, ServerRejected, type RealtimeError } from '../../src/errors.js';
import { limitsOf } from '../../src/limits.js';
import { inboxStep } from '../../src/session/inbox-step.js';
import {
  copyOf,
  initialState,
  type Answer,
  type Effect,
  type InboxInput,
  type InboxState,
} from '../../src/session/inbox-state.js';
import { comparePositions, type ClientEvent, type Message } from '../../streams/index.js';
import { conversation, message } from '../../marble-tests/streams/log.js';

type Question = Extract<Effect, { readonly _tag: 'LookUp' | 'FetchPage' }>;
type Gap = Extract<ClientEvent, { readonly _tag: 'Gap' }>;

const PLACES = ['c', 'd', 'e'] as const;
/**
 * The client is only sometimes a member of this conversation. It does not have to get the messages that were sent
 * while it was not a member.
 */
const VISITED = 'x';
const where = fc.constantFrom(...PLACES, VISITED);
const which = fc.nat(3);

const actions = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        _tag: fc.constant('Say' as const),
        where,
        isOwn: fc.boolean(),
        // Several messages may have the same time, and ids in any order.
        ticks: fc.constantFrom(0, 0, 1),
        id: fc.nat(9),
      }),
    },
    { weight: 4, arbitrary: fc.record({ _tag: fc.constant('Deliver' as const), twice: fc.boolean() }) },
    { weight: 3, arbitrary: fc.record({ _tag: fc.constant('Answer' as const), which }) },
    {
      weight: 1,
      arbitrary: fc.record({
        _tag: fc.constant('Fail' as const),
        which,
        how: fc.constantFrom('slow', 'refused', 'lost'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ _tag: fc.constant('Edit' as const), which, recall: fc.boolean() }) },
    {
      weight: 1,
      arbitrary: fc.record({
        _tag: fc.constant('Move' as const),
        where,
        who: fc.constantFrom('Tom', 'Spike'),
        joins: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ _tag: fc.constantFrom('Break' as const, 'Come' as const, 'Forget' as const) }),
    },
    { weight: 1, arbitrary: fc.record({ _tag: fc.constant('Follow' as const), where }) },
  ),
  { maxLength: 80 },
);
type Action = typeof actions extends fc.Arbitrary<readonly (infer A)[]> ? A : never;

const worlds = fc.record({
  pageSize: fc.integer({ min: 1, max: 4 }),
  catchUpLimit: fc.constantFrom(2, 5, 1_000),
  concurrency: fc.integer({ min: 1, max: 3 }),
  /** How many events may wait. */
  waiting: fc.constantFrom(10_000, 10_000, 3),
  /** Whether an answer shows the state at the time when it is given, or at the time of the request. */
  isLate: fc.boolean(),
});
type World = typeof worlds extends fc.Arbitrary<infer W> ? W : never;

const FAILURES: Readonly<Record<string, RealtimeError>> = {
  slow: new CommandTimeout('logs', 1),
  refused: new ServerRejected(4312, 'CONVERSATION_LOG_REJECTED'),
  lost: new ConnectionLost('gone'),
};

const play = (world: World, history: readonly Action[]) => {
  const step = inboxStep({ ...world, limits: limitsOf({ waiting: world.waiting }), self: 'Tom' });
  const environment = { known: () => undefined, room: () => undefined, clock: { elapsed: () => 0 } };
  let state: InboxState = initialState();
  let now = 0;
  let isOpen = false;
  let stored: readonly Message[] = [];
  const everything: Message[] = [];
  const forgotten = new Set<string>();
  let onTheWay: ClientEvent[] = [];
  let asked: { readonly question: Question; readonly answer: () => Answer }[] = [];
  const out: ClientEvent[] = [];
  const silenced = new Set<string>();
  /** The conversations that were known before the last break. */
  let known: readonly string[] = [];

  const answerNow = (question: Question): Answer => {
    const { session } = question;
    if (question._tag === 'LookUp') {
      const infos = question.ids.map((id) => {
        const last = everything.findLast(({ conversationId }) => conversationId === id);
        return conversation({ id, ...(last === undefined ? {} : { lastMessageAt: last.timestamp }) });
      });
      return { _tag: 'LookedUp', session, ids: question.ids, infos, gone: [] };
    }
    const { conversationId, after, same } = question;
    const isThere = (one: Message): boolean =>
      one.conversationId === conversationId && one.timestamp >= after.timestamp;
    const limit = world.pageSize + same;
    const messages = stored.filter(isThere).sort(comparePositions).slice(0, limit);
    const isForgotten = everything.some((one) => isThere(one) && forgotten.has(one.id));
    const page = { messages, isWhole: !isForgotten, isLast: messages.length < limit };
    return { _tag: 'Page', session, conversationId, page };
  };

  /** A busy conversation waits for an answer, or for its turn. */
  const checkWork = (): void => {
    const { cursors, session } = state;
    const turns = JSON.stringify(session.turns);
    for (const { id, work } of cursors.values()) {
      if (work === undefined || silenced.has(id)) continue;
      const isAsked = asked.some(({ question }) =>
        work._tag === 'CatchUp'
          ? question._tag === 'FetchPage' && question.conversationId === id
          : question._tag === 'LookUp' && question.ids.includes(id),
      );
      const isInTurn = work._tag === 'CatchUp' ? turns.includes(`"${id}"`) : session.unasked.includes(id);
      expect({ id, work: work._tag, isAsked: isAsked || isInTurn }).toEqual({ id, work: work._tag, isAsked: true });
    }
  };

  const take = (input: InboxInput | Answer): void => {
    const before = copyOf(state);
    const made = step(state, input, environment);
    // The same state and input give the same result, even if the state was used in between.
    const again = step(copyOf(before), input, environment);
    expect([again.out, again.effects, [...again.state.cursors.values()], again.state.session]).toEqual([
      made.out,
      made.effects,
      [...made.state.cursors.values()],
      made.state.session,
    ]);
    state = made.state;
    if (input._tag !== 'Opened' || input.resumed)
      for (const { id, position } of before.cursors.values())
        expect(
          comparePositions(state.cursors.get(id)?.position ?? { timestamp: -1, id: '' }, position),
        ).toBeGreaterThanOrEqual(0);
    for (const event of made.out) {
      out.push(event);
      if (event._tag !== 'CaughtUp') continue;
      for (const id of known) expect(state.cursors.get(id)?.caughtUpIn).toBe(state.session.number);
    }
    for (const effect of made.effects) {
      if (effect._tag === 'Abandon') asked = [];
      if (effect._tag !== 'LookUp' && effect._tag !== 'FetchPage') continue;
      const early = answerNow(effect);
      asked.push({ question: effect, answer: () => (world.isLate ? early : answerNow(effect)) });
    }
    checkWork();
  };

  const come = (): void => {
    isOpen = true;
    known = [...state.cursors.keys()];
    silenced.clear();
    take({ _tag: 'Opened', at: now, resumed: state.session.number > 0 });
    const counts = [...PLACES, VISITED].map((conversationId) => ({
      conversationId,
      count: 1,
      mentioned: false,
      asOf: now,
    }));
    if (state.session.number > 1) take({ _tag: 'UnreadCounts', counts });
  };
  const part = (): void => {
    isOpen = false;
    onTheWay = [];
    take({ _tag: 'Dropped' });
  };
  const deliver = (twice: boolean): void => {
    const event = onTheWay.shift();
    if (event === undefined) return;
    take(event);
    if (twice) take(event);
  };
  const settle = (index: number, failure?: RealtimeError): void => {
    const [one] = asked.splice(index % Math.max(1, asked.length), 1);
    if (one === undefined) return;
    const { question } = one;
    if (failure === undefined) {
      take(one.answer());
      return;
    }
    const { session } = question;
    if (failure._tag === 'ConnectionLost')
      for (const id of question._tag === 'LookUp'
        ? [...question.ids, ...state.session.unasked]
        : [question.conversationId])
        silenced.add(id);
    if (question._tag === 'LookUp') take({ _tag: 'LookUpFailed', session, ids: question.ids, error: failure });
    else take({ _tag: 'PageFailed', session, conversationId: question.conversationId, error: failure });
  };
  const push = (event: ClientEvent): void => {
    if (isOpen) onTheWay.push(event);
  };

  const perform = (action: Action): void => {
    switch (action._tag) {
      case 'Say': {
        now += action.ticks;
        const id = `m${String(action.id)}-${String(everything.length)}`;
        const said = message({
          id,
          timestamp: now,
          conversationId: action.where,
          from: action.isOwn ? 'Tom' : 'Jerry',
        });
        if (action.isOwn && !isOpen) return;
        everything.push(said);
        stored = [...stored, said];
        // The answer to a send may arrive before messages that were pushed earlier.
        if (action.isOwn) take({ _tag: 'Message', conversationId: action.where, message: said, origin: 'sent' });
        else push({ _tag: 'Message', conversationId: action.where, message: said, origin: 'live' });
        return;
      }
      case 'Deliver':
        deliver(action.twice);
        return;
      case 'Answer':
        settle(action.which);
        return;
      case 'Fail':
        settle(action.which, FAILURES[action.how]);
        return;
      case 'Edit': {
        const said = stored.at(-1 - action.which);
        if (said === undefined) return;
        now += 1;
        const edited = { ...said, editedAt: now };
        stored = stored.map((one) => (one.id === said.id ? edited : one));
        push({ _tag: action.recall ? 'Recall' : 'Edit', conversationId: said.conversationId, message: edited });
        return;
      }
      case 'Move':
        if (action.who === 'Tom' && action.where !== VISITED) return;
        push({ _tag: action.joins ? 'Joined' : 'Left', conversationId: action.where, members: [action.who] });
        return;
      case 'Break':
        if (isOpen) part();
        return;
      case 'Come':
        if (!isOpen) come();
        return;
      case 'Forget':
        for (const { id } of stored.slice(0, 2)) forgotten.add(id);
        stored = stored.slice(2);
        return;
      case 'Follow':
        take({ _tag: 'Follow', conversationId: action.where });
    }
  };

  come();
  history.forEach(perform);
  // Rest: silenced clients log in again, and everything is delivered and answered.
  if (silenced.size > 0) perform({ _tag: 'Break' });
  perform({ _tag: 'Come' });
  while (onTheWay.length + asked.length > 0) {
    deliver(false);
    settle(0);
  }
  return { out, everything, forgotten, state };
};

const isCovered = (gaps: readonly Gap[], one: Message): boolean =>
  gaps.some(
    ({ conversationId, from, to }) =>
      conversationId === one.conversationId && from.timestamp <= one.timestamp && one.timestamp <= to,
  );

it('in any history, each message is passed on once and in order, or declared missing; and nothing waits forever', () => {
  fc.assert(
    fc.property(worlds, actions, (world, history) => {
      const { out, everything, state } = play(world, history);
      const gaps = out.filter((event) => event._tag === 'Gap');
      const passed = out.flatMap((event) => (event._tag === 'Message' ? [event] : []));
      const ids = passed.map(({ message: { id } }) => id);
      expect(ids).toHaveLength(new Set(ids).size);
      const versions = out.flatMap((event) =>
        event._tag === 'Edit' || event._tag === 'Recall'
          ? [`${event.message.id} ${String(event.message.editedAt)}`]
          : [],
      );
      expect(versions).toHaveLength(new Set(versions).size);
      for (const place of PLACES) {
        // The answer to an own send may come at any time.
        const told = passed.filter(({ conversationId, origin }) => conversationId === place && origin !== 'sent');
        // Messages of one millisecond are live in the order in which they arrive.
        expect(told).toEqual(told.toSorted((a, b) => a.message.timestamp - b.message.timestamp));
        const lost = everything.filter(
          (one) => one.conversationId === place && !ids.includes(one.id) && !isCovered(gaps, one),
        );
        expect(lost.map(({ id }) => id)).toEqual([]);
      }
      expect([state.session.waiting, state.session.waitingBytes]).toEqual([0, 0]);
      for (const { id, work, waiting } of state.cursors.values())
        expect([id, work, waiting]).toEqual([id, undefined, { front: undefined, back: undefined }]);
      expect([state.session.fetching, state.session.left]).toEqual([0, 0]);
    }),
    { numRuns: 1_000, ...(process.env['SEED'] === undefined ? {} : { seed: Number(process.env['SEED']) }) },
  );
});
