/** The code of docs/mini-programs.md, in a realm that has timers and a stand-in for `wx`, and nothing else. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { createRealtime, setRole, text, user, type Client, type Realtime } from 'rx-realtime';
import { createServer, type RtmServer } from 'rx-realtime/server';
import { filter, firstValueFrom, take, toArray } from 'rxjs';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freshDist } from '../../scripts/checks/packed.js';
import { bundleShown, shownFiles } from './shown.js';
import { createWx, type Wx } from './wx.js';

const timers = { setTimeout, clearTimeout, setInterval, clearInterval };
/** What the page has, and what is taken for it: a server of the test, which is in no hurry to be waited for. */
const SERVER = '"wss://chat.example.com"';
const quick = (server: string): string => `"${server}", backoff: () => 20, heartbeat: { probePatience: 100 }`;

/** What the realm gives. Its objects are of another realm than this test. */
interface Program {
  readonly realtime: Realtime;
  readonly logIn: (sessionToken: string) => Promise<Client>;
  readonly say: (client: Client, conversationId: string, words: string) => void;
  readonly show: (client: Client, conversationId: string, path: string) => Promise<unknown>;
  readonly managersOf: (client: Client, conversationId: string) => Promise<readonly string[]>;
}

const ENTRY = `
  import { roles, text, user } from 'rx-realtime';
  import { filter, firstValueFrom, lastValueFrom } from 'rxjs';
  import { realtime } from './src/realtime.js';
  import { sendPicture } from './src/send-picture.js';
  export { realtime };
  export const logIn = (sessionToken) => firstValueFrom(realtime.login(user({ sessionToken })));
  export const say = (client, id, words) => client.conversation(id).send(text(words)).subscribe({ error: () => undefined });
  export const show = (client, id, path) => lastValueFrom(sendPicture(client.conversation(id), path));
  export const managersOf = (client, id) =>
    firstValueFrom(roles(client.conversation(id)).pipe(filter((all) => all.has('Tom')))).then((all) =>
      [...all.keys()].filter((member) => all.get(member) === 'Manager'),
    );
`;

describe('the code for mini programs', () => {
  let script = '';
  beforeAll(async () => {
    await freshDist();
    script = await bundleShown(shownFiles('docs/mini-programs.md'), ENTRY);
  }, 60_000);

  const start = (server: RtmServer, { wx }: Wx): Program => {
    expect(script).toContain(SERVER);
    const context = createContext({ ...timers, wx });
    runInContext(script.replace(SERVER, quick(server.url)), context);
    const program = runInContext('shown', context) as Program;
    onTestFinished(() => program.realtime.close());
    return program;
  };

  const scene = async () => {
    const directory = mkdtempSync(join(tmpdir(), 'rx-realtime-mini-program-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const server = await createServer({
      port: 0,
      uploads: { directory: join(directory, 'uploads') },
      authenticate: (token) => (token.startsWith('token of ') ? token.slice('token of '.length) : undefined),
    });
    onTestFinished(() => server.close());
    const wx = createWx();
    onTestFinished(() => wx.close());
    const others = createRealtime({ appId: 'demo', server: server.url });
    onTestFinished(() => others.close());
    const jerry = await firstValueFrom(others.login(user({ sessionToken: 'token of Jerry' })));
    const conversation = await firstValueFrom(jerry.createConversation({ members: ['Tom'] }));
    return { server, wx, jerry, conversation, directory };
  };
  const textsOf = (client: Client, count: number): Promise<readonly string[]> =>
    firstValueFrom(
      client.messages$.pipe(
        filter(({ body }) => body._tag === 'Text'),
        take(count),
        toArray(),
      ),
    ).then((messages) => messages.map(({ body }) => (body._tag === 'Text' ? body.text : '')));
  const becomes = (realtime: Realtime, tag: string) =>
    firstValueFrom(realtime.state$.pipe(filter(({ _tag }) => _tag === tag)));

  it('a user logs in by a session token, and talks', async () => {
    const { server, wx, jerry, conversation } = await scene();
    const program = start(server, wx);
    const tom = await program.logIn('token of Tom');
    const [heardByTom, heardByJerry] = [textsOf(tom, 1), textsOf(jerry, 1)];
    program.say(tom, conversation.id, 'a é 世 😀');
    await firstValueFrom(conversation.send(text('世 to you')));
    expect([await heardByTom, await heardByJerry]).toEqual([['世 to you'], ['a é 世 😀']]);
  });

  it('a picture is read by its path, stored by the server, and sent; the roles of members are read', async () => {
    const { server, wx, jerry, conversation, directory } = await scene();
    const program = start(server, wx);
    const tom = await program.logIn('token of Tom');
    const path = join(directory, 'mouse.jpg');
    writeFileSync(path, Uint8Array.of(0xff, 0xd8, 0, 1, 2));
    const heard = firstValueFrom(jerry.messages$);
    await program.show(tom, conversation.id, path);
    const { body } = await heard;
    if (body._tag !== 'Image') throw new Error('it should be a picture');
    expect(body.file.metaData).toMatchObject({ name: 'mouse.jpg', size: 5 });
    const stored = await fetch(body.file.url);
    expect([...new Uint8Array(await stored.arrayBuffer())]).toEqual([0xff, 0xd8, 0, 1, 2]);

    await firstValueFrom(setRole(conversation, 'Tom', 'Manager'));
    expect([...(await program.managersOf(tom, conversation.id))]).toEqual(['Tom']);
  });

  it('what is written without a network is kept in the storage, and sent after a restart', async () => {
    const { server, wx, jerry, conversation } = await scene();
    const before = start(server, wx);
    const tom = await before.logIn('token of Tom');
    wx.network(false);
    await becomes(before.realtime, 'Offline');
    before.say(tom, conversation.id, 'in a tunnel');
    await firstValueFrom(tom.outbox$.pipe(filter(({ size }) => size === 1)));
    before.realtime.close();
    expect(wx.storage.size).toBe(1);

    wx.network(true);
    const heard = textsOf(jerry, 1);
    await start(server, wx).logIn('token of Tom');
    expect(await heard).toEqual(['in a tunnel']);
    await expect.poll(() => wx.storage.size).toBe(0);
  });

  it('a network that comes back brings what was missed', async () => {
    const { server, wx, conversation } = await scene();
    const program = start(server, wx);
    const tom = await program.logIn('token of Tom');
    const heard = textsOf(tom, 1);
    wx.network(false);
    await becomes(program.realtime, 'Offline');
    await firstValueFrom(conversation.send(text('missed')));
    wx.network(true);
    expect(await heard).toEqual(['missed']);
  });

  it('coming to the foreground finds a dead connection', async () => {
    const { server, wx, conversation } = await scene();
    const program = start(server, wx);
    const tom = await program.logIn('token of Tom');
    const heard = textsOf(tom, 1);
    wx.sleep();
    await firstValueFrom(conversation.send(text('while it slept')));
    wx.show();
    expect(await heard).toEqual(['while it slept']);
  });

  it('a socket that can not be opened is tried again', async () => {
    const { server, wx } = await scene();
    const program = start(server, wx);
    await program.logIn('token of Tom');
    wx.network(false);
    const connecting = firstValueFrom(program.realtime.connection$.pipe(filter(({ _tag }) => _tag === 'schedule')));
    program.realtime.retry();
    await connecting;
  });
});
