/** What applications of the vendor's cloud count on, besides the commands. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { cloud, type ServerOptions } from 'rx-realtime/server';
import {
  dial,
  find,
  login,
  open,
  page,
  say,
  serve,
  settable,
  start,
  type RawClient,
  type Received,
} from './raw-client.js';

const error = (code: number): object => ({ cmd: 'error', errorMessage: { code } });

const cast = async (options: ServerOptions = {}) => {
  const server = await serve(options);
  const [tom, jerry, spike] = [await login(server, 'Tom'), await login(server, 'Jerry'), await login(server, 'Spike')];
  return { server, tom, jerry, spike };
};

const countOf = (client: RawClient, cid: string): Promise<Received> =>
  client.request({ cmd: 'conv', op: 'count', convMessage: { cid } });
const add = (client: RawClient, cid: string, m: string[]): Promise<Received> =>
  client.request({ cmd: 'conv', op: 'add', convMessage: { cid, m } });
const remove = (client: RawClient, cid: string, m: string[]): Promise<Received> =>
  client.request({ cmd: 'conv', op: 'remove', convMessage: { cid, m } });
const setRole = (client: RawClient, cid: string, pid: string, role: string): Promise<Received> =>
  client.request({
    cmd: 'conv',
    op: 'member_info_update',
    convMessage: { cid, targetClientId: pid, info: { pid, role } },
  });

/** The notices about a conversation that have come. */
const notices = async (client: RawClient, cid: string): Promise<readonly string[]> => {
  await client.settle();
  return client.inbox.flatMap((push) =>
    push.cmd === 'conv' && 'cid' in push.convMessage && push.convMessage.cid === cid ? [push.op] : [],
  );
};

describe('all SDKs: the creator of a chat room', () => {
  it('is in it, hears what is said there, and has left the room before', async () => {
    const { tom, jerry } = await cast();
    const first = await start(tom, [], { transient: true });
    expect(await countOf(jerry, first)).toMatchObject({ convMessage: { count: 1 } });
    await say(jerry, first, { msg: 'welcome' });
    expect(await tom.push('direct')).toMatchObject({ directMessage: { cid: first, msg: 'welcome' } });
    const second = await start(tom, [], { transient: true });
    expect(await countOf(jerry, first)).toMatchObject({ convMessage: { count: 0 } });
    expect(await countOf(jerry, second)).toMatchObject({ convMessage: { count: 1 } });
  });

  it('is not in it if the back end has made it in its name: no session of it has entered', async () => {
    const { server, tom } = await cast();
    const { id } = await server.backEnd.create({ kind: 'room', creator: 'Tom' });
    expect(await countOf(tom, id)).toMatchObject({ convMessage: { count: 0 } });
  });
});

describe('all SDKs: temporary conversations', () => {
  const startTemporary = (client: RawClient, m: string[], tempConvTTL?: number): Promise<Received> =>
    client.request({
      cmd: 'conv',
      op: 'start',
      convMessage: { m, tempConv: true, ...(tempConvTTL === undefined ? {} : { tempConvTTL }) },
    });

  it('of the same members are the same, whether the SDK asks for that or not, until it has ended', async () => {
    const clock = settable(1_700_000_000_000);
    const { tom, jerry } = await cast({ clock });
    const one = await startTemporary(tom, ['Jerry', 'Tom'], 100);
    const cidOf = (answer: Received): unknown =>
      answer.cmd === 'conv' && answer.op === 'started' ? answer.convMessage.cid : answer;
    clock.set(clock.now() + 40_000);
    const other = await startTemporary(jerry, ['Tom'], 100);
    expect(cidOf(other)).toBe(cidOf(one));
    expect(one).toMatchObject({ convMessage: { tempConvTTL: 100 } });
    expect(other).toMatchObject({ convMessage: { tempConvTTL: 60 } });
    expect(cidOf(await startTemporary(tom, ['Jerry', 'Spike']))).not.toBe(cidOf(one));
    clock.set(clock.now() + 60_000);
    expect(cidOf(await startTemporary(tom, ['Jerry']))).not.toBe(cidOf(one));
  });

  it('give notices when they are made, and only then', async () => {
    const { tom, jerry } = await cast();
    const started = await startTemporary(tom, ['Jerry']);
    const cid = started.cmd === 'conv' && started.op === 'started' ? started.convMessage.cid : '';
    expect(await notices(jerry, cid)).toEqual(['joined', 'members_joined']);
    await startTemporary(jerry, ['Tom']);
    expect(await notices(jerry, cid)).toEqual(['joined', 'members_joined']);
  });
});

describe('all SDKs: a limit of 0', () => {
  it('gives nothing', async () => {
    const { server, tom } = await cast();
    const cid = await start(tom, ['Jerry']);
    await say(tom, cid, { msg: 'x' });
    await tom.request({ cmd: 'conv', op: 'add_shutup', convMessage: { cid, m: ['Jerry'] } });
    expect(await page(tom, cid, { l: 0 })).toEqual([]);
    expect(await find(tom, {}, { limit: 0 })).toEqual([]);
    expect(await tom.request({ cmd: 'conv', op: 'query_shutup', convMessage: { cid, limit: 0 } })).toEqual(
      expect.objectContaining({ op: 'shutup_result', convMessage: { cid } }),
    );
    await tom.request({ cmd: 'blacklist', op: 'block', blacklistMessage: { srcCid: cid, toPids: ['Spike'] } });
    expect(await tom.request({ cmd: 'blacklist', op: 'query', blacklistMessage: { srcCid: cid, limit: 0 } })).toEqual(
      expect.objectContaining({ op: 'query_result', blacklistMessage: { srcCid: cid } }),
    );
    expect(await server.backEnd.find({ limit: 0 })).toEqual([]);
  });
});

describe('JavaScript, Java and Swift SDK: the owner of a conversation', () => {
  it('may leave as long as no role was given', async () => {
    const { tom } = await cast();
    const cid = await start(tom, ['Jerry']);
    expect(await remove(tom, cid, ['Tom'])).toMatchObject({ op: 'removed', convMessage: { allowedPids: ['Tom'] } });
  });

  it.each([
    ['has it still', async () => undefined],
    ['has lost it', (tom: RawClient, cid: string) => setRole(tom, cid, 'Jerry', 'Member')],
    ['has left', (_: RawClient, cid: string, jerry: RawClient) => remove(jerry, cid, ['Jerry'])],
  ])('may not leave once a role was given, whose client %s', async (__, then) => {
    const { tom, jerry } = await cast();
    const cid = await start(tom, ['Jerry', 'Spike']);
    await setRole(tom, cid, 'Jerry', 'Manager');
    await then(tom, cid, jerry);
    expect(await remove(tom, cid, ['Tom'])).toMatchObject(error(4324));
    expect(await remove(tom, cid, ['Tom', 'Spike'])).toMatchObject({
      op: 'removed',
      convMessage: { allowedPids: ['Spike'], failedPids: [{ code: 4324, pids: ['Tom'] }] },
    });
    expect(await countOf(tom, cid)).toMatchObject({ op: 'result' });
  });

  it('can be removed by the back end', async () => {
    const { server, tom } = await cast();
    const cid = await start(tom, ['Jerry']);
    await setRole(tom, cid, 'Jerry', 'Manager');
    expect(await server.backEnd.removeMembers(cid, ['Tom'])).toMatchObject({ allowed: ['Tom'] });
  });
});

describe('JavaScript SDK: a silenced manager', () => {
  it('can not let itself speak again', async () => {
    const { tom, jerry } = await cast();
    const cid = await start(tom, ['Jerry']);
    await setRole(tom, cid, 'Jerry', 'Manager');
    await tom.request({ cmd: 'conv', op: 'add_shutup', convMessage: { cid, m: ['Jerry'] } });
    expect(await jerry.request({ cmd: 'conv', op: 'remove_shutup', convMessage: { cid, m: ['Jerry'] } })).toMatchObject(
      { convMessage: { failedPids: [{ code: 4320, pids: ['Jerry'] }] } },
    );
    const refused = await jerry.request({ cmd: 'direct', directMessage: { cid, msg: 'x' } });
    expect(JSON.stringify(refused)).toContain('4563');
  });
});

describe('all SDKs: what a client may not see of a conversation', () => {
  it.each([
    ['a value', { secret: 1 }],
    ['another value', { secret: 2 }],
    ['no value', { secret: { $exists: false } }],
    ['another value by $ne', { secret: { $ne: 2 } }],
    ['no member', { m: { $ne: 'Spike' } }],
    ['no member by $nin', { m: { $nin: ['Spike'] } }],
    ['the number of members', { m: { $size: 0 } }],
    ['one of two', { $or: [{ secret: { $exists: false } }, { secret: 1 }] }],
    ['a name', { name: { $exists: false } }],
    ['the last message', { lm: { $exists: false } }],
    ['its creator', { c: 'Tom' }],
  ])('neither matches nor fails to match: %s', async (_, where) => {
    const { tom, spike } = await cast();
    const cid = await start(tom, [], { attr: { data: '{"secret":1,"name":"n"}' } });
    expect(await find(spike, { objectId: cid, ...where })).toEqual([]);
    expect(await find(spike, { $and: [{ objectId: { $in: [cid] } }, where] })).toEqual([]);
    expect(await find(spike, { objectId: cid })).toMatchObject([{ objectId: cid }]);
  });

  it('neither matches nor fails to match for the subscribers of a system conversation', async () => {
    const { server, tom } = await cast();
    const { id } = await server.backEnd.create({ kind: 'system' });
    await server.backEnd.addMembers(id, ['Jerry']);
    for (const m of [{ $ne: 'Jerry' }, { $ne: 'Spike' }, { $exists: false }, 'Jerry'])
      expect(await find(tom, { sys: true, m })).toEqual([]);
    expect(await find(tom, { sys: true })).toMatchObject([{ objectId: id }]);
  });

  it('comes when it has joined, if it has got an outline that its SDK may have kept', async () => {
    const { tom, jerry, spike } = await cast();
    const cid = await start(tom, ['Jerry'], { attr: { data: '{"secret":{"deep":1},"name":"mice"}' } });
    await find(spike, { objectId: cid });
    await add(spike, cid, ['Spike']);
    const told = await spike.push('conv', ({ op }) => op === 'updated');
    expect(told.op === 'updated' && JSON.parse(told.convMessage.attr?.data ?? '')).toEqual({
      secret: { deep: 1 },
      name: 'mice',
    });
    const joined = spike.inbox.flatMap((push) =>
      push.cmd === 'conv' && push.op === 'members_joined' ? [push.convMessage] : [],
    );
    expect(joined.flatMap(({ m = [] }) => m)).toEqual(expect.arrayContaining(['Tom', 'Jerry']));
    // Swift takes no change of members without a time.
    expect(joined.map(({ udate = '' }) => Date.parse(udate))).not.toContain(NaN);
    expect(await notices(jerry, cid)).not.toContain('updated');
  });

  it('does not come to a client that has got no outline', async () => {
    const { tom, spike } = await cast();
    const cid = await start(tom, ['Jerry'], { attr: { data: '{"secret":1}' } });
    await add(spike, cid, ['Spike']);
    expect(await notices(spike, cid)).not.toContain('updated');
  });
});

describe('all SDKs: a system conversation', () => {
  it('takes what a client sends that has not subscribed; only the back end and the sender get it', async () => {
    const { server, tom, jerry } = await cast();
    const { id: cid } = await server.backEnd.create({ kind: 'system' });
    await server.backEnd.addMembers(cid, ['Jerry']);
    await say(tom, cid, { msg: 'question' });
    await jerry.settle();
    expect(jerry.inbox.filter(({ cmd }) => cmd === 'direct')).toEqual([]);
    expect([await page(tom, cid), await page(jerry, cid)]).toEqual([['question'], []]);
    expect(await server.backEnd.history(cid)).toMatchObject([{ from: 'Tom', msg: 'question' }]);
  });

  it('takes nothing from a client that is blocked or silenced there', async () => {
    const { server, tom } = await cast();
    const { id: cid } = await server.backEnd.create({ kind: 'system' });
    const refusal = async (): Promise<string> =>
      JSON.stringify(await tom.request({ cmd: 'direct', directMessage: { cid, msg: 'x' } }));
    await server.backEnd.block(cid, ['Tom']);
    expect(await refusal()).toContain('4315');
    await server.backEnd.unblock(cid, ['Tom']);
    await server.backEnd.silence(cid, ['Tom']);
    expect(await refusal()).toContain('4563');
  });
});

describe('all SDKs: what the back end did', () => {
  it('is told with initBy REST_API', async () => {
    const { server, tom } = await cast();
    const { id: cid } = await server.backEnd.create({ members: ['Tom'] });
    expect(await tom.push('conv', ({ op }) => op === 'joined')).toMatchObject({
      convMessage: { cid, initBy: 'REST_API' },
    });
    await server.backEnd.addMembers(cid, ['Jerry']);
    await server.backEnd.update(cid, { name: 'new' });
    await server.backEnd.removeMembers(cid, ['Tom']);
    await tom.settle();
    const told = tom.inbox.flatMap((push) =>
      push.cmd === 'conv' && 'initBy' in push.convMessage ? [[push.op, push.convMessage.initBy]] : [],
    );
    expect(told.slice(-3)).toEqual([
      ['members_joined', 'REST_API'],
      ['updated', 'REST_API'],
      ['left', 'REST_API'],
    ]);
  });
});

describe('who may read what', () => {
  const scene = async (options: ServerOptions) => {
    const there = await cast(options);
    const cid = await start(there.tom, ['Jerry'], { attr: { data: '{"name":"mice"}' } });
    await say(there.tom, cid, { msg: 'x' });
    const { spike } = there;
    return {
      found: await find(spike, { name: 'mice' }),
      count: await countOf(spike, cid),
      history: await spike.request({ cmd: 'logs', logsMessage: { cid } }),
      sent: await spike.request({ cmd: 'direct', directMessage: { cid, msg: 'x' } }),
    };
  };

  it('by default: members', async () => {
    expect(await scene({})).toMatchObject({ found: [], count: error(4317), history: error(4312) });
  });

  it('with readers: everyone, as in the cloud: all see conversations and members; members read the history', async () => {
    const { found, count, history, sent } = await scene({ readers: 'everyone' });
    expect(found).toMatchObject([{ name: 'mice', m: ['Tom', 'Jerry'] }]);
    expect([count, history]).toMatchObject([{ convMessage: { count: 2 } }, error(4312)]);
    expect(JSON.stringify(sent)).toContain('4401');
  });

  it('with isOpen: all read the history, too', async () => {
    expect(await scene({ isOpen: () => true })).toMatchObject({ history: { cmd: 'logs' } });
  });
});

describe('signatures', () => {
  const KEY = 'the key';
  const signed = (t: number, n: string): object => ({
    t,
    n,
    s: createHmac('sha1', KEY).update(`app:Tom::${t}:${n}`).digest('hex'),
  });
  const logins = async (options: ServerOptions) => {
    const clock = settable(1_700_000_000_000);
    const server = await serve({ masterKey: KEY, clock, ...options });
    const signature = signed(clock.now(), 'nonce');
    const logIn = async (): Promise<Received> => open(await dial(server.url), 'Tom', signature);
    return { clock, server, logIn };
  };

  it('are good once by default', async () => {
    const { logIn } = await logins({});
    expect([await logIn(), await logIn()]).toMatchObject([{ op: 'opened' }, error(4102)]);
  });

  it.each<[string, ServerOptions]>([
    ['signatures: reusable', { signatures: 'reusable' }],
    ['readers: everyone', { readers: 'everyone' }],
    ['the preset cloud', cloud],
  ])('with %s may be used again within 6 hours, until a forced logout', async (_, options) => {
    const { clock, server, logIn } = await logins(options);
    expect(await logIn()).toMatchObject({ op: 'opened' });
    clock.set(clock.now() + 5 * 3_600_000);
    expect(await logIn()).toMatchObject({ op: 'opened' });
    await server.kick('Tom');
    expect(await logIn()).toMatchObject(error(4102));
  });

  it('that may be used again have an end all the same', async () => {
    const { clock, logIn } = await logins(cloud);
    clock.set(clock.now() + 6 * 3_600_000 + 1);
    expect(await logIn()).toMatchObject(error(4102));
  });

  it('are good once with readers: everyone, if that is wanted', async () => {
    const { logIn } = await logins({ readers: 'everyone', signatures: 'once' });
    expect([await logIn(), await logIn()]).toMatchObject([{ op: 'opened' }, error(4102)]);
  });
});
