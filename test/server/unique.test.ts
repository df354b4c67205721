/** How conversations begin: the order of notices, and the answer to a request for a unique conversation. */
import { createHmac } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { memoryStore, type ServerOptions, type Store } from 'rx-realtime/server';
import { login, say, serve, start, type RawClient, type Received } from './raw-client.js';

const error = (code: number): object => ({ cmd: 'error', errorMessage: { code } });

/** What a client has heard about conversations, and the messages in them. */
const heard = async (client: RawClient): Promise<readonly string[]> => {
  await client.settle();
  return client.inbox.splice(0).flatMap((push) => {
    if (push.cmd === 'direct') return [push.directMessage.msg ?? ''];
    if (push.cmd !== 'conv') return [];
    const { convMessage } = push;
    return [[push.op, ...('m' in convMessage ? (convMessage.m ?? []) : [])].join(' ')];
  });
};

const quit = (client: RawClient, cid: string, id: string): Promise<Received> =>
  client.request({ cmd: 'conv', op: 'remove', convMessage: { cid, m: [id] } });
const ask = (client: RawClient, members: readonly string[], fields: object = {}): Promise<Received> =>
  client.request({ cmd: 'conv', op: 'start', convMessage: { m: [...members], unique: true, ...fields } });

/** A promise that the test resolves. */
const moment = (): { readonly come: Promise<void>; readonly say: () => void } => {
  let say = (): void => undefined;
  const come = new Promise<void>((resolve) => {
    say = resolve;
  });
  return { come, say };
};

/** A store that writes the first notice at once, and the second one when the test allows it. */
const slowStore = (): { readonly store: Store; readonly held: Promise<void>; readonly release: () => void } => {
  const store = memoryStore();
  const [asked, allowed] = [moment(), moment()];
  let notices = 0;
  return {
    store: {
      ...store,
      keepNotice: async (clientIds, notice) => {
        notices += 1;
        if (notices === 2) {
          asked.say();
          await allowed.come;
        }
        await store.keepNotice(clientIds, notice);
      },
    },
    held: asked.come,
    release: allowed.say,
  };
};

describe('the notice of a new conversation', () => {
  const cast = async () => {
    const { store, held, release } = slowStore();
    const server = await serve({ store });
    // The server closes after it has carried out everything.
    onTestFinished(release);
    const [tom, phone, jerry] = [await login(server, 'Tom'), await login(server, 'Tom'), await login(server, 'Jerry')];
    return { server, tom, phone, jerry, held, release };
  };

  it('comes before everything that happens in the conversation, however slow the store is', async () => {
    const { tom, phone, jerry, held, release } = await cast();
    const started = start(tom, ['Jerry']);
    const { convMessage } = await jerry.push('conv', ({ op }) => op === 'joined');
    await held;
    expect(await heard(phone)).toEqual(['joined']);
    const gone = quit(jerry, 'cid' in convMessage ? (convMessage.cid ?? '') : '', 'Jerry');
    for (let rounds = 0; rounds < 5; rounds += 1) expect(await heard(phone)).toEqual([]);
    release();
    await Promise.all([started, gone]);
    expect(await heard(phone)).toEqual(['members_joined Tom Jerry', 'members_left Jerry']);
  });

  it('comes before another client that asks for the same conversation gets it', async () => {
    const { tom, phone, jerry, held, release } = await cast();
    const first = ask(tom, ['Jerry']);
    await held;
    let answered = false;
    const second = ask(jerry, ['Tom']).then((answer) => {
      answered = true;
      return answer;
    });
    const words: string[] = [];
    for (let rounds = 0; rounds < 5; rounds += 1) words.push(...(await heard(phone)));
    expect(words).toEqual(['joined']);
    expect(answered).toBe(false);
    release();
    expect(await second).toMatchObject({ ...(await first), i: expect.any(Number) as number });
    expect(await heard(phone)).toEqual(['members_joined Tom Jerry']);
  });
});

describe('a client that asks for a unique conversation that it has quit', () => {
  const cast = async (options: ServerOptions = {}) => {
    const server = await serve(options);
    const [tom, phone, jerry] = [await login(server, 'Tom'), await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry'], { unique: true });
    await quit(tom, cid, 'Tom');
    for (const client of [tom, phone, jerry]) await heard(client);
    return { server, tom, phone, jerry, cid };
  };

  it('is a member again, and the others are notified as for a client that joins', async () => {
    const { server, tom, phone, jerry, cid } = await cast();
    expect(await ask(tom, ['Jerry'])).toMatchObject({ op: 'started', convMessage: { cid } });
    await say(tom, cid, { msg: 'back' });
    expect(await server.backEnd.members(cid)).toEqual(['Jerry', 'Tom']);
    const joined = ['joined', 'members_joined Tom'];
    expect([await heard(tom), await heard(phone), await heard(jerry)]).toEqual([
      joined,
      [...joined, 'back'],
      ['members_joined Tom', 'back'],
    ]);
    // A client that is already a member does not join again.
    await ask(tom, ['Jerry']);
    expect([await heard(phone), await heard(jerry)]).toEqual([[], []]);
  });

  it('does not bring back other clients that have quit', async () => {
    const { server, tom, jerry, cid } = await cast();
    await quit(jerry, cid, 'Jerry');
    await ask(tom, ['Jerry']);
    expect(await server.backEnd.members(cid)).toEqual(['Tom']);
  });

  it('is refused with 4315 if it is blocked, and with 4304 if the conversation is full', async () => {
    const { server, tom, cid } = await cast({ limits: { members: 2 } });
    await server.backEnd.block(cid, ['Tom']);
    expect(await ask(tom, ['Jerry'])).toMatchObject(error(4315));
    await server.backEnd.unblock(cid, ['Tom']);
    await server.backEnd.addMembers(cid, ['Spike']);
    expect(await ask(tom, ['Jerry'])).toMatchObject(error(4304));
    expect(await server.backEnd.members(cid)).toEqual(['Jerry', 'Spike']);
  });

  it.each([
    ['drops it', { drop: true, code: 7 }, { code: 4305, appCode: 7 }],
    ['chooses others', { members: ['Spike'] }, { code: 4305 }],
  ] as const)('is refused where the application %s', async (_, verdict, errorMessage) => {
    const { server, tom, cid } = await cast({ hooks: { conversationAdd: () => verdict } });
    expect(await ask(tom, ['Jerry'])).toMatchObject({ cmd: 'error', errorMessage });
    expect(await server.backEnd.members(cid)).not.toContain('Tom');
  });

  it('is a member again if the back end asks in its name', async () => {
    const { server, cid } = await cast();
    expect(await server.backEnd.create({ creator: 'Tom', members: ['Jerry'], unique: true })).toMatchObject({
      id: cid,
      members: ['Jerry', 'Tom'],
    });
    expect(await server.backEnd.create({ members: ['Jerry', 'Tom'], unique: true })).toMatchObject({ id: cid });
  });

  const hmac = (text: string): string => createHmac('sha1', 'key').update(text).digest('hex');

  it('is refused with 4302 if only joining has to be signed', async () => {
    const { server, tom, cid } = await cast({ masterKey: 'key', signed: ['join'] });
    expect(await ask(tom, ['Jerry'])).toMatchObject(error(4302));
    expect(await server.backEnd.members(cid)).toEqual(['Jerry']);
  });

  it('needs no second signature if creating has to be signed', async () => {
    const server = await serve({ masterKey: 'key', signed: ['create', 'join'] });
    const tom = await login(server, 'Tom');
    const { id } = await server.backEnd.create({ creator: 'Tom', members: ['Jerry'], unique: true });
    await server.backEnd.removeMembers(id, ['Tom']);
    expect(await ask(tom, ['Jerry'])).toMatchObject(error(4302));
    const t = Date.now();
    expect(await ask(tom, ['Jerry'], { t, n: 'n', s: hmac(`app:Tom:Jerry:Tom:${t}:n`) })).toMatchObject({
      op: 'started',
    });
    expect(await server.backEnd.members(id)).toEqual(['Jerry', 'Tom']);
  });
});
