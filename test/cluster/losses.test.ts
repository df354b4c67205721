/** What becomes of messages if the wire between two servers loses them. */
import { filter, firstValueFrom, lastValueFrom } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { encodeFrame, subprotocols } from '../../codecs/index.js';
import { createRealtime, createRoom, room, text, type Client, type Realtime } from 'rx-realtime';
import { createServer, openPostgresStore, type RtmServer } from 'rx-realtime/server';
import { openClusterBus } from '../../server/cluster/cluster-bus.js';
import { next, sent, textOf } from '../integration/world.js';
import { execute, ownTables, postgresUrl } from '../store/postgres.js';
import { login as rawLogin, say } from '../server/raw-client.js';
import { createHub } from './hub.js';

describe.runIf(postgresUrl !== undefined)('two servers whose wire fails', () => {
  const hub = createHub();
  const realtimes: Realtime[] = [];
  const faults: unknown[] = [];
  let tables: Awaited<ReturnType<typeof ownTables>>;
  let servers: readonly RtmServer[] = [];
  let names = 0;
  const name = (prefix: string): string => `${prefix}${(names += 1)}`;

  const start = async (node: string): Promise<RtmServer> => {
    const store = await openPostgresStore({ url: tables.url, connections: 6 });
    const bus = await openClusterBus({ store, node }, hub.wire(node));
    return createServer({ store, bus, onError: (error) => faults.push(error) });
  };

  beforeAll(async () => {
    tables = await ownTables(postgresUrl ?? '');
    servers = [await start('a'), await start('b')];
  }, 30_000);
  afterEach(() => {
    for (const created of realtimes.splice(0)) created.close();
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await tables.end();
  }, 30_000);

  const login = (at: number, id: string): Promise<Client> => {
    const created = createRealtime({ appId: 'app', server: servers[at]?.url ?? '' });
    realtimes.push(created);
    return firstValueFrom(created.login(id));
  };

  const pair = async () => {
    const [tom, jerry] = await Promise.all([login(0, name('Tom')), login(1, name('Jerry'))]);
    const joined = firstValueFrom(jerry.events$.pipe(filter(({ _tag }) => _tag === 'Joined')));
    const here = await firstValueFrom(tom.createConversation({ members: [jerry.id] }));
    await joined;
    return { tom, jerry, here, there: jerry.conversation(here.id) };
  };

  test('a message that is lost comes with the next one, in its order', async () => {
    const { jerry, here } = await pair();
    const heard = next(jerry.messages$, 3);
    await sent(here, text('one'));
    const find = hub.lose();
    await sent(here, text('two'));
    find();
    await sent(here, text('three'));
    expect((await heard).map(textOf)).toEqual(['one', 'two', 'three']);
  });

  test('the answer to a message that is stored already comes behind what is before it', async () => {
    const { jerry, here } = await pair();
    const at = (place: number) => rawLogin({ url: servers[place]?.url ?? '' }, jerry.id);
    const [before, later] = [await at(0), await at(1)];
    const find = hub.lose();
    await sent(here, text('one'));
    const mine = { cid: here.id, msg: 'mine', dt: 'token' };
    const { id } = await say(before, here.id, mine);
    await sent(here, text('two'));
    find();
    later.inbox.splice(0);
    // Its client has had no answer, and sends it again to another server.
    expect(await say(later, here.id, mine)).toMatchObject({ id });
    const pushed = later.inbox.flatMap((command) => (command.cmd === 'direct' ? [command.directMessage.msg] : []));
    expect(pushed).toEqual([expect.stringContaining('one'), 'mine', expect.stringContaining('two')]);
  });

  test('a break of the wire of one server loses nothing, in both directions, and doubles nothing', async () => {
    const { jerry, here, there } = await pair();
    const [atJerry, atTom] = [next(jerry.messages$, 3), next(here.messages$, 2)];
    await sent(here, text('one'));
    const mend = hub.cut('a');
    await sent(here, text('two'));
    await sent(there, text('from there'));
    mend();
    await sent(here, text('three'));
    await sent(there, text('from there again'));
    expect((await atJerry).map(textOf)).toEqual(['one', 'two', 'three']);
    expect((await atTom).map(textOf)).toEqual(['from there', 'from there again']);
  }, 15_000);

  test('messages of a chat room are found after a break', async () => {
    const { tom, jerry } = await pair();
    const { id } = await firstValueFrom(createRoom(tom));
    const heard = next(room(jerry, id).messages$, 2);
    await expect.poll(() => lastValueFrom(room(tom, id).count())).toBe(1);
    const mend = hub.cut('b');
    await lastValueFrom(room(tom, id).send(text('a')));
    mend();
    await lastValueFrom(room(tom, id).send(text('b')));
    expect((await heard).map(textOf)).toEqual(['a', 'b']);
  }, 15_000);

  test('an edit in a break is found', async () => {
    const { jerry, here, there } = await pair();
    const first = next(jerry.messages$, 1);
    const message = await sent(here, text('before'));
    await first;
    const seen = next(there.modifications$, 1);
    const mend = hub.cut('b');
    await lastValueFrom(here.edit(message, text('after')));
    mend();
    expect(await seen).toMatchObject([{ _tag: 'Edit', message: { id: message.id } }]);
  }, 15_000);

  test('a kick in a break ends the session afterwards', async () => {
    const id = name('Kicked');
    const client = await login(1, id);
    const end = lastValueFrom(client.status$);
    const mend = hub.cut('b');
    await servers[0]?.kick(id);
    mend();
    expect((await end)._tag).toBe('Closed');
  }, 15_000);

  test('a process that the database has forgotten enters it again, and its clients stay', async () => {
    const { tom, jerry, here } = await pair();
    await execute(tables.url, 'delete from nodes; delete from online; delete from occupants');
    await expect.poll(() => servers[0]?.backEnd.online([tom.id, jerry.id]), { timeout: 5_000 }).toHaveLength(2);
    const heard = next(jerry.messages$, 1);
    await sent(here, text('still here'));
    expect((await heard).map(textOf)).toEqual(['still here']);
    expect((await firstValueFrom(jerry.status$))._tag).toBe('Open');
  }, 15_000);

  test('the will of a client whose process has died is sent once, unless the client is back', async () => {
    const { tom, jerry, here } = await pair();
    const will = (words: string): string => {
      const command = {
        cmd: 'direct',
        directMessage: { cid: here.id, msg: JSON.stringify({ _lctype: -1, _lctext: words }) },
      } as const;
      return String(encodeFrame(command, subprotocols.base64));
    };
    const gone = name('Gone');
    await servers[0]?.backEnd.addMembers(here.id, [gone]);
    const heard = next(jerry.messages$, 2);
    await execute(
      tables.url,
      `insert into online (client, node) values ('${gone}', 'dead'), ('${tom.id}', 'dead');
      insert into wills (session, node, client, command) values
        ('s1', 'dead', '${gone}', '${will('I am gone')}'), ('s2', 'dead', '${tom.id}', '${will('never')}');
      insert into nodes (id, name, until, load) values ('dead', 'dead', 0, 0)`,
    );
    const [last] = await Promise.all([heard, firstValueFrom(jerry.messages$).then(() => sent(here, text('end')))]);
    expect(last.map(({ from, body }) => [from, body._tag === 'Text' ? body.text : ''])).toEqual([
      [gone, 'I am gone'],
      [tom.id, 'end'],
    ]);
  }, 15_000);

  test('changes of one attribute on both servers all count', async () => {
    const { here, there } = await pair();
    await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const conversation = index % 2 === 0 ? here : there;
        await firstValueFrom(conversation.update({ attributes: { [`n${index}`]: index } }));
      }),
    );
    const info = await servers[0]?.backEnd.get(here.id);
    expect(Object.keys(info?.attributes ?? {})).toHaveLength(10);
  });
});
