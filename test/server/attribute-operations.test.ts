/** Operations on attributes: the server carries them out on what it has, and tells everybody the final values. */
import { describe, expect, it } from 'vitest';
import type { RtmServer, ServerOptions } from 'rx-realtime/server';
import { login, serve, start, type RawClient, type Received } from './raw-client.js';

const error = (code: number): object => ({ cmd: 'error', errorMessage: { code } });

/** As the Swift SDK sends it: `IMConversation.update(attribution:)`. */
const update = (client: RawClient, cid: string, attr: object): Promise<Received> =>
  client.request({ cmd: 'conv', op: 'update', convMessage: { cid, attr: { data: JSON.stringify(attr) } } });

const attributesOf = async (client: RawClient, cid: string): Promise<Record<string, unknown>> => {
  const answer = await client.request({
    cmd: 'conv',
    op: 'query',
    convMessage: { where: { data: JSON.stringify({ objectId: cid }) } },
  });
  if (answer.cmd !== 'conv' || answer.op !== 'results') throw new Error('results were expected');
  const [found = {}] = JSON.parse(answer.convMessage.results.data) as Record<string, unknown>[];
  return found;
};

const modifiedOf = (told: Received): unknown =>
  told.cmd === 'conv' && told.op === 'updated'
    ? JSON.parse(told.convMessage.attrModified?.data ?? 'null')
    : JSON.stringify(told);

const cast = async (options: ServerOptions = {}) => {
  const server: RtmServer = await serve(options);
  const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
  const cid = await start(tom, ['Jerry'], { attr: { data: '{"n":1,"list":["a",{"x":1,"y":2}],"text":"t"}' } });
  return { server, tom, jerry, cid };
};

const updatedOf = (client: RawClient): Promise<Received> => client.push('conv', (command) => command.op === 'updated');

describe('Swift SDK: attribute operations in conv/update', () => {
  it.each([
    ['Increment adds', { n: { __op: 'Increment', amount: 2.5 } }, { n: 3.5 }],
    ['Increment of what is missing begins at 0', { fresh: { __op: 'Increment', amount: -2 } }, { fresh: -2 }],
    ['Add appends', { list: { __op: 'Add', objects: ['a'] } }, { list: ['a', { x: 1, y: 2 }, 'a'] }],
    ['Add to what is missing makes a list', { fresh: { __op: 'Add', objects: [1, 1] } }, { fresh: [1, 1] }],
    [
      'AddUnique appends what is not there, whatever the order of keys is',
      { list: { __op: 'AddUnique', objects: [{ y: 2, x: 1 }, 'b', 'b'] } },
      { list: ['a', { x: 1, y: 2 }, 'b'] },
    ],
    ['Remove takes out all that is equal', { list: { __op: 'Remove', objects: [{ y: 2, x: 1 }] } }, { list: ['a'] }],
    [
      'several at once are carried out in their order',
      { counts: { yes: 4 }, n: { __op: 'Increment', amount: 1 }, plain: 'value' },
      { counts: { yes: 4 }, n: 2, plain: 'value' },
    ],
  ])('%s; the answer and the notice have the final values', async (_, attr, expected) => {
    const { tom, jerry, cid } = await cast();
    const [answer, told] = await Promise.all([update(tom, cid, attr), updatedOf(jerry)]);
    expect(modifiedOf(answer)).toEqual(expected);
    expect(modifiedOf(told)).toEqual(expected);
    expect(await attributesOf(jerry, cid)).toMatchObject(expected);
  });

  it('keys with dots lead into attributes', async () => {
    const { tom, cid } = await cast();
    await update(tom, cid, { 'votes.yes': { __op: 'Increment', amount: 1 } });
    await update(tom, cid, {
      'votes.yes': { __op: 'Increment', amount: 1 },
      'votes.by': { __op: 'Add', objects: ['Tom'] },
    });
    expect(await attributesOf(tom, cid)).toMatchObject({ votes: { yes: 2, by: ['Tom'] } });
  });

  it('Delete removes; Remove from a list that is missing leaves it missing', async () => {
    const { tom, cid } = await cast();
    await update(tom, cid, { n: { __op: 'Delete' }, none: { __op: 'Remove', objects: [1] } });
    const found = await attributesOf(tom, cid);
    expect(found).not.toHaveProperty('n');
    expect(found).not.toHaveProperty('none');
  });

  it('by many clients at the same time all count', async () => {
    const { server, tom, jerry, cid } = await cast();
    const tablet = await login(server, 'Tom');
    const everybody = [tom, jerry, tablet];
    const answers = await Promise.all(
      Array.from({ length: 30 }, (__, index) =>
        update(everybody[index % 3] ?? tom, cid, { n: { __op: 'Increment', amount: 1 } }),
      ),
    );
    const values = answers.map((answer) => (modifiedOf(answer) as { readonly n: number }).n);
    expect(values.sort((x, y) => x - y)).toEqual(Array.from({ length: 30 }, (__, index) => index + 2));
    expect(await attributesOf(tom, cid)).toMatchObject({ n: 31 });
  });
});

describe('an operation that can not be carried out', () => {
  it.each([
    ['an unknown one', { n: { __op: 'Multiply', amount: 2 } }],
    ['one that is no text', { n: { __op: 1 } }],
    ['one without a name', { n: { __op: null } }],
    ['Increment without an amount', { n: { __op: 'Increment' } }],
    ['Increment by a text', { n: { __op: 'Increment', amount: '1' } }],
    ['Add without objects', { list: { __op: 'Add' } }],
    ['Add of no list', { list: { __op: 'Add', objects: { 0: 'a' } } }],
    ['AddRelation', { list: { __op: 'AddRelation', objects: [] } }],
    ['Batch', { n: { __op: 'Batch', ops: [{ __op: 'Increment', amount: 1 }] } }],
    ['an operation inside a value', { deep: { n: { __op: 'Increment', amount: 1 } } }],
    ['an operation inside a list', { deep: [{ __op: 'Delete' }] }],
    ['an operation inside an operation', { list: { __op: 'Add', objects: [{ __op: 'Delete' }] } }],
    ['Increment of a text', { text: { __op: 'Increment', amount: 1 } }],
    ['Increment of a list', { list: { __op: 'Increment', amount: 1 } }],
    ['Add to a number', { n: { __op: 'Add', objects: [1] } }],
    ['AddUnique to a text', { text: { __op: 'AddUnique', objects: ['x'] } }],
    ['Remove from a number', { n: { __op: 'Remove', objects: [1] } }],
    ['Increment beyond exact numbers', { n: { __op: 'Increment', amount: 2 ** 53 - 1 } }],
    ['an operation on the name', { name: { __op: 'Delete' } }],
    ['an operation on the members', { m: { __op: 'AddUnique', objects: ['Spike'] } }],
    ['an operation inside a key of the protocol', { 'mu.0': { __op: 'Increment', amount: 1 } }],
  ])('is refused with 4306, and nothing is changed: %s', async (_, attr) => {
    const { tom, jerry, cid } = await cast();
    const before = await attributesOf(tom, cid);
    expect(await update(tom, cid, { first: 'set', ...attr })).toMatchObject(error(4306));
    expect(await attributesOf(tom, cid)).toEqual(before);
    await jerry.settle();
    expect(jerry.inbox.filter((push) => push.cmd === 'conv' && push.op === 'updated')).toEqual([]);
  });

  it('is refused in a new conversation, too', async () => {
    const { tom } = await cast();
    const attr = { data: JSON.stringify({ n: { __op: 'Increment', amount: 1 } }) };
    expect(await tom.request({ cmd: 'conv', op: 'start', convMessage: { m: ['Spike'], attr } })).toMatchObject(
      error(4306),
    );
  });

  it('is refused if the attributes would be too long, or too deep to be read again', async () => {
    const { tom, cid } = await cast({ limits: { attributeBytes: 1_000 } });
    const add = (): Promise<Received> => update(tom, cid, { list: { __op: 'Add', objects: ['x'.repeat(400)] } });
    expect(await add()).toMatchObject({ op: 'updated' });
    expect(await add()).toMatchObject({ op: 'updated' });
    expect(await add()).toMatchObject(error(4306));
    const path = Array.from({ length: 60 }, () => 'k').join('.');
    const deep = JSON.parse(`${'['.repeat(60)}${']'.repeat(60)}`) as unknown;
    expect(await update(tom, cid, { [path]: deep })).toMatchObject(error(4306));
    expect(await attributesOf(tom, cid)).toMatchObject({ text: 't' });
  });
});

describe('JavaScript SDK: conv/update', () => {
  it('of a conversation that is not there is refused with 4303, also without attributes', async () => {
    const { tom } = await cast();
    expect(await update(tom, 'nowhere', { x: 1 })).toMatchObject(error(4303));
    expect(await tom.request({ cmd: 'conv', op: 'update', convMessage: { cid: 'nowhere' } })).toMatchObject(
      error(4303),
    );
  });
});
