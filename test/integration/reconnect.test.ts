import {
  Subscription,
  filter,
  firstValueFrom,
  from,
  lastValueFrom,
  map,
  mergeMap,
  take,
  toArray,
  type Observable,
} from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createOutbox,
  createRealtime,
  exponential,
  text,
  type Client,
  type Conversation,
  type Message,
  type Realtime,
  type RealtimeOptions,
} from 'rx-realtime';
import { decodeClientFrame } from 'rx-realtime/codecs';
import { createServer, type RtmServer } from 'rx-realtime/server';
import { WebSocket } from 'ws';
import { layCable, type Cable } from '../../tour/cable.js';

const bodyText = ({ body }: Message): string => (body._tag === 'Text' ? body.text : body._tag);
const words = (count: number, prefix: string): string[] => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

describe('a network that is cut', () => {
  let server: RtmServer;
  let cable: Cable;
  let here: Client;
  let there: Client;
  let conversation: Conversation;
  const realtimes: Realtime[] = [];
  let subscriptions: Subscription;

  const login = (id: string, options: Partial<RealtimeOptions>): Promise<Client> => {
    const created = createRealtime({
      appId: 'app',
      server: server.url,
      backoff: exponential({ base: 20, cap: 50, jitter: false }),
      ...options,
    });
    realtimes.push(created);
    return firstValueFrom(created.login(id));
  };

  const sendAll = (target: Conversation, texts: readonly string[]): Observable<Message> =>
    from(texts).pipe(mergeMap((word) => target.send(text(word), { receipt: true })));

  const collect = <T>(stream$: Observable<T>): T[] => {
    const values: T[] = [];
    subscriptions.add(stream$.subscribe((value) => values.push(value)));
    return values;
  };

  const connectionEvent = (client: Client, tag: string): Promise<unknown> =>
    firstValueFrom(client.connection$.pipe(filter(({ _tag }) => _tag === tag)));

  beforeEach(async () => {
    subscriptions = new Subscription();
    server = await createServer({ port: 0 });
    cable = await layCable(server.url);
    here = await login('Tom', { outbox: createOutbox() });
    there = await login('Jerry', { server: cable.url, outbox: createOutbox() });
    conversation = await firstValueFrom(here.createConversation({ members: ['Jerry'] }));
  });
  afterEach(async () => {
    subscriptions.unsubscribe();
    for (const created of realtimes.splice(0)) created.close();
    await cable.close();
    await server.close();
  });

  it('loses and repeats no message: missed ones come before live ones, the outbox sends each one once', async () => {
    const heard = collect(there.messages$);
    await lastValueFrom(sendAll(conversation, words(5, 'before ')));
    const gone = connectionEvent(there, 'disconnect');
    await cable.cut();
    await gone;

    const fromThere = lastValueFrom(sendAll(there.conversation(conversation.id), words(30, 'away ')).pipe(toArray()));
    await lastValueFrom(sendAll(conversation, words(250, 'missed ')));
    const heardHere = lastValueFrom(conversation.messages$.pipe(take(30), map(bodyText), toArray()));
    const caughtUp = firstValueFrom(there.events$.pipe(filter(({ _tag }) => _tag === 'CaughtUp')));
    await cable.mend();
    await caughtUp;
    await lastValueFrom(sendAll(conversation, words(5, 'after ')));

    expect(await heardHere).toEqual(words(30, 'away '));
    expect((await fromThere).map(bodyText)).toEqual(words(30, 'away '));
    await expect.poll(() => heard.length).toBe(260);
    expect(heard.map(bodyText)).toEqual([...words(5, 'before '), ...words(250, 'missed '), ...words(5, 'after ')]);
    const history = await lastValueFrom(conversation.history({ limit: 1_000 }));
    expect(history).toHaveLength(290);
  });

  it('makes the client open the session first, then fetch missed messages, then send the waiting ones', async () => {
    const written: string[] = [];
    class Recording extends WebSocket {
      constructor(url: string, protocols?: string | string[]) {
        super(url, protocols);
        written.push('dial');
      }
      override send(frame: string | Uint8Array<ArrayBuffer>): void {
        const decoded = decodeClientFrame(frame);
        if (decoded._tag === 'Right') written.push(decoded.right.cmd);
        super.send(frame);
      }
    }
    const spike = await login('Spike', { server: cable.url, outbox: createOutbox(), webSocket: Recording });
    await lastValueFrom(conversation.add(['Spike']));
    const his = spike.conversation(conversation.id);
    const heard = firstValueFrom(his.messages$);
    await lastValueFrom(sendAll(conversation, ['before']));
    await heard;
    const gone = connectionEvent(spike, 'disconnect');
    await cable.cut();
    await gone;
    await lastValueFrom(sendAll(conversation, words(250, 'missed ')));

    const waited = lastValueFrom(sendAll(his, ['waited']));
    const meanwhile = connectionEvent(spike, 'reconnect').then(() => lastValueFrom(sendAll(his, ['meanwhile'])));
    await cable.mend();
    await Promise.all([waited, meanwhile]);
    const order = written
      .slice(written.lastIndexOf('dial'))
      // Heartbeats and acknowledgements may come between.
      .filter((cmd) => ['dial', 'session', 'logs', 'direct'].includes(cmd))
      .filter((cmd, index, all) => cmd !== all[index - 1]);
    expect(order).toEqual(['dial', 'session', 'logs', 'direct']);
  });

  it('does not matter for a command with two subscriptions: both send the same message', async () => {
    const command$ = conversation.send(text('once'));
    const messages = await Promise.all([lastValueFrom(command$), lastValueFrom(command$)]);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(1);
    expect(await lastValueFrom(conversation.history())).toHaveLength(1);
  });

  it('N1 N2: emits the events in the order of the guide, the realtime first, then the client', async () => {
    const realtime = realtimes.at(-1);
    const events: string[] = [];
    subscriptions.add(there.connection$.subscribe(({ _tag }) => events.push(`client ${_tag}`)));
    subscriptions.add(realtime?.connection$.subscribe(({ _tag }) => events.push(`realtime ${_tag}`)));
    const back = connectionEvent(there, 'reconnect');
    await cable.cut();
    await cable.mend();
    await back;
    expect(events.slice(0, 4)).toEqual([
      'realtime disconnect',
      'client disconnect',
      'realtime schedule',
      'client schedule',
    ]);
    expect(events.slice(-2)).toEqual(['realtime reconnect', 'client reconnect']);
  });

  it('does not hide new conversations: they appear after the break, with all their messages', async () => {
    const heard = collect(there.messages$);
    const gone = connectionEvent(there, 'disconnect');
    await cable.cut();
    await gone;
    const fresh = await firstValueFrom(here.createConversation({ members: ['Jerry'], name: 'new' }));
    await lastValueFrom(sendAll(fresh, words(3, 'hello ')));
    await cable.mend();
    await expect.poll(() => heard.length).toBe(3);
    expect(heard.map(bodyText)).toEqual(words(3, 'hello '));
    expect(heard.every(({ conversationId }) => conversationId === fresh.id)).toBe(true);
  });

  it('can lead to a server with an empty store: old conversations are left, new ones work', async () => {
    const heard = collect(there.messages$);
    await lastValueFrom(sendAll(conversation, ['before']));
    await expect.poll(() => heard.length).toBe(1);
    const out = [here, there].map((client) =>
      firstValueFrom(client.events$.pipe(filter(({ _tag }) => _tag === 'Left'))),
    );
    const port = Number(new URL(server.url).port);
    await server.close();
    server = await createServer({ port });
    expect(await Promise.all(out)).toEqual([
      { _tag: 'Left', conversationId: conversation.id, members: ['Tom'] },
      { _tag: 'Left', conversationId: conversation.id, members: ['Jerry'] },
    ]);
    await expect(lastValueFrom(conversation.send(text('lost')))).rejects.toMatchObject({
      _tag: 'ServerRejected',
      code: 4401,
    });
    const fresh = await firstValueFrom(here.createConversation({ members: ['Jerry'] }));
    await lastValueFrom(sendAll(fresh, ['after']));
    await expect.poll(() => heard.map(bodyText)).toEqual(['before', 'after']);
  });

  it('makes commands without an outbox fail at once; the error says whether they may have arrived', async () => {
    const spike = await login('Spike', { server: cable.url });
    const mine = await firstValueFrom(spike.createConversation({ members: ['Tom'] }));
    const gone = connectionEvent(spike, 'disconnect');
    await cable.cut();
    await gone;
    await expect(lastValueFrom(mine.send(text('hello?')))).rejects.toMatchObject({ _tag: 'ConnectionLost' });
    await expect(lastValueFrom(mine.history())).rejects.toMatchObject({ _tag: 'ConnectionLost' });
  });

  it('leaves unread counts correct after the break', async () => {
    const unread$ = there.conversation(conversation.id).unread$;
    const gone = connectionEvent(there, 'disconnect');
    await lastValueFrom(sendAll(conversation, words(2, 'before ')));
    await firstValueFrom(unread$.pipe(filter(({ count }) => count === 2)));
    await cable.cut();
    await gone;
    await lastValueFrom(sendAll(conversation, words(3, 'missed ')));
    const heard = collect(there.messages$);
    await cable.mend();
    // Nobody has subscribed to messages before, so those that came before the break were held.
    await expect.poll(() => heard.length).toBe(5);
    expect(await firstValueFrom(unread$)).toMatchObject({ count: 5 });
  });

  it('delays a read mark until the reconnect', async () => {
    await lastValueFrom(sendAll(conversation, words(2, 'before ')));
    const there$ = there.conversation(conversation.id);
    await firstValueFrom(there$.unread$.pipe(filter(({ count }) => count === 2)));
    const gone = connectionEvent(there, 'disconnect');
    await cable.cut();
    await gone;
    await lastValueFrom(there$.read());
    expect(await firstValueFrom(there$.unread$)).toMatchObject({ count: 0 });
    const read = firstValueFrom(conversation.receipts$.pipe(filter(({ readAt }) => readAt !== undefined)));
    await cable.mend();
    expect((await read).readAt).toBeGreaterThan(0);
    expect(await firstValueFrom(there$.unread$)).toMatchObject({ count: 0 });
  });
});
