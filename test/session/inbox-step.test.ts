/** Each rule of the inbox on its own: its input, its output, and its requests. */
import { describe, expect, it } from 'vitest';
import { arrived, conversation, counted, message, snapshot } from '../../marble-tests/streams/log.js';
import type { ConversationInfo } from '../../codecs/index.js';
import { CommandTimeout, ConnectionLost, ServerRejected, type RealtimeError } from '../../src/errors.js';
import { initialState, type Answer, type Effect, type InboxInput } from '../../src/session/inbox-state.js';
import { limitsOf } from '../../src/limits.js';
import { inboxStep } from '../../src/session/inbox-step.js';
import type { ClientEvent, Message } from '../../streams/index.js';

type Input = InboxInput | Answer;

interface Rule {
  readonly rule: string;
  /** The inputs before this one. */
  readonly before?: readonly Input[];
  readonly input: Input;
  readonly out?: readonly string[];
  readonly effects?: readonly string[];
  readonly known?: ConversationInfo;
  readonly room?: string;
}

const say = (event: ClientEvent): string => {
  switch (event._tag) {
    case 'Message':
      return `${event.origin} ${event.message.id}`;
    case 'Gap':
      return `gap ${event.cause} ${String(event.from.timestamp)}-${String(event.to)}`;
    case 'Joined':
    case 'Left':
      return `${event._tag} ${event.members.join()}`;
    default:
      return event._tag;
  }
};

const name = (effect: Effect): string => {
  switch (effect._tag) {
    case 'LookUp':
      return `look up ${effect.ids.join()}`;
    case 'FetchPage':
      return `page of ${effect.conversationId} after ${String(effect.after.timestamp)}`;
    case 'Overflow':
      return `${effect.what} of ${effect.conversationId} overflows`;
    case 'Wait':
      return `wait for ${effect.conversationId}`;
    case 'Report':
      return `report ${effect.error._tag}`;
    case 'Reach':
    case 'Changed':
    case 'Abandon':
      return effect._tag;
  }
};

const opened = (at: number, resumed = true): Input => ({ _tag: 'Opened', at, resumed });
const dropped: Input = { _tag: 'Dropped' };
const live = (timestamp: number): Input => arrived({ timestamp });
const own = (timestamp: number): Input => arrived({ timestamp, from: 'Tom' }, 'sent');
const moved = (_tag: 'Joined' | 'Left', ...members: string[]): ClientEvent => ({ _tag, conversationId: 'c', members });
const edit = (editedAt: number): Input => ({
  _tag: 'Edit',
  conversationId: 'c',
  message: message({ timestamp: 2, editedAt }),
});
const lost = (upTo: number): Input => ({ _tag: 'Lost', conversationId: 'c', upTo });
const barrier: Input = { _tag: 'Barrier', conversationId: 'c', reached: () => undefined };
const found = (info: ConversationInfo | undefined, session = 2): Input => ({
  _tag: 'LookedUp',
  session,
  ids: ['c'],
  infos: info === undefined ? [] : [info],
  gone: info === undefined ? ['c'] : [],
});
const notFound = (error: RealtimeError, session = 2): Input => ({ _tag: 'LookUpFailed', session, ids: ['c'], error });
const page = (messages: readonly Message[], isWhole = true, session = 2): Input => ({
  _tag: 'Page',
  session,
  conversationId: 'c',
  page: { messages, isWhole, isLast: messages.length < 2 },
});
const noPage = (error: RealtimeError): Input => ({ _tag: 'PageFailed', session: 2, conversationId: 'c', error });
const messages = (...timestamps: number[]): readonly Message[] => timestamps.map((timestamp) => message({ timestamp }));

/** A session in which the conversation is known and has a message. */
const known: readonly Input[] = [opened(1, false), snapshot(), live(2)];
/** The same session after a break. */
const again: readonly Input[] = [...known, dropped, opened(9)];
/** The same session, in which the server has said that there are more messages. */
const behind: readonly Input[] = [...again, found(conversation({ lastMessageAt: 8 }))];

const rules: readonly Rule[] = [
  {
    rule: 'a first login is caught up at once, because it cannot have missed anything',
    input: opened(1, false),
    out: ['Opened', 'CaughtUp'],
  },
  { rule: 'nothing is passed on before a session is open', input: live(2) },
  {
    rule: 'own actions of the client are passed on at once, even without a session',
    input: { _tag: 'ReadMark', conversationId: 'c', at: 1 },
    out: ['ReadMark'],
  },
  { rule: 'a message of a known conversation is passed on', before: known, input: live(3), out: ['live m3'] },
  { rule: 'a message is passed on only once', before: known, input: live(2) },
  {
    rule: 'a late message is passed on if it comes for the first time',
    before: [...known, live(4)],
    input: live(3),
    out: ['live m3'],
  },
  {
    rule: 'an edit is passed on, and counted as received',
    before: known,
    input: edit(5),
    out: ['Edit'],
    effects: ['Changed'],
  },
  {
    rule: 'an edit is passed on only once, but counted as received each time',
    before: [...known, edit(5)],
    input: edit(5),
    effects: ['Changed'],
  },
  {
    rule: 'a message of an unknown conversation waits: the conversation is looked up',
    before: [opened(1, false)],
    input: live(2),
    effects: ['look up c'],
  },
  {
    rule: 'a later message waits too, without a second lookup',
    before: [opened(1, false), live(2)],
    input: live(3),
  },
  {
    rule: 'waiting messages follow the description of the conversation, in order',
    before: [opened(1, false), live(2), live(3)],
    input: found(conversation(), 1),
    out: ['Snapshot', 'live m2', 'live m3'],
  },
  {
    rule: 'a failed lookup is reported, and the messages are passed on',
    before: [opened(1, false), live(2)],
    input: notFound(new CommandTimeout('conv/query', 1), 1),
    out: ['live m2'],
    effects: ['report CommandTimeout'],
  },
  {
    rule: 'a lookup that fails because the connection was lost is not reported: everything waits for the break',
    before: [opened(1, false), live(2)],
    input: notFound(new ConnectionLost('gone'), 1),
  },
  {
    rule: 'an own message is passed on, whether its conversation is known or not',
    before: [opened(1, false)],
    input: own(2),
    out: ['sent m2'],
  },
  { rule: 'a break abandons pending requests', before: known, input: dropped, effects: ['Abandon'] },
  {
    rule: 'after a break the client asks about all conversations at once',
    before: [...known, dropped],
    input: opened(9),
    out: ['Opened'],
    effects: ['look up c'],
  },
  { rule: 'a message that is pushed before the answer waits', before: again, input: live(10) },
  {
    rule: 'a conversation with nothing new is caught up with the answer',
    before: [...known, { _tag: 'Dropped', at: 1_000_000 }, opened(1_000_001)],
    input: found(conversation({ lastMessageAt: 2 })),
    out: ['Snapshot', 'CaughtUp'],
  },
  {
    rule: 'another message may have the time of the last known one, if the break came soon after it',
    before: [...known, { _tag: 'Dropped', at: 300_002 }, opened(300_003)],
    input: found(conversation({ lastMessageAt: 2 })),
    out: ['Snapshot'],
    effects: ['page of c after 2'],
  },
  {
    rule: 'messages after the last known message are fetched',
    before: again,
    input: found(conversation({ lastMessageAt: 8 })),
    out: ['Snapshot'],
    effects: ['page of c after 2'],
  },
  {
    rule: 'missed messages come before messages that were pushed meanwhile, and before the end of the catch-up',
    before: [...behind, live(10)],
    input: page(messages(3)),
    out: ['missed m3', 'CaughtUp', 'live m10'],
  },
  {
    rule: 'a full page is followed by the next one',
    before: behind,
    input: page(messages(3, 4)),
    out: ['missed m3', 'missed m4'],
    effects: ['page of c after 4'],
  },
  {
    rule: 'a message that was pushed and fetched is passed on only once',
    before: [...behind, live(3)],
    input: page(messages(3)),
    out: ['missed m3', 'CaughtUp'],
  },
  {
    rule: 'a pushed message that the server has forgotten comes at its position',
    before: [...behind, live(10)],
    input: page(messages(11)),
    out: ['live m10', 'missed m11', 'CaughtUp'],
  },
  {
    rule: 'more missed messages than the limit make a gap',
    before: [...behind, page(messages(3, 4)), page(messages(5, 6))],
    input: page(messages(7)),
    out: ['gap limit 6-9', 'CaughtUp'],
  },
  {
    rule: 'messages that the server has forgotten make a gap before the ones that it has',
    before: behind,
    input: page(messages(7), false),
    out: ['gap gone 2-7', 'missed m7', 'CaughtUp'],
  },
  {
    rule: 'a refused request makes a gap, and is reported',
    before: behind,
    input: noPage(new ServerRejected(4312, 'CONVERSATION_LOG_REJECTED')),
    out: ['gap refused 2-9', 'CaughtUp'],
    effects: ['report ServerRejected'],
  },
  {
    rule: 'a failed request makes a gap, and is reported',
    before: behind,
    input: noPage(new CommandTimeout('logs', 1)),
    out: ['gap failed 2-9', 'CaughtUp'],
    effects: ['report CommandTimeout'],
  },
  {
    rule: 'a request that fails because the connection was lost makes no gap: the next session repeats it',
    before: behind,
    input: noPage(new ConnectionLost('gone')),
  },
  {
    rule: 'a message that was declared missing is not passed on any more',
    before: [...behind, noPage(new CommandTimeout('logs', 1)), dropped, opened(20)],
    input: found(conversation({ lastMessageAt: 9 }), 3),
    out: ['Snapshot', 'CaughtUp'],
  },
  {
    rule: 'an own message that was declared missing is passed on if no later message has been',
    before: [...behind, noPage(new CommandTimeout('logs', 1))],
    input: own(5),
    out: ['sent m5'],
  },
  {
    rule: 'an own message that was declared missing is not passed on after a later message',
    before: [...behind, noPage(new CommandTimeout('logs', 1)), live(10)],
    input: own(5),
  },
  {
    rule: 'an own message that was declared missing is not passed on after a later gap',
    before: [...behind, noPage(new CommandTimeout('logs', 1)), live(10), lost(12), live(13), found(conversation())],
    input: own(5),
  },
  {
    rule: 'an own message that lies in no gap is passed on after a later message',
    before: [...known, live(10), lost(12), live(13), found(conversation(), 1)],
    input: own(9),
    out: ['sent m9'],
  },
  {
    rule: 'an answer to an old session is ignored',
    before: [...behind, dropped, opened(20), found(conversation({ lastMessageAt: 8 }), 3)],
    input: page(messages(3)),
  },
  { rule: 'an answer without a pending request is ignored', before: known, input: page(messages(3), true, 1) },
  {
    rule: 'an interrupted catch-up starts again from the same position',
    before: [...behind, live(10), dropped, opened(20)],
    input: found(conversation({ lastMessageAt: 10 }), 3),
    out: ['Snapshot'],
    effects: ['page of c after 2'],
  },
  {
    rule: 'an own message does not move the position: earlier messages of others are still fetched',
    before: [...known, own(4), dropped, opened(9)],
    input: found(conversation({ lastMessageAt: 4 })),
    out: ['Snapshot'],
    effects: ['page of c after 2'],
  },
  {
    rule: 'an own message comes after the missed messages of a conversation that had no messages before',
    before: [opened(1, false), dropped, opened(9)],
    input: own(10),
    effects: ['look up c'],
  },
  {
    rule: 'an own message waits for the look-up if the client was out: it is in again',
    before: [...known, moved('Left', 'Tom')],
    input: own(9),
    effects: ['look up c'],
  },
  {
    rule: 'a message from before an own message of a client that was out is not fetched after it',
    before: [...known, moved('Left', 'Tom'), own(9), found(conversation({ lastMessageAt: 9 }), 1), dropped, opened(20)],
    input: found(conversation({ lastMessageAt: 9 })),
    out: ['Snapshot', 'CaughtUp'],
  },
  {
    rule: 'after a break the client asks about a followed conversation, even if it had no messages before',
    before: [opened(1, false), { _tag: 'Follow', conversationId: 'c' }, dropped],
    input: opened(9),
    out: ['Opened'],
    effects: ['look up c'],
  },
  {
    rule: 'the notices of a conversation that this client makes come before its description, and cause no look-up',
    before: [opened(1, false), { _tag: 'Follow', conversationId: 'c', isMade: true }],
    input: moved('Joined', 'Tom'),
    out: ['Joined Tom'],
  },
  {
    rule: 'a conversation that this client has made is looked up in the next session, as every other',
    before: [opened(1, false), { _tag: 'Follow', conversationId: 'c', isMade: true }, dropped, opened(9)],
    input: found(conversation({ members: ['Tom'] })),
    out: ['Snapshot', 'CaughtUp'],
  },
  {
    rule: 'an unknown conversation with unread messages is discovered after a break',
    before: [opened(1, false), dropped, opened(9)],
    input: counted(1, 5),
    out: ['UnreadCounts'],
    effects: ['look up c'],
  },
  {
    rule: 'a discovered conversation is caught up from the previous session on',
    before: [opened(1, false), dropped, opened(9), counted(1, 5)],
    input: found(conversation()),
    out: ['Snapshot'],
    effects: ['page of c after 1'],
  },
  {
    rule: 'no conversation is discovered in a first session',
    before: [opened(1, false)],
    input: counted(1, 5),
    out: ['UnreadCounts'],
  },
  {
    rule: 'messages of a chat room during a break make a gap',
    before: [opened(1, false), snapshot({ kind: 'room' }), dropped],
    input: opened(9),
    room: 'c',
    out: ['Opened', 'gap room 1-9'],
    effects: ['look up c'],
  },
  {
    rule: 'a gap in a chat room does not end before it begins, although the messages are ahead of the clock',
    before: [opened(1, false), snapshot({ kind: 'room' }), live(20), dropped],
    input: opened(9),
    room: 'c',
    out: ['Opened', 'gap room 20-20'],
    effects: ['look up c'],
  },
  {
    rule: 'messages that were dropped before they were read are a gap and a fault',
    before: known,
    input: lost(7),
    out: ['gap overflow 2-7'],
    effects: ['waiting of c overflows'],
  },
  {
    rule: 'what was dropped before it was read waits for the work of its conversation',
    before: [opened(1, false), live(2)],
    input: lost(7),
    effects: ['waiting of c overflows'],
  },
  {
    rule: 'a conversation with an endless id is not known',
    before: [opened(1, false)],
    input: arrived({ conversationId: 'x'.repeat(1_000) }),
    effects: [`conversations of ${'x'.repeat(512)} overflows`],
  },
  {
    rule: 'the history of a chat room is not fetched',
    before: [opened(1, false), snapshot({ kind: 'room' }), dropped, opened(9)],
    input: found(conversation({ kind: 'room', lastMessageAt: 8 })),
    out: ['Snapshot', 'CaughtUp'],
  },
  {
    rule: 'members that joined or left during a break are reported before the description',
    before: again,
    known: conversation({ members: ['Tom', 'Spike'] }),
    input: found(conversation({ members: ['Tom', 'Jerry'] })),
    out: ['Joined Jerry', 'Left Spike', 'Snapshot', 'CaughtUp'],
  },
  {
    rule: 'such a change is not reported again if it was pushed as well',
    before: [...again, moved('Joined', 'Jerry')],
    known: conversation({ members: ['Tom'] }),
    input: found(conversation({ members: ['Tom', 'Jerry'] })),
    out: ['Joined Jerry', 'Snapshot', 'CaughtUp'],
  },
  {
    rule: 'a client that was removed during a break has left, and has missed nothing',
    before: again,
    known: conversation({ members: ['Tom'] }),
    input: found(conversation({ members: ['Jerry'], lastMessageAt: 8 })),
    out: ['Left Tom', 'CaughtUp'],
  },
  {
    rule: 'a conversation that does not exist any more counts as left',
    before: again,
    input: found(undefined),
    out: ['Left Tom', 'CaughtUp'],
  },
  {
    rule: 'a notice that the client was removed is passed on at once, without a lookup',
    before: [opened(1, false)],
    input: moved('Left', 'Tom'),
    out: ['Left Tom'],
  },
  {
    rule: 'a client that is added again gets the description of the conversation first',
    before: [...known, moved('Left', 'Tom')],
    input: moved('Joined', 'Tom'),
    effects: ['look up c'],
  },
  {
    rule: 'messages that were sent while the client was not a member do not count as missed',
    before: [
      ...known,
      moved('Left', 'Tom'),
      moved('Joined', 'Tom'),
      found(conversation({ lastMessageAt: 8 }), 1),
      dropped,
      opened(9),
    ],
    input: found(conversation({ lastMessageAt: 8 })),
    out: ['Snapshot', 'CaughtUp'],
  },
  { rule: 'a barrier is reached after everything before it', before: known, input: barrier, effects: ['Reach'] },
  { rule: 'a barrier waits while earlier entries wait', before: behind, input: barrier },
  {
    rule: 'a waiting barrier is reached when the earlier entries have been passed on',
    before: [...behind, live(10), barrier],
    input: page(messages(3)),
    out: ['missed m3', 'CaughtUp', 'live m10'],
    effects: ['Reach'],
  },
];

describe('the inbox, step by step', () => {
  it.each(rules)('$rule', ({ before = [], input, out = [], effects = [], known: info, room }) => {
    const step = inboxStep({ limits: limitsOf(), self: 'Tom', pageSize: 2, catchUpLimit: 4, concurrency: 1 });
    const environment = { known: () => info, room: () => room, clock: { elapsed: () => 0 } };
    let state = initialState();
    for (const one of before) ({ state } = step(state, one, environment));
    const made = step(state, input, environment);
    expect([made.out.map(say), made.effects.map(name)]).toEqual([out, effects]);
  });

  it('catches up a limited number of conversations at a time, and starts the next one when one is done', () => {
    const step = inboxStep({ limits: limitsOf(), self: 'Tom', pageSize: 2, catchUpLimit: 4, concurrency: 1 });
    const environment = { known: () => undefined, room: () => undefined, clock: { elapsed: () => 0 } };
    let state = initialState();
    const inputs: readonly Input[] = [opened(1, false), snapshot(), snapshot({ id: 'd' }), dropped, opened(9)];
    for (const one of inputs) ({ state } = step(state, one, environment));
    const infos = [conversation({ lastMessageAt: 8 }), conversation({ id: 'd', lastMessageAt: 8 })];
    const first = step(state, { _tag: 'LookedUp', session: 2, ids: ['c', 'd'], infos, gone: [] }, environment);
    expect(first.effects.map(name)).toEqual(['page of c after 1']);
    const second = step(first.state, page([]), environment);
    expect([second.out.map(say), second.effects.map(name)]).toEqual([[], ['page of d after 1']]);
  });

  it('keeps of a message that was recalled only its position', () => {
    const step = inboxStep({ limits: limitsOf(), self: 'Tom', pageSize: 2, catchUpLimit: 4, concurrency: 1 });
    const environment = { known: () => undefined, room: () => undefined, clock: { elapsed: () => 0 } };
    let state = initialState();
    const { id, conversationId } = message({ timestamp: 2 });
    // A server may leave out the time of the message.
    const recalled = message({ id, timestamp: 0, editedAt: 3, body: { _tag: 'Recalled' } });
    const recall: Input = { _tag: 'Recall', conversationId, message: recalled };
    for (const one of [opened(1, false), snapshot(), live(2), recall]) ({ state } = step(state, one, environment));
    const { position, newest } = state.cursors.get(conversationId) ?? {};
    expect([position, newest]).toEqual(Array(2).fill({ timestamp: 2, id }));
  });

  it('tells and asks with a position, without the message that is there', () => {
    const step = inboxStep({ limits: limitsOf(), self: 'Tom', pageSize: 2, catchUpLimit: 4, concurrency: 1 });
    const environment = { known: () => undefined, room: () => 'c', clock: { elapsed: () => 0 } };
    let state = initialState();
    for (const one of [opened(1, false), snapshot(), live(2), dropped]) ({ state } = step(state, one, environment));
    const back = step(state, opened(9), environment);
    const { id } = message({ timestamp: 2 });
    expect(back.out).toContainEqual({
      _tag: 'Gap',
      conversationId: 'c',
      from: { timestamp: 2, id },
      to: 9,
      cause: 'room',
    });
  });

  it('asks about very many conversations with one request after the other', () => {
    const step = inboxStep({ limits: limitsOf(), self: 'Tom', pageSize: 2, catchUpLimit: 4, concurrency: 1 });
    const environment = { known: () => undefined, room: () => undefined, clock: { elapsed: () => 0 } };
    let state = initialState();
    const many = Array.from({ length: 150 }, (_, index) => snapshot({ id: `c${String(index)}` }));
    for (const one of [opened(1, false), ...many, dropped]) ({ state } = step(state, one, environment));
    const ids = (effects: readonly Effect[]): readonly string[] =>
      effects.flatMap((effect) => (effect._tag === 'LookUp' ? effect.ids : []));
    const first = step(state, opened(9), environment);
    expect(ids(first.effects)).toHaveLength(100);
    const second = step(
      first.state,
      { _tag: 'LookedUp', session: 2, ids: ids(first.effects), infos: [], gone: ids(first.effects) },
      environment,
    );
    expect(ids(second.effects)).toHaveLength(50);
  });
});
