/** What the published JavaScript client has kept of a conversation before its user became a member. */
import { randomUUID } from 'node:crypto';
import * as Published from 'leancloud-realtime';
import { afterEach, expect, it } from 'vitest';
import { createServer, type ServerOptions } from 'rx-realtime/server';

interface Theirs {
  readonly id: string;
  readonly name: string;
  readonly members: readonly string[];
  get(key: string): unknown;
  join(): Promise<unknown>;
  add(ids: readonly string[]): Promise<unknown>;
}
interface TheirClient {
  createConversation(options: object): Promise<Theirs>;
  getConversation(id: string): Promise<Theirs | null>;
  close(): Promise<unknown>;
}

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const scene = async (options: ServerOptions) => {
  const server = await createServer(options);
  ends.push(() => server.close());
  const login = async (id: string): Promise<TheirClient> => {
    const realtime = new Published.Realtime({
      appId: randomUUID(),
      appKey: 'key',
      server: server.url.replace('ws', 'http'),
      RTMServers: server.url,
    });
    const client = (await realtime.createIMClient(id)) as unknown as TheirClient;
    ends.push(() => client.close().catch(() => undefined));
    return client;
  };
  const [tom, spike] = [await login('Tom'), await login('Spike')];
  const made = await tom.createConversation({ members: ['Jerry'], name: 'mice', topic: 'cheese' });
  const kept = await spike.getConversation(made.id);
  if (kept === null) throw new Error('the conversation should be there');
  const shown = () => ({ name: kept.name, topic: kept.get('topic'), members: [...kept.members].sort() });
  return { made, kept, shown };
};

const WHOLE = { name: 'mice', topic: 'cheese', members: ['Jerry', 'Spike', 'Tom'] };

it('JavaScript SDK 4.3.1: a conversation of which it has kept an outline is whole after it has joined', async () => {
  const { kept, shown } = await scene({});
  expect(shown()).toEqual({ name: undefined, topic: undefined, members: [] });
  await kept.join();
  await expect.poll(shown).toEqual(WHOLE);
});

it('JavaScript SDK 4.3.1: a conversation of which it has kept an outline is whole after it was added', async () => {
  const { made, shown } = await scene({});
  await made.add(['Spike']);
  await expect.poll(shown).toEqual(WHOLE);
});

it('JavaScript SDK 4.3.1: with readers: everyone, it is whole from the beginning', async () => {
  const { shown } = await scene({ readers: 'everyone' });
  expect(shown()).toEqual({ ...WHOLE, members: ['Jerry', 'Tom'] });
});
