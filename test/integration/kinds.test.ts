/** Temporary conversations and system conversations. */
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { createRealtime, text, where, type Client, findConversations, createTemporaryConversation } from 'rx-realtime';
import { createServer, memoryStore, type RtmServer } from 'rx-realtime/server';
import { next, sent, textOf } from './world.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const start = async (now = () => Date.now()) => {
  const clock = { now };
  const store = memoryStore({ clock });
  const server: RtmServer = await createServer({ store, clock });
  ends.push(() => server.close());
  const login = (id: string): Promise<Client> => {
    const realtime = createRealtime({ appId: 'app', server: server.url });
    ends.push(() => {
      realtime.close();
    });
    return firstValueFrom(realtime.login(id));
  };
  return { store, login };
};

describe('a temporary conversation', () => {
  it('has fixed members, and ends by itself', async () => {
    let time = Date.now();
    const { login } = await start(() => time);
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    const here = await firstValueFrom(createTemporaryConversation(tom, { members: ['Jerry'], ttl: 60 }));
    expect(await firstValueFrom(here.state$)).toMatchObject({ kind: 'temporary', ttl: 60, members: ['Tom', 'Jerry'] });
    expect((await firstValueFrom(createTemporaryConversation(tom, { members: ['Jerry'] }))).id).toBe(here.id);
    const heard = next(jerry.messages$, 1);
    await sent(here, text('psst'));
    expect((await heard).map(textOf)).toEqual(['psst']);
    await expect(lastValueFrom(here.add(['Spike']))).rejects.toMatchObject({ code: 4314 });
    await expect(lastValueFrom(here.update({ name: 'x' }))).rejects.toMatchObject({ code: 4314 });
    await expect(lastValueFrom(here.mute())).rejects.toMatchObject({ code: 4314 });
    time += 60_000;
    await expect(lastValueFrom(here.send(text('x')))).rejects.toMatchObject({ code: 4323 });
    expect((await firstValueFrom(createTemporaryConversation(tom, { members: ['Jerry'] }))).id).not.toBe(here.id);
  });

  it('has at most ten members', async () => {
    const { login } = await start();
    const tom = await login('Tom');
    const members = Array.from({ length: 10 }, (_, index) => `m${String(index)}`);
    await expect(lastValueFrom(createTemporaryConversation(tom, { members }))).rejects.toMatchObject({ code: 4304 });
    await lastValueFrom(createTemporaryConversation(tom, { members: members.slice(1) }));
  });
});

describe('a system conversation', () => {
  it('C15: can be found and joined by any client; messages of users reach the back end only', async () => {
    const { store, login } = await start();
    const { info } = await store.createConversation({
      kind: 'system',
      members: [],
      name: 'News',
      attributes: {},
      unique: false,
      now: Date.now(),
    });
    const [tom, jerry] = [await login('Tom'), await login('Jerry')];
    expect((await lastValueFrom(findConversations(tom, { where: where.isSystem }))).map(({ id }) => id)).toEqual([
      info.id,
    ]);
    const [here, there] = [tom.conversation(info.id), jerry.conversation(info.id)];
    await sent(here, text('not subscribed'));
    await lastValueFrom(here.join());
    await lastValueFrom(there.join());
    expect(await lastValueFrom(here.count())).toBe(2);
    const heard: string[] = [];
    jerry.messages$.subscribe((message) => heard.push(textOf(message)));
    await sent(here, text('to the back end'));
    await lastValueFrom(there.count());
    expect(heard).toEqual([]);
    expect((await lastValueFrom(here.history())).map(textOf)).toEqual(['not subscribed', 'to the back end']);
    expect(await lastValueFrom(there.history())).toEqual([]);
    expect((await store.history({ conversationId: info.id, direction: 'old', limit: 10 })).length).toBe(2);
    expect((await firstValueFrom(jerry.unread$)).size).toBe(0);
    await lastValueFrom(here.quit());
    expect(await lastValueFrom(there.count())).toBe(1);
  });
});
