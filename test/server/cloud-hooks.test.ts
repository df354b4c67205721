/** Hooks in the form in which the vendor's cloud calls an application's engine, over real HTTP. */
import { createHmac } from 'node:crypto';
import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cloudHooks, type CloudHookOptions, type ServerOptions } from 'rx-realtime/server';
import { login, open, dial, page, say, serve, start } from './raw-client.js';

interface Call {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** An engine that records what it is asked. `answers`: by the name of a function, its result or a status. */
const engine = async (answers: Readonly<Record<string, object | number>> = {}) => {
  const calls: Call[] = [];
  const http = createHttpServer((request, response) => {
    void text(request).then((body) => {
      const path = request.url ?? '';
      calls.push({ path, headers: request.headers, body: JSON.parse(body) as unknown });
      const answer = answers[path.split('/').at(-1) ?? ''] ?? {};
      const status = typeof answer === 'number' ? answer : 200;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(status === 200 ? { result: answer } : { code: 1, error: 'no' }));
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.close();
    http.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const called = async (name: string): Promise<Call> => {
    await expect.poll(() => calls.some(({ path }) => path.endsWith(name))).toBe(true);
    const index = calls.findIndex(({ path }) => path.endsWith(name));
    const [call] = calls.splice(index, 1);
    if (call === undefined) throw new Error(`${name} was not called`);
    return call;
  };
  return { url, calls, called };
};

const served = (options: CloudHookOptions, more: ServerOptions = {}) => serve({ ...more, hooks: cloudHooks(options) });

describe('an engine', () => {
  it('gets each event at /1.1/functions/_<hook>, with the keys of the application', async () => {
    const { url, called } = await engine();
    const server = await served({ url: `${url}/`, appId: 'app', appKey: 'key', hookKey: 'hook' });
    const tom = await login(server, 'Tom', { tag: 'Web' });
    const online = await called('_clientOnline');
    expect(online).toMatchObject({
      path: '/1.1/functions/_clientOnline',
      headers: { 'x-lc-id': 'app', 'x-lc-key': 'key', 'x-lc-hook-key': 'hook' },
      body: { peerId: 'Tom', tag: 'Web', reconnect: 0, sourceIP: '127.0.0.1' },
    });
    await login(server, 'Jerry');
    const cid = await start(tom, ['Jerry', 'Spike'], { attr: { data: '{"name":"Cats"}' } });
    expect((await called('_conversationStart')).body).toEqual({
      initBy: 'Tom',
      members: ['Tom', 'Jerry', 'Spike'],
      attr: { name: 'Cats' },
    });
    expect((await called('_conversationStarted')).body).toEqual({ convId: cid });
    const { id } = await say(tom, cid, { msg: 'hi', r: true, mentionPids: ['Spike', 'Jerry'] });
    const message = {
      fromPeer: 'Tom',
      convId: cid,
      content: 'hi',
      bin: false,
      transient: false,
      sourceIP: '127.0.0.1',
    };
    expect((await called('_messageReceived')).body).toMatchObject({
      ...message,
      groupId: null,
      system: null,
      receipt: true,
      toPeers: ['Tom', 'Jerry', 'Spike'],
      timestamp: expect.any(Number),
    });
    expect((await called('_messageSent')).body).toMatchObject({
      ...message,
      msgId: id,
      receipt: true,
      onlinePeers: ['Jerry'],
      offlinePeers: ['Spike'],
    });
    expect((await called('_receiversOffline')).body).toMatchObject({
      ...{ fromPeer: 'Tom', convId: cid, offlinePeers: ['Spike'] },
      ...{ mentionAll: false, mentionOfflinePeers: ['Spike'] },
    });
    await server.backEnd.addMembers(cid, ['Max']);
    expect((await called('_conversationAdd')).body).toMatchObject({
      initBy: 'REST_API',
      members: ['Max'],
      convId: cid,
    });
    expect((await called('_conversationAdded')).body).toMatchObject({ members: ['Max'], convId: cid });
    tom.socket.terminate();
    expect((await called('_clientOffline')).body).toMatchObject({
      peerId: 'Tom',
      closeCode: 2,
      closeMsg: expect.any(String),
    });
  });

  it('refuses and changes messages as the documentation says', async () => {
    const dropping = await engine({ _messageReceived: { drop: 1, code: 77, detail: 'no' } });
    const first = await served({ url: dropping.url, appId: 'app', only: ['messageReceived'] });
    const tom = await login(first, 'Tom');
    const refused = await tom.request({ cmd: 'direct', directMessage: { cid: await start(tom, ['J']), msg: 'a' } });
    expect(JSON.stringify(refused)).toMatch(/4402.*77|77.*4402/);
    const changing = await engine({ _messageReceived: { content: '**' } });
    const second = await served({ url: changing.url, appId: 'app', only: ['messageReceived'] });
    const jerry = await login(second, 'Jerry');
    const cid = await start(jerry, ['Tom']);
    await say(jerry, cid, { msg: 'a' });
    expect(await page(jerry, cid)).toEqual(['**']);
  });

  it('can not choose receivers or attributes: such an answer refuses, and nobody gets more than it allows', async () => {
    const { url } = await engine({
      _messageReceived: { toPeers: ['Jerry'] },
      _conversationUpdate: { attr: { name: 'Other' } },
    });
    const server = await served({ url, appId: 'app', only: ['messageReceived', 'conversationUpdate'] });
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry', 'Spike']);
    expect(JSON.stringify(await tom.request({ cmd: 'direct', directMessage: { cid, msg: 'a' } }))).toContain('4402');
    await jerry.settle();
    expect(jerry.inbox.filter(({ cmd }) => cmd === 'direct')).toEqual([]);
    await expect(server.backEnd.update(cid, { name: 'Mice' })).rejects.toMatchObject({ code: 4305 });
  });

  it.each([
    ['reject', { reject: true, code: 1, detail: 'closed' }, true],
    ['a status of 404, which is no function', 404, false],
    ['a status of 500, which is passed over', 500, false],
    ['nothing', {}, false],
  ])('is asked whether a conversation is created, and says %s', async (_, answer, isRefused) => {
    const { url } = await engine({ _conversationStart: answer });
    const server = await served({ url, appId: 'app', only: ['conversationStart'] }, { onError: () => undefined });
    const creating = server.backEnd.create({ members: ['Tom'] });
    if (isRefused) await expect(creating).rejects.toMatchObject({ code: 4305, appCode: 1, detail: 'closed' });
    else await expect(creating).resolves.toMatchObject({ members: ['Tom'] });
  });

  it('of an earlier version gets a signature of the name and the time', async () => {
    const { url, called } = await engine();
    const server = await served({ url, appId: 'app', masterKey: 'master', only: ['clientOnline'], now: () => 1_234 });
    await open(await dial(server.url), 'Tom');
    const signature = createHmac('sha1', 'master').update('_clientOnline:1234').digest('hex');
    expect((await called('_clientOnline')).body).toMatchObject({ __sign: `1234,${signature}` });
  });

  it('is not asked of who leaves a conversation by himself', async () => {
    const { url, calls, called } = await engine({ _conversationRemove: { reject: true } });
    const server = await served({ url, appId: 'app', only: ['conversationRemove', 'conversationRemoved'] });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    await tom.request({ cmd: 'conv', op: 'remove', convMessage: { cid, m: ['Tom'] } });
    expect((await called('_conversationRemoved')).body).toMatchObject({ initBy: 'Tom', members: ['Tom'] });
    expect(calls).toEqual([]);
  });
});

describe('the web hook of system conversations', () => {
  it('gets an array of what clients send, and nothing that the back end sends', async () => {
    const { url, calls, called } = await engine();
    const server = await served({ appId: 'app', systemMessages: `${url}/sys` }, { masterKey: 'master', signed: [] });
    const { id: cid } = await server.backEnd.create({ kind: 'system', name: 'Bot' });
    const tom = await login(server, 'Tom');
    await tom.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Tom'] } });
    await server.backEnd.send(cid, { from: 'bot', body: 'hello' });
    const { id, timestamp } = await say(tom, cid, { msg: '1+1' });
    await say(tom, await start(tom, ['Jerry']), { msg: 'private' });
    expect((await called('/sys')).body).toEqual([
      {
        conv: { __type: 'Pointer', className: '_Conversation', objectId: cid },
        ...{ msgId: id, from: 'Tom', fromIp: '127.0.0.1', bin: false, data: '1+1', timestamp },
        createdAt: { __type: 'Date', iso: new Date(timestamp).toISOString() },
        updatedAt: { __type: 'Date', iso: new Date(timestamp).toISOString() },
      },
    ]);
    expect(calls).toEqual([]);
  });
});
