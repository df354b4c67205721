/** Attacks on the conversations of others: each attempt is refused, and nobody notices it. */
import { describe, expect, it } from 'vitest';
import { dial, login, open, page, say, start, tokenOf } from '../raw-client.js';
import { attr, codeOf, error, find, world, type Request } from './world.js';

describe('the conversation of another client', () => {
  const victim = async () => {
    const there = await world();
    const [tom, jerry] = [await login(there.server, 'Tom'), await login(there.server, 'Jerry')];
    const cid = await start(tom, ['Jerry'], attr('{"name":"ours","key":"secret"}'));
    const { id: mid } = await say(tom, cid, { msg: 'a secret', mentionPids: ['Jerry'] });
    for (const client of [tom, jerry]) {
      await client.settle();
      client.inbox.length = 0;
    }
    return { ...there, tom, jerry, cid, mid };
  };

  interface Try {
    readonly name: string;
    readonly code: number;
    readonly command: (cid: string, mid: string) => Request;
  }
  const tries: readonly Try[] = [
    { name: 'history', code: 4312, command: (cid) => ({ cmd: 'logs', logsMessage: { cid } }) },
    {
      name: 'history from a message',
      code: 4312,
      command: (cid, mid) => ({ cmd: 'logs', logsMessage: { cid, mid, t: 1, l: 1_000 } }),
    },
    { name: 'the count', code: 4317, command: (cid) => ({ cmd: 'conv', op: 'count', convMessage: { cid } }) },
    {
      name: 'receipts',
      code: 4317,
      command: (cid) => ({ cmd: 'conv', op: 'max_read', convMessage: { cid, queryAllMembers: true } }),
    },
    {
      name: 'who is silenced',
      code: 4317,
      command: (cid) => ({ cmd: 'conv', op: 'query_shutup', convMessage: { cid } }),
    },
    {
      name: 'who is blocked',
      code: 4317,
      command: (cid) => ({ cmd: 'blacklist', op: 'query', blacklistMessage: { srcCid: cid } }),
    },
    { name: 'a message', code: 4401, command: (cid) => ({ cmd: 'direct', directMessage: { cid, msg: 'x' } }) },
    {
      name: 'a transient message',
      code: 4401,
      command: (cid) => ({ cmd: 'direct', directMessage: { cid, msg: 'x', transient: true } }),
    },
    { name: 'a will', code: 4401, command: (cid) => ({ cmd: 'direct', directMessage: { cid, msg: 'x', will: true } }) },
    {
      name: 'an edit',
      code: 4401,
      command: (cid, mid) => ({ cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid, data: 'x' }] } }),
    },
    {
      name: 'a recall',
      code: 4401,
      command: (cid, mid) => ({ cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid, recall: true }] } }),
    },
    { name: 'a read mark', code: 4401, command: (cid) => ({ cmd: 'read', readMessage: { cid } }) },
    {
      name: 'an acknowledgement',
      code: 4401,
      command: (cid) => ({ cmd: 'ack', ackMessage: { cid, fromts: 0, tots: 2 ** 50 } }),
    },
    {
      name: 'an update',
      code: 4309,
      command: (cid) => ({ cmd: 'conv', op: 'update', convMessage: { cid, ...attr('{"name":"mine"}') } }),
    },
    { name: 'mute', code: 4317, command: (cid) => ({ cmd: 'conv', op: 'mute', convMessage: { cid } }) },
    { name: 'unmute', code: 4317, command: (cid) => ({ cmd: 'conv', op: 'unmute', convMessage: { cid } }) },
    {
      name: 'adding others',
      code: 4317,
      command: (cid) => ({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Butch'] } }),
    },
    {
      name: 'adding others and oneself',
      code: 4317,
      command: (cid) => ({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Spike', 'Butch'] } }),
    },
    { name: 'adding nobody', code: 4317, command: (cid) => ({ cmd: 'conv', op: 'add', convMessage: { cid, m: [] } }) },
    {
      name: 'removing a member',
      code: 4317,
      command: (cid) => ({ cmd: 'conv', op: 'remove', convMessage: { cid, m: ['Jerry'] } }),
    },
    {
      name: 'removing oneself',
      code: 4317,
      command: (cid) => ({ cmd: 'conv', op: 'remove', convMessage: { cid, m: ['Spike'] } }),
    },
    {
      name: 'a role',
      code: 4317,
      command: (cid) => ({
        cmd: 'conv',
        op: 'member_info_update',
        convMessage: { cid, info: { pid: 'Spike', role: 'Owner' } },
      }),
    },
    {
      name: 'silencing',
      code: 4317,
      command: (cid) => ({ cmd: 'conv', op: 'add_shutup', convMessage: { cid, m: ['Tom'] } }),
    },
    {
      name: 'unsilencing',
      code: 4317,
      command: (cid) => ({ cmd: 'conv', op: 'remove_shutup', convMessage: { cid, m: ['Tom'] } }),
    },
    {
      name: 'blocking',
      code: 4317,
      command: (cid) => ({ cmd: 'blacklist', op: 'block', blacklistMessage: { srcCid: cid, toPids: ['Tom'] } }),
    },
    {
      name: 'unblocking',
      code: 4317,
      command: (cid) => ({ cmd: 'blacklist', op: 'unblock', blacklistMessage: { srcCid: cid, toPids: ['x'] } }),
    },
  ];

  it('refuses every command of a stranger, does not change, and sends nothing to its members', async () => {
    const { undisturbed, faults, tom, jerry, spike, cid, mid } = await victim();
    const before = await tom.request(find(`{"objectId":"${cid}"}`, { flag: 2 }));
    const codes = await undisturbed(async () => {
      const got: [string, number | string][] = [];
      for (const { name, command } of tries) got.push([name, codeOf(await spike.request(command(cid, mid)))]);
      return got;
    });
    expect(codes).toEqual(tries.map(({ name, code }) => [name, code]));
    expect(await tom.request(find(`{"objectId":"${cid}"}`, { flag: 2 }))).toEqual({
      ...before,
      i: expect.any(Number) as number,
    });
    expect(await page(tom, cid)).toEqual(['a secret']);
    for (const member of [tom, jerry]) {
      await member.settle();
      expect(member.inbox).toEqual([]);
    }
    expect(faults).toEqual([]);
  });

  it('shows in every query only that it exists', async () => {
    const { undisturbed, spike, cid } = await victim();
    const results = await undisturbed(async () => {
      const found: string[] = [];
      for (const where of [
        '{}',
        '{"m":"Tom"}',
        '{"c":"Tom"}',
        '{"name":"ours"}',
        '{"name":{"$regex":"o"}}',
        '{"key":{"$exists":true}}',
        `{"objectId":"${cid}","key":"secret"}`,
        `{"objectId":"${cid}","key":{"$regex":"^s"}}`,
        `{"objectId":"${cid}","m":"Tom"}`,
        `{"objectId":"${cid}","m":{"$size":2}}`,
        `{"objectId":"${cid}","mu":{"$ne":"Tom"},"lm":{"$exists":true}}`,
        `{"$or":[{"objectId":"${cid}"},{"key":"secret"}]}`,
        '{"objectId":{"$ne":"x"}}',
        '{"objectId":{"$regex":"."}}',
      ]) {
        const answer = await spike.request(find(where, { flag: 2, sort: 'key,-name' }));
        found.push(
          answer.cmd === 'conv' && answer.op === 'results' ? answer.convMessage.results.data : JSON.stringify(answer),
        );
      }
      return found;
    });
    expect(results.filter((data) => data !== '[]')).toEqual([]);
    const answer = await spike.request(find(`{"objectId":"${cid}"}`, { flag: 2 }));
    expect(JSON.stringify(answer)).not.toMatch(/secret|ours|Jerry/);
  });

  it('cannot be accessed in the name of a member on a socket without the login of that member', async () => {
    const { undisturbed, spike, cid, mid, tom } = await victim();
    const codes = await undisturbed(async () => {
      const got: (number | string)[] = [];
      for (const { command } of tries) got.push(codeOf(await spike.request({ ...command(cid, mid), peerId: 'Tom' })));
      got.push(codeOf(await spike.request({ cmd: 'session', op: 'close', peerId: 'Tom' })));
      return got;
    });
    expect(new Set(codes)).toEqual(new Set([4105]));
    await tom.settle();
    expect(tom.inbox).toEqual([]);
  });

  it('cannot be accessed with the token of another session', async () => {
    const { server, undisturbed, cid } = await victim();
    const st = tokenOf(await open(await dial(server.url), 'Spike'));
    const thief = await dial(server.url);
    await undisturbed(async () => {
      expect(await open(thief, 'Tom', { st, r: true })).toMatchObject(error(4112));
      for (const forged of ['', 'x', '__proto__', st.slice(1), `${st} `, st.toLowerCase(), st.toUpperCase()])
        expect(await open(thief, 'Tom', { st: forged, r: true })).toMatchObject(error(4112));
      expect(await thief.request({ cmd: 'logs', logsMessage: { cid } })).toMatchObject(error(4105));
    });
  });

  it('is closed to a former member', async () => {
    const { undisturbed, tom, spike, cid, mid } = await victim();
    await tom.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Spike'] } });
    await page(spike, cid);
    await tom.request({ cmd: 'conv', op: 'remove', convMessage: { cid, m: ['Spike'] } });
    await spike.settle();
    spike.inbox.length = 0;
    const codes = await undisturbed(async () => {
      const got: [string, number | string][] = [];
      for (const { name, command } of tries) got.push([name, codeOf(await spike.request(command(cid, mid)))]);
      return got;
    });
    expect(codes).toEqual(tries.map(({ name, code }) => [name, code]));
    await say(tom, cid, { msg: 'without him' });
    await spike.settle();
    expect(spike.inbox).toEqual([]);
  });
});
