/** The functions of the application that the server calls: some are only notified, and some may decide. */
import { describe, expect, it } from 'vitest';
import type { Hooks } from 'rx-realtime/server';
import { dial, login, open, page, say, serve, start, tokenOf, refused } from './raw-client.js';

const error = (code: number, more: object = {}): object => ({ cmd: 'error', errorMessage: { code, ...more } });

/** Hooks that allow everything, and the arguments of each call. */
const recorder = () => {
  const calls: [keyof Hooks, unknown][] = [];
  const waiting: (() => void)[] = [];
  const hear = (name: keyof Hooks) => (event: unknown) => {
    calls.push([name, event]);
    for (const wake of waiting.splice(0)) wake();
    return undefined;
  };
  const hooks: Required<Hooks> = {
    messageReceived: hear('messageReceived'),
    messageSent: hear('messageSent'),
    messageSentTo: hear('messageSentTo'),
    messageUpdate: hear('messageUpdate'),
    receiversOffline: hear('receiversOffline'),
    conversationStart: hear('conversationStart'),
    conversationStarted: hear('conversationStarted'),
    conversationAdd: hear('conversationAdd'),
    conversationAdded: hear('conversationAdded'),
    conversationRemove: hear('conversationRemove'),
    conversationRemoved: hear('conversationRemoved'),
    conversationUpdate: hear('conversationUpdate'),
    clientOnline: hear('clientOnline'),
    clientOffline: hear('clientOffline'),
  };
  return {
    hooks,
    calls,
    /** Takes the arguments of the first call, and waits for it. The time limit of the test applies. */
    called: async (name: keyof Hooks): Promise<unknown> => {
      for (;;) {
        const index = calls.findIndex(([each]) => each === name);
        const [call] = index < 0 ? [] : calls.splice(index, 1);
        if (call !== undefined) return call[1];
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
};

describe('each hook', () => {
  it('is called with the event: first the hooks that may decide, then the hooks that are only notified', async () => {
    const { hooks, calls, called } = recorder();
    const server = await serve({ hooks });
    const tom = await login(server, 'Tom', { tag: 'Web' });
    expect(await called('clientOnline')).toEqual({
      peerId: 'Tom',
      tag: 'Web',
      reconnect: false,
      sourceIP: '127.0.0.1',
    });

    const cid = await start(tom, ['Jerry'], { attr: { data: '{"name":"Cat","level":3}' } });
    const created = { initBy: 'Tom', members: ['Tom', 'Jerry'], attr: { name: 'Cat', level: 3 } };
    expect(await called('conversationStart')).toEqual(created);
    expect(await called('conversationStarted')).toEqual({ ...created, convId: cid });

    const { id } = await say(tom, cid, { msg: 'a', r: true, mentionPids: ['Jerry'], pushData: '{"alert":"x"}' });
    const message = {
      fromPeer: 'Tom',
      convId: cid,
      content: 'a',
      bin: false,
      timestamp: expect.any(Number),
      transient: false,
      system: false,
      mentionPids: ['Jerry'],
      mentionAll: false,
      receipt: true,
      sourceIP: '127.0.0.1',
    };
    expect(await called('messageReceived')).toEqual({ ...message, toPeers: ['Tom', 'Jerry'] });
    const sent = { ...message, msgId: id, byBackEnd: false };
    expect(await called('messageSent')).toEqual(sent);
    expect(await called('messageSentTo')).toEqual({ ...sent, onlinePeers: [], offlinePeers: ['Jerry'] });
    expect(await called('receiversOffline')).toEqual({
      ...sent,
      offlinePeers: ['Jerry'],
      pushData: { alert: 'x' },
    });

    await tom.request({
      cmd: 'patch',
      op: 'modify',
      patchMessage: { patches: [{ cid, mid: id, data: 'b', recall: false }] },
    });
    const update = { fromPeer: 'Tom', convId: cid, msgId: id, bin: false };
    expect(await called('messageUpdate')).toMatchObject({ ...update, content: 'b', recall: false });
    await tom.request({ cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid: id, recall: true }] } });
    expect(await called('messageUpdate')).toMatchObject({ ...update, recall: true });

    const change = (op: 'add' | 'remove', ...m: string[]) => tom.request({ cmd: 'conv', op, convMessage: { cid, m } });
    const spike = { convId: cid, initBy: 'Tom', members: ['Spike'] };
    await change('add', 'Spike');
    expect(await called('conversationAdd')).toEqual(spike);
    expect(await called('conversationAdded')).toEqual(spike);
    await change('remove', 'Spike');
    expect(await called('conversationRemove')).toEqual(spike);
    expect(await called('conversationRemoved')).toEqual(spike);
    await tom.request({
      cmd: 'conv',
      op: 'update',
      convMessage: { cid, attr: { data: '{"level":{"__op":"Delete"},"name":"Dog"}' } },
    });
    expect(await called('conversationUpdate')).toEqual({
      convId: cid,
      initBy: 'Tom',
      attr: { name: 'Dog', level: null },
    });

    await tom.request({ cmd: 'session', op: 'close', peerId: 'Tom' });
    expect(await called('clientOffline')).toEqual({ peerId: 'Tom', tag: 'Web', closeCode: 1, sourceIP: '127.0.0.1' });
    expect(calls).toEqual([]);
  });

  it('is notified of the reason when clients go offline', async () => {
    const { hooks, called } = recorder();
    const server = await serve({ hooks });
    const broken = await login(server, 'Tom');
    broken.socket.terminate();
    expect(await called('clientOffline')).toEqual({ peerId: 'Tom', closeCode: 2, sourceIP: '127.0.0.1' });
    await login(server, 'Tom', { tag: 'Web' });
    await login(server, 'Tom', { tag: 'Web' });
    expect(await called('clientOffline')).toEqual({ peerId: 'Tom', tag: 'Web', closeCode: 3, sourceIP: '127.0.0.1' });
    await server.backEnd.kick('Tom');
    expect(await called('clientOffline')).toEqual({ peerId: 'Tom', tag: 'Web', closeCode: 4, sourceIP: '127.0.0.1' });
  });

  it('is notified whether a session is resumed', async () => {
    const { hooks, called } = recorder();
    const server = await serve({ hooks });
    const st = tokenOf(await open(await dial(server.url), 'Tom'));
    await called('clientOnline');
    await open(await dial(server.url), 'Tom', { st, r: true });
    expect(await called('clientOnline')).toEqual({ peerId: 'Tom', reconnect: true, sourceIP: '127.0.0.1' });
  });

  it('is notified of the actions of the back end, in the name of a client or of nobody', async () => {
    const { hooks, called } = recorder();
    const { backEnd } = await serve({ hooks });
    const { id } = await backEnd.create({ members: ['Tom'] });
    expect(await called('conversationStart')).toEqual({ initBy: undefined, members: ['Tom'], attr: {} });
    await backEnd.send(id, { from: 'Jerry', body: 'x' });
    expect(await called('messageReceived')).toMatchObject({ fromPeer: 'Jerry', content: 'x' });
    await backEnd.send(id, { body: new Uint8Array([1, 2]) });
    expect(await called('messageReceived')).toMatchObject({ fromPeer: '', content: 'AQI=', bin: true });
  });
});

describe('a hook that may decide', () => {
  it('may replace the body of a message, when it is sent and when it is changed', async () => {
    const server = await serve({
      hooks: {
        messageReceived: ({ content, bin }) => (bin ? { content: 'AQ==' } : { content: content.toUpperCase() }),
        messageUpdate: async ({ content, recall }) => (recall ? undefined : { content: `${content}!` }),
      },
    });
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry']);
    const { id } = await say(tom, cid, { msg: 'a' });
    expect(await jerry.push('direct')).toMatchObject({ directMessage: { msg: 'A' } });
    await say(tom, cid, { binaryMsg: new Uint8Array([9, 9]) });
    expect((await jerry.push('direct')).directMessage.binaryMsg).toEqual(new Uint8Array([1]));
    await server.backEnd.edit(cid, id, { body: 'b' });
    expect(await jerry.push('patch')).toMatchObject({ patchMessage: { patches: [{ mid: id, data: 'b!' }] } });
    expect(await page(jerry, cid)).toEqual(['b!', 'AQ==']);
  });

  it('may refuse a message with a code of the application; nobody receives it, and it is not stored', async () => {
    const server = await serve({ hooks: { messageReceived: () => ({ drop: true, code: 77, detail: 'no cats' }) } });
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry']);
    expect(await tom.request({ cmd: 'direct', directMessage: { cid, msg: 'x' } })).toMatchObject(
      refused(4402, { appCode: 77, appMsg: 'no cats' }),
    );
    await jerry.settle();
    expect(jerry.inbox.filter(({ cmd }) => cmd === 'direct')).toEqual([]);
    expect(await page(tom, cid)).toEqual([]);
  });

  it('may refuse every other action, and then nothing changes', async () => {
    let isStrict = false;
    const unlessLax = () => (isStrict ? ({ drop: true, code: 5 } as const) : undefined);
    const server = await serve({
      hooks: {
        messageUpdate: unlessLax,
        conversationStart: unlessLax,
        conversationAdd: unlessLax,
        conversationRemove: unlessLax,
        conversationUpdate: unlessLax,
      },
    });
    const spike = await login(server, 'Spike');
    const own = await start(spike, ['Jerry'], { attr: { data: '{"name":"Yard"}' } });
    const { id } = await say(spike, own, { msg: 'a' });
    isStrict = true;
    const patches = [{ cid: own, mid: id, data: 'b', recall: false }];
    const refused = (code: number) => error(code, { appCode: 5 });
    expect(await spike.request({ cmd: 'patch', op: 'modify', patchMessage: { patches } })).toMatchObject(refused(4405));
    expect(await spike.request({ cmd: 'conv', op: 'start', convMessage: { m: ['Tom'] } })).toMatchObject(refused(4305));
    expect(await spike.request({ cmd: 'conv', op: 'add', convMessage: { cid: own, m: ['Tom'] } })).toMatchObject(
      refused(4305),
    );
    expect(await spike.request({ cmd: 'conv', op: 'remove', convMessage: { cid: own, m: ['Jerry'] } })).toMatchObject(
      refused(4305),
    );
    const attr = { data: '{"name":"Street"}' };
    expect(await spike.request({ cmd: 'conv', op: 'update', convMessage: { cid: own, attr } })).toMatchObject(
      refused(4305),
    );
    expect(await server.backEnd.find()).toMatchObject([{ id: own, name: 'Yard', members: ['Spike', 'Jerry'] }]);
    expect(await page(spike, own)).toEqual(['a']);
  });

  it('may choose other members', async () => {
    const server = await serve({
      hooks: {
        conversationAdd: ({ members }) => ({ members: members.filter((member) => member !== 'Cat') }),
        conversationRemove: () => ({ members: [] }),
      },
    });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    await tom.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Cat', 'Dog'] } });
    await tom.request({ cmd: 'conv', op: 'remove', convMessage: { cid, m: ['Jerry'] } });
    expect(await server.backEnd.members(cid)).toEqual(['Tom', 'Jerry', 'Dog']);
  });

  it('delays its own conversation, and no other', async () => {
    let release = (): void => undefined;
    let arrive = (): void => undefined;
    const held = new Promise<undefined>((resolve) => (release = () => resolve(undefined)));
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const server = await serve({
      hooks: {
        messageReceived: ({ content }) => {
          if (content !== 'slow') return undefined;
          arrive();
          return held;
        },
      },
    });
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const [one, other] = [await start(tom, ['Jerry']), await start(jerry, ['Tom'])];
    const slow = say(tom, one, { msg: 'slow' });
    await arrived;
    await say(jerry, other, { msg: 'elsewhere' });
    const fast = say(jerry, one, { msg: 'fast' });
    release();
    expect((await slow).timestamp).toBeLessThan((await fast).timestamp);
  });
});

describe('a hook that fails', () => {
  it('counts as an approval, and the failure is reported', async () => {
    const errors: unknown[] = [];
    const broken = new Error('no');
    const fail = () => Promise.reject(broken);
    const failAtOnce = (): never => {
      throw broken;
    };
    const server = await serve({
      onError: (failure) => errors.push(failure),
      hooks: { messageReceived: fail, conversationStart: failAtOnce, conversationAdd: fail },
    });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    await say(tom, cid, { msg: 'x' });
    await tom.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Spike'] } });
    expect(await page(tom, cid)).toEqual(['x']);
    expect(await server.backEnd.members(cid)).toEqual(['Tom', 'Jerry', 'Spike']);
    expect(errors).toEqual([broken, broken, broken]);
  });

  it('is reported and delays nothing, if it is only notified', async () => {
    const errors: unknown[] = [];
    const broken = new Error('no');
    const never = new Promise<void>(() => undefined);
    const server = await serve({
      onError: (failure) => errors.push(failure),
      hooks: {
        clientOnline: () => {
          throw broken;
        },
        messageSent: () => never,
        conversationStarted: () => Promise.reject(broken),
      },
    });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    await say(tom, cid, { msg: 'a' });
    await say(tom, cid, { msg: 'b' });
    expect(errors).toEqual([broken, broken]);
  });
});
