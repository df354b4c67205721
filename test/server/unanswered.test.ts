/** The store can't be reached, and nobody knows whether it has stored a message. Its sender gets no answer. */
import { describe, expect, it } from 'vitest';
import { memoryStore, StoreFailure, type ServerOptions, type Store } from 'rx-realtime/server';
import { failingOnce, faulty, StoreFailed, wrapped } from './faulty-store.js';
import { dial, login, open, serve, start, tokenOf, type RawClient, type Received } from './raw-client.js';

const TRY_AGAIN = { cmd: 'error', errorMessage: { code: 4200 } };

/** A store that fails as one that can't be reached. */
const unreachable = (store: Store): Store =>
  wrapped(store, async (_, run) => {
    try {
      return await run();
    } catch (error) {
      throw error instanceof StoreFailed ? new StoreFailure(error.message) : error;
    }
  });

const cast = async (options: ServerOptions = {}, changed = (store: Store): Store => store) => {
  const store = memoryStore();
  const { faultOf, fail } = failingOnce();
  const failing = unreachable(faulty(changed(store), faultOf));
  const server = await serve({ store: failing, onError: () => undefined, ...options });
  const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
  const cid = await start(tom, ['Jerry']);
  await jerry.push('conv', ({ op }) => op === 'members_joined');
  return { store, fail, server, tom, jerry, cid };
};

const say = (client: RawClient, cid: string, msg: string, dt: string): Promise<Received> =>
  client.request({ cmd: 'direct', directMessage: { cid, msg, dt } });

/** Says something whose outcome the server does not know: it answers nothing, and closes the socket. */
const sayInVain = async (client: RawClient, cid: string, msg: string, dt: string): Promise<void> => {
  const i = 1_000;
  client.send({ cmd: 'direct', directMessage: { cid, msg, dt }, i });
  const { code } = await client.closed;
  expect([code, client.inbox.filter((answer) => answer.i === i)]).toEqual([1011, []]);
};

/** The messages that have arrived, in their order. */
const heard = async (client: RawClient): Promise<readonly (string | undefined)[]> => {
  await client.settle();
  return client.inbox.flatMap((push) => (push.cmd === 'direct' ? [push.directMessage.msg] : []));
};

describe('a message that was stored, although the store could not be reached', () => {
  it('reaches its receivers once, before later messages, and the sender not at all', async () => {
    const { server, fail, tom, jerry, cid } = await cast();
    fail('append', 'after');
    await sayInVain(tom, cid, 'one', 'a');
    const again = await login(server, 'Tom');
    expect(await say(again, cid, 'two', 'b')).toMatchObject({ cmd: 'ack' });
    expect(await say(again, cid, 'one', 'a')).toMatchObject({ cmd: 'ack' });
    expect(await heard(jerry)).toEqual(['one', 'two']);
    expect(await heard(again)).toEqual([]);
  });

  it('reaches its receivers when nobody sends it again, and nothing else happens', async () => {
    const { fail, tom, jerry, cid } = await cast();
    fail('append', 'after');
    await sayInVain(tom, cid, 'one', 'a');
    expect(await jerry.push('direct')).toMatchObject({ directMessage: { msg: 'one' } });
  });
});

it('a message that was not stored reaches nobody until it is sent again', async () => {
  const { server, fail, tom, jerry, cid } = await cast();
  fail('append', 'before');
  await sayInVain(tom, cid, 'one', 'a');
  expect(await heard(jerry)).toEqual([]);
  expect(await say(await login(server, 'Tom'), cid, 'one', 'a')).toMatchObject({ cmd: 'ack' });
  expect(await heard(jerry)).toEqual(['one']);
});

it('a message of which the store says that it was not stored is refused, and the socket stays open', async () => {
  const { tom, jerry, cid } = await cast({}, (store) => {
    let isFull = true;
    return {
      ...store,
      append: async (messages) => {
        if (!isFull) return store.append(messages);
        isFull = false;
        throw new StoreFailure('the disk is full', 'FULL', { isUnchanged: true });
      },
    };
  });
  expect(await say(tom, cid, 'one', 'a')).toMatchObject(TRY_AGAIN);
  expect(await say(tom, cid, 'one', 'a')).toMatchObject({ cmd: 'ack' });
  expect(await heard(jerry)).toEqual(['one']);
});

describe('a message that needs a look at the store first', () => {
  it('is not refused if the look fails, since an earlier attempt may be stored', async () => {
    const { server, fail, tom, jerry, cid } = await cast({ hooks: { messageReceived: () => undefined } });
    fail('speaking', 'before');
    await sayInVain(tom, cid, 'one', 'a');
    expect(await say(await login(server, 'Tom'), cid, 'one', 'a')).toMatchObject({ cmd: 'ack' });
    expect(await heard(jerry)).toEqual(['one']);
  });

  it('is refused with 4200 if it is transient: it is never stored', async () => {
    const { fail, tom, cid } = await cast();
    fail('speaking', 'before');
    const typing = { cmd: 'direct', directMessage: { cid, msg: 'typing', transient: true } } as const;
    expect(await tom.request(typing)).toMatchObject(TRY_AGAIN);
    expect(await tom.request(typing)).toMatchObject({ cmd: 'ack' });
  });
});

it('the will of a client is sent if its socket is closed after a message that nobody knows of', async () => {
  const { fail, tom, jerry, cid } = await cast();
  await tom.request({ cmd: 'direct', directMessage: { cid, msg: 'gone', will: true } });
  fail('append', 'before');
  await sayInVain(tom, cid, 'one', 'a');
  expect(await jerry.push('direct')).toMatchObject({ directMessage: { msg: 'gone' } });
});

it('a sender that goes on with its session is not told of its own message, when that is found', async () => {
  const { server, fail, tom, jerry, cid } = await cast();
  const st = tokenOf(await open(tom, 'Tom'));
  fail('append', 'after');
  // It is found by the second look only.
  fail('message', 'before');
  await sayInVain(tom, cid, 'one', 'a');
  const again = await dial(server.url);
  await open(again, 'Tom', { st });
  await jerry.push('direct');
  expect(await heard(again)).toEqual([]);
});

it('a client whose login the server could not carry out keeps its session', async () => {
  const { fail, server } = await cast({ limits: { loginTimeout: 200 } });
  const one = await dial(server.url);
  fail('openSession', 'before');
  expect(await open(one, 'Spike')).toMatchObject(TRY_AGAIN);
  // Not 4108, by which clients drop their tokens.
  expect(await one.closed).toMatchObject({ code: 1013, reason: expect.stringMatching(/; spread=1000$/) });
});

it('nothing that a sender has sent later is stored before the message whose outcome is not known', async () => {
  const { store, server, fail, tom, jerry, cid } = await cast();
  fail('append', 'before');
  for (const [i, msg] of ['one', 'two', 'three'].entries())
    tom.send({ cmd: 'direct', directMessage: { cid, msg, dt: msg }, i });
  await tom.closed;
  const again = await login(server, 'Tom');
  for (const msg of ['one', 'two', 'three']) expect(await say(again, cid, msg, msg)).toMatchObject({ cmd: 'ack' });
  expect(await heard(jerry)).toEqual(['one', 'two', 'three']);
  const stored = await store.history({ conversationId: cid, direction: 'new', limit: 10 });
  expect(stored.map(({ msg }) => msg)).toEqual(['one', 'two', 'three']);
});
