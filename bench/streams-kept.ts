/** Operators that keep many keys or lists. */
import { Subject, map, of, type Observable, type OperatorFunction } from 'rxjs';
import {
  demultiplex,
  keyedState,
  outgoing,
  rate,
  timelineReducer,
  toTimeline,
  top,
  unreadReducer,
  versions,
  type ClientEvent,
  type TimelineInput,
} from 'rx-realtime/streams';
import { range } from './streams-contest.js';
import { SELF, messageOf, nameOf, outgoingEvent, type MessageEvent } from './streams-events.js';
import { FEWER, type Growing, type Steady } from './streams-growth.js';

/** The map of the messages that are being sent, made anew for each change. */
const outboxOf: OperatorFunction<ClientEvent, ReadonlyMap<string, unknown>> = (log$) =>
  outgoing(log$, () => of(undefined))[0].outbox$;

const HOUR = 3_600_000;
/** Number of older messages that come at a time. */
const PAGE = 20;
/** For operators whose steps copy everything. */
const COPYING = { large: 10_000, steps: 20 };

/** Keys that are made before the measurement. */
const keysOf = (count: number): readonly string[] => range(count).map(nameOf);

/** Reports the values of many keys. */
const telling =
  (
    operator: (every$: Observable<void>, size: number) => OperatorFunction<string, { readonly size: number }>,
    next: (size: number) => () => string,
  ) =>
  (size: number): Steady => {
    const source = new Subject<string>();
    const tell = new Subject<void>();
    const key = next(size);
    let told = 0;
    source.pipe(operator(tell, size)).subscribe((result) => {
      told = result.size;
    });
    const step = (): void => source.next(key());
    for (let left = size; left > 0; left -= 1) step();
    return {
      step,
      kept: () => {
        tell.next();
        return told;
      },
    };
  };

/** Repeats the same keys. */
const known = (size: number): (() => string) => {
  const keys = keysOf(size);
  let index = -1;
  return () => {
    index = (index + 1) % size;
    return keys[index] ?? '';
  };
};

/** Keys that are new each time. */
const ever = (): (() => string) => {
  let index = 0;
  return () => {
    index += 1;
    return nameOf(index);
  };
};

const busiest =
  (every$: Observable<void>, size: number): OperatorFunction<string, { readonly size: number }> =>
  (source$) =>
    source$.pipe(
      top({ key: (key: string) => key, every$, count: size, capacity: size }),
      map(({ length }) => ({ size: length })),
    );

const logged = (conversationId: string, number: number): MessageEvent => ({
  _tag: 'Message',
  conversationId,
  message: messageOf(number, conversationId),
  origin: 'live',
});

/** Messages that go to all conversations in turn. */
const inConversations = (size: number): (() => MessageEvent) => {
  const name = known(size);
  let number = 0;
  return () => {
    number += 1;
    return logged(name(), number);
  };
};

const unread = unreadReducer(SELF, () => true);

/** Unread counts of many conversations. */
const counted =
  (watch: 'one' | 'all') =>
  (size: number): Steady => {
    const source = new Subject<ClientEvent>();
    const next = inConversations(size);
    const [state] = keyedState(source, unread);
    const step = (): void => source.next(next());
    for (let left = size; left > 0; left -= 1) step();
    let seen = 0;
    const look = (): void => {
      seen = [...state.keys()].length;
    };
    if (watch === 'one') state.at(nameOf(0)).subscribe();
    else {
      state.all$.subscribe(({ size: keys }) => {
        seen = keys;
      });
    }
    return {
      step,
      kept: () => {
        if (watch === 'one') look();
        return seen;
      },
    };
  };

/** Reduces a log to maps. */
const mapped =
  (
    operator: OperatorFunction<ClientEvent, { readonly size: number }>,
    fill: (number: number) => ClientEvent,
    step: (number: number, size: number) => readonly ClientEvent[],
  ) =>
  (size: number): Steady => {
    const source = new Subject<ClientEvent>();
    let kept = 0;
    source.pipe(operator).subscribe((result) => {
      kept = result.size;
    });
    for (const number of range(size)) source.next(fill(number));
    let number = size - 1;
    return {
      step: () => {
        number += 1;
        for (const event of step(number, size)) source.next(event);
      },
      kept: () => kept,
    };
  };

/** A timeline whose window is full. */
const placed =
  (input: (number: number) => TimelineInput) =>
  (size: number): Steady => {
    const reduce = timelineReducer(size);
    let state = reduce(undefined, {
      _tag: 'Latest',
      entries: range(size).map((number) => ({ _tag: 'Message', message: messageOf(number, nameOf(0)) })),
      hasOlder: true,
    });
    let number = size;
    return {
      step: () => {
        state = reduce(state, input(number));
        number += 1;
      },
      kept: () => toTimeline(state).entries.length,
    };
  };

/** Messages older than all messages in the window. They are pushed out again. */
const older: TimelineInput = {
  _tag: 'Older',
  messages: range(PAGE).map((index) => messageOf(index - PAGE, nameOf(0))),
  hasOlder: true,
};

export const kept: readonly Growing[] = [
  {
    name: 'rate, keys',
    claim: 'O(1)',
    full: telling((every$, size) => rate({ key: (key: string) => key, every$, window: HOUR, maxKeys: size }), known),
  },
  { name: 'top, keys that are counted', claim: 'O(1)', full: telling(busiest, known) },
  { name: 'top, keys that are new', claim: 'O(1)', steps: FEWER, full: telling(busiest, ever) },
  {
    name: 'demultiplex, keys that are watched',
    claim: 'one lookup',
    full: (size: number): Steady => {
      const source = new Subject<MessageEvent>();
      const next = inConversations(size);
      const [at] = demultiplex(source, ({ conversationId }) => conversationId);
      let [pushed, got] = [0, 0];
      for (const name of keysOf(size)) {
        at(name).subscribe(() => {
          got += 1;
        });
      }
      return {
        step: () => {
          pushed += 1;
          source.next(next());
        },
        kept: () => size + got - pushed,
      };
    },
  },
  { name: 'keyedState(unreadReducer), one watched', claim: 'what it changes', full: counted('one') },
  { name: 'keyedState(unreadReducer), all watched', claim: 'and a part of the map', ...COPYING, full: counted('all') },
  {
    name: 'timelineReducer, a message',
    claim: 'O(log n) and a copy',
    ...COPYING,
    full: placed((number) => logged(nameOf(0), number)),
  },
  { name: `timelineReducer, a page of ${PAGE}`, claim: '-', ...COPYING, items: PAGE, full: placed(() => older) },
  {
    name: 'outgoing(), on their way',
    claim: '-',
    large: 1_000,
    steps: 100,
    items: 2,
    full: mapped(
      outboxOf,
      (number) => outgoingEvent(number, 'sending'),
      (number, size) => [outgoingEvent(number, 'sending'), outgoingEvent(number - size, 'sent')],
    ),
  },
  {
    name: 'versions(), messages',
    claim: 'a new map',
    large: 1_000,
    steps: 100,
    full: mapped(
      versions(),
      (number) => logged(nameOf(0), number),
      (number, size) => [
        {
          _tag: 'Edit',
          conversationId: nameOf(0),
          message: { editedAt: number, ...messageOf(number % size, nameOf(0)) },
        },
      ],
    ),
  },
];
