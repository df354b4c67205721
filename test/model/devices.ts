/** The devices in the model of delivery. */
import {
  BehaviorSubject,
  defer,
  filter,
  merge,
  pairwise,
  repeat,
  retry,
  scan,
  switchMap,
  tap,
  timer,
  type Observable,
  type Subscription,
} from 'rxjs';
import { table } from '../../src/connection/machine.js';
import {
  createOutbox,
  createRealtime,
  log,
  type Client,
  type LogEntry,
  type Position,
  type Realtime,
} from '../../src/index.node.js';
import { faultProxy, type FaultProxy } from '../faults/proxy.js';
import { clientClock, SPEED } from './clocks.js';
import type { Place, World } from './histories.js';
import type { Send } from './rules.js';

const START: Position = { timestamp: 0, id: '' };

export interface Device {
  readonly index: number;
  readonly id: string;
  /** The client and the index. */
  readonly name: string;
  readonly hasOutbox: boolean;
  readonly realtime: Realtime;
  readonly proxy: FaultProxy;
  readonly client: BehaviorSubject<Client | undefined>;
  readonly logs: Readonly<Record<Place, LogEntry[]>>;
  readonly sends: Send[];
  /** The number of its logins. A new login does not get changes of messages that the device already has. */
  readonly logins: () => number;
  readonly subscription: Subscription;
}

export interface DeviceOptions {
  readonly id: string;
  readonly index: number;
  /** The port of the server behind the proxy. */
  readonly port: number;
  readonly world: World;
  readonly ids: Readonly<Record<Place, string>>;
  readonly report: (problem: string) => void;
}

const isAllowed = (from: keyof typeof table, to: keyof typeof table): boolean =>
  Object.values(table[from]).some((cell) => cell.to.includes(to));

/** A client that is always a member gets each change of members before the next description of the conversation. */
const watchMembers = (client: Client, group: string, report: (problem: string) => void): Observable<unknown> =>
  client.events$.pipe(
    filter((event) => 'conversationId' in event && event.conversationId === group),
    scan((told: readonly string[] | undefined, event) => {
      if (event._tag === 'Joined') return told === undefined ? undefined : [...new Set([...told, ...event.members])];
      if (event._tag === 'Left') return told?.filter((member) => !event.members.includes(member));
      if (event._tag !== 'Snapshot') return told;
      const { members = [] } = event.info;
      if (told !== undefined && told.toSorted().join() !== members.toSorted().join())
        report(`was told of ${told.join()}, but ${members.join()} are there`);
      return members;
    }, undefined),
  );

/** Starts a device behind a proxy of its own. It logs in, and again whenever it is kicked or refused. */
export const startDevice = async ({ id, index, port, world, ids, report }: DeviceOptions): Promise<Device> => {
  const name = `${id}${String(index)}`;
  const hasOutbox = index % 2 === 0;
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
    outbox: hasOutbox && createOutbox(world.maxAge === 0 ? {} : { maxAge: world.maxAge * SPEED }),
  });
  const client = new BehaviorSubject<Client | undefined>(undefined);
  const logs: Device['logs'] = { group: [], pair: [] };
  let logins = 0;
  const subscription = realtime.state$.pipe(pairwise()).subscribe(([from, to]) => {
    if (!isAllowed(from._tag, to._tag)) report(`${name} went from ${from._tag} to ${to._tag}`);
  });
  const clients$ = defer(() => realtime.session(id)).pipe(
    retry({ delay: () => timer(4) }),
    repeat({ delay: () => timer(4) }),
  );
  const following = (current: Client, place: Place): Observable<LogEntry> =>
    defer(() => log(current.conversation(ids[place]), { since: logs[place].at(-1)?.position ?? START })).pipe(
      tap((entry) => logs[place].push(entry)),
    );
  subscription.add(
    clients$
      .pipe(
        tap((current) => {
          logins += 1;
          client.next(current);
        }),
        switchMap((current) =>
          merge(
            following(current, 'group'),
            ...(id === 'c'
              ? []
              : [
                  following(current, 'pair'),
                  watchMembers(current, ids.group, (problem) => {
                    report(`${name} ${problem}`);
                  }),
                ]),
          ),
        ),
      )
      .subscribe(),
  );
  return { index, id, name, hasOutbox, realtime, proxy, client, logs, sends: [], logins: () => logins, subscription };
};
