/**
 * Random membership histories of five clients on eight devices, with breaks, over real sockets that are cut at times.
 *
 * At rest, every device has the same members and attributes as the server. Its conversation list holds the
 * conversation if and only if its client is a member.
 *
 * While it was connected, each device was told of exactly the changes that the table of membership notices defines,
 * each once, in the order of the changes. The device that made a change was told of its result.
 *
 * `FC_SEED=<seed> npx vitest run test/model` draws other commands.
 */
import fc from 'fast-check';
import { filter, firstValueFrom, lastValueFrom, map, timeout, type Observable } from 'rxjs';
import { expect, it } from 'vitest';
import {
  unblock,
  block,
  createRealtime,
  text,
  type Client,
  type ClientEvent,
  type Conversation,
  type ConversationInfo,
  type MembershipResult,
  type Realtime,
  conversationList,
  online,
} from 'rx-realtime';
import { createServer, memoryStore } from 'rx-realtime/server';
import { faultProxy, type FaultProxy } from '../faults/proxy.js';

const CLIENTS = ['a', 'b', 'c', 'd', 'e'] as const;
/** The client of each device. The first three clients have two devices. */
const DEVICES = ['a', 'b', 'c', 'd', 'e', 'a', 'b', 'c'] as const;
/** How long a device may take until it is at rest, ms. */
const BOUND = 5_000;

type Whom = 'add' | 'remove' | 'block' | 'unblock';

type Step =
  | { readonly what: Whom; readonly device: number; readonly whom: readonly string[] }
  | { readonly what: 'join' | 'quit'; readonly device: number }
  | { readonly what: 'say' | 'mend'; readonly device: number }
  /**
   * `pause`: the client disconnects. `cut`: the network breaks, and the client stays away. `blip`: the network
   * breaks, and the client reconnects at once.
   */
  | { readonly what: 'pause' | 'cut' | 'blip'; readonly device: number }
  | { readonly what: 'update'; readonly device: number; readonly key: string; readonly value: number | undefined };

const device = fc.integer({ min: 0, max: DEVICES.length - 1 });
const whom = fc.uniqueArray(fc.constantFrom(...CLIENTS), { minLength: 1, maxLength: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constantFrom<Whom>('add', 'remove'), device, whom }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom<Whom>('block', 'unblock'), device, whom }) },
  {
    weight: 5,
    arbitrary: fc.record({ what: fc.constantFrom('join' as const, 'quit' as const, 'say' as const), device }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constantFrom('pause' as const, 'cut' as const, 'blip' as const), device }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('mend' as const), device }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('update' as const),
      device,
      key: fc.constantFrom('x', 'y', 'z.a', 'z.b'),
      value: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
    }),
  },
);

interface Device {
  readonly realtime: Realtime;
  readonly proxy: FaultProxy;
  readonly client: Client;
  /** The membership entries that the device got, in short form. */
  readonly told: string[];
  /** The entries that the device should have got according to the model. */
  readonly expected: string[];
  /** What it was told last of each client: as a member, and on the list of blocked ones. */
  readonly last: Map<string, string>;
  isAway: boolean;
}

/** A device is told of a change once, although it gets an answer and a notice, or two notices. */
const hear = ({ client, expected, last }: Device, tag: string, members: readonly string[], by: string): void => {
  const list = tag.endsWith('locked') ? 'blocked' : 'member';
  const fresh = members.filter((member) => last.get(`${list} ${member}`) !== `${tag} by ${by}`);
  // Who is out is not told of the others any more.
  if (tag === 'Left' && members.includes(client.id)) last.clear();
  for (const member of members) last.set(`${list} ${member}`, `${tag} by ${by}`);
  if (fresh.length > 0) expected.push(`${tag} ${named(fresh)} by ${by}`);
};

type Change = Extract<Step, { what: Whom | 'join' | 'quit' }>;

const change = (conversation: Conversation, wish: Change): Observable<MembershipResult> => {
  switch (wish.what) {
    case 'join':
      return conversation.join();
    case 'quit':
      return conversation.quit();
    case 'add':
    case 'remove':
      return conversation[wish.what](wish.whom);
    case 'block':
      return block(conversation, wish.whom);
    case 'unblock':
      return unblock(conversation, wish.whom);
  }
};

/**
 * Waits for the command. Returns undefined if the command is refused or the connection is lost, because the histories
 * contain such cases.
 */
const attempt = async <A>(command$: Observable<A>): Promise<A | undefined> =>
  lastValueFrom(command$).catch((error: unknown) => {
    const tag = typeof error === 'object' && error !== null && '_tag' in error ? error._tag : undefined;
    if (tag === 'ServerRejected' || tag === 'ConnectionLost' || tag === 'Unconfirmed') return undefined;
    throw error;
  });

/**
 * An entry in short form. Missed messages, and changes without a known author, are left out: the model of delivery
 * checks them.
 */
const short = (entry: ClientEvent): readonly string[] => {
  if (entry._tag === 'Joined' || entry._tag === 'Left' || entry._tag === 'Blocked' || entry._tag === 'Unblocked')
    return entry.by === undefined ? [] : [`${entry._tag} ${named(entry.members)} by ${entry.by}`];
  return entry._tag === 'Message' && entry.origin !== 'missed' ? [`said ${entry.message.from}`] : [];
};

const named = (clientIds: readonly string[]): string => [...clientIds].sort().join('');

const without = (clientIds: readonly string[], others: readonly string[]): readonly string[] =>
  clientIds.filter((one) => !others.includes(one));

/** Waits until earlier pushes have arrived, and until the requests that they caused are answered. */
const settled = async ({ client, isAway }: Device): Promise<void> => {
  if (!isAway) for (let trips = 0; trips < 3; trips += 1) await lastValueFrom(online(client, []));
};

/** Waits until the client is open again and has caught up. */
const back = ({ client }: Device): Promise<unknown> =>
  firstValueFrom(
    client.events$.pipe(
      filter(({ _tag }) => _tag === 'CaughtUp'),
      timeout(BOUND),
    ),
  );

const become = async (device: Device, what: 'Open' | 'Reopening'): Promise<void> => {
  const { status$ } = device.client;
  await firstValueFrom(
    status$.pipe(
      filter(({ _tag }) => _tag === what),
      timeout(BOUND),
    ),
  );
};

const leaves = async (device: Device, how: 'pause' | 'cut' | 'blip'): Promise<void> => {
  await settled(device);
  const { realtime, proxy } = device;
  const returned = how === 'blip' ? back(device) : undefined;
  if (how !== 'pause') {
    proxy.inflict({ _tag: 'Cut' });
    await become(device, 'Reopening');
  }
  if (how !== 'blip') {
    realtime.pause();
    device.isAway = true;
  }
  await returned;
  await settled(device);
};

const returns = async (device: Device): Promise<void> => {
  if (!device.isAway) return;
  const { realtime } = device;
  const returned = back(device);
  realtime.resume();
  realtime.retry();
  await returned;
  device.isAway = false;
  await settled(device);
};

/** What a device knows about the conversation `id`. */
const known = (client: Client, id: string) => {
  const conversation = client.conversation(id);
  return {
    state$: conversation.state$,
    members$: conversation.members$.pipe(map((members) => named([...members]))),
    isListed$: conversationList(client).pipe(map((items) => items.some((item) => item.conversation.id === id))),
  };
};

/** Waits until the stream has the wanted value. Fails with the value that it has instead. */
const comes = async <T>(
  stream$: Observable<T>,
  wanted: T,
  holds = (now: T): boolean => now === wanted,
): Promise<void> => {
  await firstValueFrom(stream$.pipe(filter(holds), timeout(BOUND))).catch(async () => {
    expect(await firstValueFrom(stream$)).toEqual(wanted);
  });
};

it('at rest, all states match the server, and each device got the notices of the table in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const store = memoryStore();
      const server = await createServer({ store });
      const port = Number(new URL(server.url).port);
      const devices = await Promise.all(
        DEVICES.map(async (id): Promise<Device> => {
          const proxy = await faultProxy(port);
          const realtime = createRealtime({ appId: 'app', server: proxy.url, grace: 0, backoff: () => 5 });
          const client = await firstValueFrom(realtime.login(id));
          const told: string[] = [];
          client.events$.subscribe((entry) => told.push(...short(entry)));
          conversationList(client).subscribe();
          return { realtime, proxy, client, told, expected: [], last: new Map(), isAway: false };
        }),
      );
      try {
        const [first] = devices;
        if (first === undefined) throw new Error('there are devices');
        const { id } = await firstValueFrom(first.client.createConversation({ members: ['b'] }));

        const connected = (clientIds: readonly string[]): readonly Device[] =>
          devices.filter(({ isAway, client }) => !isAway && clientIds.includes(client.id));
        /** Every connected device of these clients is told. */
        const tell = (clientIds: readonly string[], tag: string, about: readonly string[], by: string): void => {
          for (const each of connected(clientIds)) hear(each, tag, about, by);
        };
        for (const one of ['a', 'b']) tell([one], 'Joined', [one], 'a');
        tell(['a', 'b'], 'Joined', ['a', 'b'], 'a');
        /** Who was away finds the change out later. */
        const forget = (changed: readonly string[]): void => {
          for (const { isAway, last } of devices) if (isAway) for (const one of changed) last.delete(`member ${one}`);
        };
        /** The answer tells the acting device; then come the notices of the table. */
        const joined = (acting: Device, added: readonly string[], members: readonly string[]): void => {
          if (added.length === 0) return;
          const by = acting.client.id;
          hear(acting, 'Joined', added, by);
          for (const one of added) tell([one], 'Joined', [one], by);
          tell(members, 'Joined', added, by);
          forget(added);
        };
        const left = (acting: Device, gone: readonly string[], members: readonly string[]): void => {
          if (gone.length === 0) return;
          const by = acting.client.id;
          hear(acting, 'Left', gone, by);
          for (const one of gone) tell([one], 'Left', [one], by);
          tell(members, 'Left', gone, by);
          forget(gone);
        };
        /** The blocked clients that were members when they were blocked. */
        const blockedMembers = new Set<string>();
        /**
         * The answer tells the acting device of clients that were on the list already, too, because it does not know
         * the list. A client that was no member is not told.
         */
        const listed = (
          acting: Device,
          kind: 'Blocked' | 'Unblocked',
          changed: readonly string[],
          before: readonly string[],
          members: readonly string[],
          allowed: readonly string[],
        ): void => {
          const by = acting.client.id;
          if (allowed.length > 0) hear(acting, kind, allowed, by);
          for (const one of changed) {
            const isTold = kind === 'Blocked' ? before.includes(one) : blockedMembers.delete(one);
            if (!isTold) continue;
            if (kind === 'Blocked') blockedMembers.add(one);
            tell([one], kind, [one], by);
          }
          if (changed.length > 0) tell(without(members, changed), kind, changed, by);
        };
        const now = async () => {
          const [info] = await store.conversations([id]);
          return { members: info?.members ?? [], blocked: [...(await store.whoIsListed(id, 'blocked', CLIENTS))] };
        };

        for (const one of steps) {
          const acting = devices[one.device];
          if (acting === undefined) continue;
          const { client } = acting;
          const conversation = client.conversation(id);
          switch (one.what) {
            case 'pause':
            case 'cut':
            case 'blip':
              if (!acting.isAway) await leaves(acting, one.what);
              for (const key of acting.last.keys()) if (key.startsWith('blocked')) acting.last.delete(key);
              break;
            case 'mend':
              await returns(acting);
              break;
            case 'update':
              await attempt(
                conversation.update(
                  one.value === undefined ? { unset: [one.key] } : { attributes: { [one.key]: one.value } },
                ),
              );
              break;
            case 'say': {
              const { members } = await now();
              if ((await attempt(conversation.send(text('x')))) === undefined) break;
              acting.expected.push(`said ${client.id}`);
              for (const each of connected(members)) if (each !== acting) each.expected.push(`said ${client.id}`);
              break;
            }
            default: {
              // A device that acts before it knows the members can't tell what its action has changed.
              await settled(acting);
              const before = await now();
              const result = await attempt(change(conversation, one));
              const after = await now();
              const added = without(after.members, before.members);
              joined(acting, added, after.members);
              left(acting, without(before.members, after.members), after.members);
              const { allowed = [] } = result ?? {};
              if (one.what === 'block')
                listed(
                  acting,
                  'Blocked',
                  without(after.blocked, before.blocked),
                  before.members,
                  after.members,
                  allowed,
                );
              if (one.what === 'unblock')
                listed(
                  acting,
                  'Unblocked',
                  without(before.blocked, after.blocked),
                  before.members,
                  after.members,
                  allowed,
                );
              // The new members get the next messages as pushes, not as missed messages.
              await Promise.all(devices.filter((each) => added.includes(each.client.id)).map(settled));
            }
          }
        }

        await Promise.all(devices.map(returns));
        const [info] = await store.conversations([id]);
        const wanted = info?.members ?? [];
        await Promise.all(
          devices.map(async (device, index) => {
            await settled(device);
            const { client, told, expected } = device;
            const isMember = wanted.includes(client.id);
            const { state$, members$, isListed$ } = known(client, id);
            await comes(isListed$, isMember);
            if (isMember) {
              await comes(members$, named(wanted));
              const described = ({ attributes, updatedAt }: Pick<ConversationInfo, 'attributes' | 'updatedAt'>) =>
                JSON.stringify({ attributes, updatedAt });
              await comes(state$.pipe(map(described)), info === undefined ? '' : described(info));
            } else await comes(members$, 'others', (members) => !members.includes(client.id));
            expect({ index, id: client.id, told }).toEqual({ index, id: client.id, told: expected });
          }),
        );
      } finally {
        for (const { realtime } of devices) realtime.close();
        await Promise.all(devices.map(({ proxy }) => proxy.close()));
        await server.close();
      }
    }),
    { numRuns: 40, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
  );
}, 120_000);
