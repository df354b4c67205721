/**
 * Random histories of a few devices over a network that breaks, and the rules that must hold for them. Each device's
 * log is the server's log without the declared gaps, in order, each entry once. The reported outcome of each send is
 * true. At rest, unread counts, receipts and members match the server. Each connection uses only transitions that are
 * in the table of the machine.
 */
import { setImmediate } from 'node:timers/promises';
import {
  EMPTY,
  catchError,
  filter,
  firstValueFrom,
  lastValueFrom,
  map,
  switchMap,
  takeWhile,
  timeout,
  timer,
  type Observable,
} from 'rxjs';
import { ClockJumped } from '../../server/clock.js';
import { createServer, memoryStore, type RtmServer, type StoredMessage } from '../../server/index.js';
import { createRealtime, sendStatus, text, type Client, type Conversation } from '../../src/index.node.js';
import { neverBack, SPEED } from './clocks.js';
import { startDevice, type Device } from './devices.js';
import { DEVICES, type Place, type Step, type World } from './histories.js';
import {
  brokenOrder,
  brokenOutboxOrder,
  falseOutcomes,
  missingFrom,
  olderIn,
  shortLog,
  wordsOf,
  type Broken,
  type Send,
} from './rules.js';

/** How long everything may take until it is at rest, ms. */
const REST = 30_000;

/** The rules that were broken, and counts of what happened. */
export interface Outcome {
  readonly problems: readonly string[];
  readonly sends: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  readonly gaps: number;
}

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

  const report = (problem: string): void => {
    problems.push(problem);
  };
  const devices = await Promise.all(DEVICES.map((id, index) => startDevice({ id, index, port, world, ids, report })));

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
            words: `${acting.name} ${String((said += 1))}`,
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
        report(`it never came about that ${what} ${found()} (${states.join('; ')})`);
        return;
      }
      await lastValueFrom(timer(3));
    }
  };
  const becomes = async <T>(what: string, state$: Observable<T>, holds: (value: T) => boolean): Promise<void> => {
    await firstValueFrom(state$.pipe(filter(holds), timeout(REST))).catch((error: unknown) => {
      report(`it never came about that ${what}: ${String(error)}`);
    });
  };
  const membersNow = (place: Place): Promise<readonly string[]> => server.backEnd.members(ids[place]);
  const isSettled = ({ status }: Send): boolean => status._tag === 'sent' || status._tag === 'failed';

  const record = (all: readonly Broken[]): void => {
    for (const { as, problem } of all) {
      if (as !== undefined) counts[as] += 1;
      problems.push(problem);
    }
  };

  /** A new login does not get changes of messages that the device already has. */
  const outdated = ({ id, logins, logs }: Device, place: Place, ends: readonly StoredMessage[]) =>
    id === 'c' || logins() > 1 ? [] : olderIn(logs[place], ends);

  const checkSends = (each: Device, place: Place, stored: readonly StoredMessage[]): void => {
    // A server that has forgotten messages has forgotten their tokens, too. It treats a repeated message as a new
    // one.
    if (world.kept <= said) return;
    const sends = each.sends.filter(({ where }) => where === place);
    record(falseOutcomes(sends, stored));
    // A client may be refused because it is not a member, and lose the connection before it gets the refusal. It then
    // sends the message again when it is a member.
    const wasOut = each.id === 'c' && history.some(({ what }) => what === 'leave');
    if (each.hasOutbox && !wasOut) record(brokenOutboxOrder(each.name, sends, stored));
  };

  /** Compares the state of a device with the state that the server gives to a new device of the same client. */
  const checkState = async (each: Device): Promise<void> => {
    const { name } = each;
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
            `${each.name} got the last message of the ${place}`,
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
          `${each.name} has the last versions in the ${place}`,
          () => outdated(each, place, ended).length === 0,
          () => `${outdated(each, place, ended).map(wordsOf).join()} (its log: ${shortLog(each.logs[place])})`,
        );
        const name = `${each.name} in the ${place}`;
        record(brokenOrder(name, each.logs[place]));
        // A client that is not always a member does not have to get all messages.
        if (each.id !== 'c') record(missingFrom(name, each.logs[place], ended));
        checkSends(each, place, stored);
        let known: ReadonlySet<string> = new Set();
        const watching = conversation(each, place)?.members$.subscribe((now) => {
          known = now;
        });
        let members: readonly string[] = [];
        await eventually(
          `${each.name} has the server's members of the ${place}`,
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
