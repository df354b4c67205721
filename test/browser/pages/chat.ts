/**
 * A client in a page or in a worker. The test drives it by `chat`; `tell` says what happens while the page can't be
 * asked.
 */
import {
  createOutbox,
  createRealtime,
  discard,
  exponential,
  indexedDbOutbox,
  pausableWebSocket,
  room,
  text,
  textOf,
  timeline,
  type Client,
  type OutboxStorage,
  type Timeline,
} from 'rx-realtime';
import { consume, lossless } from 'rx-realtime/streams';
import {
  BehaviorSubject,
  ReplaySubject,
  Subject,
  Subscription,
  defer,
  filter,
  finalize,
  firstValueFrom,
  map,
  switchMap,
  take,
  tap,
  type Observable,
  type ObservableInput,
} from 'rxjs';

export interface Chat {
  /** The connection is in this state. */
  readonly is: (state: string) => Promise<unknown>;
  /** The client is logged in: what is said from now on is heard. */
  readonly opens: () => Promise<unknown>;
  /** So many messages of others were heard: their texts. */
  readonly hears: (count: number) => Promise<readonly string[]>;
  /** The connection was lost so many times. */
  readonly loses: (count: number) => Promise<unknown>;
  /** So many gaps were told. */
  readonly misses: (count: number) => Promise<unknown>;
  /** So many messages wait in the outbox: their texts. */
  readonly keeps: (count: number) => Promise<readonly string[]>;
  /** The storage of the outbox has done all it was asked for. */
  readonly settles: () => Promise<unknown>;
  readonly capabilities: () => Promise<{ readonly pause: boolean }>;
  readonly say: (conversation: string, words: readonly string[]) => void;
  readonly giveUp: (conversation: string, words: string) => Promise<void>;
  /** Enters a chat room, and is in it. What is heard there counts. */
  readonly enter: (room: string) => Promise<unknown>;
  /** Stops reading from the socket, and goes on. */
  readonly hold: () => void;
  readonly letGo: () => void;
  /** The consumer of a page with `lossless` takes nothing, and goes on. */
  readonly stop: () => void;
  readonly goOn: () => void;
  /** Shows a conversation, and loads all that is older. */
  readonly show: (conversation: string) => void;
  /** So many entries are shown, and there are no older ones. */
  readonly shows: (count: number) => Promise<readonly string[]>;
  /** A page that began without a connection connects. */
  readonly resume: () => void;
  readonly close: () => void;
  /** No WebSocketStream is open any more. */
  readonly ends: () => Promise<unknown>;
}

const isWorker = typeof document === 'undefined';
/** A beacon works while the page is put away or unloaded, too. Workers have none. */
const tell = (value: unknown): void => {
  const body = JSON.stringify(value);
  if (isWorker) void fetch('/tell', { method: 'POST', body });
  else navigator.sendBeacon('/tell', body);
};

type Streams = new (url: string, options: object) => { readonly closed: Promise<unknown> };
declare const WebSocketStream: Streams;
const open$ = new BehaviorSubject(0);
class CountedStream extends WebSocketStream {
  constructor(url: string, options: object) {
    super(url, options);
    open$.next(open$.value + 1);
    const done = (): void => open$.next(open$.value - 1);
    this.closed.then(done, done);
  }
}
Object.assign(self, { WebSocketStream: CountedStream });

/** How much the storage of the outbox still has to do. */
const working$ = new BehaviorSubject(0);
const counted = <T>(work: () => ObservableInput<T>): Observable<T> =>
  defer(() => {
    working$.next(working$.value + 1);
    return work();
  }).pipe(finalize(() => working$.next(working$.value - 1)));
const indexedDb = indexedDbOutbox();
const storage: OutboxStorage = {
  ...indexedDb,
  put: (owner, message) => counted(() => indexedDb.put(owner, message)),
  remove: (owner, token) => counted(() => indexedDb.remove(owner, token)),
};

const query = new URLSearchParams(location.search);
const realtime = createRealtime({
  appId: 'app',
  server: query.get('server') ?? '',
  webSocket: query.get('transport') === 'WebSocketStream' ? pausableWebSocket() : undefined,
  outbox: createOutbox({ storage }),
  backoff: exponential({ base: 50, cap: 400 }),
  heartbeat: { interval: 600_000, probePatience: 300 },
});
if (query.has('offline')) realtime.pause();

const client$ = new ReplaySubject<Client>(1);
const heard$ = new BehaviorSubject<readonly string[]>([]);
const losses$ = new BehaviorSubject(0);
const gaps$ = new BehaviorSubject(0);
const kept$ = new ReplaySubject<readonly string[]>(1);
const shown$ = new ReplaySubject<Timeline>(1);
const older$ = new Subject<undefined>();
const mayTake$ = new BehaviorSubject(true);
let holding = Subscription.EMPTY;

const until = <T>(stream$: Observable<T>, isIt: (value: T) => boolean): Promise<T> =>
  firstValueFrom(stream$.pipe(filter(isIt)));
const reached = (count: number) => (list: readonly unknown[]) => list.length >= count;
const withClient = (act: (client: Client) => void): void => void client$.pipe(take(1)).subscribe(act);

/** What was heard goes to a consumer that can stop, if `high` is given. */
const consumed = (words$: Observable<string>): Observable<string> => {
  const high = Number(query.get('high'));
  return high === 0
    ? words$
    : words$.pipe(
        lossless({ high, slack: high, maxPause: 60_000, hold: realtime.hold }),
        consume((words) =>
          mayTake$.pipe(
            filter((may) => may),
            take(1),
            map(() => words),
          ),
        ),
      );
};
/** An array that grows in place: a list of 10,000 is not copied for each message. */
const hear = (words$: Observable<string>): void => {
  const all: string[] = [];
  consumed(words$).subscribe({
    next: (words) => {
      all.push(words);
      heard$.next(all);
    },
    error: (error: unknown) => tell({ error: error instanceof Error ? error.name : String(error) }),
  });
};

realtime.state$.subscribe(({ _tag }) => {
  if (_tag === 'Scheduled') losses$.next(losses$.value + 1);
});
realtime.session(query.get('name') ?? 'Tom', { offline: true }).subscribe(client$);
withClient(({ messages$, events$, outbox$ }) => {
  hear(messages$.pipe(map(({ body }) => textOf(body) ?? body._tag)));
  events$.subscribe(({ _tag }) => {
    if (_tag === 'Gap') gaps$.next(gaps$.value + 1);
  });
  outbox$
    .pipe(map((waiting) => [...waiting.values()].map(({ body }) => (body._tag === 'Text' ? body.text : body._tag))))
    .subscribe(kept$);
});
if (!query.has('quiet')) {
  addEventListener('pageshow', ({ persisted }) => tell({ persisted }));
  realtime.state$.subscribe(({ _tag }) => tell({ state: _tag }));
  heard$.subscribe((heard) => tell({ heard }));
}

const chat: Chat = {
  is: (state) => until(realtime.state$, ({ _tag }) => _tag === state).then(() => undefined),
  opens: () =>
    until(client$.pipe(switchMap(({ status$ }) => status$)), ({ _tag }) => _tag === 'Open').then(() => undefined),
  hears: (count) => until(heard$, reached(count)),
  loses: (count) => until(losses$, (losses) => losses >= count),
  misses: (count) => until(gaps$, (gaps) => gaps >= count),
  keeps: (count) => until(kept$, ({ length }) => length === count),
  settles: () => until(working$, (working) => working === 0),
  capabilities: () => firstValueFrom(realtime.capabilities$),
  say: (id, words) =>
    withClient((client) => {
      for (const said of words)
        client
          .conversation(id)
          .send(text(said))
          .subscribe({ error: () => undefined });
    }),
  giveUp: async (id, words) => {
    const client = await firstValueFrom(client$);
    const waiting = await firstValueFrom(client.outbox$);
    for (const { token, body } of waiting.values())
      if (body._tag === 'Text' && body.text === words) await firstValueFrom(discard(client.conversation(id), token));
  },
  enter: (id) => {
    const room$ = client$.pipe(map((client) => room(client, id)));
    room$.pipe(switchMap(({ messages$ }) => messages$)).subscribe();
    return until(room$.pipe(switchMap(({ online$ }) => online$)), (online) => online > 0);
  },
  hold: () => {
    holding = realtime.hold(60_000).subscribe();
  },
  letGo: () => holding.unsubscribe(),
  stop: () => mayTake$.next(false),
  goOn: () => mayTake$.next(true),
  show: (id) =>
    withClient((client) => {
      const loading = new BehaviorSubject(true);
      timeline(client.conversation(id), { pageSize: 1_000, window: 20_000, older$, loading })
        .pipe(
          tap(({ hasOlder }) => {
            if (hasOlder) setTimeout(() => older$.next(undefined));
          }),
        )
        .subscribe(shown$);
    }),
  shows: (count) =>
    until(shown$, ({ entries, hasOlder }) => entries.length >= count && !hasOlder).then(({ entries }) =>
      entries.map((entry) => (entry._tag === 'Message' ? (textOf(entry.message.body) ?? '') : entry._tag)),
    ),
  resume: () => realtime.resume(),
  close: () => realtime.close(),
  ends: () => until(open$, (open) => open === 0),
};
Object.assign(self, { chat });
/** The page of a worker hands calls on, each with a port for what comes back. */
if (isWorker) {
  addEventListener('message', ({ data, ports: [port] }: MessageEvent<[keyof Chat, unknown[]]>) => {
    const [called, given] = data;
    const call = chat[called] as (...args: unknown[]) => unknown;
    void Promise.resolve(call(...given)).then((answer) => port?.postMessage(answer));
  });
}
