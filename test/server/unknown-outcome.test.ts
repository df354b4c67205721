/** The store fails, and nobody knows whether it has made a change. If it has, whoever it concerns is told, once. */
import { describe, expect, it } from 'vitest';
import type { ClientCommand } from 'rx-realtime/codecs';
import { memoryStore, type ServerOptions, type Store } from 'rx-realtime/server';
import { failingOnce, faulty, wrapped, type Call } from './faulty-store.js';
import { login, serve, start, type RawClient, type Received, refused } from './raw-client.js';

const TRY_AGAIN = { cmd: 'error', errorMessage: { code: 4200 } };

const cast = async (options: ServerOptions = {}, changed = (store: Store): Store => store) => {
  const store = memoryStore();
  const { faultOf, fail } = failingOnce();
  const server = await serve({ store: faulty(changed(store), faultOf), onError: () => undefined, ...options });
  const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
  const cid = await start(tom, ['Jerry']);
  await jerry.push('conv', ({ op }) => op === 'members_joined');
  return { store, fail, server, tom, jerry, cid };
};

const say = (client: RawClient, cid: string, msg: string, dt: string): Promise<Received> =>
  client.request({ cmd: 'direct', directMessage: { cid, msg, dt } });

/** The messages that have arrived, in their order. */
const heard = async (client: RawClient): Promise<readonly (string | undefined)[]> => {
  await client.settle();
  return client.inbox.flatMap((push) => (push.cmd === 'direct' ? [push.directMessage.msg] : []));
};

describe('a message that was stored, although the store has failed', () => {
  it('reaches its receivers once, before later messages, and the sender not at all', async () => {
    const { fail, tom, jerry, cid } = await cast();
    fail('append', 'after');
    expect(await say(tom, cid, 'one', 'a')).toMatchObject(TRY_AGAIN);
    expect(await say(tom, cid, 'two', 'b')).toMatchObject({ cmd: 'ack' });
    expect(await say(tom, cid, 'one', 'a')).toMatchObject({ cmd: 'ack' });
    expect(await heard(jerry)).toEqual(['one', 'two']);
    expect(await heard(tom)).toEqual([]);
  });

  it('reaches its receivers when nobody sends it again, and nothing else happens', async () => {
    const { fail, tom, jerry, cid } = await cast();
    fail('append', 'after');
    await say(tom, cid, 'one', 'a');
    expect(await jerry.push('direct')).toMatchObject({ directMessage: { msg: 'one' } });
  });

  it('reaches its receivers when the clock of the store is behind', async () => {
    const { tom, jerry, cid, fail } = await cast({}, (store) => ({
      ...store,
      append: (messages) => store.append(messages.map((message) => ({ ...message, now: message.now - 5_000 }))),
    }));
    fail('append', 'after');
    await say(tom, cid, 'one', 'a');
    expect(await jerry.push('direct')).toMatchObject({ directMessage: { msg: 'one' } });
  });

  it('reaches its receivers when the sender repeats it over another connection, which does not get it', async () => {
    const { store, server, tom, jerry, cid } = await cast();
    await server.close();
    let isBroken = false;
    const again = await serve({
      store: wrapped(store, async (call, run) => {
        if (isBroken && (call === 'message' || call === 'speaking')) throw new Error('broken');
        const result = await run();
        if (call === 'append' && isBroken) throw new Error('broken');
        return result;
      }),
      onError: () => undefined,
    });
    await Promise.all([tom.closed, jerry.closed]);
    const [one, reader] = [await login(again, 'Tom'), await login(again, 'Jerry')];
    isBroken = true;
    expect(await say(one, cid, 'one', 'a')).toMatchObject(TRY_AGAIN);
    one.socket.terminate();
    const other = await login(again, 'Tom');
    expect(await say(other, cid, 'one', 'a')).toMatchObject(TRY_AGAIN);
    isBroken = false;
    expect(await say(other, cid, 'one', 'a')).toMatchObject({ cmd: 'ack' });
    expect(await heard(reader)).toEqual(['one']);
    expect(await heard(other)).toEqual([]);
  });

  it('reaches its receivers when the store answers too late', async () => {
    const inner = memoryStore();
    let answer: (() => void) | undefined;
    const store = wrapped(inner, async (call, run) => {
      if (call === 'append' && answer === undefined) await new Promise<void>((resolve) => (answer = resolve));
      return run();
    });
    const { server, tom, jerry, cid } = await cast({ store, limits: { storeTimeout: 50 } });
    tom.send({ cmd: 'direct', directMessage: { cid, msg: 'one', dt: 'a' }, i: 1_000 });
    await tom.closed;
    expect(await say(await login(server, 'Tom'), cid, 'two', 'b')).toMatchObject({ cmd: 'ack' });
    answer?.();
    await jerry.push('direct', ({ directMessage }) => directMessage.msg === 'one');
    expect(await heard(jerry)).toEqual(['two']);
  });

  it('is not sent twice if it had reached its receivers, and the store fails when it is repeated', async () => {
    const { fail, tom, jerry, cid } = await cast();
    await say(tom, cid, 'one', 'a');
    for (let times = 0; times < 2; times += 1) {
      fail('append', 'after');
      expect(await say(tom, cid, 'one', 'a')).toMatchObject(TRY_AGAIN);
    }
    expect(await say(tom, cid, 'one', 'a')).toMatchObject({ cmd: 'ack' });
    expect(await heard(jerry)).toEqual(['one']);
  });

  it('is told to the hooks once', async () => {
    const sent: string[] = [];
    const { fail, tom, jerry, cid } = await cast({ hooks: { messageSent: ({ content }) => void sent.push(content) } });
    fail('append', 'after');
    await say(tom, cid, 'one', 'a');
    await say(tom, cid, 'one', 'a');
    await heard(jerry);
    expect(sent).toEqual(['one']);
  });
});

it('a message that was not stored reaches nobody until it is sent again', async () => {
  const { fail, tom, jerry, cid } = await cast();
  fail('append', 'before');
  expect(await say(tom, cid, 'one', 'a')).toMatchObject(TRY_AGAIN);
  expect(await heard(jerry)).toEqual([]);
  expect(await say(tom, cid, 'one', 'a')).toMatchObject({ cmd: 'ack' });
  expect(await heard(jerry)).toEqual(['one']);
});

it('an edit and a recall that were made reach everybody, although the store has failed', async () => {
  const { fail, tom, jerry, cid } = await cast();
  const ack = await say(tom, cid, 'one', 'a');
  const mid = ack.cmd === 'ack' ? (ack.ackMessage.uid ?? '') : '';
  for (const change of [{ data: 'two' }, { recall: true }]) {
    fail('modify', 'after');
    const answer = await tom.request({
      cmd: 'patch',
      op: 'modify',
      patchMessage: { patches: [{ cid, mid, ...change }] },
    });
    expect(answer).toMatchObject(TRY_AGAIN);
    expect(await jerry.push('patch')).toMatchObject({
      patchMessage: { patches: [{ mid, recall: 'recall' in change }] },
    });
  }
});

describe('a change of a conversation', () => {
  type Change = readonly [what: string, call: Call, command: (cid: string) => ClientCommand, heard: string];
  const conv = (op: 'add' | 'remove' | 'add_shutup' | 'remove_shutup', m: string) =>
    [(cid: string): ClientCommand => ({ cmd: 'conv', op, convMessage: { cid, m: [m] } })] as const;
  const changes: readonly Change[] = [
    ['adding', 'addMembers', ...conv('add', 'Butch'), 'members_joined'],
    ['removing', 'removeMembers', ...conv('remove', 'Spike'), 'members_left'],
    ['silencing', 'setListed', ...conv('add_shutup', 'Spike'), 'members_shutuped'],
    [
      'a role',
      'setRole',
      (cid) => ({
        cmd: 'conv',
        op: 'member_info_update',
        convMessage: { cid, info: { pid: 'Spike', role: 'Manager' } },
      }),
      'member_info_changed',
    ],
    [
      'blocking',
      'setListed',
      (srcCid) => ({ cmd: 'blacklist', op: 'block', blacklistMessage: { srcCid, toPids: ['Spike'] } }),
      'members_blocked',
    ],
    [
      'attributes',
      'updateConversation',
      (cid) => ({ cmd: 'conv', op: 'update', convMessage: { cid, attr: { data: '{"level":3}' } } }),
      'updated',
    ],
  ];

  const there = async () => {
    const world = await cast();
    const { jerry, tom } = world;
    const cid = await start(tom, ['Jerry', 'Spike']);
    await jerry.settle();
    jerry.inbox.length = 0;
    return { ...world, cid };
  };
  const notices = async ({ inbox, settle }: RawClient, wanted: string): Promise<number> => {
    await settle();
    return inbox.filter((push) => push.cmd === 'conv' && push.op === wanted).length;
  };

  it.each(changes)(
    '%s: others are told once if it was made, also when it is repeated',
    async (_, call, command, op) => {
      const { fail, tom, jerry, cid } = await there();
      fail(call, 'after');
      expect(await tom.request(command(cid))).toMatchObject(TRY_AGAIN);
      await jerry.push('conv', (push) => push.op === op);
      expect(await tom.request(command(cid))).not.toMatchObject({ cmd: 'error' });
      // Attributes are set again, which is another change.
      expect(await notices(jerry, op)).toBe(op === 'updated' || op === 'member_info_changed' ? 1 : 0);
    },
  );

  it.each(changes)('%s: nobody is told if it was not made', async (_, call, command, op) => {
    const { fail, tom, jerry, cid } = await there();
    fail(call, 'before');
    expect(await tom.request(command(cid))).toMatchObject(TRY_AGAIN);
    expect(await notices(jerry, op)).toBe(0);
    await tom.request(command(cid));
    expect(await notices(jerry, op)).toBe(1);
  });

  it.each(changes.filter(([, , , op]) => op !== 'updated'))(
    '%s: is made, and told, if its notice can not be kept',
    async (_, __, command, op) => {
      const { fail, tom, jerry, cid } = await there();
      fail('keepNotice', 'before');
      expect(await tom.request(command(cid))).not.toMatchObject({ cmd: 'error' });
      expect(await notices(jerry, op)).toBe(1);
    },
  );

  it('a unique conversation: its members are told once that they are in it', async () => {
    const { fail, tom, jerry } = await there();
    fail('createConversation', 'after');
    const command: ClientCommand = { cmd: 'conv', op: 'start', convMessage: { m: ['Jerry'], unique: true } };
    expect(await tom.request(command)).toMatchObject(TRY_AGAIN);
    expect(await tom.request(command)).toMatchObject({ op: 'started' });
    expect(await notices(jerry, 'members_joined')).toBe(1);
  });

  it('a deletion: the members are told', async () => {
    const { fail, server, jerry, cid } = await there();
    fail('deleteConversation', 'after');
    await expect(server.backEnd.delete(cid)).rejects.toThrow('the answer is lost');
    await jerry.push('conv', ({ op }) => op === 'left');
  });

  it.each(['before', 'after'] as const)('a chat room is entered and left by a repeated command (%s)', async (fault) => {
    const { fail, server, tom } = await there();
    const cid = await start(tom, [], { transient: true });
    await tom.request({ cmd: 'conv', op: 'remove', convMessage: { cid, m: ['Tom'] } });
    for (const [op, inside] of [
      ['add', ['Tom']],
      ['remove', []],
    ] as const) {
      const command: ClientCommand = { cmd: 'conv', op, convMessage: { cid, m: ['Tom'] } };
      fail('rememberRoom', fault);
      expect(await tom.request(command)).toMatchObject(TRY_AGAIN);
      expect(await server.backEnd.members(cid)).toEqual(op === 'add' ? [] : ['Tom']);
      expect(await tom.request(command)).not.toMatchObject({ cmd: 'error' });
      expect(await server.backEnd.members(cid)).toEqual(inside);
    }
  });
});

describe('a send takes one call of the store while its conversation waits', () => {
  const counted = () => {
    const calls: Call[] = [];
    return { calls, store: wrapped(memoryStore(), (call, run) => (calls.push(call), run())) };
  };

  it.each([{}, { transient: true }])('%j, in an ordinary conversation', async (kind) => {
    const { calls, store } = counted();
    const tom = await login(await serve({ store }), 'Tom');
    const cid = await start(tom, ['Jerry']);
    calls.length = 0;
    await tom.request({ cmd: 'direct', directMessage: { cid, msg: 'one', ...kind } });
    expect(calls).toEqual(['transient' in kind ? 'speaking' : 'append']);
  });

  it('in a chat room, and if an earlier message is edited', async () => {
    const { calls, store } = counted();
    const tom = await login(await serve({ store }), 'Tom');
    const cid = await start(tom, [], { transient: true });
    calls.length = 0;
    const ack = await tom.request({ cmd: 'direct', directMessage: { cid, msg: 'one' } });
    const mid = ack.cmd === 'ack' ? (ack.ackMessage.uid ?? '') : '';
    await tom.request({ cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid, data: 'two' }] } });
    expect(calls).toEqual(['append', 'modify']);
  });

  it('unless a hook is asked, which hears of no message that may not be sent', async () => {
    const { calls, store } = counted();
    const asked: string[] = [];
    const server = await serve({ store, hooks: { messageReceived: ({ content }) => void asked.push(content) } });
    const [tom, spike] = [await login(server, 'Tom'), await login(server, 'Spike')];
    const cid = await start(tom, ['Jerry']);
    calls.length = 0;
    await tom.request({ cmd: 'direct', directMessage: { cid, msg: 'one' } });
    expect(calls).toEqual(['speaking', 'append']);
    expect(await say(spike, cid, 'two', 'a')).toMatchObject(refused(4401));
    expect(asked).toEqual(['one']);
  });
});
