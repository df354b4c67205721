/** Two processes of the built command over one database: the shortest of what `npm run test:cluster` does. */
import { filter, firstValueFrom, map } from 'rxjs';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freshDist } from '../../scripts/checks/packed.js';
import { createOutbox, createRealtime, text, type Client, type Message } from '../../src/index.node.js';
import { ownTables, postgresUrl } from '../store/postgres.js';
import { freePort } from '../store/postgres-run.js';
import { natsUrl } from './nats.js';
import { startNode, type NodeProcess } from './node-process.js';
import { impatient } from './talkers.js';

const heard = (client: Client, line: string): Promise<Message> =>
  firstValueFrom(client.messages$.pipe(filter(({ body }) => body._tag === 'Text' && body.text === line)));

describe.skipIf(postgresUrl === undefined || natsUrl === undefined)('two processes over one database', () => {
  beforeAll(async () => {
    await freshDist();
  }, 120_000);

  it('carry messages between their clients, and one goes on when the other is killed', async () => {
    const tables = await ownTables(postgresUrl ?? '');
    onTestFinished(() => tables.end());
    const start = async (name: string): Promise<readonly [NodeProcess, string]> => {
      const port = await freePort();
      const node = await startNode({ name, port, database: tables.url, nats: natsUrl ?? '' });
      onTestFinished(async () => {
        node.signal('SIGKILL');
        await node.ended;
      });
      return [node, `ws://127.0.0.1:${port}`];
    };
    const [[first, firstUrl], [second, secondUrl]] = await Promise.all([start('first'), start('second')]);
    const login = (name: string, server: readonly string[]): Promise<Client> => {
      const realtime = createRealtime({ appId: 'app', server, outbox: createOutbox(), ...impatient });
      onTestFinished(() => realtime.close());
      return firstValueFrom(realtime.login(name));
    };
    const ann = await login('Ann', [firstUrl, secondUrl]);
    const ben = await login('Ben', [secondUrl, firstUrl]);
    const joined = firstValueFrom(ben.events$.pipe(filter(({ _tag }) => _tag === 'Joined')));
    const conversation = await firstValueFrom(ann.createConversation({ members: ['Ben'] }));
    await joined;

    const one = heard(ben, 'one');
    await firstValueFrom(conversation.send(text('one')));
    await one;
    const two = heard(ben, 'two');
    second.signal('SIGKILL');
    await second.ended;
    await firstValueFrom(conversation.send(text('two')));
    expect((await two).from).toBe('Ann');
    const back = firstValueFrom(ann.messages$.pipe(map(({ from }) => from)));
    await firstValueFrom(ben.conversation(conversation.id).send(text('three')));
    expect(await back).toBe('Ben');
    first.signal('SIGTERM');
    expect(await first.ended).toBe(0);
  });
});
