/**
 * The tour: Tom and Jerry talk while the server is stopped and started, and Jerry's network is cut and mended. Every
 * message is counted at both ends.
 *
 *     npm start                        against the embedded server
 *     npm start -- ws://host:port      against another one
 */
import { parseArgs } from 'node:util';
import {
  type Observable,
  EMPTY,
  combineLatest,
  concatMap,
  distinctUntilChanged,
  filter,
  firstValueFrom,
  from,
  fromEvent,
  interval,
  lastValueFrom,
  map,
  merge,
  mergeMap,
  skip,
  take,
  takeUntil,
  tap,
  throttleTime,
  timer,
  toArray,
  withLatestFrom,
} from 'rxjs';
import {
  createOutbox,
  createRealtime,
  text,
  type Client,
  type ConnectionEvent,
  type Conversation,
  type Message,
  type Realtime,
} from 'rx-realtime';
import { layCable } from './cable.js';
import { line } from './phrases.js';
import { startServer, type TourServer } from './server.js';
import { printer, type Speaker } from './terminal.js';

/** Messages that each side sends, and how many ms apart. */
const MESSAGES = 120;
const PACE = 170;
/** When the server is stopped, ms after the first message, and how long it is away. */
const STOP_AT = 3_000;
const AWAY = 1_000;
/** When the cable is cut and mended, ms after the first message. */
const CUT_AT = 9_000;
const MEND_AT = 14_000;
/** How long to wait for the last messages, ms. */
const PATIENCE = 30_000;
/** How long to wait for messages that should not come, ms. */
const AFTERWARDS = 1_000;

const print = printer();

const describe = (event: ConnectionEvent): string => {
  switch (event._tag) {
    case 'schedule':
      return `schedule attempt=${event.attempt} delay=${event.delay}`;
    case 'retry':
      return `retry attempt=${event.attempt}`;
    case 'disconnect':
      return `disconnect (${event.reason.code}${event.reason.reason === '' ? '' : ` ${event.reason.reason}`})`;
    default:
      return event._tag;
  }
};

const bodyText = ({ body }: Message): string => (body._tag === 'Text' ? body.text : `(${body._tag})`);

/**
 * Sends a side's lines one by one at its pace, whatever the network does. Emits the messages as the server has stored
 * them.
 */
const talk = (who: Speaker, conversation: Conversation): Observable<Message> =>
  interval(PACE).pipe(
    take(MESSAGES),
    mergeMap((n) => conversation.send(text(line(n)), { receipt: true })),
    tap((message) => {
      print(who, `» ${bodyText(message)}`, true);
    }),
  );

/** Prints what happens besides the messages: connection, unread counts, receipts. */
const watch = (who: Speaker, client: Client, conversation: Conversation): Observable<string> =>
  merge(
    client.connection$.pipe(map(describe)),
    conversation.unread$.pipe(
      skip(1),
      throttleTime(1_000, undefined, { trailing: true }),
      map(({ count }) => `unread: ${count}`),
    ),
    conversation.receipts$.pipe(
      throttleTime(2_000, undefined, { trailing: true }),
      filter(({ deliveredAt }) => deliveredAt !== undefined),
      map(({ deliveredAt, readAt }) => {
        const clock = (at: number | undefined): string =>
          at === undefined ? 'not yet' : new Date(at).toISOString().slice(11, 19);
        return `receipts: delivered up to ${clock(deliveredAt)}, read up to ${clock(readAt)}`;
      }),
    ),
    client.events$.pipe(
      filter((event) => event._tag === 'CaughtUp'),
      map(() => 'caught up: what was missed is here, and now the outbox goes out'),
    ),
  ).pipe(
    distinctUntilChanged(),
    tap((what) => {
      print(who, what);
    }),
  );

/** Compares what one side has sent with what the other side has received. */
const compare = (sent: readonly Message[], received: readonly Message[]): { lost: number; duplicated: number } => {
  const ids = received.map(({ id }) => id);
  const unique = new Set(ids);
  return { lost: sent.filter(({ id }) => !unique.has(id)).length, duplicated: ids.length - unique.size };
};

const stop$ = merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM')).pipe(take(1));

const login = (who: Speaker, realtime: Realtime): Promise<Client> => {
  realtime.state$.pipe(takeUntil(stop$)).subscribe(({ _tag }) => {
    print(who, _tag);
  });
  return firstValueFrom(realtime.login(who));
};

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Stops the server in the middle, and starts it again. Emits whether everything is still there. */
const interrupt = ({ restart }: TourServer, here: Conversation, clients: readonly Client[]): Observable<boolean> =>
  restart === undefined
    ? EMPTY
    : timer(STOP_AT).pipe(
        tap(() => {
          print('server', 'stops; both go on talking');
        }),
        concatMap(() => from(restart(here.id, AWAY))),
        withLatestFrom(combineLatest(clients.map(({ outbox$ }) => outbox$))),
        map(([{ messages, members, unread, isSame }, outboxes]) => {
          const waiting = outboxes.reduce((sum, outbox) => sum + outbox.size, 0);
          const read = members.map((member, index) => `${unread[index] ?? 0} unread for ${member}`).join(', ');
          print('server', `started again, ${isSame ? 'everything is still there' : 'SOMETHING IS MISSING'}:`);
          print('server', `${plural(messages.length, 'message')}, ${read}; ${plural(waiting, 'message')} in outboxes`);
          return isSame;
        }),
      );

/** The messages of both directions together. */
interface Summary {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Whether the server had everything after it was stopped. */
  readonly isKept: boolean;
}

const tour = async (address: string | undefined): Promise<Summary> => {
  const server = address === undefined ? await startServer() : undefined;
  const target = address ?? server?.url ?? '';
  print('server', server === undefined ? `talking to ${target}` : `${target}, keeps everything in ${server.place}`);
  const cable = await layCable(target);
  const options = { appId: 'tour', outbox: createOutbox() };
  const atHome = createRealtime({ ...options, server: target });
  const atFarEnd = createRealtime({ ...options, server: cable.url });
  try {
    const tom = await login('Tom', atHome);
    const jerry = await login('Jerry', atFarEnd);
    const here = await firstValueFrom(tom.createConversation({ members: ['Jerry', 'Spike'], name: 'Tom & Jerry' }));
    const there = jerry.conversation(here.id);
    print('Tom', `created the conversation "Tom & Jerry" and says ${MESSAGES} things, so does Jerry`);
    print('tour', 'Spike is a member as well, and never there');

    const network$ = merge(
      timer(CUT_AT).pipe(
        concatMap(() => from(cable.cut())),
        tap((sockets) => {
          print('network', `cut: ${sockets} sockets destroyed, new ones are refused; both go on talking`);
        }),
      ),
      timer(MEND_AT).pipe(
        concatMap(() => from(cable.mend())),
        tap(() => {
          print('network', 'mended: Jerry comes back at his next attempt');
        }),
      ),
    );
    const reading$ = interval(3_000).pipe(mergeMap(() => merge(here.read(), there.read())));
    let isKept = true;
    const interruption$ = (server === undefined ? EMPTY : interrupt(server, here, [tom, jerry])).pipe(
      tap((isSame) => {
        isKept = isSame;
      }),
    );
    const background = merge(interruption$, watch('Tom', tom, here), watch('Jerry', jerry, there), network$, reading$)
      .pipe(takeUntil(stop$))
      .subscribe();

    const received = [here, there].map((conversation) => {
      const messages: Message[] = [];
      conversation.messages$.subscribe((message) => messages.push(message));
      return messages;
    });
    const sent = await Promise.all(
      [talk('Tom', here), talk('Jerry', there)].map((said$) => lastValueFrom(said$.pipe(takeUntil(stop$), toArray()))),
    );
    const [byTom = [], byJerry = []] = received;
    const complete$ = interval(100).pipe(
      filter(() => byJerry.length >= (sent[0]?.length ?? 0) && byTom.length >= (sent[1]?.length ?? 0)),
    );
    await firstValueFrom(merge(complete$, timer(PATIENCE), stop$));
    // Leaves time for messages that should not come, such as a message that arrives twice.
    await firstValueFrom(merge(timer(AFTERWARDS), stop$));
    background.unsubscribe();

    const [fromTom = [], fromJerry = []] = sent;
    const [thither, hither] = [compare(fromTom, byJerry), compare(fromJerry, byTom)];
    const lost = thither.lost + hither.lost;
    const duplicated = thither.duplicated + hither.duplicated;
    const stopped = fromTom.length + fromJerry.length < 2 * MESSAGES;
    if (stopped) print('tour', 'stopped before the end');
    return {
      sent: fromTom.length + fromJerry.length,
      received: byTom.length + byJerry.length,
      lost,
      duplicated,
      isKept,
    };
  } finally {
    atHome.close();
    atFarEnd.close();
    await cable.close();
    await server?.close();
  }
};

const { positionals } = parseArgs({ allowPositionals: true });
const { sent, received, lost, duplicated, isKept } = await tour(positionals[0]);
const examples = ['chat', 'danmaku', 'dashboard', 'pipeline'];
print('tour', `more to see: ${examples.map((name) => `npm run example:${name}`).join(', ')}`);
console.log(`sent ${sent}, received ${received}, lost ${lost}, duplicated ${duplicated}`);
process.exitCode = lost === 0 && duplicated === 0 && isKept ? 0 : 1;
