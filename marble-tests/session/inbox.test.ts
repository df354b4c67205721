import fc from 'fast-check';
import { NEVER, Subject, defer, map, of, throwError, type Observable } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import type { ConversationInfo } from '../../codecs/index.js';
import { CommandTimeout, ConnectionLost, ServerRejected } from '../../src/errors.js';
import { limitsOf } from '../../src/limits.js';
import { inbox, type InboxInput, type InboxOptions } from '../../src/session/inbox.js';
import {
  comparePositions,
  conversationsReducer,
  keyedState,
  type ClientEvent,
  type Message,
  type Position,
} from '../../streams/index.js';
import { marbles } from '../marbles.js';
import { arrived, conversation, counted, message, snapshot } from '../streams/log.js';

const opened = (at: number, resumed = false): ClientEvent => ({ _tag: 'Opened', at, resumed });
const DROPPED: InboxInput = { _tag: 'Dropped' };

/** A server that has these messages and conversations. It answers at once. */
const server = (messages: readonly Message[] = [], infos: readonly ConversationInfo[] = [conversation()]) => ({
  lookUp: vi.fn((ids: readonly string[]): Observable<readonly ConversationInfo[]> =>
    of(infos.filter(({ id }) => ids.includes(id))),
  ),
  pageAfter: vi.fn(
    (id: string, after: { readonly timestamp: number; readonly id: string }): Observable<readonly Message[]> =>
      of(messages.filter((stored) => stored.conversationId === id && comparePositions(stored, after) > 0).slice(0, 2)),
  ),
});

type Change = Partial<Omit<InboxOptions, 'pageAfter' | 'lookUp'>> & {
  /** An id without a result is an id of a conversation that does not exist. */
  readonly lookUp?: (ids: readonly string[]) => Observable<readonly ConversationInfo[]>;
  readonly pageAfter?: (id: string, after: Position) => Observable<readonly Message[]>;
};

const options = ({
  lookUp = server().lookUp,
  pageAfter = server().pageAfter,
  ...change
}: Change = {}): InboxOptions => ({
  lookUp: (ids) =>
    lookUp(ids).pipe(map((infos) => ({ infos, gone: ids.filter((wanted) => !infos.some(({ id }) => id === wanted)) }))),
  pageAfter: (id, after) =>
    pageAfter(id, after).pipe(map((messages) => ({ messages, isWhole: true, isLast: messages.length < 2 }))),
  clock: { after: () => NEVER, elapsed: () => 0 },
  limits: limitsOf(),
  onOverflow: () => undefined,
  onBug: (thrown) => {
    throw thrown;
  },
  pageSize: 2,
  catchUpLimit: 100,
  concurrency: 4,
  room: () => undefined,
  known: () => undefined,
  changed: () => undefined,
  self: 'Tom',
  onFailure: () => undefined,
  ...change,
});

/** An event that the inbox emits, in words. */
const describeEvent = (event: ClientEvent): string => {
  switch (event._tag) {
    case 'Message':
      return `${event.origin} ${event.message.id}`;
    case 'Gap':
      return `gap ${event.cause} ${event.from.timestamp}-${event.to}`;
    case 'Snapshot':
      return `snapshot ${event.conversationId}`;
    default:
      return event._tag;
  }
};

const collect = (input: Observable<InboxInput>, given: InboxOptions): string[] => {
  const events: string[] = [];
  input.pipe(inbox(given)).subscribe((event) => events.push(describeEvent(event)));
  return events;
};

const feed = (given: InboxOptions, ...inputs: readonly InboxInput[]): string[] => {
  const input = new Subject<InboxInput>();
  const events = collect(input, given);
  for (const entry of inputs) input.next(entry);
  return events;
};

describe('the inbox, while connected', () => {
  it('passes a log on, in order, from the login on', () => {
    expect(
      feed(options(), opened(1), snapshot(), counted(1, 1), arrived({ timestamp: 2 }), arrived({ timestamp: 3 })),
    ).toEqual(['Opened', 'CaughtUp', 'snapshot c', 'UnreadCounts', 'live m2', 'live m3']);
  });

  it('emits nothing before a session is open', () => {
    expect(feed(options(), arrived({ timestamp: 2 }), DROPPED)).toEqual([]);
  });

  it('passes a message once, however often the server delivers it', () => {
    expect(
      feed(
        options(),
        opened(1),
        snapshot(),
        arrived({ timestamp: 2 }),
        arrived({ timestamp: 3 }),
        arrived({ timestamp: 2 }),
      ).slice(3),
    ).toEqual(['live m2', 'live m3']);
  });

  it('passes each of many messages once that come together after a long time, and all come again after a break', () => {
    // They were sent within hours, and were not acknowledged.
    const many = Array.from({ length: 1_000 }, (_, index) => arrived({ timestamp: 2 + index * 10_000 }));
    const passed = feed(options(), opened(1), snapshot(), ...many, ...many).slice(3);
    expect([passed.length, new Set(passed).size]).toEqual([1_000, 1_000]);
  });

  it('passes a late message if it comes for the first time', () => {
    expect(
      feed(options(), opened(1), snapshot(), arrived({ timestamp: 3 }), arrived({ timestamp: 2 })).slice(3),
    ).toEqual(['live m3', 'live m2']);
  });

  it('passes every transient message, because duplicates can not be recognised', () => {
    const typing = arrived({ timestamp: 2, transient: true });
    expect(feed(options(), opened(1), snapshot(), typing, typing).slice(3)).toEqual(['live m2', 'live m2']);
  });

  it('looks up an unknown conversation; later events of that conversation wait, all others go on', () => {
    const answer = new Subject<readonly ConversationInfo[]>();
    const lookUp = vi.fn(() => answer);
    const other = arrived({ timestamp: 2, conversationId: 'd', id: 'other' });
    const input = new Subject<InboxInput>();
    const events = collect(input, options({ lookUp }));
    for (const entry of [opened(1), snapshot({ id: 'd' }), arrived({ timestamp: 2 }), arrived({ timestamp: 3 }), other])
      input.next(entry);
    expect(events.slice(3)).toEqual(['live other']);
    answer.next([conversation()]);
    answer.complete();
    expect(events.slice(3)).toEqual(['live other', 'snapshot c', 'live m2', 'live m3']);
    expect(lookUp.mock.calls).toEqual([[['c']]]);
  });

  it('passes events even if the look-up of their conversation fails, reports it, and does not ask again', () => {
    const error = new CommandTimeout('conv/query', 1);
    const lookUp = vi.fn(() => throwError(() => error));
    const onFailure = vi.fn();
    expect(
      feed(options({ lookUp, onFailure }), opened(1), arrived({ timestamp: 2 }), arrived({ timestamp: 3 })).slice(2),
    ).toEqual(['live m2', 'live m3']);
    expect(lookUp).toHaveBeenCalledTimes(1);
    expect(onFailure.mock.calls).toEqual([['c', error]]);
  });

  it('passes an edit once, even if the message had it on arrival, and reports each edit as received', () => {
    const changed: number[] = [];
    const edited = message({ timestamp: 11, editedAt: 20 });
    const edit = (editedAt: number): ClientEvent => ({
      _tag: 'Edit',
      conversationId: 'c',
      message: { ...edited, editedAt },
    });
    const given = options({
      changed: ({ editedAt = 0 }) => {
        changed.push(editedAt);
      },
    });
    const events = feed(
      given,
      opened(10),
      arrived({ timestamp: 11, editedAt: 20 }),
      edit(20),
      edit(21),
      edit(21),
      edit(22),
    );
    expect(events.filter((event) => event === 'Edit')).toHaveLength(3);
    expect(changed).toEqual([20, 21, 21, 22]);
  });

  it('completes when its source completes', () => {
    marbles(({ hot, expectObservable }) => {
      const start = opened(1);
      expectObservable(hot<InboxInput>('-o---|', { o: start }).pipe(inbox(options()))).toBe('-(oc)|', {
        o: start,
        c: { _tag: 'CaughtUp' },
      });
    });
  });
});

describe('the inbox, after a break', () => {
  const before = [opened(1), snapshot(), arrived({ timestamp: 2 }), DROPPED] as const;
  const stored = [2, 3, 4, 5].map((timestamp) => message({ timestamp }));
  const now = [conversation({ lastMessageAt: 5 })];

  it('emits missed messages before live ones, each message once', () => {
    const { lookUp, pageAfter } = server(stored, now);
    expect(
      feed(
        options({ lookUp, pageAfter }),
        ...before,
        opened(9, true),
        arrived({ timestamp: 5 }),
        arrived({ timestamp: 10 }),
      ).slice(4),
    ).toEqual(['Opened', 'snapshot c', 'missed m3', 'missed m4', 'missed m5', 'CaughtUp', 'live m10']);
  });

  it('holds live messages back until the missed ones have arrived, and removes duplicates by id', () => {
    const answer = new Subject<readonly Message[]>();
    const { lookUp } = server(stored, now);
    const input = new Subject<InboxInput>();
    const events = collect(input, options({ lookUp, pageAfter: () => answer }));
    for (const entry of [...before, opened(9, true), arrived({ timestamp: 3 }), arrived({ timestamp: 10 })])
      input.next(entry);
    expect(events.slice(4)).toEqual(['Opened', 'snapshot c']);
    answer.next([message({ timestamp: 3 })]);
    answer.complete();
    expect(events.slice(6)).toEqual(['missed m3', 'CaughtUp', 'live m10']);
  });

  it('emits earlier live messages before missed ones: the server may have deleted them since', () => {
    const answer = new Subject<readonly Message[]>();
    const { lookUp } = server(stored, [conversation({ lastMessageAt: 12 })]);
    const input = new Subject<InboxInput>();
    const events = collect(input, options({ lookUp, pageAfter: () => answer }));
    const typing = arrived({ timestamp: 10, id: 'typing', transient: true });
    for (const entry of [
      ...before,
      opened(9, true),
      typing,
      ...[11, 10, 12, 13].map((timestamp) => arrived({ timestamp })),
    ])
      input.next(entry);
    answer.next([message({ timestamp: 12 })]);
    answer.complete();
    expect(events.slice(6)).toEqual(['live m10', 'live m11', 'missed m12', 'CaughtUp', 'live typing', 'live m13']);
  });

  it('does the same for an unknown conversation, but not for messages that waited in an earlier session', () => {
    const answers = [new Subject<readonly Message[]>(), new Subject<readonly Message[]>()];
    const { lookUp } = server([], [conversation({ lastMessageAt: 13 })]);
    let asked = 0;
    const input = new Subject<InboxInput>();
    const events = collect(input, options({ lookUp, pageAfter: () => answers[asked++] ?? NEVER }));
    for (const entry of [opened(1), DROPPED, opened(9, true), arrived({ timestamp: 10 }), DROPPED, opened(11, true)])
      input.next(entry);
    for (const entry of [arrived({ timestamp: 12 }), arrived({ timestamp: 14 })]) input.next(entry);
    answers[1]?.next([message({ timestamp: 13 })]);
    answers[1]?.complete();
    expect(events.slice(6)).toEqual(['snapshot c', 'live m12', 'missed m13', 'CaughtUp', 'live m14']);
  });

  it('asks once for all known conversations, and fetches messages only if a conversation has newer ones', () => {
    const { lookUp, pageAfter } = server(stored, [
      conversation({ lastMessageAt: 5 }),
      conversation({ id: 'quiet', lastMessageAt: 0 }),
    ]);
    feed(options({ lookUp, pageAfter }), opened(1), snapshot(), snapshot({ id: 'quiet' }), DROPPED, opened(9, true));
    expect(lookUp.mock.calls).toEqual([[['c', 'quiet']]]);
    expect(new Set(pageAfter.mock.calls.map(([id]) => id))).toEqual(new Set(['c']));
  });

  it('asks in several queries if it knows very many conversations', () => {
    const { lookUp } = server([], []);
    const many = Array.from({ length: 150 }, (_, index) => snapshot({ id: `c${index}` }));
    feed(options({ lookUp, pageAfter: () => of([]) }), opened(1), ...many, DROPPED, opened(9, true));
    expect(lookUp.mock.calls.map(([ids]) => ids.length)).toEqual([100, 50]);
  });

  it('does not fetch the history of chat rooms, which are live only', () => {
    const { lookUp, pageAfter } = server([], [conversation({ kind: 'room', lastMessageAt: 99 })]);
    feed(
      options({ lookUp, pageAfter }),
      opened(1),
      snapshot({ kind: 'room' }),
      DROPPED,
      opened(9, true),
      arrived({ timestamp: 10 }),
    );
    expect(pageAfter).not.toHaveBeenCalled();
  });

  it('emits a gap for the current chat room before its live messages', () => {
    const inRoom = options({ lookUp: server([], [conversation({ kind: 'room' })]).lookUp, room: () => 'c' });
    const events = feed(
      inRoom,
      opened(1),
      snapshot({ kind: 'room' }),
      arrived({ timestamp: 2 }),
      DROPPED,
      opened(9, true),
      arrived({ timestamp: 10 }),
    );
    expect(events.slice(4)).toEqual(['Opened', 'gap room 2-9', 'snapshot c', 'CaughtUp', 'live m10']);
  });

  it('goes on with other conversations while it catches up with one', () => {
    const slow = new Subject<readonly Message[]>();
    const { lookUp } = server([], [conversation({ lastMessageAt: 5 }), conversation({ id: 'd', lastMessageAt: 0 })]);
    const input = new Subject<InboxInput>();
    const events = collect(input, options({ lookUp, pageAfter: () => slow }));
    for (const entry of [opened(1), snapshot(), snapshot({ id: 'd' }), DROPPED, opened(9, true)]) input.next(entry);
    input.next(arrived({ timestamp: 10, conversationId: 'd', id: 'other' }));
    input.next(arrived({ timestamp: 10 }));
    expect(events.at(-1)).toBe('live other');
    expect(events.slice(2)).not.toContain('CaughtUp');
  });

  it('starts again from the same position after a break during a catch-up, and loses no waiting message', () => {
    const { lookUp, pageAfter } = server(
      [...stored, message({ timestamp: 10 })],
      [conversation({ lastMessageAt: 10 })],
    );
    const silent = vi.fn(() => NEVER);
    const pages = vi.fn(silent);
    const input = new Subject<InboxInput>();
    const events = collect(
      input,
      options({ lookUp, pageAfter: (...args) => (pages.mock.calls.length === 0 ? pages() : pageAfter(...args)) }),
    );
    for (const entry of [...before, opened(9, true), arrived({ timestamp: 10 }), DROPPED, opened(11, true)])
      input.next(entry);
    expect(events.slice(4)).toEqual([
      'Opened',
      'snapshot c',
      'Opened',
      'snapshot c',
      'missed m3',
      'missed m4',
      'missed m5',
      'missed m10',
      'CaughtUp',
    ]);
  });

  it('waits for the Dropped event if a query fails because the connection is lost', () => {
    const lost = throwError(() => new ConnectionLost('gone'));
    const onFailure = vi.fn();
    const events = feed(
      options({ lookUp: () => lost, onFailure }),
      ...before,
      opened(9, true),
      arrived({ timestamp: 10 }),
    );
    expect(events.slice(4)).toEqual(['Opened']);
    expect(onFailure).not.toHaveBeenCalled();
    const unknown = feed(options({ lookUp: () => lost }), opened(1), arrived({ timestamp: 2 }));
    expect(unknown).toEqual(['Opened', 'CaughtUp']);
  });

  it('tries to catch up even if the query of the conversations fails, and reports why', () => {
    const error = new ServerRejected(4310, 'CONVERSATION_QUERY_FAILED');
    const { pageAfter } = server(stored);
    const onFailure = vi.fn();
    const events = feed(
      options({ lookUp: () => throwError(() => error), pageAfter, onFailure }),
      ...before,
      opened(9, true),
    );
    expect(events.slice(4)).toEqual(['Opened', 'missed m3', 'missed m4', 'missed m5', 'CaughtUp']);
    expect(onFailure).toHaveBeenCalledWith('c', error);
  });

  it('finds new conversations by their unread messages, and fetches from the time of the session before', () => {
    const { lookUp, pageAfter } = server(
      [message({ timestamp: 5, conversationId: 'new' })],
      [conversation({ id: 'new', lastMessageAt: 5 })],
    );
    const events = feed(
      options({ lookUp, pageAfter }),
      opened(3),
      DROPPED,
      opened(9, true),
      counted(1, 5, { conversationId: 'new' }),
      counted(0, 5, { conversationId: 'read' }),
    );
    expect(events.slice(2)).toEqual([
      'Opened',
      'CaughtUp',
      'UnreadCounts',
      'snapshot new',
      'missed m5',
      'UnreadCounts',
    ]);
    expect(pageAfter.mock.calls[0]).toEqual(['new', { timestamp: 3, id: '' }]);
  });

  it('catches up with an unknown conversation before its first live message', () => {
    const { lookUp, pageAfter } = server(
      [message({ timestamp: 5, conversationId: 'new' })],
      [conversation({ id: 'new' })],
    );
    const events = feed(
      options({ lookUp, pageAfter }),
      opened(3),
      DROPPED,
      opened(9, true),
      arrived({ timestamp: 10, conversationId: 'new' }),
    );
    expect(events.slice(4)).toEqual(['snapshot new', 'missed m5', 'live m10']);
  });

  it('misses no message that was stored in the millisecond in which the session was opened', () => {
    const { lookUp, pageAfter } = server([message({ timestamp: 3 })], [conversation({ lastMessageAt: 3 })]);
    const follow: InboxInput = { _tag: 'Follow', conversationId: 'c' };
    const events = feed(options({ lookUp, pageAfter }), opened(3), follow, DROPPED, opened(9, true));
    expect(events.slice(2)).toEqual(['Opened', 'snapshot c', 'missed m3', 'CaughtUp']);
  });

  it('catches up once if the same unread count comes twice', () => {
    const { lookUp, pageAfter } = server([], [conversation({ id: 'new' })]);
    const unread = counted(1, 5, { conversationId: 'new' });
    feed(options({ lookUp, pageAfter }), opened(3), DROPPED, opened(9, true), unread, unread);
    expect(pageAfter).toHaveBeenCalledTimes(1);
  });

  it('moves its position before it emits a message, so that a break at that moment repeats nothing', () => {
    const { lookUp, pageAfter } = server(stored, now);
    const input = new Subject<InboxInput>();
    const missed: number[] = [];
    input.pipe(inbox(options({ lookUp, pageAfter }))).subscribe((event) => {
      if (event._tag !== 'Message' || event.origin !== 'missed') return;
      missed.push(event.message.timestamp);
      if (missed.length > 1) return;
      input.next(DROPPED);
      input.next(opened(12, true));
    });
    for (const entry of [...before, opened(9, true)]) input.next(entry);
    expect(missed).toEqual([3, 4, 5]);
    // The whole page is emitted before the break is handled.
    expect(pageAfter.mock.calls.map(([, { timestamp }]) => timestamp)).toEqual([2, 4, 4]);
  });

  it('does not emit messages of a gap after newer messages', () => {
    const all = [2, 3, 4, 5, 6, 12].map((timestamp) => message({ timestamp }));
    const { pageAfter } = server(all);
    const lookUp = vi.fn().mockReturnValueOnce(of([conversation({ lastMessageAt: 6 })]));
    lookUp.mockReturnValue(of([conversation({ lastMessageAt: 12 })]));
    const given = options({ lookUp, pageAfter, catchUpLimit: 2 });
    const events = feed(given, ...before, opened(9, true), DROPPED, opened(20, true));
    expect(events.filter((event) => event.startsWith('missed') || event.startsWith('gap'))).toEqual([
      'missed m3',
      'missed m4',
      'gap limit 4-9',
      'missed m12',
    ]);
  });

  it('moves its position after many own messages: earlier messages of others will not come any more', () => {
    const own = Array.from({ length: 66 }, (_, index) => arrived({ timestamp: 10 + index, from: 'Tom' }, 'sent'));
    const { pageAfter } = server();
    const position = (after: number): number | undefined => {
      pageAfter.mockClear();
      const others = own.slice(0, after);
      const lookUp = () => of([conversation({ lastMessageAt: 98 })]);
      feed(options({ lookUp, pageAfter }), ...before.slice(0, 3), ...others, DROPPED, opened(99, true));
      return pageAfter.mock.calls[0]?.[1].timestamp;
    };
    expect([position(65), position(66)]).toEqual([2, 10]);
  });

  it('does not move its position for a few own messages: earlier messages of others may still be missing', () => {
    const { lookUp, pageAfter } = server(stored, now);
    const own = arrived({ timestamp: 4, from: 'Tom' }, 'sent');
    const events = feed(
      options({ lookUp, pageAfter }),
      opened(1),
      snapshot(),
      arrived({ timestamp: 2 }),
      own,
      DROPPED,
      opened(9, true),
    );
    expect(events.slice(4)).toEqual(['sent m4', 'Opened', 'snapshot c', 'missed m3', 'missed m5', 'CaughtUp']);
  });
});

describe('the inbox, for any schedule', () => {
  it('emits the log of the server for each conversation, in order, each entry once', () => {
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ _tag: fc.constant('send' as const), conversationId: fc.constantFrom('c', 'd', 'e') }),
      },
      { weight: 1, arbitrary: fc.constant({ _tag: 'cut' as const }) },
      { weight: 1, arbitrary: fc.constant({ _tag: 'mend' as const }) },
      { weight: 2, arbitrary: fc.constant({ _tag: 'answer' as const }) },
      { weight: 1, arbitrary: fc.constant({ _tag: 'repeat' as const }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const log: Message[] = [];
        const answers: (() => void)[] = [];
        /** The schedule decides when each answer comes. */
        const later = <T>(value: () => T): Observable<T> =>
          defer(() => {
            const answer = new Subject<T>();
            answers.push(() => {
              answer.next(value());
              answer.complete();
            });
            return answer;
          });
        const given = options({
          lookUp: (ids) =>
            later(() =>
              ids.map((id) => {
                const last = log.filter(({ conversationId }) => conversationId === id).at(-1);
                return conversation({ id, ...(last === undefined ? {} : { lastMessageAt: last.timestamp }) });
              }),
            ),
          pageAfter: (id, after) =>
            later(() =>
              log.filter((entry) => entry.conversationId === id && comparePositions(entry, after) > 0).slice(0, 2),
            ),
          concurrency: 2,
        });
        const input = new Subject<InboxInput>();
        const seen: Message[] = [];
        input.pipe(inbox(given)).subscribe((event) => {
          if (event._tag === 'Message') seen.push(event.message);
        });
        let connected = true;
        const mend = (): void => {
          connected = true;
          input.next(opened(log.length + 1, true));
          const ids = [...new Set(log.map(({ conversationId }) => conversationId))];
          for (const conversationId of ids) input.next(counted(1, log.length, { conversationId }));
        };
        input.next(opened(0));
        for (const { _tag, ...rest } of steps) {
          if (_tag === 'send' && 'conversationId' in rest) {
            const sent = message({ timestamp: log.length + 1, conversationId: rest.conversationId });
            log.push(sent);
            if (connected) input.next(arrived(sent));
          } else if (_tag === 'cut' && connected) {
            connected = false;
            input.next(DROPPED);
            answers.length = 0;
          } else if (_tag === 'mend' && !connected) mend();
          else if (_tag === 'answer') answers.shift()?.();
          else if (_tag === 'repeat' && connected && log.length > 0) input.next(arrived(log.at(-1)));
        }
        if (!connected) mend();
        while (answers.length > 0) answers.shift()?.();
        for (const id of ['c', 'd', 'e']) {
          const of = (messages: readonly Message[]): string[] =>
            messages.filter(({ conversationId }) => conversationId === id).map((entry) => entry.id);
          expect(of(seen)).toEqual(of(log));
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('the inbox of a client that leaves and comes back', () => {
  const left: ClientEvent = { _tag: 'Left', conversationId: 'c', members: ['Tom'] };
  const joined: ClientEvent = { _tag: 'Joined', conversationId: 'c', members: ['Tom'] };

  it('emits the current conversation before the client’s own Joined', () => {
    const lookUp = vi.fn(() => of([conversation({ members: ['Jerry', 'Spike', 'Tom'] })]));
    const events = feed(options({ lookUp }), opened(1), snapshot(), left, joined);
    expect(events.slice(2)).toEqual(['snapshot c', 'Left', 'snapshot c', 'Joined']);
    expect(lookUp).toHaveBeenCalledTimes(1);
  });

  it('does the same if only an outline of the conversation was known', () => {
    const lookUp = vi.fn(() => of([conversation()]));
    const outline: ClientEvent = {
      _tag: 'Snapshot',
      conversationId: 'c',
      info: { id: 'c', kind: 'ordinary', attributes: {} },
    };
    const events = feed(options({ lookUp }), opened(1), outline, joined);
    expect(events.slice(2)).toEqual(['snapshot c', 'snapshot c', 'Joined']);
  });

  it('asks nothing when others join or leave', () => {
    const lookUp = vi.fn(() => of([conversation()]));
    feed(
      options({ lookUp }),
      opened(1),
      snapshot(),
      { ...left, members: ['Jerry'] },
      { ...joined, members: ['Spike'] },
    );
    expect(lookUp).not.toHaveBeenCalled();
  });

  it('asks nothing about a conversation that the client has left or is blocked in', () => {
    const lookUp = vi.fn(() => of([conversation()]));
    const { pageAfter } = server();
    const out = (['Left', 'Blocked', 'Unblocked'] as const).map((_tag): ClientEvent => ({ ...left, _tag }));
    expect(feed(options({ lookUp, pageAfter }), opened(1), ...out).slice(2)).toEqual(['Left', 'Blocked', 'Unblocked']);
    expect(feed(options({ lookUp, pageAfter }), opened(1), DROPPED, opened(9, true), ...out).slice(4)).toEqual([
      'Left',
      'Blocked',
      'Unblocked',
    ]);
    expect(lookUp).not.toHaveBeenCalled();
    expect(pageAfter).not.toHaveBeenCalled();
  });
});

describe('a conversation that has changed during a break', () => {
  const before = conversation({ members: ['Tom', 'Spike'], attributes: { topic: 'cheese' } });
  const joined: ClientEvent = { _tag: 'Joined', conversationId: 'c', members: ['Jerry'], by: 'Tom' };

  /** The events after the break. The client keeps the state of the conversation. */
  const after = (now: ConversationInfo, ...pushed: readonly InboxInput[]): readonly ClientEvent[] => {
    const answer = new Subject<readonly ConversationInfo[]>();
    const log = new Subject<ClientEvent>();
    const [state] = keyedState(log, conversationsReducer);
    const { pageAfter } = server([message({ timestamp: 3 })]);
    const input = new Subject<InboxInput>();
    const events: ClientEvent[] = [];
    log.subscribe((event) => events.push(event));
    input.pipe(inbox(options({ lookUp: () => answer, pageAfter, known: state.get }))).subscribe(log);
    for (const entry of [opened(1), snapshot(before), arrived({ timestamp: 2 }), DROPPED, opened(9, true), ...pushed])
      input.next(entry);
    answer.next([now]);
    answer.complete();
    return events.slice(1 + events.findLastIndex(({ _tag }) => _tag === 'Opened'));
  };

  it('emits changes of members and attributes first, then the missed messages', () => {
    const now = conversation({
      members: ['Tom', 'Jerry'],
      attributes: { topic: 'mice' },
      lastMessageAt: 3,
      updatedAt: 8,
    });
    expect(after(now)).toEqual([
      { _tag: 'Joined', conversationId: 'c', members: ['Jerry'] },
      { _tag: 'Left', conversationId: 'c', members: ['Spike'] },
      { _tag: 'Attributes', conversationId: 'c', changed: { topic: 'mice' }, at: 8 },
      snapshot(now),
      arrived({ timestamp: 3 }, 'missed'),
      { _tag: 'CaughtUp' },
    ]);
  });

  it('emits a change once if the server also pushes it after the reconnect', () => {
    const now = conversation({ members: ['Tom', 'Spike', 'Jerry'], attributes: { topic: 'cheese' } });
    expect(after(now, joined)).toEqual([
      { _tag: 'Joined', conversationId: 'c', members: ['Jerry'] },
      snapshot(now),
      { _tag: 'CaughtUp' },
    ]);
  });

  it('emits one Left and nothing else if the client was removed', () => {
    const { members, attributes, ...outline } = conversation();
    expect([members, attributes]).not.toContain(undefined);
    const left: ClientEvent = { _tag: 'Left', conversationId: 'c', members: ['Tom'] };
    expect(after({ ...outline, attributes: {}, lastMessageAt: 3 }, { ...left, by: 'Spike' })).toEqual([
      left,
      { _tag: 'CaughtUp' },
    ]);
  });

  it('emits Joined if the client was added during the break', () => {
    const now = conversation({ members: ['Tom', 'Jerry'] });
    const events = feed(
      options({ lookUp: server([], [now]).lookUp, known: () => conversation({ members: ['Jerry'] }) }),
      opened(1),
      snapshot({ members: ['Jerry'] }),
      DROPPED,
      opened(9, true),
      { _tag: 'Joined', conversationId: 'c', members: ['Tom'], by: 'Jerry' },
    );
    expect(events.slice(3)).toEqual(['Opened', 'Joined', 'snapshot c', 'CaughtUp']);
  });
});

describe('a conversation that no longer exists after a break', () => {
  const again = [DROPPED, opened(9, true)] as const;

  it('emits one Left if the client was a member, and fetches no messages', () => {
    const { lookUp, pageAfter } = server([message({ timestamp: 3 })], []);
    const onFailure = vi.fn();
    const given = options({ lookUp, pageAfter, onFailure });
    const entries: ClientEvent[] = [];
    const input = new Subject<InboxInput>();
    input.pipe(inbox(given)).subscribe((event) => entries.push(event));
    for (const entry of [opened(1), snapshot(), arrived({ timestamp: 2 }), ...again]) input.next(entry);
    expect(entries.slice(4)).toEqual([
      opened(9, true),
      { _tag: 'Left', conversationId: 'c', members: ['Tom'] },
      { _tag: 'CaughtUp' },
    ]);
    for (const entry of again) input.next(entry);
    expect(entries.slice(7)).toEqual([opened(9, true), { _tag: 'CaughtUp' }]);
    expect(pageAfter).not.toHaveBeenCalled();
    expect(onFailure).not.toHaveBeenCalled();
  });

  it('emits Left also if its earlier look-up has failed', () => {
    const lookUp = vi.fn((): Observable<readonly ConversationInfo[]> => of([]));
    lookUp.mockReturnValueOnce(throwError(() => new CommandTimeout('conv/query', 1)));
    expect(feed(options({ lookUp }), opened(1), arrived({ timestamp: 2 }), ...again).slice(3)).toEqual([
      'Opened',
      'Left',
      'CaughtUp',
    ]);
  });

  it('emits no Left if the client was not a member, has left before, only follows it, or if it is a chat room', () => {
    const { lookUp } = server([], []);
    const follow: InboxInput = { _tag: 'Follow', conversationId: 'c' };
    const left: ClientEvent = { _tag: 'Left', conversationId: 'c', members: ['Tom'] };
    const room = snapshot({ kind: 'room' });
    for (const before of [[snapshot({ members: ['Jerry'] })], [snapshot(), left], [follow], [room]]) {
      const events = feed(options({ lookUp }), opened(1), ...before, DROPPED, {
        _tag: 'Opened',
        at: 10,
        resumed: true,
      });
      expect(events.slice(events.lastIndexOf('Opened'))).toEqual(['Opened', 'CaughtUp']);
    }
  });

  it('is not the same as a failed query or an unreadable answer: these change nothing', () => {
    const { pageAfter } = server([message({ timestamp: 3 })]);
    const before = [opened(1), snapshot(), arrived({ timestamp: 2 }), ...again] as const;
    const failing = options({ lookUp: () => throwError(() => new CommandTimeout('conv/query', 1)), pageAfter });
    const unreadable = { ...options({ pageAfter }), lookUp: () => of({ infos: [], gone: [] }) };
    for (const given of [failing, unreadable])
      expect(feed(given, ...before).slice(4)).toEqual(['Opened', 'missed m3', 'CaughtUp']);
  });
});
