import { firstValueFrom, filter, lastValueFrom, map, switchMap, take, toArray, type Observable } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createRealtime,
  text,
  type Client,
  type Message,
  type Realtime,
  type RealtimeOptions,
  online,
} from 'rx-realtime';
import { createServer, type RtmServer } from 'rx-realtime/server';
import { statsNow } from '../server/stats-now.js';

const bodyText = ({ body }: Message): string => (body._tag === 'Text' ? body.text : body._tag);

/** Collects the first values of a hot stream, from the time of the call. */
const next = <T>(stream$: Observable<T>, count: number): Promise<T[]> =>
  lastValueFrom(stream$.pipe(take(count), toArray()));

describe.each([{ noBinary: false }, { noBinary: true }])(
  'the whole path over real sockets, noBinary: $noBinary',
  ({ noBinary }) => {
    let server: RtmServer;
    const realtimes: Realtime[] = [];

    const realtime = (options: Partial<RealtimeOptions> = {}): Realtime => {
      const created = createRealtime({ appId: 'app', server: server.url, noBinary, ...options });
      realtimes.push(created);
      return created;
    };
    const login = (id: string, options?: Partial<RealtimeOptions>): Promise<Client> =>
      firstValueFrom(realtime(options).login(id));

    beforeEach(async () => {
      server = await createServer({ port: 0 });
    });
    afterEach(async () => {
      for (const created of realtimes.splice(0)) created.close();
      await server.close();
    });

    it('L1 M1: carries a message from one user to the other, with its id and time from the server', async () => {
      const [tom, jerry] = await Promise.all([login('Tom'), login('Jerry')]);
      const heard = next(jerry.messages$, 1);
      const conversation = await firstValueFrom(tom.createConversation({ members: ['Jerry'], name: 'Tom & Jerry' }));
      const sent = await lastValueFrom(conversation.send(text('Wake up, mouse!', { mood: 'playful' })));

      const [message] = await heard;
      expect(message).toMatchObject({
        conversationId: conversation.id,
        from: 'Tom',
        body: { text: 'Wake up, mouse!', attributes: { mood: 'playful' } },
      });
      expect(sent).toMatchObject({ id: message?.id, timestamp: message?.timestamp, body: { text: 'Wake up, mouse!' } });
    });

    it('C1: tells invited members of the conversation, and has its name, members and attributes', async () => {
      const [tom, jerry] = await Promise.all([login('Tom'), login('Jerry')]);
      const invited = firstValueFrom(jerry.events$.pipe(filter(({ _tag }) => _tag === 'Joined')));
      const born = new Date('2026-01-02T03:04:05.678Z');
      const created = await firstValueFrom(
        tom.createConversation({ members: ['Jerry'], name: 'Cheese', attributes: { born, tags: ['a', { b: 1 }] } }),
      );
      expect(await invited).toMatchObject({ conversationId: created.id, by: 'Tom' });

      const seen = await firstValueFrom(jerry.conversation(created.id).state$);
      expect(seen).toMatchObject({
        id: created.id,
        kind: 'ordinary',
        name: 'Cheese',
        creator: 'Tom',
        attributes: { born, tags: ['a', { b: 1 }] },
      });
      expect(await firstValueFrom(jerry.conversation(created.id).members$)).toEqual(new Set(['Tom', 'Jerry']));
    });

    it('counts unread messages until they are read, on all devices of a user', async () => {
      const [tom, phone, tablet] = await Promise.all([login('Tom'), login('Jerry'), login('Jerry')]);
      const conversation = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
      const counts = next(tablet.conversation(conversation.id).unread$.pipe(map(({ count }) => count)), 4);
      const all = next(tablet.unread$.pipe(map((unread) => [...unread.values()].map(({ count }) => count))), 5);
      const arrived = next(phone.messages$, 2);
      await lastValueFrom(conversation.send(text('one')));
      await lastValueFrom(conversation.send(text('two')));
      await arrived;
      await lastValueFrom(phone.conversation(conversation.id).read());
      expect(await counts).toEqual([0, 1, 2, 0]);
      // An own message changes no count, and a second read() changes no count.
      await lastValueFrom(phone.conversation(conversation.id).send(text('mine')));
      await lastValueFrom(phone.conversation(conversation.id).read());
      await lastValueFrom(conversation.send(text('three')));
      expect(await all).toEqual([[], [1], [2], [], [1]]);
    });

    it('tells the sender which messages were delivered and read', async () => {
      const [tom, jerry] = await Promise.all([login('Tom'), login('Jerry')]);
      const conversation = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
      const delivered = firstValueFrom(
        conversation.receipts$.pipe(filter(({ deliveredAt }) => deliveredAt !== undefined)),
      );
      const read = firstValueFrom(conversation.receipts$.pipe(filter(({ readAt }) => readAt !== undefined)));
      const arrived = next(jerry.messages$, 1);
      await lastValueFrom(conversation.send(text('hello'), { receipt: true }));
      await arrived;
      expect((await delivered).deliveredAt).toBeGreaterThan(0);
      await lastValueFrom(jerry.conversation(conversation.id).read());
      expect((await read).readAt).toBeGreaterThan(0);
    });

    it('reports unread messages at login, and has them in history, oldest first', async () => {
      const tom = await login('Tom');
      const conversation = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
      for (const word of ['one', 'two', 'three']) await lastValueFrom(conversation.send(text(word)));

      const jerry = await login('Jerry');
      const unread = await firstValueFrom(jerry.unread$.pipe(filter((counts) => counts.size > 0)));
      expect(unread.get(conversation.id)).toMatchObject({ count: 3, mentioned: false });
      const history = await lastValueFrom(jerry.conversation(conversation.id).history({ limit: 2 }));
      expect(history.map(bodyText)).toEqual(['two', 'three']);
    });

    it('C2: returns the same unique conversation for the same members', async () => {
      const [tom, jerry] = await Promise.all([login('Tom'), login('Jerry')]);
      const one = await firstValueFrom(tom.createConversation({ members: ['Jerry'], unique: true }));
      const two = await firstValueFrom(jerry.createConversation({ members: ['Tom'], unique: true }));
      expect(two.id).toBe(one.id);
    });

    it('L2: serves several clients over one connection', async () => {
      const shared = realtime();
      const [tom, jerry] = await Promise.all([
        firstValueFrom(shared.login('Tom')),
        firstValueFrom(shared.login('Jerry')),
      ]);
      const heard = next(jerry.messages$, 1);
      await lastValueFrom(
        tom
          .createConversation({ members: ['Jerry'] })
          .pipe(switchMap((conversation) => conversation.send(text('psst')))),
      );
      expect((await heard).map(bodyText)).toEqual(['psst']);
      expect((await statsNow(server)).sockets).toBe(1);
      expect(await firstValueFrom(online(tom, ['Tom', 'Jerry', 'Spike']))).toEqual(new Set(['Tom', 'Jerry']));
    });

    it('L5: closes an older login with the same id and tag, with the reason', async () => {
      const first = realtime();
      const old = await firstValueFrom(first.login('Tom', { tag: 'Web' }));
      const closed = firstValueFrom(old.status$.pipe(filter(({ _tag }) => _tag === 'Closed')));
      await firstValueFrom(realtime().login('Tom', { tag: 'Web' }));
      expect(await closed).toMatchObject({ code: 4111 });
      await expect(firstValueFrom(online(old, ['Tom']))).rejects.toMatchObject({ _tag: 'SessionClosed', code: 4111 });
      // The displaced client is closed: the next login of its realtime makes a new client.
      const again = await firstValueFrom(first.login('Tom', { tag: 'Phone' }));
      expect(again).not.toBe(old);
    });

    it('tells a client that it was kicked', async () => {
      const tom = await login('Tom');
      const closed = firstValueFrom(tom.status$.pipe(filter(({ _tag }) => _tag === 'Closed')));
      await server.kick('Tom');
      expect(await closed).toMatchObject({ code: 4115 });
    });

    it('L4: shows a client as offline to the others after its logout', async () => {
      const [tom, jerry] = await Promise.all([login('Tom'), login('Jerry')]);
      await lastValueFrom(jerry.close());
      expect(await firstValueFrom(online(tom, ['Jerry']))).toEqual(new Set());
      await expect(firstValueFrom(online(jerry, ['Tom']))).rejects.toMatchObject({ _tag: 'SessionClosed', code: 0 });
    });
  },
);
