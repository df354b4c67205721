/** Edits, recalls and receipts at the level of the wire. */
import { describe, expect, it } from 'vitest';
import { dial, login, open, page, say, serve, settable, start, type RawClient } from './raw-client.js';

const error = (code: number): object => ({ cmd: 'error', errorMessage: { code } });

const modify = (client: RawClient, cid: string, mid: string, change: object) =>
  client.request({ cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid, ...change }] } });

const pair = async (options?: Parameters<typeof serve>[0]) => {
  const server = await serve(options);
  const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
  const cid = await start(tom, ['Jerry']);
  return { server, tom, jerry, cid };
};

describe('an edit', () => {
  it('is never dated ahead of the clock, however many there are: later ones of others would be missed', async () => {
    const { tom, cid } = await pair();
    const { id, timestamp } = await say(tom, cid, { msg: 'x' });
    const patch = { cid, mid: id, timestamp, recall: false, data: 'y' };
    const patches = Array.from({ length: 100 }, () => patch);
    const edited = await tom.request({ cmd: 'patch', op: 'modify', patchMessage: { patches } });
    const now = Date.now();
    if (edited.cmd !== 'patch') throw new Error('it was refused');
    expect(edited.patchMessage.lastPatchTime).toBeLessThanOrEqual(now + 10);
  });

  it('changes history, and is sent to every other session of every member', async () => {
    const clock = settable();
    const { server, tom, jerry, cid } = await pair({ clock });
    const phone = await login(server, 'Tom');
    const { id, timestamp } = await say(tom, cid, { msg: 'before' });
    clock.set(2_000_000);
    const answer = await modify(tom, cid, id, { timestamp, recall: false, data: 'after', mentionPids: ['Jerry'] });
    expect(answer).toMatchObject({ cmd: 'patch', op: 'modified', patchMessage: { lastPatchTime: 2_000_000 } });
    for (const other of [jerry, phone]) {
      expect((await other.push('patch')).patchMessage).toEqual({
        patches: [
          {
            cid,
            mid: id,
            from: 'Tom',
            timestamp,
            patchTimestamp: 2_000_000,
            recall: false,
            data: 'after',
            mentionPids: ['Jerry'],
          },
        ],
      });
    }
    await tom.settle();
    expect(tom.inbox.filter(({ cmd }) => cmd === 'patch')).toEqual([]);
    expect(await jerry.request({ cmd: 'logs', logsMessage: { cid } })).toMatchObject({
      logsMessage: {
        logs: [{ msgId: id, timestamp, patchTimestamp: 2_000_000, data: 'after', mentionPids: ['Jerry'] }],
      },
    });
  });

  it('of one message has a later time than the one before, even if the clock stops', async () => {
    const clock = settable();
    const { tom, jerry, cid } = await pair({ clock });
    const { id } = await say(tom, cid, { msg: '1' });
    for (const data of ['2', '3']) await modify(tom, cid, id, { data });
    const pushes = [await jerry.push('patch'), await jerry.push('patch')];
    const times = pushes
      .flatMap((push) => (push.op === 'modify' ? (push.patchMessage.patches ?? []) : []))
      .map(({ patchTimestamp }) => patchTimestamp);
    expect(times).toEqual([1_000_000, 1_000_001]);
  });

  it('can replace the body with bytes', async () => {
    const { tom, jerry, cid } = await pair();
    const { id } = await say(tom, cid, { msg: 'text' });
    await modify(tom, cid, id, { binaryMsg: new Uint8Array([1, 2]) });
    expect((await jerry.push('patch')).patchMessage).toMatchObject({
      patches: [{ binaryMsg: new Uint8Array([1, 2]) }],
    });
  });

  it('is refused for foreign or unknown messages, for strangers, and for an empty or too long body', async () => {
    const { server, tom, jerry, cid } = await pair();
    const spike = await login(server, 'Spike');
    const { id } = await say(tom, cid, { msg: 'mine' });
    expect(await modify(jerry, cid, id, { data: 'yours' })).toMatchObject(error(4403));
    expect(await modify(tom, cid, 'nothing', { data: 'x' })).toMatchObject(error(4404));
    expect(await modify(spike, cid, id, { data: 'x' })).toMatchObject(error(4401));
    expect(await modify(tom, cid, id, {})).toMatchObject(error(4114));
    expect(await modify(tom, cid, id, { data: 'x'.repeat(5_121) })).toMatchObject(error(4109));
    expect(await page(tom, cid)).toEqual(['mine']);
  });
});

describe('a recall', () => {
  it('changes the last message of the conversation, as an edit does; other messages do not affect it', async () => {
    const { tom, jerry, cid } = await pair({ clock: settable() });
    const [first, last] = [await say(tom, cid, { msg: 'first' }), await say(tom, cid, { msg: 'last' })];
    const lastMessage = async (): Promise<unknown> => {
      const answer = await jerry.request({
        cmd: 'conv',
        op: 'query',
        convMessage: { where: { data: JSON.stringify({ objectId: cid }) }, flag: 2 },
      });
      if (answer.cmd !== 'conv' || answer.op !== 'results')
        throw new Error(`results were expected, not ${JSON.stringify(answer)}`);
      return JSON.parse(answer.convMessage.results.data) as unknown;
    };
    await modify(tom, cid, first.id, { recall: true });
    expect(await lastMessage()).toMatchObject([{ msg: 'last', msg_mid: last.id }]);
    await modify(tom, cid, last.id, { data: 'changed' });
    expect(await lastMessage()).toMatchObject([
      { msg: 'changed', msg_mid: last.id, msg_timestamp: last.timestamp, patch_timestamp: 1_000_000 },
    ]);
    await modify(tom, cid, last.id, { recall: true });
    expect(await lastMessage()).toMatchObject([
      { msg: '{"_lctype":-127}', msg_mid: last.id, patch_timestamp: 1_000_001 },
    ]);
  });

  it('is sent to the other devices of its sender, and refused to all other clients', async () => {
    const { server, tom, jerry, cid } = await pair();
    const [phone, spike] = [await login(server, 'Tom'), await login(server, 'Spike')];
    const { id } = await say(tom, cid, { msg: 'mine' });
    expect(await modify(jerry, cid, id, { recall: true })).toMatchObject(error(4403));
    expect(await modify(spike, cid, id, { recall: true })).toMatchObject(error(4401));
    expect(await modify(tom, cid, 'nothing', { recall: true })).toMatchObject(error(4404));
    await modify(tom, cid, id, { recall: true });
    expect((await phone.push('patch')).patchMessage).toMatchObject({ patches: [{ mid: id, recall: true }] });
    for (const other of [tom, spike]) {
      await other.settle();
      expect(other.inbox.filter(({ cmd }) => cmd === 'patch')).toEqual([]);
    }
  });

  it('leaves a body that marks the recall, and removes the message from unread counts', async () => {
    const { tom, jerry, cid } = await pair();
    const { id } = await say(tom, cid, { msg: 'one', mentionPids: ['Jerry'] });
    await say(tom, cid, { msg: 'two' });
    await modify(tom, cid, id, { recall: true });
    expect((await jerry.push('patch')).patchMessage).toMatchObject({
      patches: [{ mid: id, recall: true, data: '{"_lctype":-127}' }],
    });
    expect((await jerry.push('unread')).unreadMessage.convs).toMatchObject([{ cid, unread: 1, mentioned: false }]);
    expect(await page(jerry, cid)).toEqual(['{"_lctype":-127}', 'two']);
  });

  it('is final: the message cannot be edited afterwards', async () => {
    const { tom, cid } = await pair();
    const { id } = await say(tom, cid, { msg: 'one' });
    await modify(tom, cid, id, { recall: true });
    expect(await modify(tom, cid, id, { data: 'one again' })).toMatchObject(error(4404));
    expect(await modify(tom, cid, id, { recall: true })).toMatchObject({ op: 'modified' });
    expect(await page(tom, cid)).toEqual(['{"_lctype":-127}']);
  });

  it('of a message that was read changes no count', async () => {
    const { tom, jerry, cid } = await pair();
    const { id } = await say(tom, cid, { msg: 'one' });
    jerry.send({ cmd: 'read', readMessage: { cid } });
    expect((await jerry.push('unread')).unreadMessage.convs).toMatchObject([{ cid, unread: 0 }]);
    await modify(tom, cid, id, { recall: true });
    await jerry.settle();
    expect(jerry.inbox.filter(({ cmd }) => cmd === 'unread')).toEqual([]);
  });
});

describe('changes that were missed', () => {
  it('reduce counts, and are sent to a client that names the time of its last known change', async () => {
    const clock = settable();
    const { server, tom, cid } = await pair({ clock });
    const { id } = await say(tom, cid, { msg: 'one' });
    clock.set(2_000_000);
    await modify(tom, cid, id, { recall: true });
    const countsAt = async (lastUnreadNotifTime: number) => {
      const client = await dial(server.url);
      await open(client, 'Jerry', { lastUnreadNotifTime });
      return (await client.push('unread')).unreadMessage.convs;
    };
    expect(await countsAt(2_000_000)).toMatchObject([{ cid, unread: 0 }]);
    expect(await countsAt(2_000_001)).toBeUndefined();
  });

  it('come at the next login, earliest first, to clients that support them and name a time', async () => {
    const clock = settable();
    const { server, tom, cid } = await pair({ clock });
    const ids = [
      await say(tom, cid, { msg: 'a' }),
      await say(tom, cid, { msg: 'b' }),
      await say(tom, cid, { msg: 'c' }),
    ].map(({ id }) => id);
    for (const [index, id] of ids.entries()) {
      clock.set(2_000_000 + index);
      await modify(tom, cid, id, { data: 'changed' });
    }
    const patchesAt = async (fields: Parameters<typeof open>[2]): Promise<readonly (string | undefined)[]> => {
      const client = await dial(server.url);
      await open(client, 'Jerry', fields);
      await client.settle();
      return client.inbox
        .flatMap((push) => (push.cmd === 'patch' && push.op === 'modify' ? (push.patchMessage.patches ?? []) : []))
        .map(({ mid }) => mid);
    };
    expect(await patchesAt({ lastPatchTime: 2_000_001, configBitmap: 1 })).toEqual(ids.slice(1));
    expect(await patchesAt({ lastPatchTime: 2_000_003, configBitmap: 1 })).toEqual([]);
    expect(await patchesAt({ lastPatchTime: 0, configBitmap: 2 })).toEqual([]);
    expect(await patchesAt({ configBitmap: 1 })).toEqual([]);
  });
});

describe('max_read', () => {
  it('reports to members how far the others have received and read, together or each', async () => {
    const clock = settable();
    const server = await serve({ clock });
    const [tom, jerry, spike] = [
      await login(server, 'Tom'),
      await login(server, 'Jerry'),
      await login(server, 'Spike'),
    ];
    const cid = await start(tom, ['Jerry', 'Butch']);
    const { timestamp } = await say(tom, cid, { msg: 'x' });
    const ask = (client: RawClient, fields = {}) =>
      client.request({ cmd: 'conv', op: 'max_read', convMessage: { cid, ...fields } });
    expect(await ask(tom)).toMatchObject({ op: 'max_read', convMessage: { cid } });
    clock.set(2_000_000);
    jerry.send({ cmd: 'ack', ackMessage: { cid, fromts: 0, tots: timestamp } });
    await jerry.settle();
    expect(await ask(tom)).toMatchObject({ convMessage: { maxAckTimestamp: 2_000_000 } });
    clock.set(3_000_000);
    jerry.send({ cmd: 'read', readMessage: { cid } });
    await jerry.settle();
    expect(await ask(tom)).toMatchObject({ convMessage: { maxAckTimestamp: 3_000_000, maxReadTimestamp: 3_000_000 } });
    expect(await ask(tom, { queryAllMembers: true })).toMatchObject({
      convMessage: { maxReadTuples: [{ pid: 'Jerry', maxAckTimestamp: 3_000_000, maxReadTimestamp: 3_000_000 }] },
    });
    expect(await ask(jerry, { queryAllMembers: true })).toMatchObject({ convMessage: { cid } });
    expect(await ask(spike)).toMatchObject(error(4317));
  });
});
