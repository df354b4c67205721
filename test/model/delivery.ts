/**
 * Random histories of a few devices over a network that breaks, and the rules that must hold for them. Each device's
 * log is the server's log without the declared gaps, in order, each entry once. The reported outcome of each send is
 * true. At rest, unread counts, receipts and members match the server. Each connection uses only transitions that are
 * in the table of the machine.
 */
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import * as t from 'io-ts';
import {
  BehaviorSubject,
  EMPTY,
  type Subscription,
  catchError,
  defer,
  filter,
  firstValueFrom,
  lastValueFrom,
  map,
  merge,
  pairwise,
  repeat,
  retry,
  scan,
  switchMap,
  tap,
  takeWhile,
  timeout,
  timer,
  type Observable,
} from 'rxjs';
import {
  createOutbox,
  createRealtime,
  sendStatus,
  text,
  type Client,
  type Clock,
  type Conversation,
  type LogEntry,
  type MessageStatus,
  type Position,
  type Realtime,
  log,
} from '../../src/index.node.js';
import { table } from '../../src/connection/machine.js';
import { ClockJumped, type ServerClock } from '../../server/clock.js';
import { createServer, memoryStore, type RtmServer, type StoredMessage } from '../../server/index.js';
import { comparePositions } from '../../streams/index.js';
import { faultProxy, type Fault, type FaultProxy } from '../faults/proxy.js';

/** The clients of the devices. The first client has two. Devices with an even index have an outbox. */
const DEVICES = ['a', 'b', 'c', 'a'] as const;
/** How long everything may take until it is at rest, ms. */
const REST = 10_000;
/**
 * How much faster the clocks of clients and server run than real time. A minute, the unit of rate limits, passes in
 * 1.2 seconds.
 */
const SPEED = 50;
const clientClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now() * SPEED,
  after: (ms) => timer(ms / SPEED),
};
const START: Position = { timestamp: 0, id: '' };

type Place = 'group' | 'pair';

export type Step =
  | { readonly what: 'say'; readonly device: number; readonly where: Place; readonly times: number }
  | { readonly what: 'edit' | 'recall' | 'read'; readonly device: number; readonly where: Place }
  | { readonly what: 'leave' | 'enter'; readonly device: number; readonly where: 'group' }
  | { readonly what: 'fault'; readonly device: number; readonly fault: Fault }
  | { readonly what: 'restart' }
  | { readonly what: 'kick'; readonly device: number }
  | { readonly what: 'step'; readonly hours: number }
  | { readonly what: 'wait'; readonly ms: number };

export interface World {
  /** The minimum number of messages that the server keeps for each conversation. */
  readonly kept: number;
  readonly catchUpLimit: number;
  readonly historyPerMinute: number;
  /** How long a message may wait in an outbox, ms. 0 means without a limit. */
  readonly maxAge: number;
  /**
   * How long a command waits for its answer, ms. It may be shorter than the time until a dead connection is noticed.
   */
  readonly commandTimeout: number;
}

const device = fc.integer({ min: 0, max: DEVICES.length - 1 });
const where = fc.constantFrom<Place>('group', 'group', 'pair');
const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constantFrom<Fault>(
    { _tag: 'Cut' },
    { _tag: 'CutInFrame' },
    { _tag: 'HalfOpen' },
    { _tag: 'LoseAnswers' },
    { _tag: 'LoseRequests' },
  ),
  fc.record({ _tag: fc.constant('Close' as const), code: fc.constantFrom(1000, 1001, 1011, 1012, 4107) }),
  fc.record({ _tag: fc.constant('Delay' as const), ms: fc.integer({ min: 1, max: 15 }) }),
  fc.record({ _tag: fc.constant('Throttle' as const), bytesPerSecond: fc.integer({ min: 20_000, max: 200_000 }) }),
);

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 10,
      arbitrary: fc.record({ what: fc.constant('say' as const), device, where, times: fc.integer({ min: 1, max: 4 }) }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        what: fc.constantFrom('edit' as const, 'recall' as const, 'read' as const),
        device,
        where,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        what: fc.constantFrom('leave' as const, 'enter' as const),
        device,
        where: fc.constant('group' as const),
      }),
    },
    { weight: 8, arbitrary: fc.record({ what: fc.constant('fault' as const), device, fault }) },
    { weight: 1, arbitrary: fc.constant<Step>({ what: 'restart' }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('kick' as const), device }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('step' as const), hours: fc.constantFrom(-2, -1, 1, 2) }) },
    { weight: 4, arbitrary: fc.record({ what: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 12 }) }) },
  ),
  { minLength: 5, maxLength: 30 },
);

export const worlds: fc.Arbitrary<World> = fc.record({
  kept: fc.constantFrom(100_000, 100_000, 6),
  // Pages are not larger than this. Small pages allow breaks between them.
  catchUpLimit: fc.constantFrom(1_000, 7, 3),
  historyPerMinute: fc.constantFrom(Infinity, Infinity, 20),
  maxAge: fc.constantFrom(0, 0, 40),
  commandTimeout: fc.constantFrom(400, 400, 30),
});

interface Send {
  readonly words: string;
  readonly where: Place;
  status: MessageStatus;
}

interface Device {
  readonly index: number;
  readonly id: string;
  readonly realtime: Realtime;
  readonly proxy: FaultProxy;
  readonly client: BehaviorSubject<Client | undefined>;
  readonly logs: Readonly<Record<Place, LogEntry[]>>;
  readonly sends: Send[];
  /** The number of its logins. A new login does not get changes of messages that the device already has. */
  readonly logins: () => number;
  readonly subscription: Subscription;
}

/** The rules that were broken, and counts of what happened. */
export interface Outcome {
  readonly problems: readonly string[];
  readonly sends: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  readonly gaps: number;
}

const isAllowed = (from: keyof typeof table, to: keyof typeof table): boolean =>
  Object.values(table[from]).some((cell) => cell.to.includes(to));

/**
 * Whether a gap covers a position: from the message before the gap to its end, or to the next message if that is
 * later. An own message may come late and lie within the gap.
 */
const isCovered = (entries: readonly LogEntry[], position: Position): boolean =>
  entries.some((entry, index) => {
    if (entry._tag !== 'Gap' || comparePositions(entry.from, position) >= 0) return false;
    const next = entries.slice(index).find((later) => later._tag === 'Message');
    return position.timestamp <= entry.to || next === undefined || comparePositions(position, next.message) < 0;
  });

const Words = t.type({ _lctext: t.string });

/** The text of a stored message. A recalled message has no text any more. */
const wordsOf = ({ id, msg = '{}' }: StoredMessage): string => {
  const body: unknown = JSON.parse(msg);
  return Words.is(body) ? body._lctext : `the recalled ${id}`;
};

const bodyText = ({ body }: { readonly body: { readonly _tag: string; readonly text?: string } }): string =>
  body.text ?? body._tag;

/** The current value of a state. */
const latest = <T>(state$: Observable<T>, otherwise: T): T => {
  let value = otherwise;
  state$
    .subscribe((now) => {
      value = now;
    })
    .unsubscribe();
  return value;
};

/** All messages of a conversation on the server, oldest first. */
const everything = async (server: RtmServer, id: string): Promise<readonly StoredMessage[]> => {
  const all: StoredMessage[] = [];
  for (;;) {
    const last = all.at(-1);
    const page = await server.backEnd.history(id, {
      direction: 'new',
      limit: 1_000,
      ...(last === undefined ? {} : { from: { timestamp: last.timestamp, id: last.id, included: false } }),
    });
    if (page.length === 0) return all;
    all.push(...page);
  }
};

/** An entry of a log in short form. */
const short = (entry: LogEntry): string => {
  switch (entry._tag) {
    case 'Message':
      return `${bodyText(entry.message)} ${entry.origin} ${String(entry.message.timestamp % 100_000)}`;
    case 'Gap':
      return `gap ${entry.cause} ${String(entry.from.timestamp % 100_000)}-${String(entry.to % 100_000)}`;
    case 'Edit':
    case 'Recall':
      return `${entry._tag} of ${entry.message.id} at ${String(entry.message.editedAt)}`;
    default:
      return entry._tag;
  }
};

/**
 * The same clock, but it never goes back. If the given clock is set back, this clock goes on from the latest time,
 * and stays ahead by the difference.
 */
const neverBack = (clock: ServerClock): ServerClock => {
  let last = -Infinity;
  let ahead = 0;
  return {
    now: () => {
      const now = clock.now();
      if (now < last) ahead += last - now;
      last = now;
      return now + ahead;
    },
  };
};

/** Plays a history and checks all rules. */
export const play = async (world: World, history: readonly Step[]): Promise<Outcome> => {
  const problems: string[] = [];
  const counts = { lost: 0, duplicated: 0, reordered: 0 };
  let offset = 0;
  // Positions by time do not work if a server restarts with its clock set back, so the clock never goes back.
  const started = Date.now();
  const clock = neverBack({ now: () => started + (Date.now() - started) * SPEED + offset });
  const kept = memoryStore({ historyMessages: world.kept, clock });
  const store = { ...kept, close: () => Promise.resolve() };
  const serve = (port: number): Promise<RtmServer> =>
    createServer({
      port,
      store,
      clock,
      limits: { historyPerMinute: world.historyPerMinute },
      onError: (error) => {
        // The clock jumps on purpose.
        if (!(error instanceof ClockJumped)) problems.push(`the server: ${String(error)}`);
      },
    });
  let server = await serve(0);
  const port = Number(new URL(server.url).port);
  const group = await server.backEnd.create({ creator: 'a', members: ['a', 'b', 'c'] });
  const pair = await server.backEnd.create({ creator: 'a', members: ['a', 'b'] });
  const ids: Readonly<Record<Place, string>> = { group: group.id, pair: pair.id };

  const start = async (id: string, index: number): Promise<Device> => {
    const proxy = await faultProxy(port);
    const realtime = createRealtime({
      appId: 'app',
      server: proxy.url,
      grace: 0,
      clock: clientClock,
      backoff: () => 4 * SPEED,
      minUptime: 0,
      commandTimeout: world.commandTimeout * SPEED,
      heartbeat: { interval: 25 * SPEED, patience: 25 * SPEED },
      catchUpLimit: world.catchUpLimit,
      outbox: index % 2 === 0 && createOutbox(world.maxAge === 0 ? {} : { maxAge: world.maxAge * SPEED }),
    });
    const client = new BehaviorSubject<Client | undefined>(undefined);
    const logs: Device['logs'] = { group: [], pair: [] };
    let logins = 0;
    const subscription = realtime.state$.pipe(pairwise()).subscribe(([from, to]) => {
      if (!isAllowed(from._tag, to._tag)) problems.push(`${id}${String(index)} went from ${from._tag} to ${to._tag}`);
    });
    // A client that is kicked or refused logs in again.
    const clients$ = defer(() => realtime.session(id)).pipe(
      retry({ delay: () => timer(4) }),
      repeat({ delay: () => timer(4) }),
    );
    const following = (current: Client, place: Place): Observable<LogEntry> =>
      defer(() => log(current.conversation(ids[place]), { since: logs[place].at(-1)?.position ?? START })).pipe(
        tap((entry) => logs[place].push(entry)),
      );
    /**
     * A client that is always a member gets each change of members before the next description of the conversation.
     */
    const watching = (current: Client): Observable<unknown> =>
      current.events$.pipe(
        filter((event) => 'conversationId' in event && event.conversationId === group.id),
        scan((told: readonly string[] | undefined, event) => {
          if (event._tag === 'Joined')
            return told === undefined ? undefined : [...new Set([...told, ...event.members])];
          if (event._tag === 'Left') return told?.filter((member) => !event.members.includes(member));
          if (event._tag !== 'Snapshot') return told;
          const { members = [] } = event.info;
          if (told !== undefined && told.toSorted().join() !== members.toSorted().join())
            problems.push(`${id}${String(index)} was told of ${told.join()}, but ${members.join()} are there`);
          return members;
        }, undefined),
      );
    subscription.add(
      clients$
        .pipe(
          tap((current) => {
            logins += 1;
            client.next(current);
          }),
          switchMap((current) =>
            merge(following(current, 'group'), ...(id === 'c' ? [] : [following(current, 'pair'), watching(current)])),
          ),
        )
        .subscribe(),
    );
    return { index, id, realtime, proxy, client, logs, sends: [], logins: () => logins, subscription };
  };
  const devices = await Promise.all(DEVICES.map(start));

  const open = (each: Device): Promise<Client> =>
    firstValueFrom(
      each.client.pipe(
        switchMap((client) =>
          client === undefined
            ? EMPTY
            : client.status$.pipe(
                filter(({ _tag }) => _tag === 'Open'),
                map(() => client),
              ),
        ),
        timeout(REST),
      ),
    );
  /** Runs a command and ignores its result. */
  const attempt = (command$: Observable<unknown>): void => {
    command$.pipe(catchError(() => EMPTY)).subscribe();
  };
  const conversation = ({ client, id }: Device, place: Place): Conversation | undefined =>
    id === 'c' && place === 'pair' ? undefined : client.value?.conversation(ids[place]);

  let said = 0;
  const perform = async (one: Step): Promise<void> => {
    if (one.what === 'restart') {
      await server.close();
      server = await serve(port);
      return;
    }
    if (one.what === 'step') {
      offset += one.hours * 3_600_000;
      return;
    }
    if (one.what === 'wait') {
      await lastValueFrom(timer(one.ms));
      return;
    }
    const acting = devices[one.device];
    if (acting === undefined) return;
    if (one.what === 'fault') {
      acting.proxy.inflict(one.fault);
      return;
    }
    if (one.what === 'kick') {
      await server.backEnd.kick(acting.id);
      return;
    }
    const here = conversation(acting, one.where);
    if (here === undefined) return;
    switch (one.what) {
      case 'say':
        for (let count = 0; count < one.times; count += 1) {
          const send: Send = {
            words: `${acting.id}${String(acting.index)} ${String((said += 1))}`,
            where: one.where,
            status: { _tag: 'none' },
          };
          acting.sends.push(send);
          here
            .trackSend(text(send.words))
            .pipe(
              sendStatus(),
              // Later changes are not part of the outcome of the send.
              takeWhile(({ _tag }) => _tag !== 'sent', true),
            )
            .subscribe((status) => {
              send.status = status;
            });
        }
        return;
      case 'edit':
      case 'recall': {
        const last = acting.sends.findLast(({ status, where: place }) => status._tag === 'sent' && place === one.where);
        if (last?.status._tag !== 'sent') return;
        attempt(
          one.what === 'edit'
            ? here.edit(last.status.message, text(`${last.words}, edited ${String((said += 1))}`))
            : here.recall(last.status.message),
        );
        return;
      }
      case 'read':
        attempt(here.read());
        return;
      case 'leave':
        attempt(acting.id === 'c' ? here.quit() : here.remove(['c']));
        return;
      case 'enter':
        attempt(acting.id === 'c' ? here.join() : here.add(['c']));
    }
  };

  /** Waits until the condition holds. Reports a problem if it does not. */
  const eventually = async (
    what: string,
    holds: () => boolean | Promise<boolean>,
    found = (): string => '',
  ): Promise<void> => {
    const deadline = performance.now() + REST;
    while (!(await holds())) {
      if (performance.now() > deadline) {
        const states = devices.map(({ id, index, realtime, client, logs }) =>
          [
            id,
            index,
            latest(realtime.state$, undefined)?._tag,
            latest(client.value?.status$ ?? EMPTY, undefined)?._tag,
            logs.group.length,
            logs.pair.length,
          ].join(' '),
        );
        problems.push(`it never came about that ${what} ${found()} (${states.join('; ')})`);
        return;
      }
      await lastValueFrom(timer(3));
    }
  };
  const becomes = async <T>(what: string, state$: Observable<T>, holds: (value: T) => boolean): Promise<void> => {
    await firstValueFrom(state$.pipe(filter(holds), timeout(REST))).catch((error: unknown) => {
      problems.push(`it never came about that ${what}: ${String(error)}`);
    });
  };
  const membersNow = (place: Place): Promise<readonly string[]> => server.backEnd.members(ids[place]);
  const isSettled = ({ status }: Send): boolean => status._tag === 'sent' || status._tag === 'failed';

  const checkLog = (each: Device, place: Place, ends: readonly StoredMessage[]): void => {
    const name = `${each.id}${String(each.index)} in the ${place}`;
    const entries = each.logs[place];
    const messages = entries.flatMap((entry) => (entry._tag === 'Message' ? [entry.message] : []));
    const seen = new Set<string>();
    messages.forEach((message, index) => {
      if (seen.has(message.id)) {
        counts.duplicated += 1;
        problems.push(`${name} got ${bodyText(message)} twice`);
      }
      seen.add(message.id);
      const before = messages[index - 1];
      if (before !== undefined && comparePositions(before, message) >= 0) {
        counts.reordered += 1;
        problems.push(
          `${name} got ${bodyText(message)} after ${bodyText(before)} (its log: ${entries.map(short).join(', ')})`,
        );
      }
    });
    // A client that is not always a member does not have to get all messages.
    if (each.id === 'c') return;
    for (const stored of ends) {
      if (seen.has(stored.id) || isCovered(entries, stored)) continue;
      counts.lost += 1;
      problems.push(
        `${name} never got ${wordsOf(stored)} of ${String(stored.timestamp % 100_000)} (its log: ${entries.map(short).join(', ')})`,
      );
    }
  };

  /**
   * The messages of which a device has an older version than the server. A new login does not get changes of messages
   * that the device already has.
   */
  const olderIn = (each: Device, place: Place, ends: readonly StoredMessage[]): readonly StoredMessage[] => {
    if (each.id === 'c' || each.logins() > 1) return [];
    const versions = new Map<string, number>();
    for (const entry of each.logs[place])
      if (entry._tag === 'Message' || entry._tag === 'Edit' || entry._tag === 'Recall') {
        const { id, editedAt = 0 } = entry.message;
        versions.set(id, Math.max(editedAt, versions.get(id) ?? 0));
      }
    return ends.filter(({ id, editedAt = 0 }) => (versions.get(id) ?? Infinity) < editedAt);
  };

  const checkSends = (each: Device, place: Place, ends: readonly StoredMessage[]): void => {
    // A server that has forgotten messages has forgotten their tokens, too. It treats a repeated message as a new
    // one.
    if (world.kept <= said) return;
    const places: number[] = [];
    for (const { words, where: there, status } of each.sends) {
      if (there !== place) continue;
      const found = ends.flatMap((stored, index) => {
        const others = wordsOf(stored);
        return others === words ||
          others.startsWith(`${words},`) ||
          (status._tag === 'sent' && status.message.id === stored.id)
          ? [index]
          : [];
      });
      // A send that was given up may be delayed on the way, and arrive after a later send.
      if (status._tag === 'sent') places.push(...found.slice(0, 1));
      if (found.length > 1) {
        counts.duplicated += 1;
        problems.push(`${words} is stored ${String(found.length)} times`);
      }
      if (status._tag === 'sent' && found.length === 0) {
        counts.lost += 1;
        problems.push(`${words} was said to be sent, but is not stored`);
      }
      if (status._tag === 'failed' && status.failure !== 'unconfirmed' && found.length > 0)
        problems.push(`${words} was said not to be sent (${status.failure}: ${status.error.message}), but is stored`);
    }
    // A client may be refused because it is not a member, and lose the connection before it gets the refusal. It then
    // sends the message again when it is a member.
    const wasOut = each.id === 'c' && history.some(({ what }) => what === 'leave');
    if (each.index % 2 === 0 && !wasOut && places.some((at, index) => index > 0 && at < (places[index - 1] ?? 0))) {
      counts.reordered += 1;
      problems.push(
        `the outbox of ${each.id}${String(each.index)} did not keep its order (${ends.map(wordsOf).join(', ')})`,
      );
    }
  };

  /** Compares the state of a device with the state that the server gives to a new device of the same client. */
  const checkState = async (each: Device): Promise<void> => {
    const name = `${each.id}${String(each.index)}`;
    const client = await open(each);
    const other = createRealtime({ appId: 'app', server: server.url, grace: 0 });
    try {
      const fresh = await firstValueFrom(other.login(each.id));
      const truth = fresh.conversation(ids.pair);
      const { deliveredAt, readAt } = await firstValueFrom(truth.fetchReceipts());
      const unread = (of: Client): string =>
        JSON.stringify([...latest(of.unread$, new Map())].map(([id, { count }]) => [id, count]).toSorted());
      // A server that has forgotten messages can't count them any more.
      if (world.kept > said)
        await eventually(
          `${name} has the server's unread counts`,
          () => unread(client) === unread(fresh),
          () => `${unread(fresh)}, but ${unread(client)}`,
        );
      await becomes(
        `${name} has the server's receipts, ${JSON.stringify({ deliveredAt, readAt })}`,
        client.conversation(ids.pair).receipts$,
        // The receipts may have moved on meanwhile.
        (receipts) => (receipts.readAt ?? 0) >= (readAt ?? 0) && (receipts.deliveredAt ?? 0) >= (deliveredAt ?? 0),
      );
    } finally {
      other.close();
    }
  };

  try {
    await Promise.all(devices.map(open));
    for (const one of history) {
      await perform(one);
      // The sockets get a turn, so the data of one step is on its way when the next step starts.
      await setImmediate();
    }
    // Rest: the network works again, and all clients are connected.
    for (const { proxy } of devices) proxy.inflict({ _tag: 'Cut' });
    for (const each of devices) each.realtime.retry();
    await eventually(
      'every send had an outcome',
      () => devices.every(({ sends }) => sends.every(isSettled)),
      () => JSON.stringify(devices.flatMap(({ sends }) => sends).filter((send) => !isSettled(send))),
    );
    await Promise.all(devices.map(open));
    const ends = await Promise.all(
      (['group', 'pair'] as const).map(async (place) => {
        const last = await server.backEnd.send(ids[place], { from: 'end', body: text('end') });
        const isThere = ({ logs }: Device): boolean =>
          logs[place].some(
            (entry) =>
              (entry._tag === 'Message' && entry.message.id === last.id) ||
              (entry._tag === 'Gap' && entry.to >= last.timestamp),
          );
        // A late command may have removed the client. Then it gets nothing.
        for (const each of devices)
          await eventually(
            `${each.id}${String(each.index)} got the last message of the ${place}`,
            async () => isThere(each) || !(await membersNow(place)).includes(each.id),
          );
        // A delayed request may still be stored after the last message.
        const stored = await everything(server, ids[place]);
        return { place, stored, ended: stored.slice(0, 1 + stored.findIndex(({ id }) => id === last.id)) };
      }),
    );
    for (const { place, stored, ended } of ends) {
      for (const each of devices) {
        // A change that waits for missed messages comes after the last message.
        await eventually(
          `${each.id}${String(each.index)} has the last versions in the ${place}`,
          () => olderIn(each, place, ended).length === 0,
          () =>
            `${olderIn(each, place, ended).map(wordsOf).join()} (its log: ${each.logs[place].map(short).join(', ')})`,
        );
        checkLog(each, place, ended);
        checkSends(each, place, stored);
        let known: ReadonlySet<string> = new Set();
        const watching = conversation(each, place)?.members$.subscribe((now) => {
          known = now;
        });
        let members: readonly string[] = [];
        await eventually(
          `${each.id}${String(each.index)} has the server's members of the ${place}`,
          async () => {
            members = await membersNow(place);
            return !members.includes(each.id) || [...known].sort().join() === members.toSorted().join();
          },
          () => `${members.join()}, but ${[...known].join()}`,
        );
        watching?.unsubscribe();
      }
    }
    for (const each of devices) if (each.id !== 'c') await checkState(each);
  } catch (error) {
    problems.push(String(error));
  } finally {
    for (const { subscription, realtime, proxy } of devices) {
      subscription.unsubscribe();
      realtime.close();
      await proxy.close();
    }
    await server.close();
    await kept.close();
  }
  const gaps = devices.flatMap(({ logs }) => [...logs.group, ...logs.pair]).filter(({ _tag }) => _tag === 'Gap').length;
  return { problems, sends: said, ...counts, gaps };
};
