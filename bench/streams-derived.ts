/** Streams that are derived from a log, split by key, or stored, each compared with RxJS alone. */
import { concatMap, filter, groupBy, map, mergeMap, of, share, type Observable } from 'rxjs';
import { TextType } from 'rx-realtime';
import {
  atLeastOnce,
  atMostOnce,
  concatMapByKey,
  demultiplex,
  logEntries,
  membership,
  messages,
  modifications,
  ofType,
  shareLatest,
  type ClientEvent,
  type ConversationEvent,
  type LogEntry,
  type Message,
} from 'rx-realtime/streams';
import { ITEMS, pushing, range, through, type Contender, type Contest } from './streams-contest.js';
import {
  CONVERSATIONS,
  editEvent,
  joinedEvent,
  messageEvent,
  nameOf,
  numberOf,
  type MessageEvent,
} from './streams-events.js';

/** Number of items if one item takes microseconds. */
const FEW = 1_000;

const numbers = range(ITEMS);
const log = numbers.map(messageEvent);
const edits = numbers.map(editEvent);
const joined = { items: numbers.map(joinedEvent), expects: numbers.map(() => 1) };
const logged = { items: log, expects: numbers };
const bodies = { items: log.map(({ message }) => message), expects: numbers };
const edited = { items: edits, expects: numbers };
const eventNumber = ({ message }: { readonly message: Message }): number => numberOf(message);
const isMessage = (event: ClientEvent): event is MessageEvent => event._tag === 'Message';

const filters: readonly Contest[] = [
  {
    name: 'messages()',
    ours: through<ClientEvent, Message>(logged, messages(), numberOf),
    peer: through<ClientEvent, Message>(
      logged,
      (source$) =>
        source$.pipe(
          filter(isMessage),
          map(({ message }) => message),
        ),
      numberOf,
    ),
    beside: 'filter, map',
    lacks: 'leaving out what this client has sent',
  },
  {
    name: 'ofType(TextType)',
    ours: through(bodies, ofType(TextType), numberOf),
    peer: through(
      bodies,
      filter(({ body }) => body._tag === 'Text'),
      numberOf,
    ),
    beside: 'filter',
    lacks: 'nothing',
  },
  {
    name: 'membership()',
    ours: through<ClientEvent, unknown>(joined, membership(), () => 1),
    peer: through<ClientEvent, unknown>(
      joined,
      filter(({ _tag }) => _tag === 'Joined' || _tag === 'Left'),
      () => 1,
    ),
    beside: 'filter',
    lacks: 'who is silenced and blocked',
  },
  {
    name: 'modifications()',
    ours: through<ClientEvent, { readonly message: Message }>(edited, modifications(), eventNumber),
    peer: through(
      edited,
      filter(({ _tag }) => _tag === 'Edit'),
      eventNumber,
    ),
    beside: 'filter',
    lacks: 'recalls',
  },
];

const entries: readonly LogEntry[] = log.map((event) => ({ position: event.message, ...event }));
const stored = { items: entries, expects: numbers };
const entryNumber = ({ position }: LogEntry): number => numberOf(position);
/** Stores and handles synchronously. */
const work = (): Observable<number> => of(0);

const delivery: readonly Contest[] = [
  {
    name: 'logEntries',
    ours: through<ConversationEvent, LogEntry>(logged, logEntries({ since: { timestamp: -1, id: '' } }), entryNumber),
    peer: through<ConversationEvent, LogEntry>(
      logged,
      (source$) =>
        source$.pipe(
          filter(isMessage),
          // This order takes a tenth of the time: V8 copies properties into an object fast, but adds a property to a
          // copy slowly.
          map((event) => ({ position: { timestamp: event.message.timestamp, id: event.message.id }, ...event })),
        ),
      entryNumber,
    ),
    beside: 'filter, map',
    lacks: 'what comes twice or late, gaps, the missing',
  },
  {
    name: 'atMostOnce',
    ours: through(stored, atMostOnce(work), entryNumber),
    peer: through(
      stored,
      concatMap((entry) => work().pipe(map(() => entry))),
      entryNumber,
    ),
    beside: 'concatMap, map',
    lacks: 'stores that emit nothing, or twice',
  },
  {
    name: 'atLeastOnce',
    ours: through(stored, atLeastOnce({ project: work, commit: work }), entryNumber),
    peer: through(
      stored,
      concatMap((entry) =>
        work().pipe(
          concatMap(work),
          map(() => entry),
        ),
      ),
      entryNumber,
    ),
    beside: 'concatMap, concatMap, map',
    lacks: 'work and stores that emit nothing, or twice',
  },
];

const fewOfThem = { items: log.slice(0, FEW), expects: numbers.slice(0, FEW) };
const conversationOf = ({ conversationId }: MessageEvent): string => conversationId;

/** A subscriber for each conversation. */
const watched = (
  pushed: { readonly items: readonly MessageEvent[]; readonly expects: readonly number[] },
  split: (source$: Observable<MessageEvent>) => (name: string) => Observable<MessageEvent>,
): Contender =>
  pushing({
    ...pushed,
    open: (source$, take) => {
      const at = split(source$);
      for (const index of range(CONVERSATIONS)) at(nameOf(index)).subscribe((event) => take(eventNumber(event)));
      return undefined;
    },
  });

const demultiplexed = (source$: Observable<MessageEvent>): ((name: string) => Observable<MessageEvent>) =>
  demultiplex(source$, conversationOf)[0];

const byKey: readonly Contest[] = [
  {
    name: `demultiplex, ${CONVERSATIONS} keys`,
    items: FEW,
    ours: watched(fewOfThem, demultiplexed),
    peer: watched(
      fewOfThem,
      (source$) => (name) => source$.pipe(filter(({ conversationId }) => conversationId === name)),
    ),
    beside: 'a filter for each key',
    lacks: 'one lookup for all keys',
  },
  {
    name: `demultiplex, ${CONVERSATIONS} keys: in one`,
    ours: watched(logged, demultiplexed),
    peer: through(
      logged,
      (source$) =>
        source$.pipe(
          groupBy(conversationOf),
          mergeMap((group) => group),
        ),
      eventNumber,
    ),
    beside: 'groupBy, mergeMap',
    lacks: 'keys of which nothing has come, forgetting keys',
  },
  {
    name: 'concatMapByKey: now',
    ours: through(
      logged,
      concatMapByKey(conversationOf, ({ message }) => ({ now: message })),
      numberOf,
    ),
    peer: through(
      logged,
      map(({ message }) => message),
      numberOf,
    ),
    beside: 'map',
    lacks: 'order where one takes time',
  },
  {
    name: 'concatMapByKey: later',
    ours: through(
      logged,
      concatMapByKey(conversationOf, ({ message }) => ({ later: of(message) })),
      numberOf,
    ),
    peer: through(
      logged,
      (source$) =>
        source$.pipe(
          groupBy(conversationOf),
          mergeMap((group) => group.pipe(concatMap(({ message }) => of(message)))),
        ),
      numberOf,
    ),
    beside: 'groupBy, mergeMap, concatMap',
    lacks: 'forgetting keys',
  },
  {
    name: 'shareLatest',
    ours: through(logged, shareLatest(), eventNumber),
    peer: through(logged, share(), eventNumber),
    beside: 'share',
    lacks: 'the latest value for who comes later',
  },
];

export const derived: readonly Contest[] = [...filters, ...delivery, ...byKey];
