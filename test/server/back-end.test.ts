/** The back end as a part of the server's process. */
import { describe, expect, it } from 'vitest';
import { binary, text, type JsonObject } from 'rx-realtime/codecs';
import { Refusal } from 'rx-realtime/server';
import { dial, login, open, serve, tokenOf } from './raw-client.js';

describe('the back end', () => {
  it('creates, finds, changes and ends conversations of every kind', async () => {
    const { backEnd } = await serve();
    const created = await Promise.all([
      backEnd.create({ members: ['Tom', 'Jerry'], name: 'Cat', attributes: { born: new Date(0), old: 1 } }),
      backEnd.create({ kind: 'room', creator: 'Tom' }),
      backEnd.create({ kind: 'system' }),
      backEnd.create({ kind: 'temporary', members: ['Tom'], ttl: 60 }),
    ]);
    expect(created.map(({ kind }) => kind)).toEqual(['ordinary', 'room', 'system', 'temporary']);
    const [{ id }] = created;
    expect((await backEnd.find({ limit: 100 })).length).toBe(4);
    expect((await backEnd.find()).map(({ id: found }) => found)).toEqual(created.map((info) => info.id));
    expect((await backEnd.find({ kinds: ['system'] })).map(({ kind }) => kind)).toEqual(['system']);
    expect(await backEnd.find({ where: { name: 'Cat' } })).toMatchObject([{ id, attributes: { born: new Date(0) } }]);
    expect(await backEnd.update(id, { name: 'Mouse', attributes: { 'a.b': 1 }, unset: ['old'] })).toMatchObject({
      name: 'Mouse',
      attributes: { born: new Date(0), a: { b: 1 } },
    });
    expect((await backEnd.get(id)).attributes).not.toHaveProperty('old');
    await backEnd.delete(id);
    await expect(backEnd.get(id)).rejects.toBeInstanceOf(Refusal);
  });

  it('sends bodies of codecs, texts as they are, and bytes', async () => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    const { id } = await server.backEnd.create({ members: ['Tom'] });
    const body = [text('hello'), '{"_lctype":1,"op":"add"}', binary(new Uint8Array([1])), new Uint8Array([2])];
    for (const one of body) await server.backEnd.send(id, { from: 'Jerry', body: one });
    expect([
      await tom.push('direct'),
      await tom.push('direct'),
      await tom.push('direct'),
      await tom.push('direct'),
    ]).toMatchObject([
      { directMessage: { msg: '{"_lctype":-1,"_lctext":"hello"}' } },
      { directMessage: { msg: '{"_lctype":1,"op":"add"}' } },
      { directMessage: { binaryMsg: new Uint8Array([1]) } },
      { directMessage: { binaryMsg: new Uint8Array([2]) } },
    ]);
    expect((await server.backEnd.history(id, { type: 1 })).length).toBe(1);
    expect((await server.backEnd.history(id, { direction: 'new', limit: 1 })).map(({ type }) => type)).toEqual([-1]);
  });

  it('kicks with its own code and reason, and ends the tokens', async () => {
    const server = await serve();
    const tom = await dial(server.url);
    const st = tokenOf(await open(tom, 'Tom'));
    await server.backEnd.kick('Tom', { code: 4999, reason: 'bye' });
    expect(await tom.push('session')).toMatchObject({ op: 'closed', sessionMessage: { code: 4999, reason: 'bye' } });
    expect(await open(await dial(server.url), 'Tom', { st, r: true })).toMatchObject({
      cmd: 'error',
      errorMessage: { code: 4112 },
    });
  });

  it('gets a rejected promise for values that cannot be written', async () => {
    const { backEnd } = await serve();
    const loop: Record<string, never> = {};
    Object.assign(loop, { loop });
    const cyclic: JsonObject = loop;
    const { id } = await backEnd.create({});
    await expect(backEnd.find({ where: cyclic })).rejects.toMatchObject({ code: 4310 });
    await expect(backEnd.send(id, { body: 'x', pushData: cyclic })).rejects.toMatchObject({ code: 4114 });
    await expect(backEnd.send(id, { body: text('\ud800') })).rejects.toMatchObject({ code: 4114 });
    await expect(backEnd.find({ limit: Number.NaN })).rejects.toMatchObject({ code: 4310 });
    await expect(backEnd.history(id, { limit: 1.5 })).rejects.toMatchObject({ code: 4311 });
    await expect(backEnd.history('none')).rejects.toMatchObject({ code: 4303 });
    await expect(backEnd.update(id, { attributes: { big: 'x'.repeat(20_000) } })).rejects.toMatchObject({ code: 4306 });
    await expect(backEnd.addMembers(id, [''])).rejects.toMatchObject({ code: 4103 });
  });
});
