/** What waits: commands of a socket, answers and pushes for a reader, messages of a chat room. */
import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryStore, type Store } from 'rx-realtime/server';
import { heaviest } from '../../server/heaviest.js';
import { dial, login, open, page, say, serve, start, type RawClient } from './raw-client.js';
import { statsNow } from './stats-now.js';

const BODY = 'x'.repeat(5_000);

const enter = (client: RawClient, cid: string, id: string) =>
  client.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: [id] } });

const send = (client: RawClient, cid: string, priority: number, msg = BODY) =>
  client.request({ cmd: 'direct', priority, directMessage: { cid, msg, transient: true } });

/** Opens when it is told to. */
const gate = () => {
  let release: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { opened, release };
};

describe('a high priority in a chat room', () => {
  const room = async () => {
    const server = await serve({ limits: { roomQueue: 10, roomBufferedBytes: 20_000 } });
    const [owner, spike, reader] = [
      await login(server, 'Owner'),
      await login(server, 'Spike'),
      await login(server, 'Reader'),
    ];
    const cid = await start(owner, [], { transient: true });
    await enter(reader, cid, 'Reader');
    return { server, owner, spike, reader, cid };
  };

  it('is for its owner and the back end; what another client sends with it is normal', async () => {
    const { server, owner, spike, reader, cid } = await room();
    await send(owner, cid, 1, 'a');
    await send(spike, cid, 1, 'b');
    await server.backEnd.send(cid, { body: 'c', priority: 1 });
    const heard = [await reader.push('direct'), await reader.push('direct'), await reader.push('direct')];
    expect(heard.map(({ priority, directMessage }) => [directMessage.msg, priority])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 1],
    ]);
  });

  it('of a client is dropped like a normal one, also that of its edits: nobody can have readers closed', async () => {
    const { server, spike, reader, cid } = await room();
    await enter(spike, cid, 'Spike');
    const { id: mid } = await say(spike, cid, { msg: BODY });
    reader.socket.pause();
    while ((await statsNow(server)).dropped.normal < 10) {
      for (let n = 0; n < 100; n += 1) {
        await send(spike, cid, 1);
        const patches = [{ cid, mid, data: BODY }];
        await spike.request({ cmd: 'patch', op: 'modify', patchMessage: { patches } });
      }
    }
    reader.socket.resume();
    await reader.settle();
    expect(reader.socket.readyState).toBe(reader.socket.OPEN);
  });

  it('of many messages at once closes no reader that takes them', async () => {
    const server = await serve({ limits: { bufferedBytes: 200_000, roomQueue: 1_000 } });
    const [owner, reader] = [await login(server, 'Owner'), await login(server, 'Reader')];
    const cid = await start(owner, [], { transient: true });
    await enter(reader, cid, 'Reader');
    await Promise.all(
      Array.from({ length: 70 }, (_, n) =>
        server.backEnd.send(cid, { body: `${n} ${'x'.repeat(5_000)}`, priority: 1 }),
      ),
    );
    for (let n = 0; n < 70; n += 1)
      expect(Number.parseInt((await reader.push('direct')).directMessage.msg ?? '', 10)).toBe(n);
  });
});

describe('answers', () => {
  it.each([
    ['with the default time', {}],
    ['with no time limit', { answerTimeout: Infinity }],
  ])('that are longer than all that may wait end no connection, nor do pushes beside them: %s', async (_, limits) => {
    const server = await serve({ limits: { bufferedBytes: 50_000, answerBytes: 10_000_000, ...limits } });
    const [tom, slow] = [await login(server, 'Tom'), await login(server, 'Slow')];
    const cid = await start(tom, ['Slow']);
    for (let n = 0; n < 400; n += 1) await say(tom, cid, { msg: BODY });
    await slow.settle();
    slow.socket.pause();
    for (let n = 0; n < 5; n += 1) slow.send({ cmd: 'logs', i: 1_000 + n, logsMessage: { cid, l: 400 } });
    for (let n = 0; n < 5; n += 1) await say(tom, cid, { msg: 'x' });
    for (let n = 0; n < 20; n += 1) await new Promise((resolve) => setImmediate(resolve));
    slow.socket.resume();
    await expect.poll(() => slow.inbox.filter(({ cmd }) => cmd === 'logs').length).toBe(5);
    expect(slow.socket.readyState).toBe(slow.socket.OPEN);
  });

  it('that a client does not take hold back its next commands, and end its connection after some time', async () => {
    const server = await serve({ limits: { bufferedBytes: 50_000, answerBytes: 10_000_000, answerTimeout: 100 } });
    const [tom, slow] = [await login(server, 'Tom'), await login(server, 'Slow')];
    const cid = await start(tom, ['Slow']);
    for (let n = 0; n < 400; n += 1) await say(tom, cid, { msg: BODY });
    await slow.settle();
    slow.socket.pause();
    for (let n = 0; n < 20; n += 1) slow.send({ cmd: 'logs', i: 1_000 + n, logsMessage: { cid, l: 400 } });
    await expect.poll(() => server.backEnd.online(['Slow'])).toEqual([]);
    slow.socket.resume();
    expect(await slow.closed).toMatchObject({ code: 1013 });
    expect(slow.inbox.filter(({ cmd }) => cmd === 'logs').length).toBeLessThan(20);
  });
});

describe('commands that wait', () => {
  const slowStore = (opened: Promise<void>): { readonly store: Store; readonly calls: () => number } => {
    const store = memoryStore();
    let calls = 0;
    return {
      calls: () => calls,
      store: {
        ...store,
        find: async (search) => {
          calls += 1;
          await opened;
          return store.find(search);
        },
        session: async (token) => {
          calls += 1;
          await opened;
          return store.session(token);
        },
      },
    };
  };
  const query = (i: number, where = '{}') =>
    ({ cmd: 'conv', op: 'query', i, convMessage: { where: { data: where } } }) as const;

  it('have a bound in bytes: with more, the socket is not read, also before a login', async () => {
    const { opened, release } = gate();
    const server = await serve({ store: slowStore(opened).store, limits: { queuedBytes: 200_000 } });
    const client = await dial(server.url);
    client.send({ cmd: 'session', op: 'open', sessionMessage: { st: 'x' } });
    const where = JSON.stringify({ objectId: { $in: Array.from({ length: 900 }, () => 'x'.repeat(64)) } });
    for (let n = 0; n < 400; n += 1) client.send(query(n, where));
    await expect.poll(() => statsNow(server).then(({ sockets }) => sockets)).toBe(1);
    const before = client.socket.bufferedAmount;
    await new Promise((resolve) => setImmediate(resolve));
    expect(before).toBeGreaterThan(5_000_000);
    release();
    await expect.poll(() => client.inbox.length).toBeGreaterThanOrEqual(400);
  });

  it('on a socket that has closed: what was sent is carried out, what was asked is dropped', async () => {
    const { opened, release } = gate();
    const { store, calls } = slowStore(opened);
    const server = await serve({ store });
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry']);
    for (let n = 0; n < 10; n += 1) tom.send(query(100 + n));
    tom.send({ cmd: 'direct', i: 200, directMessage: { cid, msg: 'last words' } });
    await expect.poll(calls).toBe(1);
    // A round trip of another socket, so that the server has read what Tom has sent.
    await jerry.settle();
    tom.socket.terminate();
    await once(tom.socket, 'close');
    await expect.poll(() => server.backEnd.online(['Tom'])).toEqual([]);
    release();
    expect((await jerry.push('direct')).directMessage).toMatchObject({ msg: 'last words' });
    expect(calls()).toBe(1);
    expect(await page(jerry, cid)).toEqual(['last words']);
  });
});

it('a login by a token that was never given is refused without a look at the store if it is too long', async () => {
  const server = await serve();
  const client = await dial(server.url);
  expect(await open(client, 'Tom', { st: 'x'.repeat(129) })).toMatchObject({ errorMessage: { code: 4112 } });
});

describe('all connections together', () => {
  it('are bounded in memory: those with the most bytes that wait are closed, the others stay', async () => {
    const faults: unknown[] = [];
    const server = await serve({
      limits: { bufferedBytes: 100_000_000, waitingBytes: 20_000_000 },
      onError: (fault) => faults.push(fault),
    });
    const [tom, slow, quick] = [await login(server, 'Tom'), await login(server, 'Slow'), await login(server, 'Quick')];
    const [both, one] = [await start(tom, ['Slow', 'Quick']), await start(tom, ['Slow'])];
    slow.socket.pause();
    while ((await server.backEnd.online(['Slow'])).length > 0) {
      await server.backEnd.send(one, { body: 'x'.repeat(5_000) });
      await new Promise((resolve) => setImmediate(resolve));
    }
    await say(tom, both, { msg: 'still here' });
    expect((await quick.push('direct')).directMessage.msg).toBe('still here');
    expect(faults).toEqual([
      new Error('more than 20000000 bytes waited in all, so the 1 heaviest connections were closed'),
    ]);
  });

  it('lose only the heaviest, and as few as have to go', () => {
    const bytes = fc.integer({ min: 0, max: 1_000 });
    fc.assert(
      fc.property(fc.array(bytes), bytes, (waiting, limit) => {
        const gone = new Set(
          heaviest(
            waiting.map((size, index) => [size, index] as const),
            limit,
          ),
        );
        const kept = waiting.filter((_, index) => !gone.has(index));
        const sum = kept.reduce((total, size) => total + size, 0);
        expect(sum).toBeLessThanOrEqual(limit);
        const smallest = Math.min(...[...gone].map((index) => waiting[index] ?? 0));
        expect(Math.max(0, ...kept)).toBeLessThanOrEqual(smallest);
        if (gone.size > 0) expect(sum + smallest).toBeGreaterThan(limit);
      }),
    );
  });
});
