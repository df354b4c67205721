/**
 * The rule for commands: each command emits exactly one value when it has succeeded, then completes. A command sends
 * nothing before it is subscribed.
 */
import { either as E } from 'fp-ts';
import {
  catchError,
  filter,
  firstValueFrom,
  lastValueFrom,
  map,
  materialize,
  of,
  toArray,
  type Observable,
} from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import * as entry from 'rx-realtime';
import {
  createOutbox,
  text,
  type Client,
  type Conversation,
  type Message,
  type Realtime,
  type Room,
} from 'rx-realtime';
import { decodeClientFrame } from 'rx-realtime/codecs';
import { createServer } from 'rx-realtime/server';
import { WebSocket } from 'ws';
import { world } from './world.js';

const { login, realtime } = world();

/** The handles from which the commands under test are made. */
interface Scene {
  /** A realtime that nobody has logged in with. */
  readonly realtime: Realtime;
  /** The realtime of Tom. */
  readonly own: Realtime;
  readonly tom: Client;
  readonly here: Conversation;
  readonly lobby: Room;
  /** A stored message of Tom. */
  readonly message: Message;
  /** A conversation of Jerry in which a message of Tom has failed, and its token. */
  readonly theirs: Conversation;
  readonly failed: string;
}

type Command = (scene: Scene) => Observable<unknown>;

/** The kind of a member of a handle, or of an export, if it is not a command. */
type Kind = 'stream' | 'value' | 'not a command';

type Table<Keys extends PropertyKey> = Readonly<Record<Keys, Command | Kind>>;
type KeysOf<T> = Exclude<keyof T, symbol>;

/** Every member of a realtime. A new member that is missing here fails the compilation and the test of the list. */
const ofRealtime: Table<KeysOf<Realtime>> = {
  state$: 'stream',
  connection$: 'stream',
  faults$: 'stream',
  health$: 'stream',
  capabilities$: 'stream',
  session: 'stream',
  hold: 'stream',
  login: (scene) => scene.realtime.login('Spike'),
  probe: ({ own }) => own.probe(),
  retry: 'not a command',
  pause: 'not a command',
  resume: 'not a command',
  close: 'not a command',
};

const ofClient: Table<KeysOf<Client>> = {
  id: 'value',
  status$: 'stream',
  connection$: 'stream',
  events$: 'stream',
  messages$: 'stream',
  modifications$: 'stream',
  unread$: 'stream',
  totalUnread$: 'stream',
  outbox$: 'stream',
  conversation: 'not a command',
  createConversation: ({ tom }) => tom.createConversation({ members: ['Spike'], name: 'new' }),
  fetchConversation: ({ tom, here }) => tom.fetchConversation(here.id),
  close: ({ tom }) => tom.close(),
};

const ofConversation: Table<KeysOf<Conversation>> = {
  id: 'value',
  state$: 'stream',
  members$: 'stream',
  messages$: 'stream',
  membership$: 'stream',
  events$: 'stream',
  modifications$: 'stream',
  unread$: 'stream',
  receipts$: 'stream',
  muted$: 'stream',
  messageStatus: 'stream',
  // It emits the progress, and completes when the message is read.
  trackSend: 'stream',
  send: ({ here }) => here.send(text('a message')),
  edit: ({ here, message }) => here.edit(message, text('edited')),
  recall: ({ here, message }) => here.recall(message),
  read: ({ here }) => here.read(),
  history: ({ here }) => here.history(),
  add: ({ here }) => here.add(['Spike']),
  remove: ({ here }) => here.remove(['Jerry']),
  join: ({ here }) => here.join(),
  quit: ({ here }) => here.quit(),
  count: ({ here }) => here.count(),
  update: ({ here }) => here.update({ name: 'renamed' }),
  mute: ({ here }) => here.mute(),
  unmute: ({ here }) => here.unmute(),
  fetchReceipts: ({ here }) => here.fetchReceipts(),
};

const ofRoom: Table<KeysOf<Room>> = {
  id: 'value',
  state$: 'stream',
  messages$: 'stream',
  events$: 'stream',
  modifications$: 'stream',
  membership$: 'stream',
  online$: 'stream',
  trackSend: 'stream',
  send: ({ lobby }) => lobby.send(text('in the lobby')),
  edit: ({ lobby, message }) => lobby.edit(message, text('edited')),
  recall: ({ lobby, message }) => lobby.recall(message),
  history: ({ lobby }) => lobby.history(),
  count: ({ lobby }) => lobby.count(),
  update: ({ lobby }) => lobby.update({ name: 'Hall' }),
};

type Functions<T> = { [K in keyof T]: T[K] extends (...args: never) => unknown ? K : never }[keyof T];

/** Every function that the root entry exports. Error classes and message types are functions too. */
const exported: Table<Functions<typeof entry>> = {
  createRealtime: 'not a command',
  createOutbox: 'not a command',
  pausableWebSocket: 'not a command',
  conversationList: 'stream',
  presence: 'stream',
  timeline: 'stream',
  log: 'stream',
  roles: 'stream',
  memberReceipts: 'stream',
  historyPages: 'stream',
  historyIterator: 'stream',
  room: 'not a command',
  user: 'not a command',
  findConversations: ({ tom }) => entry.findConversations(tom),
  online: ({ tom }) => entry.online(tom, ['Jerry']),
  createRoom: ({ tom }) => entry.createRoom(tom, { name: 'another' }),
  createTemporaryConversation: ({ tom }) => entry.createTemporaryConversation(tom, { members: ['Spike'] }),
  setRole: ({ here }) => entry.setRole(here, 'Jerry', 'Manager'),
  increment: ({ here }) => entry.increment(here, 'votes'),
  addToList: ({ here }) => entry.addToList(here, 'topics', ['cheese']),
  addUniqueToList: ({ here }) => entry.addUniqueToList(here, 'topics', ['cheese']),
  removeFromList: ({ here }) => entry.removeFromList(here, 'topics', ['cheese']),
  silence: ({ here }) => entry.silence(here, ['Jerry']),
  unsilence: ({ here }) => entry.unsilence(here, ['Jerry']),
  silenced: ({ here }) => entry.silenced(here),
  block: ({ here }) => entry.block(here, ['Jerry']),
  unblock: ({ here }) => entry.unblock(here, ['Jerry']),
  blocked: ({ here }) => entry.blocked(here),
  resend: ({ theirs, failed }) => entry.resend(theirs, failed),
  // It sends nothing.
  discard: 'not a command',
  sendStatus: 'not a command',
  atLeastOnce: 'not a command',
  atMostOnce: 'not a command',
  ofType: 'not a command',
  exponential: 'not a command',
  indexedDbOutbox: 'not a command',
  memoryOutbox: 'not a command',
  upload: 'not a command',
  uploadTo: 'not a command',
  defineMessage: 'not a command',
  audio: 'not a command',
  binary: 'not a command',
  file: 'not a command',
  image: 'not a command',
  location: 'not a command',
  plain: 'not a command',
  text: 'not a command',
  textOf: 'not a command',
  video: 'not a command',
  toRealtimeError: 'not a command',
};

const tables = {
  realtime: ofRealtime,
  client: ofClient,
  conversation: ofConversation,
  room: ofRoom,
  'rx-realtime': exported,
};

const commands: readonly (readonly [name: string, command: Command])[] = Object.entries(tables).flatMap(
  ([owner, table]) =>
    Object.entries<Command | Kind>(table).flatMap(([name, what]) =>
      typeof what === 'function' ? [[`${owner}.${name}`, what] as const] : [],
    ),
);

/** Closes the servers of a test. Each scene has its own server. */
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** The commands that Tom's realtimes have written, in order: `conv/add`, `direct`. */
const written: string[] = [];

class RecordingSocket extends WebSocket {
  override send(data: Parameters<WebSocket['send']>[0]): void {
    if (!(data instanceof Uint8Array)) throw new Error('binary frames are expected');
    const command = decodeClientFrame(data);
    if (E.isRight(command))
      written.push('op' in command.right ? `${command.right.cmd}/${command.right.op}` : command.right.cmd);
    super.send(data);
  }
}

interface Prepared extends Scene {
  readonly jerry: Client;
}

const prepared = async (): Promise<Prepared> => {
  const { url, close } = await createServer({ port: 0 });
  closing.push(close);
  const own = realtime({ server: url, outbox: createOutbox(), webSocket: RecordingSocket, backoff: () => 1 });
  const [tom, jerry] = [await firstValueFrom(own.login('Tom')), await login('Jerry', { server: url })];
  const here = await firstValueFrom(tom.createConversation({ members: ['Jerry'], name: 'Tom & Jerry' }));
  const message = await firstValueFrom(here.send(text('first')));
  const lobby = await firstValueFrom(entry.createRoom(tom, { name: 'Lobby' }));
  const theirs = await firstValueFrom(jerry.createConversation({ members: ['Tom'] }));
  await firstValueFrom(entry.silence(theirs, ['Tom']));
  const failure = firstValueFrom(
    tom.events$.pipe(filter((event) => event._tag === 'Outgoing' && event.progress._tag === 'failed')),
  );
  tom
    .conversation(theirs.id)
    .send(text('failed'))
    .subscribe({ error: () => undefined });
  const failed = await failure;
  await firstValueFrom(entry.unsilence(theirs, ['Tom']));
  // After this, Tom's client writes nothing by itself: only the commands under test are recorded.
  await firstValueFrom(jerry.fetchConversation(here.id));
  written.length = 0;
  return {
    realtime: realtime({ server: url, webSocket: RecordingSocket }),
    own,
    tom,
    jerry,
    here,
    lobby,
    message,
    theirs: tom.conversation(theirs.id),
    failed: 'token' in failed ? failed.token : '',
  };
};

/** The answer to a request, or the tag of its error. */
const answer = <A>(question$: Observable<A>): Promise<unknown> =>
  firstValueFrom(question$.pipe(catchError((error: unknown) => of(entry.toRealtimeError(error)._tag))));

/** The effect of a command: the written frames, and the state of the server as Jerry sees it. */
const effect = async ({ jerry, here, lobby }: Prepared): Promise<unknown> => ({
  written: [...written],
  history: await answer(
    jerry
      .conversation(here.id)
      .history()
      .pipe(map((page) => page.map(({ body }) => body))),
  ),
  room: await answer(
    jerry
      .conversation(lobby.id)
      .history()
      .pipe(map((page) => page.map(({ body }) => body))),
  ),
  conversations: await answer(
    entry
      .findConversations(jerry)
      .pipe(
        map((infos) => infos.map(({ name, kind, members, mutedMembers }) => ({ name, kind, members, mutedMembers }))),
      ),
  ),
});

/** Whether a value is a class. The tables don't list error classes. */
const isClass = (value: unknown): boolean =>
  typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));

describe('the list of commands', () => {
  it('has every member of every handle, and every function of the root entry', async () => {
    const { realtime: own, tom, here, lobby } = await prepared();
    const keys = (value: object): readonly string[] => Object.keys(value).sort();
    expect(keys(ofRealtime)).toEqual(keys(own));
    expect(keys(ofClient)).toEqual(keys(tom));
    expect(keys(ofConversation)).toEqual(keys(here));
    // A room object has all members of its conversation at run time. The type shows only the members of a room.
    expect(keys(lobby)).toEqual(expect.arrayContaining([...keys(ofRoom)]));
    const functions = Object.entries(entry).flatMap(([name, value]) =>
      typeof value === 'function' && !isClass(value) ? [name] : [],
    );
    expect(keys(exported)).toEqual(functions.sort());
  });
});

/** These commands run at once, with or without a connection. They do not wait to be written. */
const immediate = ['client.close', 'conversation.read'];

describe.each(commands)('%s', (name, command) => {
  it('emits one value when it has succeeded, then completes', async () => {
    const scene = await prepared();
    const told = await firstValueFrom(
      command(scene).pipe(
        materialize(),
        map(({ kind }) => kind),
        toArray(),
      ),
    );
    expect(told).toEqual(['N', 'C']);
  });

  it('has the same effect with firstValueFrom and with lastValueFrom', async () => {
    const effects: unknown[] = [];
    for (const promised of [firstValueFrom, lastValueFrom]) {
      const scene = await prepared();
      await promised(command(scene));
      effects.push(await effect(scene));
    }
    expect(effects[0]).toEqual(effects[1]);
    expect(effects[0]).not.toMatchObject({ written: [] });
  });

  it('sends nothing before it is subscribed', async () => {
    const scene = await prepared();
    void command(scene);
    await firstValueFrom(scene.here.count());
    expect(written).toEqual(['conv/count']);
  });

  it.skipIf(immediate.includes(name))('sends nothing if it is unsubscribed before it is written', async () => {
    const scene = await prepared();
    scene.own.pause();
    command(scene)
      .subscribe({ error: () => undefined })
      .unsubscribe();
    const back = firstValueFrom(scene.tom.events$.pipe(filter(({ _tag }) => _tag === 'CaughtUp')));
    scene.own.resume();
    await back;
    written.length = 0;
    await firstValueFrom(scene.here.count());
    expect(written).toEqual(['conv/count']);
    expect(await answer(scene.here.history().pipe(map(({ length }) => length)))).toBe(1);
  });
});
