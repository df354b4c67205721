/**
 * Whatever clients of three kinds do in the same conversation, in the end all of them see the same: members, name,
 * attributes, unread messages, the last message. `RUNS=200` makes more histories.
 */
import fc from 'fast-check';
import * as t from 'io-ts';
import type { IMClient, Message as PublishedMessage } from 'leancloud-realtime';
import { Subject, filter, firstValueFrom, lastValueFrom } from 'rxjs';
import { afterAll, beforeAll, it, vi } from 'vitest';
import { conversationList, createRealtime, text, textOf, type Body, type Client, type Message } from 'rx-realtime';
import { createServer, memoryStore, type RtmServer } from 'rx-realtime/server';
import { wrapped } from '../server/faulty-store.js';
import { publishedRealtime, versions, type Version } from './published.js';

const users = ['Ann', 'Bob'] as const;
type User = (typeof users)[number];
/** Members who never log in. */
const names = ['x', 'y', 'z'];

interface View {
  readonly members: readonly string[];
  readonly name: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly unread: number;
  readonly last: string | undefined;
}

/** A user's device, of one kind. What it does is done, and known to the server, when the promise resolves. */
interface Device {
  readonly kind: string;
  readonly user: User;
  readonly create: (members: readonly string[]) => Promise<string>;
  readonly send: (id: string, words: string) => Promise<void>;
  /** Edits and recalls the message that it has sent last. */
  readonly edit: (id: string, words: string) => Promise<void>;
  readonly recall: (id: string) => Promise<void>;
  readonly rename: (id: string, name: string) => Promise<void>;
  readonly set: (id: string, key: string, value: number) => Promise<void>;
  readonly add: (id: string, name: string) => Promise<void>;
  readonly remove: (id: string, name: string) => Promise<void>;
  readonly read: (id: string) => Promise<void>;
  readonly pause: () => void;
  readonly resume: () => Promise<unknown>;
  /** Has heard everything that the server has sent so far. */
  readonly settle: () => Promise<unknown>;
  /** `hasMissed`: it was away, and may have missed what nobody repeats. */
  readonly view: (id: string, hasMissed: boolean) => Promise<View>;
  readonly end: () => Promise<void>;
}

/** The published client keeps the attributes of an application in one that is called `attr`. */
const Attributes = t.record(t.string, t.unknown);
const RECALLED = '(recalled)';
const shown = (body: Body): string => (body._tag === 'Recalled' ? RECALLED : (textOf(body) ?? ''));

/** A mark of a reader has reached the store. Marks are sent once a second at most. */
const marked = new Subject<void>();
/** The first mark after `mark` begins is its own: one device acts at a time. */
const untilMarked = async (mark: () => Promise<unknown>): Promise<void> => {
  await Promise.all([firstValueFrom(marked), mark()]);
};

const ourDevice = async (server: RtmServer, user: User): Promise<Device> => {
  const realtime = createRealtime({ appId: 'app', server: server.url, backoff: () => 5 });
  const client: Client = await firstValueFrom(realtime.login(user));
  let own: Message | undefined;
  let items: readonly { readonly conversation: { readonly id: string }; readonly lastMessage?: Message }[] = [];
  const watched = [conversationList(client).subscribe((all) => (items = all)), client.unread$.subscribe()];
  const at = (id: string) => client.conversation(id);
  return {
    kind: 'ours',
    user,
    create: async (members) => (await firstValueFrom(client.createConversation({ members }))).id,
    send: async (id, words) => {
      own = await lastValueFrom(at(id).send(text(words)));
    },
    edit: async (id, words) => {
      if (own !== undefined) await lastValueFrom(at(id).edit(own, text(words)));
    },
    recall: async (id) => {
      if (own !== undefined) await lastValueFrom(at(id).recall(own));
      own = undefined;
    },
    rename: async (id, name) => firstValueFrom(at(id).update({ name })),
    set: async (id, key, value) => firstValueFrom(at(id).update({ attributes: { [`attr.${key}`]: value } })),
    add: async (id, name) => {
      await firstValueFrom(at(id).add([name]));
    },
    remove: async (id, name) => {
      await firstValueFrom(at(id).remove([name]));
    },
    read: (id) => untilMarked(() => firstValueFrom(at(id).read())),
    pause: () => realtime.pause(),
    resume: () => {
      realtime.resume();
      return firstValueFrom(client.status$.pipe(filter(({ _tag }) => _tag === 'Open')));
    },
    // Its counts and members go by the times of what it hears: it may hear everything in any order.
    settle: () => Promise.resolve(),
    view: async (id) => {
      const { members = [], name, attributes: all } = await firstValueFrom(at(id).state$);
      const attributes = Attributes.is(all['attr']) ? all['attr'] : {};
      const { count: unread } = await firstValueFrom(at(id).unread$);
      const { lastMessage } = items.find(({ conversation }) => conversation.id === id) ?? {};
      const last = lastMessage === undefined ? undefined : shown(lastMessage.body);
      return { members: [...members].sort(), name, attributes, unread, last };
    },
    end: () => {
      for (const each of watched) each.unsubscribe();
      realtime.close();
      return Promise.resolve();
    },
  };
};

/** The parts of a conversation of the published client that are used here. */
interface Theirs {
  readonly id: string;
  readonly members: readonly string[];
  name?: string;
  readonly unreadMessagesCount: number;
  readonly lastMessage?: PublishedMessage & { readonly type?: number; getText?(): string };
  get(key: string): unknown;
  set(key: string, value: unknown): unknown;
  save(): Promise<unknown>;
  send(message: PublishedMessage): Promise<PublishedMessage>;
  update(message: PublishedMessage, next: PublishedMessage): Promise<PublishedMessage>;
  recall(message: PublishedMessage): Promise<unknown>;
  add(ids: readonly string[]): Promise<unknown>;
  remove(ids: readonly string[]): Promise<unknown>;
  read(): Promise<unknown>;
}

/** How the published client is sent away and called back. */
interface Control {
  pause(): void;
  resume(): void;
  retry(): void;
}

const RECALL_TYPE = -127;
const keys = ['a', 'b'];

const theirDevice = async (server: RtmServer, version: Version, user: User): Promise<Device> => {
  const realtime = publishedRealtime({ ...version, noBinary: false, isSecure: false }, server);
  const control = realtime as unknown as Control;
  const client: IMClient = await realtime.createIMClient(user);
  const { TextMessage } = version.sdk;
  let own: PublishedMessage | undefined;
  const at = async (id: string, isFresh = false): Promise<Theirs> =>
    (await client.getConversation(id, isFresh)) as unknown as Theirs;
  const settle = () => client.ping(['nobody']);
  return {
    kind: version.version,
    user,
    create: async (members) => (await client.createConversation({ members: [...members], unique: false })).id,
    send: async (id, words) => {
      own = await (await at(id)).send(new TextMessage(words));
    },
    edit: async (id, words) => {
      if (own !== undefined) own = await (await at(id)).update(own, new TextMessage(words));
    },
    recall: async (id) => {
      if (own !== undefined) await (await at(id)).recall(own);
      own = undefined;
    },
    rename: async (id, name) => {
      const conversation = await at(id);
      conversation.name = name;
      await conversation.save();
    },
    set: async (id, key, value) => {
      const conversation = await at(id);
      conversation.set(`attr.${key}`, value);
      await conversation.save();
    },
    add: async (id, name) => {
      await (await at(id)).add([name]);
    },
    remove: async (id, name) => {
      await (await at(id)).remove([name]);
    },
    read: async (id) => {
      const conversation = await at(id);
      await untilMarked(() => conversation.read());
    },
    pause: () => control.pause(),
    resume: async () => {
      const isBack = new Promise((resolve, reject) => {
        client.once('reconnect', resolve);
        client.once('reconnecterror', reject);
      });
      control.resume();
      // By itself it waits for a second.
      control.retry();
      await isBack;
      await settle();
    },
    settle,
    view: async (id, hasMissed) => {
      // It does not ask for changes of names and attributes that it has missed, unless it is told to.
      const conversation = await at(id, hasMissed);
      const { members, name, unreadMessagesCount: unread, lastMessage } = conversation;
      const last =
        lastMessage === undefined
          ? undefined
          : lastMessage.type === RECALL_TYPE
            ? RECALLED
            : (lastMessage.getText?.() ?? '');
      // 4.3.1 does not give `attr.a` by itself.
      const all = conversation.get('attr');
      const attributes = Attributes.is(all) ? all : {};
      return { members: [...members].sort(), name, attributes, unread, last };
    },
    end: async () => {
      await client.close();
    },
  };
};

type Act =
  | { readonly act: 'send' | 'edit' | 'recall' | 'read' | 'pause' | 'resume' }
  | { readonly act: 'rename' | 'add' | 'remove'; readonly name: string }
  | { readonly act: 'set'; readonly key: string; readonly value: number };

const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Act>({ act: 'send' }) },
  {
    weight: 6,
    arbitrary: fc.record({ act: fc.constantFrom('edit', 'recall', 'read', 'pause', 'resume', 'resume') }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('rename'), name: fc.constantFrom('n', 'm', '') }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constantFrom('add', 'remove'), name: fc.constantFrom(...names) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('set'),
      key: fc.constantFrom(...keys),
      value: fc.integer({ max: 9, min: 0 }),
    }),
  },
);

interface History {
  /** Who creates the conversation, and who sends the last message. */
  readonly first: number;
  readonly last: number;
  readonly steps: readonly (readonly [number, Act])[];
  /** What becomes of the last message. */
  readonly ending: 'stays' | 'edit' | 'recall';
}

const history: fc.Arbitrary<History> = fc.record({
  first: fc.nat({ max: 5 }),
  last: fc.nat({ max: 5 }),
  steps: fc.array(fc.tuple(fc.nat({ max: 5 }), acts), { minLength: 1, maxLength: 25 }),
  ending: fc.constantFrom('stays', 'edit', 'recall'),
});

/** The last message, in the end. */
const ENDS = { stays: 'end', edit: 'edited', recall: RECALLED } as const;

let server: RtmServer;
beforeAll(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const store = wrapped(memoryStore(), async (call, run) => {
    const result = await run();
    if (call === 'markRead') marked.next();
    return result;
  });
  server = await createServer({ store });
});
afterAll(async () => {
  await server.close();
  vi.restoreAllMocks();
});

type Devices = readonly [Device, ...Device[]];

const doIt = async (device: Device, id: string, act: Act, words: string): Promise<void> => {
  if (act.act === 'send' || act.act === 'edit') await device[act.act](id, words);
  else if (act.act === 'recall' || act.act === 'read') await device[act.act](id);
  else if (act.act === 'rename' || act.act === 'add' || act.act === 'remove') await device[act.act](id, act.name);
  else if (act.act === 'set') await device.set(id, act.key, act.value);
};

/** What is the same for all devices, and then the unread messages of each user. */
const seen = (views: readonly (View & { readonly user: User })[]): ReadonlySet<string> =>
  new Set(
    views.flatMap(({ user, unread, members, name, attributes, last }) => [
      JSON.stringify([members, name, keys.map((key) => attributes[key]), last]),
      `${user} has ${unread} unread messages`,
    ]),
  );

/** Waits until all devices see the same, with this message as the last one. */
const agree = async (devices: Devices, id: string, words: string, missed: ReadonlySet<Device>): Promise<void> =>
  vi.waitFor(
    async () => {
      const views = await Promise.all(
        devices.map(async (device) => {
          const { user, kind } = device;
          return { user, kind, ...(await device.view(id, missed.has(device))) };
        }),
      );
      if (seen(views).size > 1 + users.length || views.some(({ last }) => last !== words))
        throw new Error(views.map((view) => JSON.stringify(view)).join('\n'));
    },
    { timeout: 5_000, interval: 10 },
  );

const play = async (devices: Devices, { first, last, steps, ending }: History): Promise<void> => {
  const creator = devices[first] ?? devices[0];
  const id = await creator.create(users);
  // The published clients keep no order of what they hear while they ask for a conversation that they don't know.
  await creator.send(id, 'begin');
  const missed = new Set<Device>();
  await agree(devices, id, 'begin', missed);
  const away = new Set<Device>();
  const settle = () => Promise.all(devices.filter((device) => !away.has(device)).map((device) => device.settle()));
  const act = async (device: Device, what: Act, words: string): Promise<void> => {
    await doIt(device, id, what, words);
    // The published clients lose a message that comes in one piece with a count that does not know it.
    if (what.act === 'read' || what.act === 'recall') await settle();
  };
  for (const [count, [index, what]] of steps.entries()) {
    const device = devices[index] ?? creator;
    if (what.act === 'pause') {
      // One stays, so that somebody goes on.
      if (away.size < devices.length - 1 && device !== creator) {
        away.add(device);
        missed.add(device);
        device.pause();
      }
    } else if (what.act === 'resume') {
      if (away.delete(device)) await device.resume();
    } else if (!away.has(device)) await act(device, what, `${what.act} ${count}`);
  }
  await Promise.all([...away].map((device) => device.resume()));
  away.clear();
  // The published clients are not told of their user's own messages that they have missed, so there is one more.
  const ender = devices[last] ?? devices[0];
  await ender.send(id, 'end');
  if (ending !== 'stays') await act(ender, { act: ending }, 'edited');
  await agree(devices, id, ENDS[ending], missed);
};

it('all clients see the same conversation in the end, whoever did what', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (drawn) => {
      const [one, ...others] = await Promise.all(
        users.flatMap((user) => [ourDevice(server, user), ...versions.map((each) => theirDevice(server, each, user))]),
      );
      if (one === undefined) throw new Error('there are devices');
      try {
        await play([one, ...others], drawn);
      } finally {
        for (const device of [one, ...others]) await device.end();
      }
    }),
    // A history that fails takes all the time that it is given: looking for a shorter one would take long.
    { numRuns: Number(process.env['RUNS'] ?? 10), endOnFailure: true },
  );
}, 600_000);
