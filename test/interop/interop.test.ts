import type {
  ConversationBase,
  IMClient,
  Message as PublishedMessage,
  Realtime as PublishedRealtime,
} from 'leancloud-realtime';
import { filter, firstValueFrom, lastValueFrom, take, toArray, type Observable } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRealtime, text, type Client, type Realtime, type RealtimeOptions, online } from 'rx-realtime';
import type { RtmServer } from 'rx-realtime/server';
import { statsNow } from '../server/stats-now.js';
import { isCluster, places, serverIn } from './places.js';
import { publishedRealtime, serverFor, ways } from './published.js';

/** The parts of a text message of the published client that these tests use. */
interface PublishedText extends PublishedMessage {
  getText(): string;
  getAttributes(): unknown;
}

interface Listening {
  on(event: string, listener: (...args: never[]) => void): unknown;
}

/** The arguments of the next event with this name; the published client's emitters are not Node's. */
const nextEvent = <A extends readonly unknown[]>(emitter: object, event: string): Promise<A> =>
  new Promise((resolve) => {
    (emitter as Listening).on(event, (...args: unknown[]) => {
      resolve(args as unknown as A);
    });
  });

const next = <T>(stream$: Observable<T>, count = 1): Promise<T[]> =>
  lastValueFrom(stream$.pipe(take(count), toArray()));
const done = (command$: Observable<unknown>): Promise<unknown> => firstValueFrom(command$);
const hostile = [
  '😀👨‍👩‍👧‍👦',
  'عربي‎ mixed',
  'z̷̡͉a̶l̵g̸o',
  ' \u0000 nul',
  '"quotes" \\ back',
  '{"_lctype":-1}',
  '\u200b',
  '汉字'.repeat(100),
];

describe.each(ways)('the published client and ours, through our server: $way', (way) => {
  const { noBinary, sdk } = way;
  const { Event, TextMessage } = sdk;
  let server: RtmServer;
  const clients: IMClient[] = [];
  const realtimes: Realtime[] = [];

  const published = (): PublishedRealtime => publishedRealtime(way, server);
  const publishedLogin = async (
    id: string,
    options: { readonly realtime?: PublishedRealtime; readonly tag?: string } = {},
  ): Promise<IMClient> => {
    const client = await (options.realtime ?? published()).createIMClient(
      id,
      options.tag === undefined ? {} : { tag: options.tag },
    );
    clients.push(client);
    return client;
  };
  const ours = (options: Partial<RealtimeOptions> = {}): Realtime => {
    const realtime = createRealtime({ appId: 'app', server: server.url, noBinary, ...options });
    realtimes.push(realtime);
    return realtime;
  };
  const login = (id: string): Promise<Client> => firstValueFrom(ours().login(id));

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

  it('logs in, and finds the clients that are online', async () => {
    const tom = await publishedLogin('Tom');
    expect(tom.id).toBe('Tom');
    expect(await tom.ping(['Tom', 'Jerry'])).toEqual(['Tom']);
  });

  it('serves several published clients over one connection', async () => {
    const realtime = published();
    const [tom, jerry] = [await publishedLogin('Tom', { realtime }), await publishedLogin('Jerry', { realtime })];
    const heard = nextEvent<[PublishedText]>(jerry, Event.MESSAGE);
    const conversation = await tom.createConversation({ members: ['Jerry'], unique: false });
    await conversation.send(new TextMessage('psst'));
    expect((await heard)[0].getText()).toBe('psst');
    expect(await statsNow(server)).toMatchObject({ sockets: 1, sessions: 2 });
  });

  it('carries any text from the published client to ours, with its attributes', async () => {
    const [tom, jerry] = [await publishedLogin('Tom'), await login('Jerry')];
    const conversation = await tom.createConversation({
      members: ['Jerry'],
      name: 'Cheese',
      unique: false,
      born: new Date(0),
      nested: { a: [1] },
    });
    const heard = next(jerry.messages$, hostile.length);
    for (const line of hostile) {
      const message = new TextMessage(line);
      message.setAttributes({ line });
      await conversation.send(message);
    }
    expect((await heard).map(({ body }) => body)).toEqual(
      hostile.map((line) => ({ _tag: 'Text', text: line, attributes: { line } })),
    );
    const state = await firstValueFrom(jerry.conversation(conversation.id).state$);
    expect(state).toMatchObject({
      name: 'Cheese',
      creator: 'Tom',
      attributes: { born: new Date(0), nested: { a: [1] } },
    });
  });

  it('carries any text from our client to the published client', async () => {
    const [tom, jerry] = [await login('Tom'), await publishedLogin('Jerry')];
    const heard: string[] = [];
    const all = new Promise<void>((resolve) => {
      (jerry as unknown as Listening).on(Event.MESSAGE, (message: PublishedText, conversation: ConversationBase) => {
        heard.push(`${conversation['name'] as string}: ${message.from}: ${message.getText()}`);
        if (heard.length === hostile.length) resolve();
      });
    });
    const conversation = await firstValueFrom(tom.createConversation({ members: ['Jerry'], name: 'Cheese' }));
    for (const line of hostile) await lastValueFrom(conversation.send(text(line)));
    await all;
    expect(heard).toEqual(hostile.map((line) => `Cheese: Tom: ${line}`));
  });

  it('tells either client about its invitation, and who invited it', async () => {
    const [tom, jerry] = [await publishedLogin('Tom'), await login('Jerry')];
    const joined = firstValueFrom(jerry.events$.pipe(filter((event) => event._tag === 'Joined' && event.by === 'Tom')));
    // Who makes a conversation hears of it, too.
    const own = nextEvent<[{ invitedBy: string }, ConversationBase]>(tom, Event.INVITED);
    const created = await tom.createConversation({ members: ['Jerry'], unique: false });
    expect(await joined).toMatchObject({ conversationId: created.id, by: 'Tom' });
    expect((await own)[0].invitedBy).toBe('Tom');

    const invited = nextEvent<[{ invitedBy: string }, ConversationBase]>(tom, Event.INVITED);
    const back = await firstValueFrom(jerry.createConversation({ members: ['Tom'] }));
    const [payload, conversation] = await invited;
    expect([payload.invitedBy, conversation.id]).toEqual(['Jerry', back.id]);
  });

  it('gives the messages of one client to the other in history', async () => {
    const [tom, jerry] = [await publishedLogin('Tom'), await login('Jerry')];
    const conversation = await tom.createConversation({ members: ['Jerry'], unique: false });
    await conversation.send(new TextMessage('one'));
    await lastValueFrom(jerry.conversation(conversation.id).send(text('two')));
    const mine = await lastValueFrom(jerry.conversation(conversation.id).history());
    expect(mine).toMatchObject([
      { from: 'Tom', body: { text: 'one' } },
      { from: 'Jerry', body: { text: 'two' } },
    ]);
    const theirs = (await conversation.queryMessages({ limit: 10, type: -1 })) as PublishedText[];
    expect(theirs.map((message) => [message.from, message.getText()])).toEqual([
      ['Tom', 'one'],
      ['Jerry', 'two'],
    ]);
  });

  it('reports to each client which messages the other has received and read', async () => {
    const [tom, jerry] = [await publishedLogin('Tom'), await login('Jerry')];
    const conversation = await tom.createConversation({ members: ['Jerry'], unique: false });
    const mine = jerry.conversation(conversation.id);
    const heard = next(jerry.messages$);
    const delivered = nextEvent(conversation, Event.LAST_DELIVERED_AT_UPDATE);
    const read = nextEvent(conversation, Event.LAST_READ_AT_UPDATE);
    await conversation.send(new TextMessage('one'), { receipt: true });
    await heard;
    await delivered;
    await done(mine.read());
    await read;

    const receipts = firstValueFrom(mine.receipts$.pipe(filter(({ readAt }) => readAt !== undefined)));
    const arrived = nextEvent(tom, Event.MESSAGE);
    await lastValueFrom(mine.send(text('two'), { receipt: true }));
    await arrived;
    await conversation.read();
    expect((await receipts).deliveredAt).toBeGreaterThan(0);
  });

  it('reports unread messages to the published client at login, and read marks to its other device', async () => {
    const tom = await login('Tom');
    const conversation = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
    await lastValueFrom(conversation.send(text('one')));
    await lastValueFrom(conversation.send(text('two')));

    const realtime = published();
    const phone = await publishedLogin('Jerry', { realtime });
    const [[unread]] = await nextEvent<[ConversationBase[]]>(phone, Event.UNREAD_MESSAGES_COUNT_UPDATE);
    expect([unread?.id, unread?.unreadMessagesCount]).toEqual([conversation.id, 2]);

    const tablet = await login('Jerry');
    const zero = firstValueFrom(tablet.unread$.pipe(filter((counts) => counts.size === 0)));
    await firstValueFrom(tablet.unread$.pipe(filter((counts) => counts.get(conversation.id)?.count === 2)));
    await unread?.read();
    await zero;
    const [[mirrored]] = await Promise.all([
      nextEvent<[ConversationBase[]]>(phone, Event.UNREAD_MESSAGES_COUNT_UPDATE),
      lastValueFrom(conversation.send(text('three'))),
    ]);
    expect(mirrored[0]?.unreadMessagesCount).toBe(1);
  });

  it('reopens the session of the published client after pause and resume', async () => {
    const realtime = published();
    const [tom, jerry] = [await publishedLogin('Tom', { realtime }), await login('Jerry')];
    const conversation = await tom.createConversation({ members: ['Jerry'], unique: false });
    const back = nextEvent(tom, Event.RECONNECT);
    const gone = nextEvent(tom, Event.OFFLINE);
    const control = realtime as unknown as { pause(): void; resume(): void };
    control.pause();
    await gone;
    await expect.poll(async () => (await statsNow(server)).sessions).toBe(1);
    control.resume();
    await back;
    const heard = nextEvent<[PublishedText]>(tom, Event.MESSAGE);
    await lastValueFrom(jerry.conversation(conversation.id).send(text('welcome back')));
    expect((await heard)[0].getText()).toBe('welcome back');
  });

  it('closes either client after a login of the other with the same tag, with the reason', async () => {
    const first = await publishedLogin('Tom', { tag: 'Web' });
    const conflict = nextEvent<[{ reason: string }]>(first, Event.CONFLICT);
    const second = await firstValueFrom(ours().login('Tom', { tag: 'Web' }));
    expect((await conflict)[0].reason).toBe('SESSION_CONFLICT');
    const closed = firstValueFrom(second.status$.pipe(filter(({ _tag }) => _tag === 'Closed')));
    await publishedLogin('Tom', { tag: 'Web' });
    expect(await closed).toMatchObject({ code: 4111 });
  });

  it('tells the published client that it was kicked', async () => {
    const tom = await publishedLogin('Tom');
    const closed = nextEvent<[{ code: number }]>(tom, Event.CLOSE);
    await server.kick('Tom');
    expect((await closed)[0].code).toBe(4115);
  });

  it('shows the published client as offline after its logout', async () => {
    const [tom, jerry] = [await publishedLogin('Tom'), await login('Jerry')];
    await tom.close();
    const isOnline = (): Promise<ReadonlySet<string>> => firstValueFrom(online(jerry, ['Tom']));
    // Another server knows it a moment later.
    if (isCluster) await expect.poll(isOnline).toEqual(new Set());
    else expect(await isOnline()).toEqual(new Set());
  });

  it('makes the published client reconnect with goaway', async () => {
    const tom = await publishedLogin('Tom');
    const back = nextEvent(tom, Event.RECONNECT);
    server.goaway();
    await back;
    expect(await tom.ping(['Tom'])).toEqual(['Tom']);
  });
});

describe.each(places)('our client over both subprotocols, $place', (place) => {
  it('exchanges messages between a side with text frames and a side with binary frames', async () => {
    const server = await serverIn(place);
    const [inText, inBinary] = [true, false].map((noBinary) =>
      createRealtime({ appId: 'app', server: server.url, noBinary }),
    );
    try {
      if (inText === undefined || inBinary === undefined) throw new Error('two were made');
      const [tom, jerry] = await Promise.all([
        firstValueFrom(inText.login('Tom')),
        firstValueFrom(inBinary.login('Jerry')),
      ]);
      const conversation = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
      const heard = next(jerry.messages$, hostile.length);
      for (const line of hostile) await lastValueFrom(conversation.send(text(line)));
      expect((await heard).map(({ body }) => body)).toEqual(hostile.map((line) => ({ _tag: 'Text', text: line })));
    } finally {
      inText?.close();
      inBinary?.close();
      await server.close();
    }
  });
});
