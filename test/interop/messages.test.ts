/** Every message feature between the published client and ours, through our server, in both directions. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as t from 'io-ts';
import type * as Published from 'leancloud-realtime';
import initTypedMessages from 'leancloud-realtime-plugin-typed-messages';
import AV from 'leancloud-storage';
import { firstValueFrom, filter, lastValueFrom, take, toArray, type Observable } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  audio,
  binary,
  createRealtime,
  defineMessage,
  file,
  image,
  location,
  plain,
  text,
  video,
  type Body,
  type Client,
  type Conversation,
  type Message,
  type OutgoingBody,
  type Realtime,
  type RealtimeOptions,
  historyIterator,
} from 'rx-realtime';
import type { RtmServer } from 'rx-realtime/server';
import { publishedRealtime, serverFor, ways } from './published.js';

// File objects need an application, although nothing is stored.
AV.init({ appId: 'app-MdYXbMMI', appKey: 'key' });
const Operation = defineMessage({ type: 1, codec: t.type({ op: t.string, count: t.number }) });

/** The parts that are missing in its types. */
interface Pausable extends Published.Realtime {
  pause(): void;
  resume(): void;
}

/** The parts of an ordinary conversation of the published client that these tests use. */
interface Persistent {
  readonly id: string;
  readonly members: string[];
  name: string;
  add(ids: readonly string[]): Promise<{ readonly successfulClientIds: readonly string[] }>;
  remove(ids: readonly string[]): Promise<unknown>;
  count(): Promise<number>;
  set(key: string, value: unknown): unknown;
  save(): Promise<unknown>;
  mute(): Promise<unknown>;
}

interface Typed extends Published.Message {
  getText(): string;
  getAttributes(): unknown;
  readonly type: number;
}

interface Emitter {
  on(event: string, listener: (...args: never[]) => void): unknown;
}

/** The arguments of the next events with this name; the published client's emitters are not Node's. */
const nextEvents = (emitter: object, event: string, count: number): Promise<readonly unknown[][]> =>
  new Promise((resolve) => {
    const all: unknown[][] = [];
    (emitter as Emitter).on(event, (...args: unknown[]) => {
      all.push(args);
      if (all.length === count) resolve(all);
    });
  });

const messagesOf = async (emitter: object, count: number): Promise<readonly Typed[]> =>
  (await nextEvents(emitter, 'message', count)).map(([message]) => message as Typed);

const next = <T>(stream$: Observable<T>, count: number): Promise<T[]> =>
  lastValueFrom(stream$.pipe(take(count), toArray()));
const done = (command$: Observable<unknown>): Promise<unknown> => firstValueFrom(command$);

const sent = (
  conversation: Conversation,
  body: OutgoingBody,
  options?: Parameters<Conversation['send']>[1],
): Promise<Message> => firstValueFrom(conversation.send(body, options));

const storedFile = (name: string, url: string): AV.File => {
  const stored = AV.File.withURL(name, url);
  stored.id = 'object';
  return stored;
};

describe.each(ways)('messages: $way', (way) => {
  const { noBinary, sdk } = way;
  const { Event } = sdk;
  const { TypedMessagesPlugin, ImageMessage, AudioMessage, VideoMessage, FileMessage, LocationMessage } =
    initTypedMessages(AV, sdk);
  /** A custom message type of the application, for either client. */
  class OperationMessage extends sdk.TypedMessage {
    declare op: string;
    declare count: number;
  }
  type Decorate = (message: typeof OperationMessage) => void;
  (sdk.messageType(1) as Decorate)(OperationMessage);
  (sdk.messageField(['op', 'count']) as Decorate)(OperationMessage);
  let server: RtmServer;
  const clients: Published.IMClient[] = [];
  const realtimes: Realtime[] = [];

  const theirRealtime = (): Pausable => {
    const realtime = publishedRealtime(way, server, { plugins: [TypedMessagesPlugin] });
    realtime.register(OperationMessage as never);
    return realtime as unknown as Pausable;
  };
  const published = async (id: string, realtime = theirRealtime()): Promise<Published.IMClient> => {
    const client = await realtime.createIMClient(id);
    clients.push(client);
    return client;
  };
  const ours = async (id: string, options: Partial<RealtimeOptions> = {}): Promise<Client> => {
    const realtime = createRealtime({ appId: 'app', server: server.url, noBinary, messages: [Operation], ...options });
    realtimes.push(realtime);
    return firstValueFrom(realtime.login(id));
  };

  beforeEach(async () => {
    // It asks for missed notices over HTTPS after each reconnect, and logs a warning where it can't.
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    server = await serverFor(way);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close().catch(() => undefined);
    for (const realtime of realtimes.splice(0)) realtime.close();
    await server.close();
  });

  it('reads every type that the published client sends', async () => {
    const [tom, jerry] = [await published('Tom'), await ours('Jerry')];
    const conversation = await tom.createConversation({ members: ['Jerry'], unique: false });
    const described = <M extends Published.TypedMessage>(message: M): M => {
      (message as unknown as { setText(words: string): void }).setText('caption');
      message.setAttributes({ a: [1, { b: null }] });
      return message;
    };
    const operation = new OperationMessage(undefined);
    operation.op = 'add';
    operation.count = 3;
    const messages: readonly Published.Message[] = [
      described(new ImageMessage(storedFile('a.png', 'https://example.com/a.png'))),
      described(new AudioMessage(storedFile('a.mp3', 'https://example.com/a.mp3'))),
      described(new VideoMessage(storedFile('a.mp4', 'https://example.com/a.mp4'))),
      described(new FileMessage(storedFile('a.pdf', 'https://example.com/a.pdf'))),
      described(new LocationMessage(new AV.GeoPoint(31.5, 121.25))),
      described(operation),
      new sdk.BinaryMessage(new Uint8Array([0, 1, 255]).buffer),
      new sdk.Message('just words'),
    ];
    const heard = next(jerry.messages$, messages.length);
    for (const message of messages) await conversation.send(message);
    const extras = { text: 'caption', attributes: { a: [1, { b: null }] } };
    const stored = (name: string) => ({
      url: `https://example.com/${name}`,
      objId: 'object',
      metaData: expect.objectContaining({ name }) as never,
    });
    const expected: readonly unknown[] = [
      image(stored('a.png'), extras),
      audio(stored('a.mp3'), extras),
      video(stored('a.mp4'), extras),
      file(stored('a.pdf'), extras),
      location({ latitude: 31.5, longitude: 121.25 }, extras),
      Operation({ op: 'add', count: 3 }, extras),
      binary(new Uint8Array([0, 1, 255])),
      plain('just words'),
    ];
    expect(
      (await heard).map(({ body }): Body => (body._tag === 'Binary' ? binary(new Uint8Array(body.bytes)) : body)),
    ).toEqual(expected);
  });

  it('sends every type in a form that the published client reads', async () => {
    const [tom, jerry] = [await ours('Tom'), await published('Jerry')];
    const conversation = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
    const heard = messagesOf(jerry, 8);
    const extras = { text: 'caption', attributes: { a: [1, { b: null }] } };
    const stored = { url: 'https://example.com/a', objId: 'object', metaData: { name: 'a', size: 5 } };
    for (const body of [
      image(stored, extras),
      audio(stored, extras),
      video(stored, extras),
      file(stored, extras),
      location({ latitude: 31.5, longitude: 121.25 }, extras),
      Operation({ op: 'add', count: 3 }, extras),
      binary(new Uint8Array([0, 1, 255])),
      plain('just words'),
    ])
      await sent(conversation, body);
    const received = await heard;
    expect(received.slice(0, 6).map((message) => [message.type, message.getText(), message.getAttributes()])).toEqual(
      [-2, -3, -4, -6, -5, 1].map((type) => [type, 'caption', extras.attributes]),
    );
    for (const message of received.slice(0, 4)) {
      const got = (message as unknown as { getFile(): AV.File }).getFile();
      expect([got.url(), got.id, got.metaData('size')]).toEqual(['https://example.com/a', 'object', 5]);
    }
    const [place, operation, bytes, words] = received.slice(4);
    const point = (place as unknown as { getLocation(): AV.GeoPoint }).getLocation();
    expect([point.latitude, point.longitude]).toEqual([31.5, 121.25]);
    expect(operation).toMatchObject({ op: 'add', count: 3 });
    expect([...new Uint8Array((bytes as unknown as { buffer: ArrayBuffer }).buffer)]).toEqual([0, 1, 255]);
    expect((words as unknown as { content: unknown }).content).toBe('just words');
  });

  it('carries mentions in both directions', async () => {
    const [tom, jerry] = [await published('Tom'), await ours('Jerry')];
    const conversation = await tom.createConversation({ members: ['Jerry'], unique: false });
    const heard = next(jerry.messages$, 2);
    await conversation.send(new sdk.TextMessage('by name').setMentionList(['Jerry']));
    await conversation.send(new sdk.TextMessage('all').mentionAll());
    expect((await heard).map(({ mentioned, mentions, mentionsAll }) => [mentioned, mentions, mentionsAll])).toEqual([
      [true, ['Jerry'], false],
      [true, [], true],
    ]);
    const answers = messagesOf(tom, 2);
    await sent(jerry.conversation(conversation.id), text('by name'), { mentions: ['Tom'] });
    await sent(jerry.conversation(conversation.id), text('all'), { mentionsAll: true });
    expect(
      (await answers).map((message) => [message.mentioned, message.mentionList, message.mentionedAll === true]),
    ).toEqual([
      [true, ['Tom'], false],
      [true, [], true],
    ]);
  });

  it('carries recalls and edits of either client to the other', async () => {
    const [tom, jerry] = [await published('Tom'), await ours('Jerry')];
    const theirs = await tom.createConversation({ members: ['Jerry'], unique: false });
    const here = jerry.conversation(theirs.id);
    const heard = next(jerry.messages$, 2);
    const [one, two] = [await theirs.send(new sdk.TextMessage('one')), await theirs.send(new sdk.TextMessage('two'))];
    await heard;
    const seen = next(here.modifications$, 2);
    await theirs.update(one, new sdk.TextMessage('uno'));
    await theirs.recall(two);
    expect(await seen).toMatchObject([
      { _tag: 'Edit', message: { id: one.id, from: 'Tom', body: text('uno') } },
      { _tag: 'Recall', message: { id: two.id, body: { _tag: 'Recalled' } } },
    ]);

    const arrived = messagesOf(tom, 2);
    const [drei, vier] = [await sent(here, text('three')), await sent(here, text('four'))];
    await arrived;
    const updated = nextEvents(theirs, Event.MESSAGE_UPDATE, 1);
    const recalled = nextEvents(theirs, Event.MESSAGE_RECALL, 1);
    await lastValueFrom(here.edit(drei, text('drei')));
    await lastValueFrom(here.recall(vier));
    const [[update]] = (await updated) as [[Typed]];
    expect([update.id, update.getText(), update.from]).toEqual([drei.id, 'drei', 'Jerry']);
    const [[recall]] = (await recalled) as [[Typed]];
    expect([recall.id, recall.type]).toEqual([vier.id, -127]);

    const history = (await theirs.queryMessages({ limit: 10 } as never)) as Typed[];
    expect(history.map((message) => (message.type === -127 ? 'recalled' : message.getText()))).toEqual([
      'uno',
      'recalled',
      'drei',
      'recalled',
    ]);
  });

  it('counts unread messages in the same way on two devices, one with each client', async () => {
    const [tom, phone, tablet] = [await ours('Tom'), await ours('Jerry'), await published('Jerry')];
    const conversation = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
    const arrived = Promise.all([next(phone.messages$, 2), messagesOf(tablet, 2)]);
    for (const words of ['one', 'two']) await sent(conversation, text(words));
    await arrived;
    const theirs = await tablet.getConversation(conversation.id);
    expect(theirs.unreadMessagesCount).toBe(2);
    expect(await firstValueFrom(phone.conversation(conversation.id).unread$)).toEqual({ count: 2, mentioned: false });
    const cleared = firstValueFrom(
      phone.conversation(conversation.id).unread$.pipe(filter(({ count }) => count === 0)),
    );
    await theirs.read();
    await cleared;

    const again = Promise.all([next(phone.messages$, 1), messagesOf(tablet, 1)]);
    await sent(conversation, text('three'));
    await again;
    const mirrored = nextEvents(tablet, Event.UNREAD_MESSAGES_COUNT_UPDATE, 1);
    await done(phone.conversation(conversation.id).read());
    await mirrored;
    expect(theirs.unreadMessagesCount).toBe(0);
  });

  it('sends the will of either client when its connection breaks', async () => {
    const realtime = theirRealtime();
    const [tom, jerry, spike] = [await published('Tom', realtime), await ours('Jerry'), await ours('Spike')];
    const conversation = await tom.createConversation({ members: ['Jerry', 'Spike'], unique: false });
    await conversation.send(new sdk.TextMessage('farewell of Tom'), { will: true });
    const first = next(spike.messages$, 1);
    realtime.pause();
    expect(await first).toMatchObject([{ from: 'Tom', body: text('farewell of Tom') }]);
    realtime.resume();
    await nextEvents(tom, Event.RECONNECT, 1);
    await sent(jerry.conversation(conversation.id), text('farewell of Jerry'), { will: true });
    const second = messagesOf(tom, 1);
    realtimes[0]?.pause();
    const [message] = await second;
    expect([message?.from, message?.getText()]).toEqual(['Jerry', 'farewell of Jerry']);
  });

  it('gives the same history pages to either client, and marks the end', async () => {
    const [tom, jerry] = [await ours('Tom'), await published('Jerry')];
    const here = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
    for (let n = 0; n < 7; n += 1) await sent(here, text(String(n)));
    const pages: string[][] = [];
    for await (const page of historyIterator(here, { pageSize: 3 }))
      pages.push(page.map(({ body }) => (body._tag === 'Text' ? body.text : body._tag)));
    const iterator = (await jerry.getConversation(here.id)).createMessagesIterator({ limit: 3 });
    const theirs: string[][] = [];
    for (let turn = await iterator.next(); ; turn = await iterator.next()) {
      if ((turn.value as Typed[]).length > 0) theirs.push((turn.value as Typed[]).map((message) => message.getText()));
      if (turn.done) break;
    }
    expect(pages).toEqual([['4', '5', '6'], ['1', '2', '3'], ['0']]);
    expect(theirs).toEqual(pages);
  });

  it('carries notices of added and removed members and of changes from either client to the other', async () => {
    const [tom, jerry] = [await published('Tom'), await ours('Jerry')];
    const theirs = (await tom.createConversation({ members: ['Jerry'], unique: false })) as unknown as Persistent;
    const here = jerry.conversation(theirs.id);
    const members = (size: number): Promise<ReadonlySet<string>> =>
      firstValueFrom(here.members$.pipe(filter((now) => now.size === size)));
    await members(2);
    expect((await theirs.add(['Spike'])).successfulClientIds).toEqual(['Spike']);
    expect([...(await members(3))].sort()).toEqual(['Jerry', 'Spike', 'Tom']);
    expect(await theirs.count()).toBe(3);
    await theirs.remove(['Spike']);
    await members(2);

    const joined = nextEvents(theirs, Event.MEMBERS_JOINED, 1);
    await done(here.add(['Butch']));
    expect(await joined).toEqual([[{ invitedBy: 'Jerry', members: ['Butch'] }]]);
    const left = nextEvents(theirs, Event.MEMBERS_LEFT, 1);
    await done(here.remove(['Butch']));
    expect(await left).toEqual([[{ kickedBy: 'Jerry', members: ['Butch'] }]]);
    expect(theirs.members.toSorted()).toEqual(['Jerry', 'Tom']);

    const renamed = firstValueFrom(here.state$.pipe(filter(({ name }) => name === 'by Tom')));
    theirs.name = 'by Tom';
    theirs.set('attr.colour', 'red');
    await theirs.save();
    await renamed;
    const updated = nextEvents(tom, Event.CONVERSATION_INFO_UPDATED, 1);
    await done(here.update({ name: 'by Jerry' }));
    await updated;
    expect(theirs.name).toBe('by Jerry');
    await theirs.mute();
    await done(here.quit());
    await expect(lastValueFrom(here.send(text('gone')))).rejects.toMatchObject({ code: 4401 });
  });

  const hostile = new URL('../../../shared/data/hostile_unicode.jsonl', import.meta.url);
  it.runIf(existsSync(hostile))('carries hostile texts in both directions, or refuses them at once', async () => {
    const lines = (await readFile(hostile, 'utf8')).split('\n').filter((line) => line !== '');
    const texts = lines.map((line) => (JSON.parse(line) as { readonly text: string }).text);
    const bytesOf = (words: string): number => Buffer.byteLength(JSON.stringify({ _lctype: -1, _lctext: words }));
    const good = texts.filter((words) => !/[\ud800-\udfff]/u.test(words) && bytesOf(words) <= 5_120);
    const bad = texts.filter((words) => !good.includes(words));
    const [tom, jerry] = [await ours('Tom'), await published('Jerry')];
    const here = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
    const theirs = await jerry.getConversation(here.id);
    const there = messagesOf(jerry, good.length);
    for (const words of good) await sent(here, text(words));
    expect((await there).map((message) => message.getText())).toEqual(good);
    const heard = next(here.messages$, good.length);
    for (const words of good) await theirs.send(new sdk.TextMessage(words));
    expect((await heard).map(({ body }) => (body._tag === 'Text' ? body.text : body))).toEqual(good);
    for (const words of bad)
      await expect(lastValueFrom(here.send(text(words)))).rejects.toMatchObject({ _tag: 'InvalidArgument' });
  });
});
