/** The operators and reducers of `rx-realtime/streams`. */
import { NEVER, Observable, Subject, Subscription, concat, map, of, scan, take, type OperatorFunction } from 'rxjs';
import {
  atLeastOnce,
  atMostOnce,
  batch,
  concatMapByKey,
  conflate,
  consume,
  conversationsReducer,
  danmaku,
  demultiplex,
  dropByPriority,
  dropNewest,
  dropOldest,
  expire,
  keyedState,
  lastMessagesReducer,
  latency,
  logEntries,
  lossless,
  messageStatus,
  outgoing,
  presenceByPolling,
  rate,
  receiptsReducer,
  recentConversations,
  sample,
  timelineReducer,
  toAsyncIterable,
  toReadableStream,
  toTimeline,
  top,
  totalUnread,
  unreadReducer,
  versions,
  withMemberReceipt,
  type ClientEvent,
  type ConversationEvent,
  type Message,
  type Receipts,
  type TimelineInput,
} from 'rx-realtime/streams';
import { SELF, arrived, at, edited, idOf, message, outgoingEntry, receipt, sent, snapshot } from './entries.js';
import { times, type Subject as Measured, type Work } from './subject.js';

/** Pushes all items through an operator. */
const through = <T, R>(items: readonly T[], operator: OperatorFunction<T, R>): Work => {
  const source = new Subject<T>();
  let seen = 0;
  const subscription = source.pipe(operator).subscribe(() => {
    seen += 1;
  });
  return {
    run: () => {
      for (const item of items) source.next(item);
      source.complete();
    },
    end: () => {
      subscription.unsubscribe();
      return seen;
    },
  };
};

/** Pushes all items to a strategy whose consumer takes the next one only at the end. */
const waiting = <T>(items: readonly T[], strategy: OperatorFunction<T, T>): Work => {
  const source = new Subject<T>();
  const gate = new Subject<void>();
  const subscription = source
    .pipe(
      strategy,
      consume(() => gate.pipe(take(1))),
    )
    .subscribe();
  return {
    run: () => {
      for (const item of items) source.next(item);
      items.forEach(() => {
        gate.next();
      });
    },
    end: () => {
      subscription.unsubscribe();
    },
  };
};

const messages = (size: number): readonly Message[] => times(size).map((number) => message(number));

/** A log with N conversations, and the states that watch it. */
const states = (size: number) => {
  const log = new Subject<ClientEvent>();
  const [conversations, a] = keyedState(log, conversationsReducer);
  const [lastMessages, b] = keyedState(log, lastMessagesReducer);
  const [unread, c] = keyedState(
    log,
    unreadReducer(SELF, () => true),
  );
  for (const number of times(size)) log.next(snapshot(number));
  return { log, conversations, lastMessages, unread, subscriptions: [a, b, c] };
};

/** One message in each of N conversations. */
const inEach = (log: Subject<ClientEvent>, size: number): (() => void) => {
  const entries = times(size).map((number) => arrived(size + number, idOf(number)));
  return () => {
    for (const entry of entries) log.next(entry);
  };
};

const ended = (subscriptions: readonly Subscription[]) => () => {
  for (const subscription of subscriptions) subscription.unsubscribe();
};

const timelineOf = (inputs: readonly TimelineInput[], window: number): Work =>
  through(inputs, (source$) => source$.pipe(scan(timelineReducer(window), undefined), map(toTimeline)));

/** Turns that the subject ends itself. */
const turns = () => {
  const due: (() => void)[] = [];
  return {
    turn: () =>
      new Observable<void>((subscriber) => {
        due.push(() => {
          subscriber.next();
          subscriber.complete();
        });
      }),
    end: () => {
      for (const then of due.splice(0)) then();
    },
  };
};

const PAGE = 100;

const subjects: readonly Measured[] = [
  {
    name: 'unread$ of N conversations, a message in each, watched',
    covers: ['streams.keyedState', 'streams.unreadReducer'],
    prepare: (size: number): Work => {
      const { log, unread, subscriptions } = states(size);
      const watch = unread.all$.pipe(map((all) => all.get(idOf(0)))).subscribe();
      return { run: inEach(log, size), end: ended([...subscriptions, watch]) };
    },
  },
  {
    name: 'totalUnread of N conversations, a message in each',
    covers: ['streams.totalUnread'],
    prepare: (size: number): Work => {
      const { log, unread, subscriptions } = states(size);
      const watch = unread.all$.pipe(totalUnread()).subscribe();
      return { run: inEach(log, size), end: ended([...subscriptions, watch]) };
    },
  },
  {
    name: 'states of N conversations, each watched',
    covers: ['streams.lastMessagesReducer', 'streams.conversationsReducer'],
    prepare: (size: number): Work => {
      const { log, lastMessages, subscriptions } = states(size);
      const watches = times(size).map((number) => lastMessages.at(idOf(number)).subscribe());
      return { run: inEach(log, size), end: ended([...subscriptions, ...watches]) };
    },
  },
  {
    name: 'recentConversations, N conversations become active in one turn',
    covers: ['streams.recentConversations'],
    prepare: (size: number): Work => {
      const { log, subscriptions, ...rest } = states(size);
      const { turn, end } = turns();
      const watch = log.pipe(recentConversations({ self: SELF, ...rest, turn })).subscribe();
      const run = inEach(log, size);
      return {
        run: () => {
          run();
          end();
        },
        end: ended([...subscriptions, watch]),
      };
    },
  },
  {
    name: 'receipts of N messages',
    covers: ['streams.receiptsReducer', 'streams.withReceipt'],
    prepare: (size: number): Work => {
      const log = new Subject<ClientEvent>();
      const [{ all$ }, subscription] = keyedState(log, receiptsReducer);
      const watch = all$.subscribe();
      return {
        run: () => {
          for (const number of times(size)) log.next(receipt(number, 'read'));
        },
        end: ended([subscription, watch]),
      };
    },
  },
  {
    name: 'messageStatus of one message while N are sent and received',
    covers: ['streams.messageStatus'],
    prepare: (size) =>
      through<ClientEvent, unknown>(
        times(size).flatMap((number) => [sent(number), receipt(number, 'delivered')]),
        messageStatus(message(0)),
      ),
  },
  {
    name: 'timelineReducer, N live messages',
    covers: ['streams.timelineReducer', 'streams.toTimeline'],
    prepare: (size) =>
      timelineOf(
        times(size).map((number) => arrived(number)),
        1_000,
      ),
  },
  {
    name: 'timelineReducer, N older messages in pages',
    covers: ['streams.timelineReducer'],
    prepare: (size) =>
      timelineOf(
        times(size / PAGE).map((page) => ({
          _tag: 'Older',
          messages: messages(PAGE).map((one, index) => {
            const number = size - (page + 1) * PAGE + index;
            return { ...one, ...message(number) };
          }),
          hasOlder: true,
        })),
        1_000_000,
      ),
  },
  {
    name: 'timelineReducer, the newest page of N messages',
    covers: ['streams.timelineReducer'],
    prepare: (size) => timelineOf([{ _tag: 'Newest', messages: messages(size), hasOlder: true }], 1_000_000),
  },
  {
    name: 'timelineReducer, N messages that are being sent, then are',
    covers: ['streams.timelineReducer'],
    prepare: (size) =>
      timelineOf(
        times(size)
          .map((number) => outgoingEntry(number, false))
          .concat(times(size).map((number) => outgoingEntry(number, true))),
        1_000,
      ),
  },
  {
    name: 'outgoing, N messages are sent, then stored, outbox$ watched',
    covers: ['streams.outgoing'],
    prepare: (size: number): Work => {
      const log = new Subject<ClientEvent>();
      const { turn, end } = turns();
      const [{ outbox$ }, subscription] = outgoing(log, turn);
      const watch = outbox$.subscribe();
      return {
        run: () => {
          for (const isSent of [false, true]) {
            for (const number of times(size)) log.next(outgoingEntry(number, isSent));
            end();
          }
        },
        end: ended([subscription, watch]),
      };
    },
  },
  {
    name: 'versions of N messages, each edited',
    covers: ['streams.versions', 'streams.latestVersion'],
    prepare: (size) =>
      through<ClientEvent, unknown>(
        [...times(size).map((number) => arrived(number)), ...times(size).map((number) => edited(number))],
        versions(),
      ),
  },
  {
    name: 'presenceByPolling, a round of N clients',
    covers: ['streams.presenceByPolling'],
    prepare: (size: number): Work => {
      const ids = times(size).map((number) => `client-${String(number)}`);
      const every = new Subject<void>();
      let round = 0;
      const online$ = concat(of(ids), NEVER).pipe(
        presenceByPolling({
          ask: (some) => of(new Set(some.filter((_, index) => index % 2 === round))),
          every$: every,
        }),
      );
      const watch = new Subscription();
      return {
        run: () => {
          watch.add(online$.subscribe());
          round = 1;
          every.next();
        },
        end: ended([watch]),
      };
    },
  },
  {
    name: 'withMemberReceipt, a receipt of each of N members',
    covers: ['streams.withMemberReceipt'],
    // Members of an ordinary conversation.
    sizes: [50, 500],
    prepare: (size: number): Work => {
      const receipts = times(size).map(
        (number) => ({ kind: 'read', at: at(number), from: `client-${String(number)}` }) as const,
      );
      return {
        run: () => receipts.reduce(withMemberReceipt, new Map<string, Receipts>()),
      };
    },
  },
  {
    name: 'logEntries, N missing messages while N live ones come',
    covers: ['streams.logEntries'],
    prepare: (size: number): Work => {
      const live = new Subject<ConversationEvent>();
      const missing = new Subject<ConversationEvent>();
      const watch = live.pipe(logEntries({ since: { timestamp: 0, id: '' }, missing$: missing })).subscribe();
      return {
        run: () => {
          for (const number of times(size)) live.next(arrived(size + number));
          for (const number of times(size)) missing.next(arrived(number));
          missing.complete();
        },
        end: ended([watch]),
      };
    },
  },
  {
    name: 'logEntries, N live messages in the reverse order wait',
    covers: ['streams.logEntries'],
    prepare: (size: number): Work => {
      const live = new Subject<ConversationEvent>();
      const missing = new Subject<ConversationEvent>();
      const watch = live.pipe(logEntries({ since: { timestamp: 0, id: '' }, missing$: missing })).subscribe();
      return {
        run: () => {
          for (const number of times(size)) live.next(arrived(2 * size - number));
          missing.next(arrived(3 * size));
          missing.complete();
        },
        end: ended([watch]),
      };
    },
  },
  {
    name: 'atMostOnce and atLeastOnce, N entries wait',
    covers: ['streams.atMostOnce', 'streams.atLeastOnce'],
    prepare: (size: number): Work => {
      const items = times(size).map((number) => ({ position: message(number) }));
      return through(items, (source$) =>
        source$.pipe(
          atMostOnce(() => of(1)),
          atLeastOnce({ project: () => of(1), commit: () => of(1) }),
        ),
      );
    },
  },
  {
    name: 'demultiplex, N keys with a subscriber each',
    covers: ['streams.demultiplex'],
    prepare: (size: number): Work => {
      const source = new Subject<Message>();
      const [of, subscription] = demultiplex(source, ({ conversationId }) => conversationId);
      const watches = times(size).map((number) => of(idOf(number)).subscribe());
      const items = times(size).map((number) => message(number, idOf(number)));
      return {
        run: () => {
          for (const item of items) source.next(item);
          for (const watch of watches) watch.unsubscribe();
        },
        end: ended([subscription]),
      };
    },
  },
  {
    name: 'concatMapByKey, N items of one key wait',
    covers: ['streams.concatMapByKey'],
    prepare: (size: number): Work => {
      const gate = new Subject<number>();
      const source = new Subject<number>();
      const watch = source
        .pipe(
          concatMapByKey(
            () => 'key',
            (item) => ({ later: item === 0 ? gate : of(item) }),
          ),
        )
        .subscribe();
      return {
        run: () => {
          for (const item of times(size)) source.next(item);
          gate.complete();
        },
        end: ended([watch]),
      };
    },
  },
  {
    name: 'concatMapByKey, N keys are busy',
    covers: ['streams.concatMapByKey'],
    prepare: (size: number): Work => {
      const gates = times(size).map(() => new Subject<number>());
      const source = new Subject<number>();
      const watch = source.pipe(concatMapByKey(String, (item) => ({ later: gates[item] ?? of(item) }))).subscribe();
      return {
        run: () => {
          for (const item of times(size)) source.next(item);
          for (const gate of gates) gate.complete();
        },
        end: ended([watch]),
      };
    },
  },
  {
    name: 'dropOldest, N wait',
    covers: ['streams.dropOldest', 'streams.consume'],
    prepare: (size) => waiting(times(size), dropOldest(size)),
  },
  {
    name: 'dropNewest, N wait',
    covers: ['streams.dropNewest'],
    prepare: (size) => waiting(times(size), dropNewest(size)),
  },
  {
    name: 'lossless, N wait',
    covers: ['streams.lossless'],
    prepare: (size) => waiting(times(size), lossless({ high: size })),
  },
  {
    name: 'expire and dropOldest, N wait',
    covers: ['streams.expire'],
    prepare: (size) => waiting(times(size), (source$) => source$.pipe(expire(1e9), dropOldest(size))),
  },
  {
    name: 'dropByPriority, N wait, N ranks',
    covers: ['streams.dropByPriority'],
    prepare: (size) =>
      waiting(
        times(2 * size),
        dropByPriority(size, (item: number) => (item * 7_919) % (2 * size)),
      ),
  },
  {
    name: 'conflate, N keys wait',
    covers: ['streams.conflate'],
    prepare: (size) =>
      waiting(
        times(size),
        conflate((item: number) => item),
      ),
  },
  {
    name: 'batch, N wait, N ranks',
    covers: ['streams.batch'],
    prepare: (size: number): Work => {
      const ready = new Subject<void>();
      const work = through<number, unknown>(times(size), (source$) =>
        source$.pipe(dropOldest(size), batch({ max: 20, ready$: ready, rank: (item) => (item * 7_919) % size })),
      );
      return {
        ...work,
        run: () => {
          for (let turn = 0; turn < size / 20; turn += 1) ready.next();
          work.run();
        },
      };
    },
  },
  {
    name: 'danmaku, N comments',
    covers: ['streams.danmaku', 'streams.sample'],
    prepare: (size: number): Work => {
      const ready = new Subject<void>();
      return through<number, unknown>(times(size), (source$) =>
        source$.pipe(
          map((item) => {
            if (item % 100 === 0) ready.next();
            return item;
          }),
          danmaku({ ready$: ready, rank: (item) => item % 7 }),
        ),
      );
    },
  },
  {
    name: 'sample, N items and readies',
    covers: ['streams.sample'],
    prepare: (size: number): Work => {
      const ready = new Subject<void>();
      return through<number, unknown>(times(size), (source$) =>
        source$.pipe(
          map((item) => {
            ready.next();
            return item;
          }),
          sample(ready),
        ),
      );
    },
  },
  {
    name: 'toAsyncIterable, N wait',
    covers: ['streams.toAsyncIterable'],
    prepare: (size) => ({
      run: async () => {
        let seen = 0;
        for await (const item of toAsyncIterable(concat(times(size)).pipe(dropOldest(size)))) seen += item;
        return seen;
      },
    }),
  },
  {
    name: 'toReadableStream, N wait',
    covers: ['streams.toReadableStream'],
    prepare: (size) => ({
      run: async () => {
        const reader = toReadableStream(concat(times(size)).pipe(dropOldest(size))).getReader();
        for (;;) if ((await reader.read()).done) return;
      },
    }),
  },
  {
    name: 'rate of N keys',
    covers: ['streams.rate'],
    prepare: (size: number): Work => {
      const every = new Subject<void>();
      const work = through<number, unknown>(
        [...times(size), ...times(size)],
        rate({ key: (item: number) => String(item), every$: every, maxKeys: size }),
      );
      return {
        ...work,
        run: () => {
          work.run();
          every.next();
        },
      };
    },
  },
  {
    name: 'top, N keys, room for N / 2',
    covers: ['streams.top'],
    prepare: (size: number): Work => {
      const every = new Subject<void>();
      return through<number, unknown>(
        [...times(size), ...times(size)],
        top({ key: (item: number) => String(item), every$: every, capacity: size / 2 }),
      );
    },
  },
  {
    name: 'latency of N items',
    covers: ['streams.latency'],
    prepare: (size) => through<number, unknown>(times(size), latency({ every$: NEVER })),
  },
];

export { subjects as streamSubjects };
