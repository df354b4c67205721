/** Names that every JavaScript object has are names like others. */
import { either as E } from 'fp-ts';
import { describe, expect, it } from 'vitest';
import { decodeConversations } from 'rx-realtime/codecs';
import { login, say, start, refused } from '../raw-client.js';
import { attr, codeOf, error, find, world, type Request } from './world.js';

describe('names that every JavaScript object has', () => {
  const ODD = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__'];
  const polluted = (): readonly unknown[] => [
    Reflect.get({}, 'polluted'),
    Reflect.get([], 'polluted'),
    Reflect.get(() => undefined, 'polluted'),
    Object.keys(Object.prototype),
    Object.keys(Function.prototype),
  ];

  it.each(ODD)(
    'are normal client ids: %s is a member, speaks, gets a role, is silenced, blocked, listed and queried',
    async (id) => {
      const { server, undisturbed, faults } = await world();
      const [tom, odd] = [await login(server, 'Tom'), await login(server, id, { tag: id, deviceId: id })];
      await undisturbed(async () => {
        const cid = await start(tom, ['Jerry']);
        const people = (op: 'add' | 'remove' | 'add_shutup' | 'remove_shutup', m: readonly string[] = [id]) =>
          tom.request({ cmd: 'conv', op, convMessage: { cid, m: [...m] } });
        const role = (pid: string, to: string) =>
          tom.request({ cmd: 'conv', op: 'member_info_update', convMessage: { cid, info: { pid, role: to } } });
        expect(await role(id, 'Manager')).toMatchObject(error(4317));
        expect(await odd.request({ cmd: 'direct', directMessage: { cid, msg: 'x' } })).toMatchObject(refused(4401));
        expect(await people('add')).toMatchObject({ convMessage: { allowedPids: [id] } });
        expect(await people('add')).toMatchObject({ convMessage: { allowedPids: [id] } });
        await say(odd, cid, { msg: 'hi', dt: id, mentionPids: [id] });
        expect((await tom.push('direct')).directMessage).toMatchObject({ fromPeerId: id, msg: 'hi' });
        expect(await role(id, id)).toMatchObject(error(4321));
        expect(await role(id, 'Manager')).toMatchObject({ op: 'member_info_updated' });
        expect(await role(id, 'Member')).toMatchObject({ op: 'member_info_updated' });
        expect(await people('add_shutup')).toMatchObject({ convMessage: { allowedPids: [id] } });
        expect(await odd.request({ cmd: 'direct', directMessage: { cid, msg: 'x' } })).toMatchObject(refused(4563));
        expect(await tom.request({ cmd: 'conv', op: 'query_shutup', convMessage: { cid, next: '' } })).toMatchObject({
          convMessage: { m: [id] },
        });
        expect(await tom.request({ cmd: 'conv', op: 'query_shutup', convMessage: { cid, next: id } })).toMatchObject({
          convMessage: { cid },
        });
        expect(await people('remove_shutup')).toMatchObject({ convMessage: { allowedPids: [id] } });
        expect(await odd.request({ cmd: 'conv', op: 'mute', convMessage: { cid } })).toMatchObject({ op: 'updated' });
        expect(await tom.request(find(`{"m":"${id}"}`))).toMatchObject({
          convMessage: { results: { data: expect.stringContaining(`"mu":["${id}"]`) as string } },
        });
        const block = await tom.request({
          cmd: 'blacklist',
          op: 'block',
          blacklistMessage: { srcCid: cid, toPids: [id] },
        });
        expect(block).toMatchObject({ blacklistMessage: { allowedPids: [id] } });
        expect(await odd.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: [id] } })).toMatchObject({
          convMessage: { failedPids: [{ code: 4315, pids: [id] }] },
        });
        expect(
          await tom.request({ cmd: 'session', op: 'query', sessionMessage: { sessionPeerIds: [id, 'valueOf'] } }),
        ).toMatchObject({
          sessionMessage: { onlineSessionPeerIds: [id] },
        });
        expect(await odd.request({ cmd: 'session', op: 'close', peerId: id })).toMatchObject({ op: 'closed' });
      });
      expect(faults).toEqual([]);
    },
  );

  it('are unknown conversation ids and message ids', async () => {
    const { server, undisturbed, faults } = await world();
    const tom = await login(server, 'Tom');
    const own = await start(tom, []);
    const { timestamp: t } = await say(tom, own, { msg: 'x' });
    await undisturbed(async () => {
      for (const cid of [...ODD, '', ' ', '_tmp', '..', 'x'.repeat(128), '\0', '💙']) {
        const codes: (number | string)[] = [];
        for (const command of [
          { cmd: 'logs', logsMessage: { cid } },
          { cmd: 'conv', op: 'count', convMessage: { cid } },
          { cmd: 'conv', op: 'add', convMessage: { cid, m: ['Tom'] } },
          { cmd: 'conv', op: 'remove', convMessage: { cid, m: ['Tom'] } },
          { cmd: 'conv', op: 'update', convMessage: { cid, ...attr('{}') } },
          { cmd: 'conv', op: 'mute', convMessage: { cid } },
          { cmd: 'conv', op: 'max_read', convMessage: { cid } },
          { cmd: 'conv', op: 'add_shutup', convMessage: { cid, m: [] } },
          { cmd: 'blacklist', op: 'query', blacklistMessage: { srcCid: cid } },
          { cmd: 'read', readMessage: { cid } },
          { cmd: 'ack', ackMessage: { cid, mid: cid } },
          { cmd: 'direct', directMessage: { cid, msg: 'x' } },
          { cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid: cid, data: 'x' }] } },
        ] satisfies Request[])
          codes.push(codeOf(await tom.request(command)));
        expect(codes).toEqual([...Array.from({ length: 11 }, () => 4303), 4401, 4401]);
        expect(await tom.request(find(JSON.stringify({ objectId: cid })))).toMatchObject({
          convMessage: { results: { data: '[]' } },
        });
        const wish = { cid: own, mid: cid, recall: true };
        expect(await tom.request({ cmd: 'patch', op: 'modify', patchMessage: { patches: [wish] } })).toMatchObject(
          error(4404),
        );
        expect(await tom.request({ cmd: 'logs', logsMessage: { cid: own, t, mid: cid } })).toMatchObject({
          cmd: 'logs',
        });
        tom.send({ cmd: 'ack', ackMessage: { cid: own, mid: cid } });
        await tom.settle();
      }
    });
    expect(faults).toEqual([]);
  });

  it('are normal attributes, also in paths to nested ones, and change nothing else', async () => {
    const { server, undisturbed, faults } = await world();
    const tom = await login(server, 'Tom');
    await undisturbed(async () => {
      const cid = await start(
        tom,
        [],
        attr(
          '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":"mine","a":{"__proto__":{"polluted":1},"b":1}}',
        ),
      );
      for (const key of ODD) {
        for (const json of [
          `{"${key}":{"polluted":1}}`,
          `{"${key}.polluted":1}`,
          `{"${key}.prototype.polluted":1}`,
          `{"a.${key}.polluted":1}`,
          `{"a.${key}":{"polluted":1}}`,
          `{"a.b.${key}.polluted":1}`,
          `{"${key}.__proto__.polluted":1}`,
          `{"${key}.polluted":{"__op":"Delete"}}`,
          `{"a.${key}.b":{"__op":"Delete"}}`,
          `{"\\u005f_proto__":{"polluted":1}}`,
        ])
          expect(await tom.request({ cmd: 'conv', op: 'update', convMessage: { cid, ...attr(json) } })).toMatchObject({
            op: 'updated',
          });
        for (const where of [`{"${key}":1}`, `{"${key}.${key}":{"$exists":true}}`, `{"a.${key}.name":{"$regex":"."}}`])
          expect(await tom.request(find(where, { sort: `-${key},${key}.${key},a.${key}` }))).toMatchObject({
            op: 'results',
          });
      }
      expect(await tom.request(find('{"__proto__.polluted":1}'))).toMatchObject({
        convMessage: { results: { data: '[]' } },
      });
    });
    expect(polluted()).toEqual([undefined, undefined, undefined, [], []]);
    expect(faults).toEqual([]);
  });

  it.each([
    'objectId',
    'name',
    'c',
    'm',
    'mu',
    'tr',
    'sys',
    'unique',
    'ttl',
    'lm',
    'createdAt',
    'updatedAt',
    'msg',
    'bin',
    'msg_mid',
    'msg_timestamp',
  ])(
    'are no path to a nested attribute: %s.x is refused with 4301, and others still read the conversation',
    async (key) => {
      const { server, undisturbed, spike } = await world();
      const butch = await login(server, 'Butch');
      const cid = await start(spike, ['Butch']);
      await undisturbed(async () => {
        for (const value of [1, 'x', null, { __op: 'Delete' }]) {
          const changed = attr(JSON.stringify({ color: 'red', [`${key}.x`]: value }));
          expect(await spike.request({ cmd: 'conv', op: 'update', convMessage: { cid, ...changed } })).toMatchObject(
            error(4301),
          );
          expect(await spike.request({ cmd: 'conv', op: 'start', convMessage: changed })).toMatchObject(error(4301));
        }
        await expect(server.backEnd.update(cid, { attributes: { [`${key}.x`]: 1 } })).rejects.toMatchObject({
          code: 4301,
        });
      });
      const answer = await butch.request(find('{"m":"Butch"}'));
      if (answer.cmd !== 'conv' || answer.op !== 'results')
        throw new Error(`results were expected, not ${JSON.stringify(answer)}`);
      const infos = decodeConversations(answer.convMessage.results.data);
      expect(E.isRight(infos) && infos.right.map(({ id, attributes }) => [id, attributes])).toEqual([[cid, {}]]);
    },
  );

  it('are refused as operators of a query with 4310', async () => {
    const { undisturbed, spike, faults } = await world();
    await undisturbed(async () => {
      for (const where of [
        '{"$__proto__":[]}',
        '{"$constructor":1}',
        '{"a":{"$toString":1}}',
        '{"a":{"$where":"1"}}',
        '{"$where":"while(1);"}',
      ])
        expect(await spike.request(find(where))).toMatchObject(error(4310));
    });
    expect(faults).toEqual([]);
  });
});
