/** A store, a bus or a function of the application that never answers, or throws. */
import { describe, expect, it } from 'vitest';
import { inProcessBus, memoryStore, type Bus, type ServerOptions } from 'rx-realtime/server';
import { wrapped, type Call } from './faulty-store.js';
import { dial, login, open, serve, start } from './raw-client.js';

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
const SOON = { storeTimeout: 60, hookTimeout: 60, closeTimeout: 60 };
const TRY_AGAIN = { cmd: 'error', errorMessage: { code: 4200 } };

/** A store that does not answer the calls of one kind, from when the test says so. */
const hanging = (call: Call) => {
  let isHanging = false;
  return {
    store: wrapped(memoryStore(), (name, run) => (isHanging && name === call ? never() : run())),
    hang: (yes: boolean) => {
      isHanging = yes;
    },
  };
};

const errors = (): { readonly onError: (error: unknown) => void; readonly texts: string[] } => {
  const texts: string[] = [];
  return { onError: (error) => texts.push(String(error)), texts };
};

describe('a store that never answers', () => {
  it('closes the socket of a message without an answer, and is reported', async () => {
    const { store, hang } = hanging('append');
    const { onError, texts } = errors();
    const server = await serve({ store, limits: SOON, onError });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    hang(true);
    tom.send({ cmd: 'direct', directMessage: { cid, msg: 'one' }, i: 77 });
    expect(await tom.closed).toEqual({ code: 1011, reason: 'nobody knows whether a message is stored; spread=1000' });
    expect(tom.inbox).toEqual([]);
    expect(texts).toEqual([expect.stringContaining('store.append did not answer within 60 ms')]);
    hang(false);
    const again = await login(server, 'Tom');
    expect(await again.request({ cmd: 'direct', directMessage: { cid, msg: 'two' } })).toMatchObject({ cmd: 'ack' });
  });

  it('lets other commands be refused with 4200, and is reported', async () => {
    const { store, hang } = hanging('updateConversation');
    const { onError, texts } = errors();
    const server = await serve({ store, limits: SOON, onError });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    hang(true);
    const command = { cmd: 'conv', op: 'update', convMessage: { cid, attr: { data: '{"level":3}' } } } as const;
    expect(await tom.request(command)).toMatchObject(TRY_AGAIN);
    expect(texts).toEqual([expect.stringContaining('store.updateConversation did not answer within 60 ms')]);
    hang(false);
    expect(await tom.request(command)).toMatchObject({ cmd: 'conv', op: 'updated' });
  });

  it('holds up neither heartbeats nor close()', async () => {
    const { store, hang } = hanging('append');
    const { onError, texts } = errors();
    const server = await serve({ store, limits: { ...SOON, storeTimeout: 60_000 }, onError });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    hang(true);
    tom.send({ cmd: 'direct', directMessage: { cid, msg: 'one' }, i: 77 });
    for (let n = 0; n < 2; n += 1) expect(await tom.request({ cmd: 'echo' })).toMatchObject({ cmd: 'echo' });
    await server.close();
    expect((await tom.closed).code).toBeGreaterThan(1_000);
    expect(texts.join()).toContain('did not end within 60 ms');
  });
});

it('heartbeats have their turn while the store answers', async () => {
  const server = await serve();
  const tom = await login(server, 'Tom');
  const cid = await start(tom, ['Jerry']);
  tom.send({ cmd: 'direct', directMessage: { cid, msg: 'one' }, i: 77 });
  await tom.request({ cmd: 'echo' });
  expect(tom.inbox).toMatchObject([{ cmd: 'ack', i: 77 }]);
});

it('a bus that never answers lets the login be refused with 4200; a subscription that comes late is undone', async () => {
  const inner = inProcessBus();
  let subscribed: (() => void) | undefined;
  const bus: Bus = {
    ...inner,
    subscribe: async (clientId, receive) => {
      await new Promise<void>((resolve) => (subscribed = resolve));
      return inner.subscribe(clientId, receive);
    },
  };
  const server = await serve({ bus, limits: SOON, onError: () => undefined });
  expect(await open(await dial(server.url), 'Tom')).toMatchObject(TRY_AGAIN);
  subscribed?.();
  await expect.poll(() => inner.online(['Tom'])).toEqual([]);
});

describe('a function of the application', () => {
  const functions: readonly (readonly [string, ServerOptions])[] = [
    ['verifyLogin, that never answers', { verifyLogin: () => never() }],
    ['verifyLogin, that rejects', { verifyLogin: () => Promise.reject(new Error('no')) }],
    ['verifyLogin, that throws', { verifyLogin: () => { throw new Error('no'); } }], // prettier-ignore
  ];
  it.each(functions)('%s: the login is refused with 4200', async (_, options) => {
    const { onError, texts } = errors();
    const server = await serve({ ...options, limits: SOON, onError });
    expect(await open(await dial(server.url), 'Tom')).toMatchObject(TRY_AGAIN);
    expect(texts).toHaveLength(1);
  });

  it('a hook that never answers is passed over and reported', async () => {
    const { onError, texts } = errors();
    const server = await serve({ hooks: { messageReceived: () => never() }, limits: SOON, onError });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    expect(await tom.request({ cmd: 'direct', directMessage: { cid, msg: 'one' } })).toMatchObject({ cmd: 'ack' });
    expect(texts).toEqual([expect.stringContaining('the hook messageReceived did not answer within 60 ms')]);
  });

  it('isOpen, that throws: the conversation is not open, and the error is reported', async () => {
    const { onError, texts } = errors();
    const server = await serve({ isOpen: () => { throw new Error('no'); }, onError }); // prettier-ignore
    const [tom, spike] = [await login(server, 'Tom'), await login(server, 'Spike')];
    const cid = await start(tom, ['Jerry']);
    expect(await spike.request({ cmd: 'logs', logsMessage: { cid } })).toMatchObject({ errorMessage: { code: 4312 } });
    expect(texts).toEqual(['Error: no']);
  });

  it.each([
    ['throws', () => { throw new Error('no time'); }], // prettier-ignore
    ['gives no number', () => Number.NaN],
  ])('clock, that %s: the system clock is used, and the error is reported', async (_, now) => {
    const { onError, texts } = errors();
    const server = await serve({ clock: { now }, onError });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    const before = Date.now();
    const ack = await tom.request({ cmd: 'direct', directMessage: { cid, msg: 'one' } });
    expect(ack.cmd === 'ack' ? ack.ackMessage.t : 0).toBeGreaterThanOrEqual(before);
    expect(texts.length).toBeGreaterThan(0);
  });

  const failing: readonly (readonly [string, () => unknown])[] = [
    ['throws', () => { throw new Error('again'); }], // prettier-ignore
    ['rejects', () => Promise.reject(new Error('again'))],
  ];
  it.each(failing)('onError, that %s: the commands after it are carried out', async (_, onError) => {
    const { store, hang } = hanging('updateConversation');
    const server = await serve({ store, limits: SOON, onError });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    hang(true);
    const command = { cmd: 'conv', op: 'update', convMessage: { cid, attr: { data: '{"level":3}' } } } as const;
    expect(await tom.request(command)).toMatchObject(TRY_AGAIN);
    hang(false);
    expect(await tom.request({ cmd: 'direct', directMessage: { cid, msg: 'two' } })).toMatchObject({ cmd: 'ack' });
  });
});
