/** Attacks with signatures: each attempt is refused, and nobody notices it. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RtmServer, SignedAction } from 'rx-realtime/server';
import { dial, open, say, serve, settable, start, type RawClient } from '../raw-client.js';
import { codeOf, error, type Request } from './world.js';

describe('signatures', () => {
  const KEY = 'the master key';
  const NOW = 1_700_000_000_000;
  const SIX_HOURS = 6 * 3_600_000;
  const signed: readonly SignedAction[] = ['login', 'create', 'add', 'join', 'remove', 'quit', 'block', 'unblock'];

  interface Signature {
    readonly t: number;
    readonly n: string;
    readonly s: string;
  }
  let nonces = 0;
  const sign = (
    parts: readonly string[],
    action?: string,
    { t = NOW, n = `n${(nonces += 1)}`, key = KEY } = {},
  ): Signature => ({
    t,
    n,
    s: createHmac('sha1', key)
      .update([...parts, t, n, ...(action === undefined ? [] : [action])].join(':'))
      .digest('hex'),
  });

  interface Action {
    readonly name: string;
    readonly code: number;
    readonly text: (cid: string, by: string) => readonly string[];
    readonly suffix?: string;
    readonly command: (cid: string, signature: Partial<Signature>) => Request;
  }
  const members = (cid: string, by: string): readonly string[] => ['app', by, cid, 'Butch:Jerry'];
  /** The actions of Tom, the creator, on a conversation with Jerry. The wire has the members in Tom's order. */
  const actions: readonly Action[] = [
    {
      name: 'create',
      code: 4302,
      text: (_, by) => ['app', by, ['Jerry', 'Butch', by].sort().join(':')],
      command: (_, signature) => ({ cmd: 'conv', op: 'start', convMessage: { m: ['Jerry', 'Butch'], ...signature } }),
    },
    {
      name: 'add',
      code: 4302,
      text: members,
      suffix: 'invite',
      command: (cid, signature) => ({
        cmd: 'conv',
        op: 'add',
        convMessage: { cid, m: ['Jerry', 'Butch'], ...signature },
      }),
    },
    {
      name: 'remove',
      code: 4302,
      text: members,
      suffix: 'kick',
      command: (cid, signature) => ({
        cmd: 'conv',
        op: 'remove',
        convMessage: { cid, m: ['Jerry', 'Butch'], ...signature },
      }),
    },
    {
      name: 'join',
      code: 4302,
      text: (cid, by) => ['app', by, cid, 'Tom'],
      suffix: 'invite',
      command: (cid, signature) => ({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Tom'], ...signature } }),
    },
    {
      name: 'block',
      code: 4546,
      text: members,
      suffix: 'conversation-block-clients',
      command: (srcCid, signature) => ({
        cmd: 'blacklist',
        op: 'block',
        blacklistMessage: { srcCid, toPids: ['Jerry', 'Butch'], ...signature },
      }),
    },
    {
      name: 'unblock',
      code: 4546,
      text: members,
      suffix: 'conversation-unblock-clients',
      command: (srcCid, signature) => ({
        cmd: 'blacklist',
        op: 'unblock',
        blacklistMessage: { srcCid, toPids: ['Jerry', 'Butch'], ...signature },
      }),
    },
    {
      name: 'quit',
      code: 4302,
      text: (cid, by) => ['app', by, cid, 'Tom'],
      suffix: 'kick',
      command: (cid, signature) => ({ cmd: 'conv', op: 'remove', convMessage: { cid, m: ['Tom'], ...signature } }),
    },
  ];
  const signatureOf = (
    { text, suffix }: Action,
    cid: string,
    how: { t?: number; n?: string; key?: string } = {},
    by = 'Tom',
  ): Signature => sign(text(cid, by), suffix, how);

  const enter = async (server: RtmServer, id: string): Promise<RawClient> => {
    const client = await dial(server.url);
    expect(await open(client, id, sign(['app', id, '']))).toMatchObject({ op: 'opened' });
    await client.push('unread');
    return client;
  };
  const startSigned = (client: RawClient, by: string, others: readonly string[]): Promise<string> =>
    start(client, others, sign(['app', by, [...new Set([by, ...others])].sort().join(':')]));

  /** A server on which every action has to be signed. */
  const strict = async () => {
    const server = await serve({ masterKey: KEY, signed, clock: settable(NOW) });
    const [nibbles, tyke, tom] = [
      await enter(server, 'Nibbles'),
      await enter(server, 'Tyke'),
      await enter(server, 'Tom'),
    ];
    const chat = await startSigned(nibbles, 'Nibbles', ['Tyke']);
    const cid = await startSigned(tom, 'Tom', ['Jerry']);
    await tyke.settle();
    tyke.inbox.length = 0;
    const unheard = async (): Promise<void> => {
      await say(nibbles, chat, { msg: 'still here' });
      expect((await tyke.push('direct')).directMessage).toMatchObject({ msg: 'still here' });
      await tyke.settle();
      expect(tyke.inbox).toEqual([]);
    };
    return { server, tom, cid, unheard };
  };

  it.each(actions)('of $name: forged, foreign, too old and too early ones are refused', async (action) => {
    const { tom, cid, unheard } = await strict();
    const { s } = signatureOf(action, cid);
    const seconds = NOW / 1_000;
    const bad: readonly (readonly [string, Partial<Signature>])[] = [
      ['none', {}],
      ['half of one', { n: 'x', s }],
      ['with another nonce', { ...signatureOf(action, cid), n: 'another' }],
      ['with another time', { ...signatureOf(action, cid), t: NOW + 1 }],
      ['by another key', signatureOf(action, cid, { key: 'guess' })],
      ['by no key', signatureOf(action, cid, { key: '' })],
      ['empty', { ...signatureOf(action, cid), s: '' }],
      ['in capitals', ((good) => ({ ...good, s: good.s.toUpperCase() }))(signatureOf(action, cid))],
      ['of another client', signatureOf(action, cid, {}, 'Spike')],
      ['of another application', sign(['other', ...action.text(cid, 'Tom').slice(1)], action.suffix)],
      ['of other members', sign([...action.text(cid, 'Tom').slice(0, -1), 'Spike'], action.suffix)],
      ['of a login', sign(['app', 'Tom', ''])],
      ['too old', signatureOf(action, cid, { t: NOW - SIX_HOURS - 1 })],
      ['too old, in seconds', signatureOf(action, cid, { t: seconds - SIX_HOURS / 1_000 - 1 })],
      ['too early', signatureOf(action, cid, { t: NOW + SIX_HOURS + 1 })],
      ['too early, in seconds', signatureOf(action, cid, { t: seconds + SIX_HOURS / 1_000 + 1 })],
      ['of 1970', signatureOf(action, cid, { t: 0 })],
      ['of before', signatureOf(action, cid, { t: -NOW })],
      ...(action.name === 'create' ? [] : [['of another conversation', signatureOf(action, 'f'.repeat(24))] as const]),
    ];
    const codes: [string, number | string][] = [];
    for (const [name, signature] of bad) codes.push([name, codeOf(await tom.request(action.command(cid, signature)))]);
    expect(codes).toEqual(bad.map(([name]) => [name, action.code]));
    await unheard();
  });

  it.each(actions)('of $name are valid once, with any outcome', async (action) => {
    const { tom, cid, unheard } = await strict();
    const good = signatureOf(action, cid);
    expect((await tom.request(action.command(cid, good))).cmd).not.toBe('error');
    expect(await tom.request(action.command(cid, good))).toMatchObject(error(action.code));
    expect(await tom.request(action.command(cid, signatureOf(action, cid, { t: NOW - 1, n: good.n })))).toMatchObject(
      error(action.code),
    );
    await unheard();
  });

  it('of one action are not valid for another', async () => {
    const { tom, cid, unheard } = await strict();
    const kindOf = (action: Action): string => [...action.text(cid, 'Tom'), action.suffix].join(':');
    const codes: [string, number | string][] = [];
    const expected: [string, number][] = [];
    for (const wanted of actions) {
      for (const other of actions.filter((action) => kindOf(action) !== kindOf(wanted))) {
        const name = `${other.name} for ${wanted.name}`;
        codes.push([name, codeOf(await tom.request(wanted.command(cid, signatureOf(other, cid))))]);
        expected.push([name, wanted.code]);
      }
    }
    expect(codes).toEqual(expected);
    await unheard();
  });

  it('of an action, or of another client, open no session', async () => {
    const { server, cid } = await strict();
    const stranger = await dial(server.url);
    const attempts = [
      ...actions.map((action) => signatureOf(action, cid)),
      sign(['app', 'Jerry', '']),
      sign(['app', 'Tom', ''], undefined, { t: NOW - SIX_HOURS - 1 }),
      sign(['app', 'Tom', ''], undefined, { t: NOW / 1_000 - SIX_HOURS / 1_000 - 1 }),
      sign(['app', 'Tom', ''], undefined, { key: 'guess' }),
    ];
    for (const signature of attempts) expect(await open(stranger, 'Tom', signature)).toMatchObject(error(4102));
    const good = sign(['app', 'Tom', '']);
    expect(await open(stranger, 'Tom', good)).toMatchObject({ op: 'opened' });
    expect(await open(await dial(server.url), 'Tom', good)).toMatchObject(error(4102));
  });

  it('are not made for ids with colons, because the text of several ids could equal that of one', async () => {
    const { server, tom, cid, unheard } = await strict();
    const both = sign(['app', 'Tom', cid, 'Jerry:Spike'], 'invite');
    expect(
      await tom.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Jerry:Spike'], ...both } }),
    ).toMatchObject(error(4302));
    const block = sign(['app', 'Tom', cid, 'Jerry:Spike'], 'conversation-block-clients');
    expect(
      await tom.request({
        cmd: 'blacklist',
        op: 'block',
        blacklistMessage: { srcCid: cid, toPids: ['Jerry:Spike'], ...block },
      }),
    ).toMatchObject(error(4546));
    const group = sign(['app', 'Tom', 'A:B:Tom']);
    expect(await tom.request({ cmd: 'conv', op: 'start', convMessage: { m: ['A:B'], ...group } })).toMatchObject(
      error(4302),
    );
    const colon = await enter(server, 'Tom:x');
    const own = sign(['app', 'Tom:x', 'Tom:x']);
    expect(await colon.request({ cmd: 'conv', op: 'start', convMessage: { m: [], ...own } })).toMatchObject(
      error(4302),
    );
    const asTom = sign(['app', 'Tom', 'x', 'x']);
    expect(await colon.request({ cmd: 'conv', op: 'start', convMessage: { m: ['x'], ...asTom } })).toMatchObject(
      error(4302),
    );
    await unheard();
  });

  it('that were refused are not used up, so nobody can use up those of others', async () => {
    const { server, tom, cid } = await strict();
    const [add] = actions.filter(({ name }) => name === 'add');
    if (add === undefined) throw new Error('there is no such action');
    const good = signatureOf(add, cid);
    const spike = await enter(server, 'Spike');
    expect(await spike.request(add.command(cid, good))).toMatchObject(error(4302));
    expect(await tom.request(add.command(cid, good))).toMatchObject({ op: 'added' });
  });
});
