/** Who is notified of changes of members and attributes, at the level of the wire. */
import { describe, expect, it } from 'vitest';
import { login, serve, start, type RawClient } from './raw-client.js';

const error = (code: number): object => ({ cmd: 'error', errorMessage: { code } });

/** What each client has heard about a conversation. */
const heard = async (...clients: readonly RawClient[]): Promise<readonly (readonly string[])[]> => {
  for (const client of clients) await client.settle();
  return clients.map((client) =>
    client.inbox.splice(0).flatMap((push) => {
      if (push.cmd !== 'conv') return [];
      const message = push.convMessage;
      const members = 'm' in message ? (message.m ?? []) : [];
      return [[push.op, 'initBy' in message ? message.initBy : '', ...members].join(' ')];
    }),
  );
};

describe('notices', () => {
  it('go to everybody concerned, as the table says', async () => {
    const server = await serve();
    const [tom, phone, jerry, spike] = [
      await login(server, 'Tom'),
      await login(server, 'Tom'),
      await login(server, 'Jerry'),
      await login(server, 'Spike'),
    ];
    const cid = await start(tom, ['Jerry']);
    await heard(tom, phone, jerry, spike);
    const change = (client: RawClient, op: 'add' | 'remove', ...m: readonly string[]) =>
      client.request({ cmd: 'conv', op, convMessage: { cid, m: [...m] } });

    expect(await change(tom, 'add', 'Spike')).toMatchObject({
      op: 'added',
      convMessage: { cid, allowedPids: ['Spike'] },
    });
    const joined = 'members_joined Tom Spike';
    expect(await heard(tom, phone, jerry, spike)).toEqual([[joined], [joined], [joined], ['joined Tom', joined]]);

    expect(await change(tom, 'remove', 'Spike')).toMatchObject({
      op: 'removed',
      convMessage: { cid, allowedPids: ['Spike'] },
    });
    const left = 'members_left Tom Spike';
    expect(await heard(tom, phone, jerry, spike)).toEqual([[left], [left], [left], ['left Tom']]);

    await change(spike, 'add', 'Spike');
    expect(await heard(tom, phone, jerry, spike)).toEqual([
      ...Array.from({ length: 3 }, () => ['members_joined Spike Spike']),
      ['joined Spike', 'members_joined Spike Spike'],
    ]);

    await change(spike, 'remove', 'Spike');
    expect(await heard(tom, phone, jerry, spike)).toEqual([
      ...Array.from({ length: 3 }, () => ['members_left Spike Spike']),
      ['left Spike'],
    ]);

    await change(tom, 'add', 'Jerry');
    await change(tom, 'remove', 'Nobody');
    expect(await heard(tom, phone, jerry, spike)).toEqual([[], [], [], []]);
  });

  it('of attributes go to the other sessions of the members', async () => {
    const server = await serve();
    const [tom, jerry, spike] = [
      await login(server, 'Tom'),
      await login(server, 'Jerry'),
      await login(server, 'Spike'),
    ];
    const cid = await start(tom, ['Jerry']);
    await heard(tom, jerry, spike);
    const answer = await tom.request({
      cmd: 'conv',
      op: 'update',
      convMessage: { cid, attr: { data: '{"name":"n","a.b":1}' } },
    });
    expect(answer).toMatchObject({ op: 'updated', convMessage: { cid, udate: expect.stringMatching(/Z$/) as string } });
    expect((await jerry.push('conv')).convMessage).toMatchObject({
      cid,
      initBy: 'Tom',
      attr: { data: '{"a.b":1,"name":"n"}' },
    });
    expect(await heard(tom, spike)).toEqual([[], []]);
  });
});

it('a full conversation takes no more members, and names those that it refuses', async () => {
  const server = await serve({ limits: { members: 3 } });
  const tom = await login(server, 'Tom');
  const cid = await start(tom, ['Jerry']);
  expect(await tom.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Spike', 'Butch'] } })).toMatchObject({
    convMessage: { allowedPids: ['Spike'], failedPids: [{ code: 4304, pids: ['Butch'] }] },
  });
  expect(await tom.request({ cmd: 'conv', op: 'count', convMessage: { cid } })).toMatchObject({
    op: 'result',
    convMessage: { count: 3 },
  });
  expect(await tom.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: [''] } })).toMatchObject(error(4103));
  expect(await tom.request({ cmd: 'conv', op: 'count', convMessage: { cid: 'nothing' } })).toMatchObject(error(4303));
});
