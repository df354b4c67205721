/** The rule for the end of a client: its state streams become empty, so that nothing of the user stays in a view. */
import { filter, firstValueFrom, lastValueFrom, map, materialize, toArray, type Observable } from 'rxjs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import * as entry from 'rx-realtime';
import { text, type Client, type Conversation, type Room } from 'rx-realtime';
import { sent, world } from './world.js';

const { pair } = world();

interface Scene {
  readonly client: Client;
  readonly conversation: Conversation;
  readonly room: Room;
}

/**
 * What a stream is. `empty`: a state, and its value when the client has ended. `state`: a state without an empty
 * value. `events`: no state. `command`: it does something, or tells only about what it is given.
 */
type Kind =
  { readonly empty: unknown; readonly of?: (scene: Scene) => Observable<unknown> } | 'state' | 'events' | 'command';

type Streams<T> = {
  readonly [
    K in keyof T as T[K] extends Observable<unknown> | ((...given: never) => Observable<unknown>) ? K : never
  ]: Kind;
};

const NONE = { count: 0, mentioned: false };
const NOBODY = new Map();

/** Every stream of every handle. A new one that is missing here fails the compilation. */
const client: Streams<Client> = {
  status$: { empty: { _tag: 'Closed', code: 0, reason: 'logged out' } },
  unread$: { empty: NOBODY },
  totalUnread$: { empty: NONE },
  // An empty map says that everything was sent.
  outbox$: 'state',
  connection$: 'events',
  events$: 'events',
  messages$: 'events',
  modifications$: 'events',
  createConversation: 'command',
  fetchConversation: 'command',
  close: 'command',
};

const conversation: Streams<Conversation> = {
  state$: 'state',
  members$: { empty: new Set() },
  muted$: { empty: false },
  unread$: { empty: NONE },
  receipts$: { empty: {} },
  messages$: 'events',
  membership$: 'events',
  events$: 'events',
  modifications$: 'events',
  messageStatus: 'command',
  trackSend: 'command',
  send: 'command',
  edit: 'command',
  recall: 'command',
  read: 'command',
  history: 'command',
  add: 'command',
  remove: 'command',
  join: 'command',
  quit: 'command',
  count: 'command',
  update: 'command',
  mute: 'command',
  unmute: 'command',
  fetchReceipts: 'command',
};

const room: Streams<Room> = {
  state$: 'state',
  online$: { empty: 0 },
  messages$: 'events',
  membership$: 'events',
  events$: 'events',
  modifications$: 'events',
  trackSend: 'command',
  send: 'command',
  edit: 'command',
  recall: 'command',
  history: 'command',
  count: 'command',
  update: 'command',
};

/** Every function of the root entry that returns a stream. */
const functions: Streams<typeof entry> = {
  conversationList: { empty: [], of: (scene) => entry.conversationList(scene.client) },
  presence: { empty: NOBODY, of: (scene) => entry.presence(scene.client, ['Jerry']) },
  roles: { empty: NOBODY, of: (scene) => entry.roles(scene.conversation) },
  memberReceipts: { empty: NOBODY, of: (scene) => entry.memberReceipts(scene.conversation) },
  timeline: {
    empty: { entries: [], hasOlder: false, hasNewer: false },
    of: (scene) => entry.timeline(scene.conversation),
  },
  log: 'events',
  historyPages: 'events',
  findConversations: 'command',
  online: 'command',
  createRoom: 'command',
  createTemporaryConversation: 'command',
  setRole: 'command',
  increment: 'command',
  addToList: 'command',
  addUniqueToList: 'command',
  removeFromList: 'command',
  silence: 'command',
  unsilence: 'command',
  silenced: 'command',
  block: 'command',
  unblock: 'command',
  blocked: 'command',
  resend: 'command',
  discard: 'command',
};

/** The streams of a handle of these kinds, by name. */
const named = (owner: string, table: Readonly<Record<string, Kind>>, handle: object | undefined, scene: Scene) =>
  Object.entries(table).flatMap(([key, kind]) => {
    const stream$ = typeof kind === 'object' && kind.of !== undefined ? kind.of(scene) : Reflect.get(handle ?? {}, key);
    return kind === 'command' || stream$ === undefined
      ? []
      : [{ name: `${owner}.${key}`, kind, stream$: stream$ as Observable<unknown> }];
  });

const all = (scene: Scene) => [
  ...named('client', client, scene.client, scene),
  ...named('conversation', conversation, scene.conversation, scene),
  ...named('room', room, scene.room, scene),
  ...named('rx-realtime', functions, undefined, scene),
];

/** Every state has something to show. */
const scene = async (): Promise<Scene> => {
  const { tom, jerry, here, there } = await pair();
  await firstValueFrom(here.mute());
  await firstValueFrom(entry.setRole(here, 'Jerry', 'Manager'));
  await sent(here, text('Hello'), { receipt: true });
  const unread = firstValueFrom(here.unread$.pipe(filter(({ count }) => count === 1)));
  await firstValueFrom(jerry.conversation(there.id).read());
  await sent(there, text('Hello, too'));
  await unread;
  const lobby = await firstValueFrom(entry.createRoom(tom));
  lobby.messages$.subscribe();
  expect(await firstValueFrom(lobby.count())).toBe(1);
  return { client: tom, conversation: here, room: lobby };
};

describe('when a client ends', () => {
  it('every state that has an empty value becomes empty and completes; late subscribers get only that value', async () => {
    const made = await scene();
    const streams = all(made);
    const ends = streams.map(({ stream$ }) => lastValueFrom(stream$, { defaultValue: 'nothing' }));
    const states = streams.flatMap(({ name, kind, stream$ }) =>
      typeof kind === 'object' ? [{ name, stream$, empty: kind.empty }] : [],
    );
    for (const { name, stream$, empty } of states)
      expect(await firstValueFrom(stream$.pipe(filter((now) => !isDeepStrictEqual(now, empty)))), name).toBeDefined();
    await firstValueFrom(made.client.close());
    const last = await Promise.all(ends);
    for (const [index, { name, kind }] of streams.entries())
      if (typeof kind === 'object') expect(last[index], name).toEqual(kind.empty);
    for (const { name, kind, stream$ } of all(made)) {
      const late = stream$.pipe(
        materialize(),
        map((told) => (told.kind === 'N' ? told.value : told.kind)),
        toArray(),
      );
      expect(await firstValueFrom(late), name).toEqual(typeof kind === 'object' ? [kind.empty, 'C'] : ['C']);
    }
  });

  it('the list of streams has every property of a handle that is one', async () => {
    const { client: tom, conversation: here } = await scene();
    const streamsOf = (handle: object): readonly string[] => Object.keys(handle).filter((key) => key.endsWith('$'));
    expect(Object.keys(client)).toEqual(expect.arrayContaining([...streamsOf(tom)]));
    expect(Object.keys(conversation)).toEqual(expect.arrayContaining([...streamsOf(here)]));
  });
});
