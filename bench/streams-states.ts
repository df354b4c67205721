/** States that are reduced from a log, each compared with one `scan`. */
import { distinctUntilChanged, filter, map, of, scan, type OperatorFunction } from 'rxjs';
import {
  conversationsReducer,
  keyedState,
  lastMessagesReducer,
  outgoing,
  receiptsReducer,
  timelineReducer,
  toTimeline,
  unreadReducer,
  versions,
  type ClientEvent,
  type ConversationEvent,
  type KeyedReducer,
  type Message,
  type Modification,
  type Outgoing,
  type Timeline,
} from 'rx-realtime/streams';
import { ITEMS, pushing, range, through, type Contender, type Contest, type Pushing } from './streams-contest.js';
import {
  CONVERSATIONS,
  SELF,
  WATCHED,
  attributesEvent,
  editEvent,
  messageEvent,
  numberOf,
  outgoingEvent,
  receiptEvent,
  snapshotEvent,
  type MessageEvent,
} from './streams-events.js';

/** Number of items if one item takes microseconds. */
/** The map of the messages that are being sent, made anew for each change. */
const outboxOf: OperatorFunction<ClientEvent, ReadonlyMap<string, unknown>> = (log$) =>
  outgoing(log$, () => of(undefined))[0].outbox$;

const FEW = 1_000;
const WINDOW = 500;
/** Number of own messages that are being sent at a time. */
const UNDERWAY = 10;

type Pushed<T> = Pick<Pushing<T>, 'items' | 'fill' | 'expects'>;

const numbers = range(ITEMS);
const few = range(FEW);
const log = numbers.map(messageEvent);
const isWatched = (number: number): boolean => number % CONVERSATIONS === 0;

/** Watches one key of many. */
const keyed = <V>(
  pushed: Pushed<ConversationEvent>,
  reducer: KeyedReducer<ClientEvent, V>,
  read: (state: V) => number,
): Contender =>
  pushing({
    ...pushed,
    open: (source$, take) => {
      const [state] = keyedState(source$, reducer);
      state.at(WATCHED).subscribe((value) => take(read(value)));
      return undefined;
    },
  });

/** The same with one map that is changed in place. */
const scanned = <E extends ConversationEvent, V>(
  pushed: Pushed<E>,
  step: (states: Map<string, V>, event: E) => Map<string, V>,
  read: (state: V) => number,
): Contender =>
  through(
    pushed,
    (source$) =>
      source$.pipe(
        scan(step, new Map<string, V>()),
        map((states) => states.get(WATCHED)),
        distinctUntilChanged(),
        filter((state) => state !== undefined),
      ),
    read,
  );

const unread = unreadReducer(SELF, () => true);
const counting = { items: log, expects: range(ITEMS / CONVERSATIONS).map((count) => count + 1) };
const receiving = { items: numbers.map(receiptEvent), expects: numbers.filter(isWatched) };
const lasting = { items: log, expects: numbers.filter(isWatched) };
const describing = {
  fill: range(CONVERSATIONS).map(snapshotEvent),
  items: numbers.map(attributesEvent),
  // The snapshot has no level.
  expects: [-1, ...numbers.filter(isWatched)],
};
const besideScan = { beside: 'scan into a Map, distinct' };

const keyedStates: readonly Contest[] = [
  {
    name: 'keyedState(unreadReducer)',
    ours: keyed(counting, unread, ({ count }) => count),
    peer: scanned<MessageEvent, number>(
      counting,
      (counts, { conversationId }) => counts.set(conversationId, (counts.get(conversationId) ?? 0) + 1),
      (count) => count,
    ),
    ...besideScan,
    lacks: 'read marks, what was counted already, mentions',
  },
  {
    name: 'keyedState(receiptsReducer)',
    ours: keyed(receiving, receiptsReducer, ({ deliveredAt = 0 }) => deliveredAt),
    peer: scanned<ReturnType<typeof receiptEvent>, number>(
      receiving,
      (marks, { conversationId, at }) => marks.set(conversationId, at),
      (at) => at,
    ),
    ...besideScan,
    lacks: 'marks that only move forward, read beside delivered',
  },
  {
    name: 'keyedState(lastMessagesReducer)',
    ours: keyed(lasting, lastMessagesReducer, numberOf),
    peer: scanned<MessageEvent, Message>(
      lasting,
      (last, { conversationId, message }) => last.set(conversationId, message),
      numberOf,
    ),
    ...besideScan,
    lacks: 'order, edits, recalls',
  },
  {
    name: 'keyedState(conversationsReducer)',
    ours: keyed(describing, conversationsReducer, ({ attributes }) => Number(attributes['level'] ?? -1)),
    peer: scanned<
      ReturnType<typeof snapshotEvent> | ReturnType<typeof attributesEvent>,
      Readonly<Record<string, unknown>>
    >(
      describing,
      (known, event) =>
        known.set(
          event.conversationId,
          event._tag === 'Snapshot' ? event.info.attributes : { ...known.get(event.conversationId), ...event.changed },
        ),
      (attributes) => Number(attributes['level'] ?? -1),
    ),
    ...besideScan,
    lacks: 'nested keys, names, the rest of the snapshot',
  },
  {
    name: `keyedState(unreadReducer).all$`,
    items: FEW,
    ours: pushing<ConversationEvent>({
      items: log.slice(0, FEW),
      // The state is empty at first.
      expects: [0, ...few.map((number) => 1 + Math.floor(number / CONVERSATIONS))],
      open: (source$, take) => {
        const [state] = keyedState(source$, unread);
        state.all$.subscribe((counts) => take(counts.get(WATCHED)?.count ?? 0));
        return undefined;
      },
    }),
    peer: through<MessageEvent, ReadonlyMap<string, number>>(
      { items: log.slice(0, FEW), expects: few.map((number) => 1 + Math.floor(number / CONVERSATIONS)) },
      scan(
        (counts, { conversationId }) => new Map(counts).set(conversationId, (counts.get(conversationId) ?? 0) + 1),
        new Map<string, number>() as ReadonlyMap<string, number>,
      ),
      (counts) => counts.get(WATCHED) ?? 0,
    ),
    beside: 'scan into a new Map',
    lacks: 'read marks, what was counted already, mentions',
  },
];

const timeline: OperatorFunction<ConversationEvent, Timeline> = (source$) =>
  source$.pipe(scan(timelineReducer(WINDOW), undefined), map(toTimeline));

const lastNumber = ({ entries }: Timeline): number => {
  const last = entries.at(-1);
  return last?._tag === 'Message' ? numberOf(last.message) : -1;
};
const appending = {
  fill: log.slice(0, WINDOW),
  items: log.slice(WINDOW, WINDOW + FEW),
  expects: numbers.slice(0, WINDOW + FEW),
};
const editing = {
  fill: log.slice(0, WINDOW),
  items: range(FEW).map((number) => editEvent(number % WINDOW)),
  expects: [...numbers.slice(0, WINDOW), ...few.map(() => WINDOW - 1)],
};

const timelines: readonly Contest[] = [
  {
    name: `timelineReducer, window of ${WINDOW}`,
    items: FEW,
    ours: through<ConversationEvent, Timeline>(appending, timeline, lastNumber),
    peer: through<MessageEvent, readonly Message[]>(
      appending,
      scan((shown, { message }) => [...shown, message].slice(-WINDOW), [] as readonly Message[]),
      (shown) => numberOf(shown.at(-1) ?? { timestamp: 0 }),
    ),
    beside: 'scan, [...shown, x].slice(-n)',
    lacks: 'order, what comes twice, edits, gaps, pending',
  },
  {
    name: `timelineReducer, window of ${WINDOW}: no list`,
    items: FEW,
    ours: through<ConversationEvent, Timeline>(appending, timeline, lastNumber),
    peer: through<MessageEvent, Message>(
      appending,
      map(({ message }) => message),
      numberOf,
    ),
    beside: 'Subject, map',
    lacks: 'a list',
  },
  {
    name: `timelineReducer, window of ${WINDOW}: edits`,
    items: FEW,
    ours: through<ConversationEvent, Timeline>(editing, timeline, lastNumber),
    peer: through<MessageEvent | Modification, readonly Message[]>(
      editing,
      scan(
        (shown, { _tag, message }) =>
          _tag === 'Message' ? [...shown, message] : shown.map((other) => (other.id === message.id ? message : other)),
        [] as readonly Message[],
      ),
      (shown) => numberOf(shown.at(-1) ?? { timestamp: 0 }),
    ),
    beside: 'scan, map over the list',
    lacks: 'order, a bound, the later of two edits',
  },
];

/** While some messages are being sent, one more is sent and the oldest arrives. */
const sending = {
  fill: range(UNDERWAY).map((number) => outgoingEvent(number, 'sending')),
  items: range(ITEMS / 2).flatMap((number) => [
    outgoingEvent(number + UNDERWAY, 'sending'),
    outgoingEvent(number, 'sent'),
  ]),
  expects: [
    ...range(UNDERWAY).map((count) => count + 1),
    ...numbers.map((index) => (index % 2 === 0 ? UNDERWAY + 1 : UNDERWAY)),
  ],
};
const editsAfter = {
  items: [...few.map(messageEvent), ...few.map(editEvent)],
  expects: [...few.map((count) => count + 1), ...few.map(() => FEW)],
};

const others: readonly Contest[] = [
  {
    name: `outgoing(), ${UNDERWAY} on their way`,
    ours: through<ClientEvent, ReadonlyMap<string, unknown>>(
      { ...sending, expects: [0, ...sending.expects] },
      outboxOf,
      ({ size }) => size,
    ),
    peer: through<Outgoing, ReadonlyMap<string, unknown>>(
      sending,
      (source$) =>
        source$.pipe(
          scan((waiting, { token, body, progress }) => {
            if (progress._tag === 'sending') waiting.set(token, body);
            else waiting.delete(token);
            return waiting;
          }, new Map<string, unknown>()),
        ),
      ({ size }) => size,
    ),
    beside: 'scan into a Map',
    lacks: 'a new map each time, a value at the start',
  },
  {
    name: `versions(), up to ${FEW} messages`,
    items: 2 * FEW,
    ours: through<ClientEvent, ReadonlyMap<string, Message>>(editsAfter, versions(), ({ size }) => size),
    peer: through<MessageEvent | Modification, ReadonlyMap<string, Message>>(
      editsAfter,
      (source$) =>
        source$.pipe(scan((known, { message }) => known.set(message.id, message), new Map<string, Message>())),
      ({ size }) => size,
    ),
    beside: 'scan into a Map',
    lacks: 'a new map each time, the later of two versions',
  },
];

export const states: readonly Contest[] = [...keyedStates, ...timelines, ...others];
