/** The owner, managers and members: who may do what to whom, and who is notified. */
import { describe, expect, it } from 'vitest';
import type { ServerOptions } from 'rx-realtime/server';
import {
  dial,
  login,
  open,
  page,
  say,
  serve,
  settable,
  start,
  tokenOf,
  type RawClient,
  type Received,
  codeOf,
} from './raw-client.js';

const error = (code: number): object => ({ cmd: 'error', errorMessage: { code } });

const everybody = ['Tom', 'Max', 'Mia', 'Jerry', 'Butch', 'Spike'] as const;
type Who = (typeof everybody)[number];

/** Tom is the owner, Max and Mia are managers, Jerry and Butch are members, Spike is a stranger. */
const cast = async (options: ServerOptions = {}) => {
  const server = await serve(options);
  const clients = new Map<Who, RawClient>();
  for (const id of everybody) clients.set(id, await login(server, id));
  const client = (id: Who): RawClient => {
    const found = clients.get(id);
    if (found === undefined) throw new Error(`${id} is not there`);
    return found;
  };
  /** A new conversation of these clients. Nobody has received a notice yet. */
  const make = async (): Promise<string> => {
    const cid = await start(client('Tom'), ['Max', 'Mia', 'Jerry', 'Butch']);
    for (const pid of ['Max', 'Mia']) {
      const given = await client('Tom').request({
        cmd: 'conv',
        op: 'member_info_update',
        convMessage: { cid, info: { pid, role: 'Manager' } },
      });
      expect(given).toMatchObject({ op: 'member_info_updated' });
    }
    for (const each of clients.values()) {
      await each.settle();
      each.inbox.length = 0;
    }
    return cid;
  };
  return { server, client, make };
};

/** The clients for which it worked, and the others with their codes; or the code of the whole command. */
type Result =
  | number
  | { readonly allowed: readonly string[]; readonly failed: readonly (readonly [code: number, ...ids: string[]])[] };
const resultOf = (answer: Received): Result => {
  if (answer.cmd === 'error') return answer.errorMessage.code;
  const message = (
    answer.cmd === 'blacklist' ? answer.blacklistMessage : answer.cmd === 'conv' ? answer.convMessage : {}
  ) as {
    readonly allowedPids?: readonly string[];
    readonly failedPids?: readonly { readonly code: number; readonly pids?: readonly string[] }[];
  };
  return {
    allowed: message.allowedPids ?? [],
    failed: (message.failedPids ?? []).map(({ code, pids = [] }) => [code, ...pids] as const),
  };
};

const setRole = async (client: RawClient, cid: string, pid: string, role = 'Manager'): Promise<Result> =>
  resultOf(await client.request({ cmd: 'conv', op: 'member_info_update', convMessage: { cid, info: { pid, role } } }));
const people =
  (op: 'add' | 'remove' | 'add_shutup' | 'remove_shutup') =>
  async (client: RawClient, cid: string, ...m: readonly string[]): Promise<Result> =>
    resultOf(await client.request({ cmd: 'conv', op, convMessage: { cid, m: [...m] } }));
const blacklist =
  (op: 'block' | 'unblock') =>
  async (client: RawClient, srcCid: string, ...toPids: readonly string[]): Promise<Result> =>
    resultOf(await client.request({ cmd: 'blacklist', op, blacklistMessage: { srcCid, toPids: [...toPids] } }));
const [add, remove, silence, unsilence] = [
  people('add'),
  people('remove'),
  people('add_shutup'),
  people('remove_shutup'),
];
const [block, unblock] = [blacklist('block'), blacklist('unblock')];

const nobody: Result = { allowed: [], failed: [] };
const send = async (client: RawClient, cid: string, fields: object = { msg: 'x' }): Promise<number | string> => {
  const answer = await client.request({ cmd: 'direct', directMessage: { cid, ...fields } });
  return codeOf(answer) ?? answer.cmd;
};

describe('the right to act on another client', () => {
  const actors = ['Tom', 'Max', 'Jerry', 'Spike'] as const;
  /** The owner, another manager, a member, a stranger, and the actor itself. */
  const targets = ['Tom', 'Mia', 'Butch', 'Spike', 'self'] as const;
  type Row = readonly [owner: Cell, manager: Cell, member: Cell, stranger: Cell, self: Cell];
  /** `ok`, the code of the whole command, or the code of its one client. */
  type Cell = 'ok' | number | { readonly failed: number };
  const no = (failed: number): Cell => ({ failed });

  const table: Readonly<
    Record<
      string,
      {
        readonly act: (client: RawClient, cid: string, id: string) => Promise<Result>;
        readonly rows: Readonly<Record<(typeof actors)[number], Row>>;
      }
    >
  > = {
    'make somebody a manager': {
      act: setRole,
      rows: {
        Tom: [4324, 'ok', 'ok', 4317, 4324],
        Max: [4324, 4320, 4320, 4317, 4320],
        Jerry: [4324, 4320, 4320, 4317, 4320],
        Spike: [4317, 4317, 4317, 4317, 4317],
      },
    },
    'make somebody a member': {
      act: (client, cid, pid) => setRole(client, cid, pid, 'Member'),
      rows: {
        Tom: [4324, 'ok', 'ok', 4317, 4324],
        Max: [4324, 4320, 4320, 4317, 4320],
        Jerry: [4324, 4320, 4320, 4317, 4320],
        Spike: [4317, 4317, 4317, 4317, 4317],
      },
    },
    'make somebody the owner': {
      act: (client, cid, pid) => setRole(client, cid, pid, 'Owner'),
      rows: {
        Tom: [4324, 4324, 4324, 4317, 4324],
        Max: [4324, 4324, 4324, 4317, 4324],
        Jerry: [4324, 4324, 4324, 4317, 4324],
        Spike: [4317, 4317, 4317, 4317, 4317],
      },
    },
    silence: {
      act: silence,
      rows: {
        Tom: [no(4320), 'ok', 'ok', no(4317), no(4320)],
        Max: [no(4320), no(4320), 'ok', no(4317), no(4320)],
        Jerry: [4320, 4320, 4320, 4320, 4320],
        Spike: [4317, 4317, 4317, 4317, 4317],
      },
    },
    unsilence: {
      act: unsilence,
      rows: {
        Tom: [no(4320), 'ok', 'ok', 'ok', no(4320)],
        Max: [no(4320), no(4320), 'ok', 'ok', no(4320)],
        Jerry: [4320, 4320, 4320, 4320, 4320],
        Spike: [4317, 4317, 4317, 4317, 4317],
      },
    },
    block: {
      act: block,
      rows: {
        Tom: [no(4320), 'ok', 'ok', 'ok', no(4320)],
        Max: [no(4320), no(4320), 'ok', 'ok', no(4320)],
        Jerry: [4320, 4320, 4320, 4320, 4320],
        Spike: [4317, 4317, 4317, 4317, 4317],
      },
    },
    unblock: {
      act: unblock,
      rows: {
        Tom: [no(4320), 'ok', 'ok', 'ok', no(4320)],
        Max: [no(4320), no(4320), 'ok', 'ok', no(4320)],
        Jerry: [4320, 4320, 4320, 4320, 4320],
        Spike: [4317, 4317, 4317, 4317, 4317],
      },
    },
    // It is no failure to remove a client that is not a member. A client that removes itself quits.
    remove: {
      act: remove,
      rows: {
        // Roles were given, so the conversation needs its owner.
        Tom: [4324, 'ok', 'ok', 'ok', 4324],
        Max: [no(4320), no(4320), 'ok', 'ok', 'ok'],
        Jerry: [no(4320), no(4320), 'ok', 'ok', 'ok'],
        Spike: [4317, 4317, 4317, 4317, 4317],
      },
    },
    add: {
      act: add,
      rows: {
        Tom: ['ok', 'ok', 'ok', 'ok', 'ok'],
        Max: ['ok', 'ok', 'ok', 'ok', 'ok'],
        Jerry: ['ok', 'ok', 'ok', 'ok', 'ok'],
        Spike: [4317, 4317, 4317, 'ok', 'ok'],
      },
    },
  };
  const cases = Object.entries(table).flatMap(([action, { act, rows }]) =>
    actors.map((actor) => ({ action, actor, act, row: rows[actor] })),
  );

  it.each(cases)('$actor: $action', async ({ actor, action, act, row }) => {
    const { client, make } = await cast();
    const got: Cell[] = [];
    for (const target of targets) {
      const cid = await make();
      const id = target === 'self' ? actor : target;
      const result = await act(client(actor), cid, id);
      if (typeof result === 'number') got.push(result);
      else if (result.failed.length > 0) {
        expect(result).toEqual({ allowed: [], failed: [[result.failed[0]?.[0], id]] });
        got.push(no(result.failed[0]?.[0] ?? 0));
      } else {
        expect(result.allowed).toEqual(action.startsWith('make') ? [] : [id]);
        got.push('ok');
      }
    }
    expect(got).toEqual(row);
  });

  it('of a command for several clients is checked for each: the refused ones are named with their codes', async () => {
    const { client, make } = await cast();
    const mixed = ['Tom', 'Mia', 'Jerry', 'Spike', 'Max'];
    const above: readonly [number, ...string[]] = [4320, 'Tom', 'Mia', 'Max'];
    expect(await silence(client('Max'), await make(), ...mixed)).toEqual({
      allowed: ['Jerry'],
      failed: [above, [4317, 'Spike']],
    });
    expect(await block(client('Max'), await make(), ...mixed)).toEqual({
      allowed: ['Jerry', 'Spike'],
      failed: [above],
    });
    expect(await remove(client('Max'), await make(), ...mixed)).toEqual({
      allowed: ['Jerry', 'Spike', 'Max'],
      failed: [[4320, 'Tom', 'Mia']],
    });
    expect(await silence(client('Tom'), await make())).toEqual(nobody);
    expect(await block(client('Tom'), await make())).toEqual(nobody);
  });

  it('to a role that does not exist is refused with 4321', async () => {
    const { client, make } = await cast();
    const cid = await make();
    for (const role of ['King', '', 'manager', 'MANAGER', '__proto__'])
      expect(await setRole(client('Tom'), cid, 'Jerry', role)).toBe(4321);
    const none = await client('Tom').request({
      cmd: 'conv',
      op: 'member_info_update',
      convMessage: { cid, info: { pid: 'Jerry' } },
    });
    expect(none).toMatchObject(error(4321));
  });
});

describe('a role', () => {
  it('that was taken away is no longer valid', async () => {
    const { client, make } = await cast();
    const cid = await make();
    await setRole(client('Tom'), cid, 'Max', 'Member');
    expect(await silence(client('Max'), cid, 'Jerry')).toBe(4320);
    expect(await silence(client('Mia'), cid, 'Max')).toEqual({ allowed: ['Max'], failed: [] });
  });

  it('ends when a manager leaves: he comes back as a member; the owner comes back as the owner', async () => {
    const { server, client, make } = await cast();
    const cid = await make();
    for (const id of ['Max', 'Tom'] as const) {
      // Once roles were given, only the back end can remove the owner.
      await server.backEnd.removeMembers(cid, [id]);
      expect(await silence(client(id), cid, 'Jerry')).toBe(4317);
      expect(await setRole(client(id), cid, 'Jerry')).toBe(4317);
      await add(client(id), cid, id);
    }
    expect(await silence(client('Max'), cid, 'Jerry')).toBe(4320);
    expect(await silence(client('Mia'), cid, 'Tom')).toEqual({ allowed: [], failed: [[4320, 'Tom']] });
    expect(await setRole(client('Tom'), cid, 'Max')).toEqual(nobody);
  });

  it('is valid in one conversation only', async () => {
    const { client, make } = await cast();
    await make();
    const other = await start(client('Jerry'), ['Tom', 'Max', 'Butch']);
    for (const id of ['Tom', 'Max'] as const) expect(await silence(client(id), other, 'Butch')).toBe(4320);
    expect(await silence(client('Jerry'), other, 'Tom', 'Max')).toEqual({ allowed: ['Tom', 'Max'], failed: [] });
  });

  it('belongs to nobody in a conversation that the back end has created without a creator', async () => {
    const { server, client } = await cast();
    const { id } = await server.backEnd.create({ members: ['Tom', 'Jerry', 'Butch'] });
    expect(await silence(client('Tom'), id, 'Jerry')).toBe(4320);
    expect(await setRole(client('Tom'), id, 'Jerry')).toBe(4320);
    expect(await setRole(client('Tom'), id, 'Tom')).toBe(4320);
    await server.backEnd.setRole(id, 'Tom', 'Manager');
    expect(await silence(client('Tom'), id, 'Jerry')).toEqual({ allowed: ['Jerry'], failed: [] });
  });

  it('is shown over HTTP to members, if it is not the default role', async () => {
    const { server, make } = await cast();
    const cid = await make();
    const ask = async (id: Who) => {
      const st = tokenOf(await open(await dial(server.url), id));
      const where = encodeURIComponent(JSON.stringify({ cid }));
      return fetch(`http://127.0.0.1:${server.port}/1.1/classes/_ConversationMemberInfo?where=${where}&owner=true`, {
        headers: { 'x-lc-im-session-token': st },
      });
    };
    expect(await (await ask('Jerry')).json()).toEqual({
      results: [
        { clientId: 'Tom', cid, role: 'Owner' },
        { clientId: 'Max', cid, role: 'Manager' },
        { clientId: 'Mia', cid, role: 'Manager' },
      ],
    });
    expect((await ask('Spike')).status).toBe(403);
  });

  it('of a chat room belongs to its creator: only the creator silences and blocks', async () => {
    const { client } = await cast();
    const cid = await start(client('Tom'), [], { transient: true });
    for (const id of ['Max', 'Jerry'] as const) await add(client(id), cid, id);
    expect(await silence(client('Max'), cid, 'Jerry')).toBe(4320);
    expect(await block(client('Max'), cid, 'Jerry')).toBe(4320);
    expect(await silence(client('Tom'), cid, 'Jerry', 'Spike', 'Tom')).toEqual({
      allowed: ['Jerry', 'Spike'],
      failed: [[4320, 'Tom']],
    });
    expect(await block(client('Tom'), cid, 'Max', 'Tom')).toEqual({ allowed: ['Max'], failed: [[4320, 'Tom']] });
    for (const id of ['Jerry', 'Spike'] as const) expect(await send(client(id), cid)).toBe(4563);
    expect(await send(client('Max'), cid)).toBe(4315);
    expect(await add(client('Max'), cid, 'Max')).toEqual({ allowed: [], failed: [[4315, 'Max']] });
  });
});

describe('notices', () => {
  /** What each client has heard: the op, the actor, and the clients or the role in it. */
  const told = async (
    clients: Readonly<Record<string, RawClient>>,
  ): Promise<Readonly<Record<string, readonly string[]>>> => {
    for (const client of Object.values(clients)) await client.settle();
    return Object.fromEntries(
      Object.entries(clients).flatMap(([name, { inbox }]) => {
        const heard = inbox.splice(0).map((push) => {
          if (push.cmd !== 'conv') return push.cmd;
          const message = push.convMessage as {
            readonly initBy?: string;
            readonly m?: readonly string[];
            readonly info?: { readonly pid: string; readonly role?: string };
          };
          const { initBy = 'nobody', m = [], info } = message;
          return [push.op, 'by', initBy, ...m, ...(info === undefined ? [] : [info.pid, info.role])].join(' ');
        });
        return heard.length === 0 ? [] : [[name, heard]];
      }),
    );
  };

  /** Every client on one device, and Tom and Jerry on a second device. */
  const devices = async () => {
    const there = await cast();
    const [tablet, phone] = [await login(there.server, 'Tom'), await login(there.server, 'Jerry')];
    const cid = await there.make();
    for (const device of [tablet, phone]) {
      await device.settle();
      device.inbox.length = 0;
    }
    const clients = { ...Object.fromEntries(everybody.map((id) => [id, there.client(id)])), tablet, phone };
    return { ...there, cid, heard: () => told(clients) };
  };
  const to = (names: readonly string[], ...what: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, what]));

  it('of a role go to all members, on all devices', async () => {
    const { client, cid, heard } = await devices();
    await setRole(client('Tom'), cid, 'Jerry');
    expect(await heard()).toEqual(
      to(['Tom', 'Max', 'Mia', 'Jerry', 'Butch', 'tablet', 'phone'], 'member_info_changed by Tom Jerry Manager'),
    );
    await setRole(client('Tom'), cid, 'Jerry', 'Member');
    expect(await heard()).toEqual(
      to(['Tom', 'Max', 'Mia', 'Jerry', 'Butch', 'tablet', 'phone'], 'member_info_changed by Tom Jerry Member'),
    );
  });

  it('of silencing have one form for the silenced client, and another for all members', async () => {
    const { client, cid, heard } = await devices();
    await silence(client('Max'), cid, 'Jerry');
    expect(await heard()).toEqual({
      ...to(['Tom', 'tablet', 'Max', 'Mia', 'Butch'], 'members_shutuped by Max Jerry'),
      ...to(['Jerry', 'phone'], 'shutuped by Max', 'members_shutuped by Max Jerry'),
    });
    await silence(client('Tom'), cid, 'Jerry', 'Butch', 'Spike', 'Tom');
    expect(await heard()).toEqual({
      ...to(['Tom', 'tablet', 'Max', 'Mia', 'Jerry', 'phone'], 'members_shutuped by Tom Butch'),
      ...to(['Butch'], 'shutuped by Tom', 'members_shutuped by Tom Butch'),
    });
    await unsilence(client('Tom'), cid, 'Jerry', 'Butch', 'Spike');
    expect(await heard()).toEqual({
      ...to(['Tom', 'tablet', 'Max', 'Mia'], 'members_unshutuped by Tom Jerry Butch'),
      ...to(['Jerry', 'phone', 'Butch'], 'unshutuped by Tom', 'members_unshutuped by Tom Jerry Butch'),
    });
  });

  it('of a block have one form for the blocked client, and another for the members; it leaves first', async () => {
    const { client, cid, heard } = await devices();
    await block(client('Max'), cid, 'Jerry');
    expect(await heard()).toEqual({
      ...to(['Tom', 'tablet', 'Max', 'Mia', 'Butch'], 'members_left by Max Jerry', 'members_blocked by Max Jerry'),
      ...to(['Jerry', 'phone'], 'left by Max', 'blocked by Max'),
    });
    await unblock(client('Max'), cid, 'Jerry');
    expect(await heard()).toEqual({
      ...to(['Tom', 'tablet', 'Max', 'Mia', 'Butch'], 'members_unblocked by Max Jerry'),
      ...to(['Jerry', 'phone'], 'unblocked by Max'),
    });
  });

  it('of a block of a stranger go to the members only; with a member too, only the member has left', async () => {
    const { client, cid, heard } = await devices();
    await block(client('Tom'), cid, 'Spike');
    expect(await heard()).toEqual(
      to(['Tom', 'tablet', 'Max', 'Mia', 'Jerry', 'phone', 'Butch'], 'members_blocked by Tom Spike'),
    );
    await unblock(client('Tom'), cid, 'Spike');
    expect(await heard()).toEqual(
      to(['Tom', 'tablet', 'Max', 'Mia', 'Jerry', 'phone', 'Butch'], 'members_unblocked by Tom Spike'),
    );
    await block(client('Tom'), cid, 'Spike', 'Butch');
    expect(await heard()).toEqual({
      ...to(
        ['Tom', 'tablet', 'Max', 'Mia', 'Jerry', 'phone'],
        'members_left by Tom Butch',
        'members_blocked by Tom Spike Butch',
      ),
      ...to(['Butch'], 'left by Tom', 'blocked by Tom'),
    });
  });

  it('are not sent if nothing has changed, or if the action was refused', async () => {
    const { client, cid, heard } = await devices();
    await silence(client('Tom'), cid, 'Jerry');
    await block(client('Tom'), cid, 'Spike');
    await heard();
    await silence(client('Max'), cid, 'Jerry');
    await block(client('Max'), cid, 'Spike');
    await unsilence(client('Max'), cid, 'Butch');
    await unblock(client('Max'), cid, 'Butch');
    await silence(client('Max'), cid, 'Tom');
    await block(client('Max'), cid, 'Mia');
    await silence(client('Butch'), cid, 'Mia');
    await setRole(client('Max'), cid, 'Butch');
    await remove(client('Butch'), cid, 'Tom', 'Max', 'Spike');
    await add(client('Butch'), cid, 'Spike', 'Tom');
    expect(await heard()).toEqual({});
  });

  it('in a chat room go to the affected client only, on the device that is inside', async () => {
    const { client, heard } = await devices();
    const cid = await start(client('Tom'), [], { transient: true });
    for (const id of ['Max', 'Jerry'] as const) await add(client(id), cid, id);
    // Spike is not inside, so he hears of nothing.
    await silence(client('Tom'), cid, 'Spike');
    await block(client('Tom'), cid, 'Spike');
    await unblock(client('Tom'), cid, 'Spike');
    await silence(client('Tom'), cid, 'Jerry');
    await unsilence(client('Tom'), cid, 'Jerry');
    await block(client('Tom'), cid, 'Jerry');
    await unblock(client('Tom'), cid, 'Jerry');
    expect(await heard()).toEqual(to(['Jerry'], 'shutuped by Tom', 'unshutuped by Tom', 'blocked by Tom'));
  });

  it('of the back end name it REST_API, and reach all devices', async () => {
    const { server, cid, heard } = await devices();
    await server.backEnd.silence(cid, ['Jerry']);
    await server.backEnd.setRole(cid, 'Butch', 'Manager');
    expect(await heard()).toEqual({
      ...to(
        ['Tom', 'tablet', 'Max', 'Mia', 'Butch'],
        'members_shutuped by REST_API Jerry',
        'member_info_changed by REST_API Butch Manager',
      ),
      ...to(
        ['Jerry', 'phone'],
        'shutuped by REST_API',
        'members_shutuped by REST_API Jerry',
        'member_info_changed by REST_API Butch Manager',
      ),
    });
  });

  it('are stored for clients that come back, with their times, and no two have the same time', async () => {
    const { server, client, make } = await cast({ clock: settable(5_000_000) });
    const cid = await make();
    const away = await dial(server.url);
    const token = tokenOf(await open(away, 'Jerry'));
    away.socket.terminate();
    await silence(client('Tom'), cid, 'Jerry');
    await setRole(client('Tom'), cid, 'Butch');
    await block(client('Tom'), cid, 'Jerry');
    const pushed: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      const { serverTs = 0, notificationType } = await client('Jerry').push('conv');
      expect(notificationType).toBe(1);
      pushed.push(serverTs);
    }
    expect(pushed).toEqual([...new Set(pushed)].sort());
    const since = (pushed[0] ?? 0) - 1;
    const response = await fetch(
      `http://127.0.0.1:${server.port}/1.1/rtm/notifications?client_id=Jerry&notification_type=permanent&start_ts=${since}`,
      {
        headers: { 'x-lc-im-session-token': token },
      },
    );
    expect(await response.json()).toMatchObject({
      hasMore: false,
      notifications: [
        { cmd: 'conv', op: 'shutuped', serverTs: pushed[0], notificationType: 1, cid, initBy: 'Tom' },
        { op: 'members_shutuped', serverTs: pushed[1], cid, initBy: 'Tom', m: ['Jerry'] },
        { op: 'member_info_changed', serverTs: pushed[2], cid, info: { pid: 'Butch', role: 'Manager' } },
        { op: 'left', serverTs: pushed[3], cid, initBy: 'Tom' },
        { op: 'blocked', serverTs: pushed[4], cid, initBy: 'Tom' },
      ],
    });
  });
});

describe('a silenced client', () => {
  it('cannot send, change or recall anything there (4563), and reads like the others', async () => {
    const { client, make } = await cast();
    const cid = await make();
    const { id: mid } = await say(client('Jerry'), cid, { msg: 'before' });
    await silence(client('Tom'), cid, 'Jerry');
    for (const fields of [
      { msg: 'x' },
      { msg: 'x', transient: true },
      { msg: 'x', will: true },
      { binaryMsg: new Uint8Array([1]) },
    ])
      expect(await send(client('Jerry'), cid, fields)).toBe(4563);
    for (const change of [{ data: 'after' }, { recall: true }]) {
      const answer = await client('Jerry').request({
        cmd: 'patch',
        op: 'modify',
        patchMessage: { patches: [{ cid, mid, ...change }] },
      });
      expect(answer).toMatchObject(error(4563));
    }
    await say(client('Butch'), cid, { msg: 'still here?' });
    expect((await client('Jerry').push('direct')).directMessage).toMatchObject({ msg: 'still here?' });
    expect(await page(client('Jerry'), cid)).toEqual(['before', 'still here?']);
    const update = await client('Jerry').request({
      cmd: 'conv',
      op: 'update',
      convMessage: { cid, attr: { data: '{"a":1}' } },
    });
    expect(update).toMatchObject({ op: 'updated' });
    await unsilence(client('Max'), cid, 'Jerry');
    expect(await send(client('Jerry'), cid)).toBe('ack');
  });

  it('is silenced in one conversation, on all devices, and still after quitting and joining again', async () => {
    const { server, client, make } = await cast();
    const [cid, other] = [await make(), await make()];
    await silence(client('Tom'), cid, 'Jerry');
    expect(await send(await login(server, 'Jerry'), cid)).toBe(4563);
    expect(await send(client('Jerry'), other)).toBe('ack');
    await remove(client('Jerry'), cid, 'Jerry');
    await add(client('Jerry'), cid, 'Jerry');
    expect(await send(client('Jerry'), cid)).toBe(4563);
  });

  it('loses the will that it has left before', async () => {
    const { server, client, make } = await cast();
    const cid = await make();
    expect(await send(client('Jerry'), cid, { msg: 'last words', will: true })).toBe('ack');
    await silence(client('Tom'), cid, 'Jerry');
    client('Jerry').socket.terminate();
    await expect.poll(() => server.backEnd.online(['Jerry'])).toEqual([]);
    // The connection of another client breaks later. By then, the will of the silenced client would have arrived.
    expect(await send(client('Butch'), cid, { msg: 'of another', will: true })).toBe('ack');
    client('Butch').socket.terminate();
    expect((await client('Tom').push('direct')).directMessage).toMatchObject({ msg: 'of another' });
    expect(await page(client('Tom'), cid)).toEqual(['of another']);
  });
});

describe('a blocked client', () => {
  it('is removed at once: it can no longer read, send or receive there', async () => {
    const { client, make } = await cast();
    const cid = await make();
    await say(client('Butch'), cid, { msg: 'before' });
    await block(client('Tom'), cid, 'Jerry');
    await client('Jerry').settle();
    client('Jerry').inbox.length = 0;
    expect(await send(client('Jerry'), cid)).toBe(4401);
    expect(await client('Jerry').request({ cmd: 'logs', logsMessage: { cid } })).toMatchObject(error(4312));
    await say(client('Butch'), cid, { msg: 'after' });
    await client('Jerry').settle();
    expect(client('Jerry').inbox).toEqual([]);
  });

  it('can neither join nor be added by anybody, and is named with 4315; other clients are added', async () => {
    const { server, client, make } = await cast();
    const cid = await make();
    await block(client('Max'), cid, 'Jerry', 'Spike');
    expect(await add(client('Jerry'), cid, 'Jerry')).toEqual({ allowed: [], failed: [[4315, 'Jerry']] });
    expect(await add(client('Spike'), cid, 'Spike')).toEqual({ allowed: [], failed: [[4315, 'Spike']] });
    expect(await add(client('Tom'), cid, 'Jerry', 'Quacker', 'Spike')).toEqual({
      allowed: ['Quacker'],
      failed: [[4315, 'Jerry', 'Spike']],
    });
    expect(await server.backEnd.addMembers(cid, ['Jerry'])).toMatchObject({
      allowed: [],
      failed: [{ code: 4315, pids: ['Jerry'] }],
    });
    await unblock(client('Tom'), cid, 'Jerry');
    expect(await add(client('Jerry'), cid, 'Jerry')).toEqual({ allowed: ['Jerry'], failed: [] });
    expect(await send(client('Jerry'), cid)).toBe('ack');
  });

  it('is no longer a manager', async () => {
    const { client, make } = await cast();
    const cid = await make();
    await block(client('Tom'), cid, 'Max');
    await unblock(client('Tom'), cid, 'Max');
    await add(client('Max'), cid, 'Max');
    expect(await silence(client('Max'), cid, 'Jerry')).toBe(4320);
  });
});

describe('a list', () => {
  const ids = Array.from({ length: 7 }, (_, n) => `c${n}`);
  interface Page {
    readonly ids: readonly string[];
    readonly next: string | undefined;
  }
  const lists = {
    silenced: async (client: RawClient, cid: string, which: { limit?: number; next?: string }): Promise<Page> => {
      const answer = await client.request({ cmd: 'conv', op: 'query_shutup', convMessage: { cid, ...which } });
      if (answer.cmd !== 'conv' || answer.op !== 'shutup_result') throw new Error(JSON.stringify(answer));
      return { ids: answer.convMessage.m ?? [], next: answer.convMessage.next };
    },
    blocked: async (client: RawClient, cid: string, which: { limit?: number; next?: string }): Promise<Page> => {
      const answer = await client.request({
        cmd: 'blacklist',
        op: 'query',
        blacklistMessage: { srcCid: cid, ...which },
      });
      if (answer.cmd !== 'blacklist' || answer.op !== 'query_result') throw new Error(JSON.stringify(answer));
      return { ids: answer.blacklistMessage.blockedPids ?? [], next: answer.blacklistMessage.next };
    },
  };

  it.each(['silenced', 'blocked'] as const)(
    'of %s clients is paged by next, with each client once, and the last page has no next',
    async (name) => {
      const { client, make } = await cast();
      const cid = await make();
      await add(client('Tom'), cid, ...ids);
      const put = name === 'silenced' ? silence : block;
      await put(client('Tom'), cid, ...[...ids].reverse());
      const ask = (which: { limit?: number; next?: string }) => lists[name](client('Jerry'), cid, which);
      for (const limit of [1, 2, 3, 6, 7, 8]) {
        const seen: string[] = [];
        let pages = 0;
        let next: string | undefined;
        do {
          const found = await ask({ limit, ...(next === undefined ? {} : { next }) });
          seen.push(...found.ids);
          ({ next } = found);
          pages += 1;
        } while (next !== undefined);
        expect([limit, seen, pages]).toEqual([limit, ids, Math.ceil(ids.length / limit)]);
      }
      expect(await ask({})).toEqual({ ids, next: undefined });
      expect(await ask({ next: 'c6' })).toEqual({ ids: [], next: undefined });
    },
  );

  it.each(['silenced', 'blocked'] as const)(
    'of %s clients loses nobody if it changes between two pages',
    async (name) => {
      const { client, make } = await cast();
      const cid = await make();
      await add(client('Tom'), cid, ...ids);
      await (name === 'silenced' ? silence : block)(client('Tom'), cid, ...ids);
      const first = await lists[name](client('Jerry'), cid, { limit: 3 });
      expect(first).toEqual({ ids: ['c0', 'c1', 'c2'], next: expect.any(String) as string });
      await (name === 'silenced' ? unsilence : unblock)(client('Tom'), cid, 'c1', 'c2', 'c3');
      expect(await lists[name](client('Jerry'), cid, { limit: 3, next: first.next ?? '' })).toEqual({
        ids: ['c4', 'c5', 'c6'],
        next: undefined,
      });
    },
  );
});

describe('a client that has muted a conversation', () => {
  it('gets no pushes, reads and counts like the others, and gets pushes again after it unmutes', async () => {
    const pushed: [string, readonly string[]][] = [];
    const { server, client, make } = await cast({
      hooks: { receiversOffline: ({ content, offlinePeers }) => void pushed.push([content, offlinePeers]) },
    });
    const cid = await make();
    const mute = async (id: Who, op: 'mute' | 'unmute') => {
      expect(await client(id).request({ cmd: 'conv', op, convMessage: { cid } })).toMatchObject({ op: 'updated' });
    };
    await mute('Jerry', 'mute');
    for (const id of ['Jerry', 'Butch'] as const) await client(id).request({ cmd: 'session', op: 'close' });
    await say(client('Tom'), cid, { msg: 'a', pushData: '{"alert":"a"}' });
    await client('Tom').settle();
    expect(pushed).toEqual([['a', ['Butch']]]);
    await open(client('Jerry'), 'Jerry');
    expect((await client('Jerry').push('unread')).unreadMessage.convs).toMatchObject([{ cid, unread: 1 }]);
    await mute('Jerry', 'unmute');
    await client('Jerry').request({ cmd: 'session', op: 'close' });
    await say(client('Tom'), cid, { msg: 'b', pushData: '{"alert":"b"}' });
    await client('Tom').settle();
    expect(pushed.at(-1)).toEqual(['b', ['Jerry', 'Butch']]);
    expect((await server.backEnd.get(cid)).mutedMembers).toEqual([]);
  });
});
