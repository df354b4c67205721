/**
 * What the acting session hears of its own actions. The published clients show their own changes by notices, and they
 * need the answer first: it tells them of the conversation that the notices are about.
 */
import { describe, expect, it } from 'vitest';
import type { ServerOptions } from 'rx-realtime/server';
import { dial, login, open, serve, settable, start, type RawClient, type Received } from './raw-client.js';

type Request = Parameters<RawClient['request']>[0];

const wordsOf = (command: Received): string => {
  const message = command.cmd === 'conv' ? command.convMessage : {};
  const { initBy, m } = { initBy: undefined, m: undefined, ...message } as {
    readonly initBy: string | undefined;
    readonly m: readonly string[] | undefined;
  };
  return [
    'op' in command ? `${command.cmd}/${command.op}` : command.cmd,
    ...(initBy === undefined ? [] : ['by', initBy]),
    ...(m ?? []),
  ].join(' ');
};

/** Sends a command with a serial, and gives everything that comes with its answer, in order. */
const after = async (client: RawClient, command: Request): Promise<readonly string[]> => {
  await client.settle();
  client.inbox.length = 0;
  client.send({ ...command, i: 1_000 });
  await client.settle();
  return client.inbox.splice(0).map(wordsOf);
};

const conv = (op: 'add' | 'remove' | 'add_shutup' | 'remove_shutup', cid: string, ...m: string[]): Request => ({
  cmd: 'conv',
  op,
  convMessage: { cid, m },
});
const list = (op: 'block' | 'unblock', srcCid: string, ...toPids: string[]): Request => ({
  cmd: 'blacklist',
  op,
  blacklistMessage: { srcCid, toPids },
});
const role = (cid: string, pid: string): Request => ({
  cmd: 'conv',
  op: 'member_info_update',
  convMessage: { cid, targetClientId: pid, info: { pid, role: 'Manager' } },
});

describe('JavaScript, Swift and C#: the acting session hears its own notices, after the answer', () => {
  it('of a conversation that it creates', async () => {
    const tom = await login(await serve(), 'Tom');
    expect(await after(tom, { cmd: 'conv', op: 'start', convMessage: { m: ['Tom', 'Jerry'] } })).toEqual([
      'conv/started',
      'conv/joined by Tom',
      'conv/members_joined by Tom Tom Jerry',
    ]);
  });

  it('of a unique conversation only if it is new', async () => {
    const tom = await login(await serve(), 'Tom');
    const create: Request = { cmd: 'conv', op: 'start', convMessage: { m: ['Jerry'], unique: true } };
    expect(await after(tom, create)).toHaveLength(3);
    expect(await after(tom, create)).toEqual(['conv/started']);
  });

  it('of members that it adds and removes', async () => {
    const tom = await login(await serve(), 'Tom');
    const cid = await start(tom, ['Jerry']);
    expect(await after(tom, conv('add', cid, 'Spike'))).toEqual(['conv/added', 'conv/members_joined by Tom Spike']);
    expect(await after(tom, conv('add', cid, 'Spike'))).toEqual(['conv/added']);
    expect(await after(tom, conv('remove', cid, 'Spike'))).toEqual(['conv/removed', 'conv/members_left by Tom Spike']);
    expect(await after(tom, conv('remove', cid, 'Spike'))).toEqual(['conv/removed']);
  });

  it('of its own joining and leaving', async () => {
    const server = await serve();
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, []);
    expect(await after(jerry, conv('add', cid, 'Jerry'))).toEqual([
      'conv/added',
      'conv/joined by Jerry',
      'conv/members_joined by Jerry Jerry',
    ]);
    expect(await after(jerry, conv('remove', cid, 'Jerry'))).toEqual(['conv/removed', 'conv/left by Jerry']);
  });

  it('of roles, silenced and blocked members', async () => {
    const tom = await login(await serve(), 'Tom');
    const cid = await start(tom, ['Jerry', 'Spike']);
    const cases: readonly (readonly [Request, ...string[]])[] = [
      [role(cid, 'Jerry'), 'conv/member_info_updated', 'conv/member_info_changed by Tom'],
      [conv('add_shutup', cid, 'Spike'), 'conv/shutup_added', 'conv/members_shutuped by Tom Spike'],
      [conv('remove_shutup', cid, 'Spike'), 'conv/shutup_removed', 'conv/members_unshutuped by Tom Spike'],
      [
        list('block', cid, 'Spike'),
        'blacklist/blocked',
        'conv/members_left by Tom Spike',
        'conv/members_blocked by Tom Spike',
      ],
      [list('unblock', cid, 'Spike'), 'blacklist/unblocked', 'conv/members_unblocked by Tom Spike'],
    ];
    for (const [command, ...words] of cases) expect(await after(tom, command)).toEqual(words);
  });

  it('not of attributes: the answer says what has changed', async () => {
    const tom = await login(await serve(), 'Tom');
    const cid = await start(tom, []);
    expect(await after(tom, { cmd: 'conv', op: 'update', convMessage: { cid, attr: { data: '{"a":1}' } } })).toEqual([
      'conv/updated',
    ]);
  });
});

describe('JavaScript: on a socket that several clients share', () => {
  let started = '';
  const shared = async (options?: ServerOptions) => {
    const { url } = await serve(options);
    const socket = await dial(url);
    for (const id of ['Tom', 'Jerry']) await open(socket, id);
    /** Everything that comes with the answer to a command, with its addressee. */
    const all = async (peerId: string, command: Request) => {
      await socket.settle();
      socket.inbox.length = 0;
      socket.send({ ...command, peerId, i: 1_000 });
      await socket.settle();
      for (const one of socket.inbox) if (one.cmd === 'conv' && one.op === 'started') started = one.convMessage.cid;
      return socket.inbox.splice(0).map((one) => `${one.peerId ?? ''} ${wordsOf(one)}`);
    };
    return { socket, all };
  };

  it('the answer comes before the notices to all of them', async () => {
    const { all } = await shared();
    const [answer, ...notices] = await all('Tom', { cmd: 'conv', op: 'start', convMessage: { m: ['Jerry'] } });
    expect(answer).toBe('Tom conv/started');
    expect(notices.toSorted()).toEqual([
      'Jerry conv/joined by Tom',
      'Jerry conv/members_joined by Tom Tom Jerry',
      'Tom conv/joined by Tom',
      'Tom conv/members_joined by Tom Tom Jerry',
    ]);
  });

  it('the refusal comes before the notice that a chat room has ended', async () => {
    const clock = settable(1_700_000_000_000);
    const { socket, all } = await shared({ clock });
    await all('Tom', { cmd: 'conv', op: 'start', convMessage: { transient: true } });
    const cid = started;
    await all('Jerry', conv('add', cid, 'Jerry'));
    clock.set(clock.now() + 181 * 86_400_000);
    socket.send({ cmd: 'logs', peerId: 'Tom', i: 1_000, logsMessage: { cid } });
    const { op } = await socket.push('conv');
    expect([op, ...socket.inbox.map(({ cmd, peerId }) => [cmd, peerId])]).toEqual(['left', ['error', 'Tom']]);
  });
});
