/** Every message feature, from one client of this package to another, over real sockets. Titles begin with the feature's id in docs/features.md. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as t from 'io-ts';
import {
  EMPTY,
  Subject,
  delay,
  filter,
  firstValueFrom,
  lastValueFrom,
  mergeMap,
  of,
  startWith,
  switchMap,
  take,
  throwError,
  timer,
  toArray,
  type Observable,
} from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  audio,
  binary,
  createRealtime,
  defineMessage,
  file,
  image,
  location,
  ofType,
  plain,
  sendStatus,
  text,
  upload,
  uploadTo,
  video,
  type Client,
  type Conversation,
  type Fault,
  type Fetch,
  type Message,
  type OutgoingBody,
  type Plugin,
  type Realtime,
  type RealtimeOptions,
  type SendOptions,
} from 'rx-realtime';
import { createServer, type RtmServer } from 'rx-realtime/server';

/** The first values of a hot stream, collected from now on. */
const next = <T>(stream$: Observable<T>, count: number): Promise<T[]> => lastValueFrom(stream$.pipe(take(count), toArray()));

const fail = (): never => {
  throw new Error('there should be one more message');
};

const textOf = ({ body }: Message): string => (body._tag === 'Text' ? body.text : body._tag);

const Operation = defineMessage({ type: 1, codec: t.type({ op: t.string, count: t.number }) });

let server: RtmServer;
const realtimes: Realtime[] = [];

const realtime = (options: Partial<RealtimeOptions> = {}): Realtime => {
  const created = createRealtime({ appId: 'app', server: server.url, messages: [Operation], ...options });
  realtimes.push(created);
  return created;
};
const login = (id: string, options?: Partial<RealtimeOptions>): Promise<Client> => firstValueFrom(realtime(options).login(id));

const sent = async (conversation: Conversation, body: OutgoingBody, options?: SendOptions): Promise<Message> => {
  const progress = await lastValueFrom(conversation.send(body, options));
  if (progress._tag !== 'sent') throw new Error(`sent was expected, not ${progress._tag}`);
  return progress.message;
};

/** Tom and Jerry in one conversation, seen from both. */
const pair = async (options?: Partial<RealtimeOptions>) => {
  const [tom, jerry] = await Promise.all([login('Tom', options), login('Jerry', options)]);
  const here = await firstValueFrom(tom.createConversation({ members: ['Jerry'], name: 'Tom & Jerry' }));
  return { tom, jerry, here, there: jerry.conversation(here.id) };
};

beforeEach(async () => {
  server = await createServer({ port: 0 });
});
afterEach(async () => {
  for (const created of realtimes.splice(0)) created.close();
  await server.close();
});

describe('types', () => {
  const bodies: readonly OutgoingBody[] = [
    text('hello', { mood: 'playful' }),
    image('https://example.com/a.png', { text: 'a', attributes: { n: 1 } }),
    audio({ url: 'https://example.com/a.mp3', objId: 'o', metaData: { duration: 3.5 } }),
    video('https://example.com/a.mp4'),
    file({ url: 'https://example.com/a.pdf', metaData: { name: 'a.pdf', size: 5 } }),
    location({ latitude: 31.2, longitude: 121.5 }, { text: 'here' }),
    Operation({ op: 'add', count: 2 }, { attributes: { a: null } }),
    binary(new Uint8Array([0, 1, 254, 255])),
    plain('just words'),
    plain('{"any":"JSON"}'),
    plain('{"_lctype":77,"x":1}'),
  ];

  it('M1 M2 M3 M4 M5: each arrives as it was sent, live and in history', async () => {
    const { here, there } = await pair();
    const heard = next(there.messages$, bodies.length);
    for (const body of bodies) await sent(here, body);
    const expected = [...bodies.slice(0, -1), { _tag: 'Unknown', type: 77, raw: '{"_lctype":77,"x":1}' }];
    expect((await heard).map(({ body }) => body)).toEqual(expected);
    expect((await firstValueFrom(there.history())).map(({ body }) => body)).toEqual(expected);
  });

  it('M6: the receiver tells them apart, those that it does not know included', async () => {
    const { here, there } = await pair();
    const operations = next(there.messages$.pipe(ofType(Operation)), 1);
    const faults: Fault[] = [];
    realtimes[1]?.faults$.subscribe((fault) => faults.push(fault));
    const broken = next(there.messages$, 2);
    await sent(here, plain('{"_lctype":1,"op":5}'));
    await sent(here, Operation({ op: 'add', count: 1 }));
    const [{ body }] = (await operations) as [Message<ReturnType<typeof Operation>>];
    expect([body.fields.op, body.fields.count]).toEqual(['add', 1]);
    expect((await broken)[0]?.body).toMatchObject({ _tag: 'Invalid', type: 1, raw: '{"_lctype":1,"op":5}' });
    expect(faults).toMatchObject([{ _tag: 'Body', error: { path: 'op' } }]);
  });

  it('M5: two types with one number are refused at login', async () => {
    const twin = defineMessage({ type: 1, codec: t.type({}) });
    await expect(login('Tom', { messages: [Operation, twin] })).rejects.toMatchObject({
      _tag: 'InvalidArgument',
      what: expect.stringContaining('the number 1') as string,
    });
  });
});

describe('send options', () => {
  it('M9: mentions by name and of all, in the unread count too', async () => {
    const { here, there } = await pair();
    const heard = next(there.messages$, 3);
    await sent(here, text('a'), { mentions: ['Spike'] });
    await sent(here, text('b'), { mentions: ['Jerry'] });
    expect(await firstValueFrom(there.unread$.pipe(filter(({ mentioned }) => mentioned)))).toEqual({ count: 2, mentioned: true });
    await sent(here, text('c'), { mentionsAll: true });
    expect((await heard).map(({ mentioned, mentions, mentionsAll }) => [mentioned, mentions, mentionsAll])).toEqual([
      [false, ['Spike'], false],
      [true, ['Jerry'], false],
      [true, [], true],
    ]);
  });

  it('M8: a transient message arrives, does not count, and is not in history', async () => {
    const { here, there } = await pair();
    const heard = next(there.messages$, 1);
    await sent(here, text('typing'), { transient: true });
    expect(await heard).toMatchObject([{ transient: true }]);
    expect(await firstValueFrom(there.unread$)).toEqual({ count: 0, mentioned: false });
    expect(await firstValueFrom(there.history())).toEqual([]);
  });

  it.each<[SendOptions, string]>([
    [{ receipt: true, transient: true }, 'receipts'],
    [{ receipt: true, will: true }, 'receipts'],
    [{ priority: 'high' }, 'chat rooms'],
    [{ pushData: { alert: 'x' }, transient: true }, 'pushed'],
    [{ pushData: [] as never }, 'JSON object'],
    [{ mentions: [''] }, 'client ids'],
    [{ pushData: { alert: 'x'.repeat(5_200) } }, '5120 bytes'],
  ])('M7 M12: %j is refused before it leaves', async (options, words) => {
    const { here } = await pair();
    await expect(lastValueFrom(here.send(text('x'), options))).rejects.toMatchObject({
      _tag: 'InvalidArgument',
      what: expect.stringContaining(words) as string,
    });
  });
});

describe('status and receipts', () => {
  it('M10 M11 M16: a tracked message is sending, sent, delivered, read', async () => {
    const { here, there } = await pair();
    const statuses: string[] = [];
    const done = lastValueFrom(
      here.trackSend(text('Are you there?')).pipe(
        sendStatus(),
        mergeMap(({ _tag }) => {
          statuses.push(_tag);
          return _tag === 'delivered' ? there.read() : EMPTY;
        }),
      ),
      { defaultValue: undefined },
    );
    await firstValueFrom(there.messages$);
    await done;
    expect(statuses).toEqual(['none', 'sending', 'sent', 'delivered', 'read']);
    expect(await firstValueFrom(here.receipts$)).toEqual({
      deliveredAt: expect.any(Number) as number,
      readAt: expect.any(Number) as number,
    });
  });

  it('M16: the status of a message that was sent before follows its receipts', async () => {
    const { here, there } = await pair();
    const heard = next(there.messages$, 1);
    const message = await sent(here, text('x'), { receipt: true });
    const statuses = lastValueFrom(here.messageStatus$(message).pipe(toArray()));
    await heard;
    there.read({ upTo: message }).subscribe();
    expect((await statuses).map(({ _tag }) => _tag).at(-1)).toBe('read');
  });

  it('M16: a failure is a value that says whether the message may have gone', async () => {
    const { here } = await pair();
    const failed = (send$: ReturnType<Conversation['send']>) => lastValueFrom(send$.pipe(sendStatus()));
    expect(await failed(here.send(text('x'), { mentions: [''] }))).toMatchObject({ _tag: 'failed', failure: 'never-left' });
    const stranger = await login('Spike');
    expect(await failed(stranger.conversation(here.id).send(text('x')))).toMatchObject({
      _tag: 'failed',
      failure: 'rejected',
      error: { code: 4401 },
    });
  });

  it('M10 M11: receipts can be asked for, of all together or of each member', async () => {
    const [tom, jerry] = await Promise.all([login('Tom'), login('Jerry')]);
    const here = await firstValueFrom(tom.createConversation({ members: ['Jerry', 'Spike'] }));
    const there = jerry.conversation(here.id);
    const heard = next(there.messages$, 1);
    await sent(here, text('x'));
    await heard;
    await lastValueFrom(there.read(), { defaultValue: undefined });
    const readers = await firstValueFrom(
      timer(0, 50).pipe(
        switchMap(() => here.memberReceipts$),
        filter((members) => members.get('Jerry')?.readAt !== undefined),
      ),
    );
    expect([...readers.keys()]).toEqual(['Jerry']);
    const receipts = await firstValueFrom(here.fetchReceipts());
    expect(receipts).toEqual({ deliveredAt: expect.any(Number) as number, readAt: expect.any(Number) as number });
    expect(await firstValueFrom(here.receipts$)).toEqual(receipts);
  });
});

describe('unread', () => {
  it('M13 M14: is counted for each conversation and for all, and read up to a message, on all devices', async () => {
    const { tom, here, jerry, there } = await pair();
    const phone = await login('Jerry');
    const other = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
    const heard = next(jerry.messages$, 4);
    const [first] = [await sent(here, text('1')), await sent(here, text('2')), await sent(here, text('3'))];
    await sent(other, text('4'));
    await heard;
    expect(await firstValueFrom(jerry.totalUnread$)).toEqual({ count: 4, mentioned: false });
    const onPhone = firstValueFrom(phone.conversation(here.id).unread$.pipe(filter(({ count }) => count === 2)));
    there.read({ upTo: first }).subscribe();
    await onPhone;
    expect(await firstValueFrom(there.unread$.pipe(filter(({ count }) => count === 2)))).toEqual({ count: 2, mentioned: false });
    expect([...(await firstValueFrom(phone.unread$.pipe(filter((all) => all.get(here.id)?.count === 2)))).keys()].sort()).toEqual(
      [here.id, other.id].sort(),
    );
  });

  it('M18: goes down when an unread message is recalled', async () => {
    const { here, there } = await pair();
    const heard = next(there.messages$, 2);
    const [message] = [await sent(here, text('1')), await sent(here, text('2'))];
    await heard;
    const counted = firstValueFrom(there.unread$.pipe(filter(({ count }) => count === 1)));
    await lastValueFrom(here.recall(message));
    expect(await counted).toEqual({ count: 1, mentioned: false });
  });
});

describe('recall and modify', () => {
  it('M18 M19 M20: reach the others, this client’s own log, and history', async () => {
    const { here, there } = await pair();
    const heard = next(there.messages$, 2);
    const [one, two] = [await sent(here, text('one')), await sent(here, text('two'))];
    await heard;
    const own = next(here.modifications$, 2);
    const seen = next(there.modifications$, 2);
    await lastValueFrom(here.edit(one, text('uno'), { mentions: ['Jerry'] }));
    await lastValueFrom(here.recall(two));
    const expected = [
      { _tag: 'Edit', message: { id: one.id, timestamp: one.timestamp, from: 'Tom', body: text('uno'), mentions: ['Jerry'] } },
      { _tag: 'Recall', message: { id: two.id, timestamp: two.timestamp, from: 'Tom', body: { _tag: 'Recalled' } } },
    ];
    expect(await own).toMatchObject(expected);
    expect(await seen).toMatchObject([{ ...expected[0], message: { ...expected[0]?.message, mentioned: true } }, expected[1]]);
    const history = await firstValueFrom(there.history());
    expect(history.map(textOf)).toEqual(['uno', 'Recalled']);
    expect(history.every(({ editedAt }) => editedAt !== undefined)).toBe(true);
  });

  it('M18 M19: of another’s message are refused here, and by the server', async () => {
    const { here, there } = await pair();
    const heard = next(there.messages$, 1);
    await sent(here, text('mine'));
    const [message] = (await heard) as [Message];
    for (const attempt$ of [there.recall(message), there.edit(message, text('yours'))])
      await expect(lastValueFrom(attempt$)).rejects.toMatchObject({ _tag: 'InvalidArgument' });
    await expect(lastValueFrom(there.recall({ ...message, from: 'Jerry' }))).rejects.toMatchObject({ _tag: 'ServerRejected', code: 4403 });
    await expect(lastValueFrom(here.recall({ ...message, id: 'nothing' }))).rejects.toMatchObject({ _tag: 'ServerRejected', code: 4404 });
  });

  it('M19: an edit that was missed during a break comes with the reconnect', async () => {
    const { here, there } = await pair();
    const heard = next(there.messages$, 1);
    const message = await sent(here, text('before'));
    await heard;
    const [, far] = realtimes;
    far?.pause();
    await lastValueFrom(here.edit(message, text('after')));
    const seen = next(there.modifications$, 1);
    far?.resume();
    expect(await seen).toMatchObject([{ _tag: 'Edit', message: { id: message.id, body: text('after') } }]);
  });
});

describe('history', () => {
  const numbered = async (conversation: Conversation, count: number): Promise<readonly Message[]> => {
    const messages: Message[] = [];
    for (let index = 0; index < count; index += 1) messages.push(await sent(conversation, text(String(index))));
    return messages;
  };

  it('H1: has the latest, oldest first; from a message or a time, both ways, bounds in or out, by type', async () => {
    const { here } = await pair();
    const messages = await numbered(here, 25);
    await sent(here, Operation({ op: 'x', count: 1 }));
    const page = async (options: Parameters<Conversation['history']>[0]) => (await firstValueFrom(here.history(options))).map(textOf);
    const at = (index: number): Message => messages[index] ?? fail();
    expect(await page({})).toEqual([...Array.from({ length: 19 }, (_, n) => String(n + 6)), 'Custom']);
    expect(await page({ limit: 2 })).toEqual(['24', 'Custom']);
    expect(await page({ before: at(3), limit: 2 })).toEqual(['1', '2']);
    expect(await page({ before: at(3), beforeIncluded: true, limit: 2 })).toEqual(['2', '3']);
    expect(await page({ before: at(3).timestamp, limit: 2 })).toEqual(['1', '2']);
    expect(await page({ after: at(3), limit: 2 })).toEqual(['4', '5']);
    expect(await page({ after: at(3), afterIncluded: true, before: at(5) })).toEqual(['3', '4']);
    expect(await page({ after: at(3), before: at(9), direction: 'forward', limit: 2 })).toEqual(['4', '5']);
    expect(await page({ after: at(3), before: at(9), limit: 2 })).toEqual(['7', '8']);
    expect(await page({ type: Operation })).toEqual(['Custom']);
  });

  it.each([{ limit: 0 }, { limit: 1_001 }, { limit: 1.5 }, { before: NaN }])('H1: refuses %j', async (options) => {
    const { here } = await pair();
    await expect(firstValueFrom(here.history(options))).rejects.toMatchObject({ _tag: 'InvalidArgument' });
  });

  it('H2: comes page by page, one for each tick, and says when there is no more; the same as an async iterable', async () => {
    const { here } = await pair();
    await numbered(here, 7);
    const more$ = new Subject<void>();
    const pages: string[][] = [];
    const done = new Promise<void>((resolve, reject) => {
      here.historyPages({ pageSize: 3, more$: more$.pipe(startWith(undefined)) }).subscribe({
        next: (page) => {
          pages.push(page.map(textOf));
          more$.next();
        },
        error: reject,
        complete: resolve,
      });
    });
    await done;
    const expected = [['4', '5', '6'], ['1', '2', '3'], ['0']];
    expect(pages).toEqual(expected);
    const pulled: string[][] = [];
    for await (const page of here.historyIterator({ pageSize: 3 })) pulled.push(page.map(textOf));
    expect(pulled).toEqual(expected);
    const forward: string[][] = [];
    for await (const page of here.historyIterator({ pageSize: 7, direction: 'forward' })) forward.push(page.map(textOf));
    expect(forward).toEqual([['0', '1', '2', '3', '4', '5', '6']]);
  });
});

describe('plugins', () => {
  it('P1: decorate realtime, client and conversation, and the types follow', async () => {
    const typing = defineMessage({ type: 5, codec: t.type({ typing: t.boolean }) });
    /** A typing indicator: a transient message of a type that the plugin brings. */
    const plugin = {
      name: 'typing',
      messages: [typing],
      onRealtime: () => ({ version: 7 }),
      onClient: (client: Client) => ({ typing$: client.messages$.pipe(ofType(typing)) }),
      onConversation: (conversation: Conversation) => ({ type: () => conversation.send(typing({ typing: true }), { transient: true }) }),
    } satisfies Plugin;
    const [one, two] = [1, 2].map(() => createRealtime({ appId: 'app', server: server.url, plugins: [plugin] })) as [
      ReturnType<typeof createRealtime<[typeof plugin]>>,
      ReturnType<typeof createRealtime<[typeof plugin]>>,
    ];
    realtimes.push(one, two);
    expect(one.version).toBe(7);
    const tom = await firstValueFrom(one.login('Tom'));
    const jerry = await firstValueFrom(two.login('Jerry'));
    const here = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
    const heard = next(jerry.typing$, 1);
    await lastValueFrom(here.type());
    expect(await heard).toMatchObject([{ from: 'Tom', transient: true, body: { fields: { typing: true } } }]);
  });

  it('P2 P3: read messages before and after, at once or later, in order; what this client sends is left alone', async () => {
    /** A profanity mask. */
    const mask: Plugin = {
      name: 'mask',
      afterParse: (message) =>
        message.body._tag === 'Text' ? { ...message, body: text(message.body.text.replace('dang', 'd***')) } : message,
    };
    const shout: Plugin = {
      name: 'shout',
      beforeParse: ({ msg = '' }) => of({ msg: msg.replace('fast', 'quick') }).pipe(delay(msg.includes('slow') ? 30 : 0)),
      afterParse: (message) =>
        message.body._tag === 'Text' ? Promise.resolve({ ...message, id: 'forged', body: text(`${message.body.text}!`) }) : message,
    };
    const { here, there } = await pair({ plugins: [mask, shout] });
    const heard = next(there.messages$, 3);
    const messages = [await sent(here, text('slow dang')), await sent(here, text('fast dang')), await sent(here, text('end'))];
    expect(messages.map(textOf)).toEqual(['slow dang', 'fast dang', 'end']);
    const received = await heard;
    expect(received.map(textOf)).toEqual(['slow d***!', 'quick d***!', 'end!']);
    expect(received.map(({ id }) => id)).toEqual(messages.map(({ id }) => id));
    expect((await firstValueFrom(there.history())).map(textOf)).toEqual(['slow d***!', 'quick d***!', 'end!']);
    const edited = next(there.modifications$, 1);
    await lastValueFrom(here.edit(messages[2] ?? fail(), text('dang')));
    expect((await edited).map(({ message }) => textOf(message))).toEqual(['d***!']);
  });

  it('P4: one that throws, answers nonsense, or never answers is a fault with its name, and the message arrives', async () => {
    const plugins: Plugin[] = [
      {
        name: 'thrower',
        onClient: () => {
          throw new Error('no client');
        },
        afterParse: () => {
          throw new Error('no message');
        },
      },
      { name: 'liar', afterParse: () => 5 as never },
      { name: 'empty', afterParse: () => [] },
      { name: 'failing', beforeParse: () => throwError(() => new Error('no')) },
      { name: 'sleeper', afterParse: () => new Subject<Message>() },
    ];
    const [one, two] = [realtime({ plugins, pluginTimeout: 50 }), realtime({ plugins, pluginTimeout: 50 })];
    const faults: string[] = [];
    two.faults$.subscribe((fault) =>
      faults.push(fault._tag === 'Plugin' ? `${fault.plugin} ${fault.hook} ${fault.error._tag}` : fault._tag),
    );
    const tom = await firstValueFrom(one.login('Tom'));
    const jerry = await firstValueFrom(two.login('Jerry'));
    const here = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
    const heard = next(jerry.messages$, 1);
    await sent(here, text('hello'));
    expect((await heard).map(textOf)).toEqual(['hello']);
    expect(faults).toEqual([
      'thrower onClient InvalidArgument',
      'failing beforeParse InvalidArgument',
      'thrower afterParse InvalidArgument',
      'liar afterParse InvalidArgument',
      'empty afterParse InvalidArgument',
      'sleeper afterParse InvalidArgument',
    ]);
  });
});

describe('wills and what was missed', () => {
  it('M17: a will is sent when the connection breaks, and not after a logout', async () => {
    const { tom, jerry, here, there } = await pair();
    const heard = next(jerry.messages$, 1);
    expect(await sent(here, text('I am gone'), { will: true })).toMatchObject({ from: 'Tom' });
    expect(await firstValueFrom(there.history())).toEqual([]);
    realtimes[0]?.pause();
    expect((await heard).map(textOf)).toEqual(['I am gone']);
    realtimes[0]?.resume();
    await firstValueFrom(tom.status$.pipe(filter(({ _tag }) => _tag === 'Open')));
    await sent(here, text('never'), { will: true });
    await lastValueFrom(tom.close(), { defaultValue: undefined });
    const [end] = await Promise.all([
      next(jerry.messages$, 1),
      sent(there, text('end'))
        .then(() => login('Jerry'))
        .then((phone) => sent(phone.conversation(here.id), text('fin'))),
    ]);
    expect(end.map(textOf)).toEqual(['fin']);
  });

  it.each([false, true])(
    'M15 S1: what came while one was away comes at login, flagged, in order, once (noBinary: %s)',
    async (noBinary) => {
      const tom = await login('Tom');
      const here = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
      for (const words of ['1', '2', '3']) await sent(here, text(words));
      const jerry = await login('Jerry', { offlineMessages: true, noBinary });
      const heard = await next(jerry.messages$, 3);
      expect(heard.map((message) => [textOf(message), message.offline])).toEqual([
        ['1', true],
        ['2', true],
        ['3', true],
      ]);
      expect(await firstValueFrom(jerry.conversation(here.id).unread$)).toEqual({ count: 3, mentioned: false });
      const live = next(jerry.messages$, 1);
      await sent(here, text('4'));
      const [fourth] = await live;
      expect(fourth).toMatchObject({ body: { text: '4' } });
      expect(fourth).not.toHaveProperty('offline');
    },
  );
});

describe('users', () => {
  it('L3: are logged in by the session token of the application’s own sign-in, and again after a break', async () => {
    const own = await createServer({ masterKey: 'key', authenticate: (token) => (token === 'token of Tom' ? 'Tom' : undefined) });
    const created = createRealtime({ appId: 'app', server: own.url });
    try {
      const tom = await firstValueFrom(created.login({ sessionToken: 'token of Tom' }));
      expect(tom.id).toBe('Tom');
      expect(await firstValueFrom(created.login({ sessionToken: 'token of Tom' }))).toBe(tom);
      await own.kick('Tom', { code: 4115 });
      await lastValueFrom(tom.status$);
      expect((await firstValueFrom(created.login({ sessionToken: 'token of Tom' }))).id).toBe('Tom');
      await expect(firstValueFrom(created.login({ sessionToken: 'wrong' }))).rejects.toMatchObject({ _tag: 'SignatureFailed' });
      await expect(firstValueFrom(created.login('Jerry'))).rejects.toMatchObject({ _tag: 'ServerRejected', code: 4102 });
    } finally {
      created.close();
      await own.close();
    }
  });

  it.each<[string, Fetch]>([
    ['can’t be reached', () => Promise.reject(new Error('no network'))],
    ['answers with nonsense', () => Promise.resolve({ ok: true, status: 200, json: () => Promise.resolve({ signature: 5 }) })],
    ['refuses', () => Promise.resolve({ ok: false, status: 401, json: () => Promise.resolve({}) })],
  ])('L3: an API that %s is SignatureFailed', async (_, fetch) => {
    await expect(firstValueFrom(realtime({ fetch }).login({ sessionToken: 'x' }))).rejects.toMatchObject({ _tag: 'SignatureFailed' });
  });

  it('L3: an API that does not say who the user is needs the id', async () => {
    const signature = { signature: 's', timestamp: 1, nonce: 'n' };
    const fetch: Fetch = () => Promise.resolve({ ok: true, status: 200, json: () => Promise.resolve(signature) });
    await expect(firstValueFrom(realtime({ fetch }).login({ sessionToken: 'x' }))).rejects.toMatchObject({ _tag: 'InvalidArgument' });
    expect((await firstValueFrom(realtime({ fetch }).login({ sessionToken: 'x', id: 'Tom' }))).id).toBe('Tom');
    await expect(firstValueFrom(realtime({ fetch, api: 'no address' }).login({ sessionToken: 'x' }))).rejects.toMatchObject({
      _tag: 'InvalidArgument',
    });
  });
});

describe('files', () => {
  it('M2: go to the server’s own store, and come from there', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'files-'));
    const own = await createServer({ uploads: { directory, maxBytes: 1_000 } });
    const created = createRealtime({ appId: 'app', server: own.url, upload: uploadTo(own.url.replace('ws', 'http')) });
    try {
      const tom = await firstValueFrom(created.login('Tom'));
      const conversation = await firstValueFrom(tom.createConversation({ members: [] }));
      const progress = await lastValueFrom(conversation.send(upload({ data: new File(['words'], 'a.txt') }, file)));
      const body = progress._tag === 'sent' && progress.message.body._tag === 'File' ? progress.message.body : fail();
      expect(body.file.metaData).toMatchObject({ name: 'a.txt', size: 5, format: 'txt', mime_type: 'text/plain' });
      expect(await (await fetch(body.file.url)).text()).toBe('words');
      const tooLong = upload({ data: new Uint8Array(1_001) }, file);
      await expect(lastValueFrom(conversation.send(tooLong))).rejects.toMatchObject({
        _tag: 'InvalidArgument',
        what: expect.stringContaining('413') as string,
      });
    } finally {
      created.close();
      await own.close();
      await rm(directory, { recursive: true });
    }
  });

  /** One red pixel. */
  const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64');

  it('M2: are stored first, with progress, and described by what they are', async () => {
    const stored: unknown[] = [];
    const { here, there } = await pair({
      upload: (local) => {
        stored.push(local);
        return [{ progress: 0.5 }, { progress: 2 }, { url: 'https://example.com/pixel.png', objId: 'o', metaData: { by: 'store' } }];
      },
    });
    const heard = next(there.messages$, 1);
    const local = { data: new Uint8Array(pixel), name: 'pixel.png', type: 'image/png' };
    const progress = await lastValueFrom(here.send(upload(local, (done) => image(done, { text: 'a pixel' }))).pipe(toArray()));
    expect(progress.map((step) => (step._tag === 'uploading' ? step.progress : step._tag))).toEqual([0.5, 1, 'sending', 'sent']);
    expect(stored).toEqual([local]);
    expect((await heard)[0]?.body).toEqual(
      image(
        {
          url: 'https://example.com/pixel.png',
          objId: 'o',
          metaData: { size: pixel.length, name: 'pixel.png', format: 'png', width: 1, height: 1, by: 'store' },
        },
        { text: 'a pixel' },
      ),
    );
  });

  it('M2: a sound says how long it is; what can’t be read is sent all the same', async () => {
    const { here, there } = await pair({ upload: () => [{ url: 'u' }] });
    const heard = next(there.messages$, 2);
    await lastValueFrom(here.send(upload({ data: new Blob([silence(8_000, 2)], { type: 'audio/wav' }), name: 'a.wav' }, audio)));
    await lastValueFrom(here.send(upload({ data: new Blob(['nothing of the kind'], { type: 'image/png' }) }, image)));
    const [sound, picture] = await heard;
    expect(sound?.body).toMatchObject({ file: { metaData: { name: 'a.wav', duration: 2 } } });
    expect(picture?.body).toMatchObject({ file: { url: 'u', metaData: { size: 19 } } });
  });

  it('M2: no store, a store that fails, and one that answers with nonsense are errors; unsubscribing aborts', async () => {
    const local = upload({ data: new Uint8Array([1]) }, file);
    const { here } = await pair();
    await expect(lastValueFrom(here.send(local))).rejects.toMatchObject({ _tag: 'InvalidArgument' });
    for (const [index, store] of [() => throwError(() => new Error('full')), () => [{ nothing: true }] as never].entries()) {
      const client = await login(`Client ${String(index)}`, { upload: store });
      const own = await firstValueFrom(client.createConversation({ members: [] }));
      await expect(lastValueFrom(own.send(local))).rejects.toMatchObject({ _tag: 'InvalidArgument' });
    }
    const aborted = new Subject<void>();
    const slow = await login('Slow', {
      upload: (_file, { signal }) => {
        signal.addEventListener('abort', () => {
          aborted.next();
        });
        return new Subject<never>();
      },
    });
    const own = await firstValueFrom(slow.createConversation({ members: [] }));
    const gone = firstValueFrom(aborted);
    const sending = own.send(local).subscribe();
    await firstValueFrom(timer(20));
    sending.unsubscribe();
    await gone;
  });
});

/** A WAV file of so many seconds without a sound: 8 bits, mono. */
const silence = (rate: number, seconds: number): Uint8Array<ArrayBuffer> => {
  const samples = rate * seconds;
  const view = new DataView(new ArrayBuffer(44 + samples));
  const word = (offset: number, letters: string): void => {
    for (const [index, code] of Buffer.from(letters).entries()) view.setUint8(offset + index, code);
  };
  word(0, 'RIFF');
  view.setUint32(4, 36 + samples, true);
  word(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  word(36, 'data');
  view.setUint32(40, samples, true);
  return new Uint8Array(view.buffer);
};
