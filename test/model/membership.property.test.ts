/**
 * Random membership histories by five clients on eight devices, with breaks, over real sockets. At rest, what every device knows of members and attributes is what the server has; and a device that was never away was told exactly what the
 * table of membership notices says, in the order in which it came about.
 *
 * A failing seed is printed; `FC_SEED=<seed> npx vitest run test/model` runs it again.
 */
import fc from 'fast-check';
import { filter, firstValueFrom, lastValueFrom, timeout, type Observable } from 'rxjs';
import { expect, it } from 'vitest';
import { createRealtime, text, type Client, type ClientEvent, type Conversation, type MembershipResult, type Realtime } from 'rx-realtime';
import { createServer, memoryStore } from 'rx-realtime/server';

const CLIENTS = ['a', 'b', 'c', 'd', 'e'] as const;
/** Which client each device is of: the first three have two. */
const DEVICES = ['a', 'b', 'c', 'd', 'e', 'a', 'b', 'c'] as const;
/** How long a device may take to come to rest, ms. */
const BOUND = 5_000;

type Whom = 'add' | 'remove' | 'block' | 'unblock';

type Step =
  | { readonly what: Whom; readonly device: number; readonly whom: readonly string[] }
  | { readonly what: 'join' | 'quit'; readonly device: number }
  | { readonly what: 'say' | 'cut' | 'mend'; readonly device: number }
  | { readonly what: 'update'; readonly device: number; readonly key: string; readonly value: number | undefined };

const device = fc.integer({ min: 0, max: DEVICES.length - 1 });
const whom = fc.uniqueArray(fc.constantFrom(...CLIENTS), { minLength: 1, maxLength: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constantFrom<Whom>('add', 'remove'), device, whom }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom<Whom>('block', 'unblock'), device, whom }) },
  { weight: 5, arbitrary: fc.record({ what: fc.constantFrom('join' as const, 'quit' as const, 'say' as const), device }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('cut' as const, 'mend' as const), device }) },
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
  readonly client: Client;
  /** What it was told of members, in short. */
  readonly told: string[];
  /** What the model says that it should have been told. */
  readonly expected: string[];
  wasAway: boolean;
}

type Change = Extract<Step, { what: Whom | 'join' | 'quit' }>;

const change = (conversation: Conversation, wish: Change): Observable<MembershipResult> => {
  switch (wish.what) {
    case 'join':
      return conversation.join();
    case 'quit':
      return conversation.quit();
    case 'add':
    case 'remove':
    case 'block':
    case 'unblock':
      return conversation[wish.what](wish.whom);
  }
};

/** Emits nothing and fails with the reason, or completes; refusals are part of the game. */
const attempt = async <A>(command$: Observable<A>): Promise<A | undefined> =>
  lastValueFrom(command$, { defaultValue: undefined }).catch((error: unknown) => {
    const tag = typeof error === 'object' && error !== null && '_tag' in error ? error._tag : undefined;
    if (tag === 'ServerRejected' || tag === 'ConnectionLost' || tag === 'Unconfirmed') return undefined;
    throw error;
  });

const short = (entry: ClientEvent): readonly string[] => {
  if (entry._tag === 'Joined' || entry._tag === 'Left' || entry._tag === 'Blocked' || entry._tag === 'Unblocked')
    return [`${entry._tag} ${[...entry.members].sort().join('')} by ${entry.by ?? ''}`];
  return entry._tag === 'Message' ? [`said ${entry.message.from}`] : [];
};

const isOpen = ({ client }: Device): Promise<unknown> =>
  firstValueFrom(
    client.status$.pipe(
      filter(({ _tag }) => _tag === 'Open'),
      timeout(BOUND),
    ),
  );

it('members$ and state$ are the server’s at rest, and each device was told what the table of notices says, in order', async () => {
  const seed = process.env['FC_SEED'];
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const store = memoryStore();
      const server = await createServer({ store });
      const devices = await Promise.all(
        DEVICES.map(async (id): Promise<Device> => {
          const realtime = createRealtime({ appId: 'app', server: server.url, grace: 0, backoff: () => 5 });
          const client = await firstValueFrom(realtime.login(id));
          const told: string[] = [];
          client.events$.subscribe((entry) => told.push(...short(entry)));
          return { realtime, client, told, expected: [], wasAway: false };
        }),
      );
      try {
        const [first] = devices;
        if (first === undefined) throw new Error('there are devices');
        const { id } = await firstValueFrom(first.client.createConversation({ members: ['b'] }));
        let members: readonly string[] = ['a', 'b'];
        const away = new Set<number>();

        /** Everybody of these clients hears it, but for the acting device. */
        const tell = (clientIds: readonly string[], entry: string, acting?: number): void => {
          devices.forEach(({ client, expected }, index) => {
            if (index !== acting && clientIds.includes(client.id)) expected.push(entry);
          });
        };
        tell(['b'], 'Joined b by a');
        tell(members, 'Joined ab by a', 0);
        /** What comes about is told as the table has it: the acting device has its answer, and puts it into its own log. */
        const joined = (by: string, acting: number, added: readonly string[]): void => {
          members = [...members, ...added];
          for (const one of added) if (one !== by) tell([one], `Joined ${one} by ${by}`);
          tell(members, `Joined ${[...added].sort().join('')} by ${by}`, acting);
        };
        const left = (by: string, acting: number, gone: readonly string[]): void => {
          members = members.filter((member) => !gone.includes(member));
          for (const one of gone) tell([one], `Left ${one} by ${by}`, acting);
          tell(members, `Left ${[...gone].sort().join('')} by ${by}`, acting);
        };
        const serverMembers = async (): Promise<readonly string[]> => (await store.conversations([id]))[0]?.members ?? [];

        for (const one of steps) {
          const acting = devices[one.device];
          if (acting === undefined) continue;
          const { client, realtime, expected } = acting;
          const conversation = client.conversation(id);
          const before = await serverMembers();
          switch (one.what) {
            case 'cut':
              acting.wasAway = true;
              away.add(one.device);
              realtime.pause();
              break;
            case 'mend':
              if (!away.delete(one.device)) break;
              realtime.resume();
              realtime.retry();
              await isOpen(acting);
              break;
            case 'update':
              await attempt(conversation.update(one.value === undefined ? { unset: [one.key] } : { attributes: { [one.key]: one.value } }));
              break;
            case 'say':
              if ((await attempt(conversation.send(text('x')))) !== undefined) {
                expected.push(`said ${client.id}`);
                tell(before, `said ${client.id}`, one.device);
              }
              break;
            default: {
              const result = await attempt(change(conversation, one));
              const after = await serverMembers();
              const added = after.filter((member) => !before.includes(member));
              const gone = before.filter((member) => !after.includes(member));
              if (added.length > 0) joined(client.id, one.device, added);
              if (gone.length > 0) left(client.id, one.device, gone);
              const allowed = [...(result?.allowed ?? [])].sort().join('');
              if (allowed === '') break;
              // The acting device knows its own answer.
              const kinds = {
                add: ['Joined'],
                join: ['Joined'],
                remove: ['Left'],
                quit: ['Left'],
                block: ['Left', 'Blocked'],
                unblock: ['Unblocked'],
              };
              for (const kind of kinds[one.what]) expected.push(`${kind} ${allowed} by ${client.id}`);
            }
          }
        }

        for (const index of away) {
          devices[index]?.realtime.resume();
          devices[index]?.realtime.retry();
        }
        await Promise.all(devices.map(isOpen));
        const [info] = await store.conversations([id]);
        const wanted = [...(info?.members ?? [])].sort();
        await Promise.all(
          devices.map(async (each) => {
            const { client } = each;
            // What was pushed before has come, and what it made the client ask for has, too.
            for (let trips = 0; trips < 3; trips += 1) await lastValueFrom(client.online([]));
            if (!wanted.includes(client.id)) return;
            const state$ = client.conversation(id).state$;
            const atRest = state$.pipe(
              filter(
                ({ members: now = [], attributes, updatedAt }) =>
                  [...now].sort().join() === wanted.join() &&
                  JSON.stringify(attributes) === JSON.stringify(info?.attributes) &&
                  updatedAt === info?.updatedAt,
              ),
              timeout(BOUND),
            );
            await firstValueFrom(atRest).catch(async () => {
              const { members: now, attributes, updatedAt } = await firstValueFrom(state$);
              expect({ device: client.id, members: [...(now ?? [])].sort(), attributes, updatedAt }).toEqual({
                device: client.id,
                members: wanted,
                attributes: info?.attributes,
                updatedAt: info?.updatedAt,
              });
            });
          }),
        );
        // Who is blocked or unblocked is told by notices of their own, which the table of members is not about.
        const about = (entries: readonly string[]): readonly string[] => entries.filter((entry) => !/^(?:Unb|B)locked/.test(entry));
        devices.forEach(({ client, told, expected, wasAway }, index) => {
          if (!wasAway) expect({ index, id: client.id, told: about(told) }).toEqual({ index, id: client.id, told: about(expected) });
        });
      } finally {
        for (const { realtime } of devices) realtime.close();
        await server.close();
      }
    }),
    { numRuns: 80, ...(seed === undefined ? {} : { seed: Number(seed) }) },
  );
}, 120_000);
