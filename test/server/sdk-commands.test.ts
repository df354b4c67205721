/** Commands that only some of the vendor's SDKs send, in their frames. */
import { describe, expect, it } from 'vitest';
import { pageOfIds } from '../../server/domain/conversations/page-of-ids.js';
import { dial, login, open, serve, start, tokenOf, type RawClient, type Received } from './raw-client.js';

const error = (code: number): object => ({ cmd: 'error', errorMessage: { code } });

const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `member ${String(index).padStart(3, '0')}`);

const enter = (client: RawClient, cid: string, id: string): Promise<Received> =>
  client.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: [id] } });

interface Page {
  readonly m: readonly string[];
  readonly next: string | undefined;
}

const membersOf = async (client: RawClient, cid: string, page: object = {}): Promise<Page> => {
  const answer = await client.request({ cmd: 'conv', op: 'members', convMessage: { cid, ...page } });
  if (answer.cmd !== 'conv' || answer.op !== 'result') throw new Error(JSON.stringify(answer));
  const { m = [], next } = answer.convMessage;
  return { m, next };
};

describe('C#, Swift and Objective-C SDK: conv/members', () => {
  it('tells the clients that are in a chat room, at most 50 of them without a limit', async () => {
    const server = await serve();
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, [], { transient: true });
    await enter(jerry, cid, 'Jerry');
    expect(await membersOf(tom, cid)).toEqual({ m: ['Jerry', 'Tom'], next: undefined });
    expect(await membersOf(jerry, cid, { limit: 1 })).toEqual({ m: ['Jerry'], next: 'Jerry' });
  });

  it('gives the members of a conversation page by page', async () => {
    const tom = await login(await serve(), 'Tom');
    const cid = await start(tom, names(119));
    const pages: Page[] = [];
    for (let next: string | undefined = ''; next !== undefined; next = pages.at(-1)?.next)
      pages.push(await membersOf(tom, cid, next === '' ? {} : { next }));
    expect(pages.map(({ m }) => m.length)).toEqual([50, 50, 20]);
    expect(pages.flatMap(({ m }) => m)).toEqual(['Tom', ...names(119)].sort());
    expect((await membersOf(tom, cid, { limit: 1_000 })).m).toHaveLength(120);
    expect(await membersOf(tom, cid, { limit: 0 })).toEqual({ m: [], next: undefined });
  });

  it('is for readers, and does not show the subscribers of a system conversation', async () => {
    const server = await serve();
    const [tom, spike] = [await login(server, 'Tom'), await login(server, 'Spike')];
    const cid = await start(tom, ['Jerry']);
    const ask = (client: RawClient, id: string): Promise<Received> =>
      client.request({ cmd: 'conv', op: 'members', convMessage: { cid: id } });
    expect(await ask(spike, cid)).toMatchObject(error(4317));
    expect(await ask(spike, 'nowhere')).toMatchObject(error(4303));
    const { id } = await server.backEnd.create({ kind: 'system' });
    expect(await ask(tom, id)).toMatchObject(error(4320));
  });

  it('sorts only what it gives: a page is the same as one of the sorted list', () => {
    const all = Array.from({ length: 500 }, (_, index) => `id ${String((index * 7_919) % 500).padStart(3, '0')}`);
    const sorted = [...all].sort();
    for (const limit of [1, 7, 50, 499, 500, 501]) {
      expect(pageOfIds(all, limit).ids).toEqual(sorted.slice(0, limit));
      expect(pageOfIds(all, limit, 'id 123').ids).toEqual(sorted.slice(124, 124 + limit));
    }
    expect(pageOfIds(all, 500)).not.toHaveProperty('next');
    expect(pageOfIds(all, 499)).toHaveProperty('next', 'id 498');
  });
});

describe('Swift and C# SDK: conv/is_member', () => {
  it('answers for each id: a conversation, a subscription, a chat room, and what is not there', async () => {
    const server = await serve();
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const [own, other] = [await start(tom, ['Jerry']), await start(jerry, [])];
    const room = await start(tom, [], { transient: true });
    const { id: news } = await server.backEnd.create({ kind: 'system' });
    const ask = async (client: RawClient): Promise<unknown> => {
      const cids = [own, other, room, news, 'nowhere'];
      const answer = await client.request({ cmd: 'conv', op: 'is_member', convMessage: { cids } });
      return answer.cmd === 'conv' && answer.op === 'results' ? JSON.parse(answer.convMessage.results.data) : answer;
    };
    expect(await ask(tom)).toEqual({ [own]: true, [other]: false, [room]: true, [news]: false, nowhere: false });
    await enter(jerry, news, 'Jerry');
    expect(await ask(jerry)).toEqual({ [own]: true, [other]: true, [room]: false, [news]: true, nowhere: false });
  });
});

describe('Swift SDK: conv/check_shutup and blacklist/check_block', () => {
  it('tell which of the asked clients are on the list; strangers may not ask', async () => {
    const server = await serve();
    const [tom, spike] = [await login(server, 'Tom'), await login(server, 'Spike')];
    const cid = await start(tom, ['Jerry', 'Butch']);
    await tom.request({ cmd: 'conv', op: 'add_shutup', convMessage: { cid, m: ['Jerry'] } });
    await tom.request({ cmd: 'blacklist', op: 'block', blacklistMessage: { srcCid: cid, toPids: ['Tyke'] } });
    const shutup = (client: RawClient): Promise<Received> =>
      client.request({ cmd: 'conv', op: 'check_shutup', convMessage: { cid, m: ['Jerry', 'Butch', 'Jerry'] } });
    const block = (client: RawClient): Promise<Received> =>
      client.request({ cmd: 'blacklist', op: 'check_block', blacklistMessage: { srcCid: cid, toPids: ['Tyke', 'x'] } });
    expect(await shutup(tom)).toMatchObject({ cmd: 'conv', op: 'check_result', convMessage: { cid, m: ['Jerry'] } });
    expect(await block(tom)).toMatchObject({
      cmd: 'blacklist',
      op: 'check_result',
      blacklistMessage: { srcCid: cid, blockedPids: ['Tyke'] },
    });
    expect([await shutup(spike), await block(spike)]).toMatchObject([error(4317), error(4317)]);
  });
});

describe('Swift and Objective-C SDK: report/upload', () => {
  it('of a device token is answered, by report/uploaded; it needs a session', async () => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    expect(await tom.request({ cmd: 'report', op: 'upload', peerId: 'Tom' })).toMatchObject({
      cmd: 'report',
      op: 'uploaded',
      peerId: 'Tom',
    });
    expect(await (await dial(server.url)).request({ cmd: 'report', op: 'upload' })).toMatchObject(error(4105));
  });

  it('is read with everything that the SDK puts into it', async () => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    // cmd report, op upload, peerId Tom, i 77, reportMessage { initiative, type: token, data: abc }
    tom.socket.send(Buffer.from('080d10642203546f6d284d8a070e08011205746f6b656e1a03616263', 'hex'));
    await expect.poll(() => tom.inbox.find(({ i }) => i === 77)).toMatchObject({ cmd: 'report', op: 'uploaded' });
  });
});

describe('Java SDK: login to the push service', () => {
  it('is answered by loggedin, before there is a session; sessions open as without it', async () => {
    const server = await serve();
    const phone = await dial(server.url);
    const service = { appId: 'app', installationId: 'installation', service: 0 };
    expect(await phone.request({ cmd: 'login', ...service })).toMatchObject({ cmd: 'loggedin', service: 0 });
    expect(await open(phone, 'Tom')).toMatchObject({ cmd: 'session', op: 'opened' });
  });
});

describe('C# SDK: session/refresh without a token', () => {
  it('gives the token of the session with a new lifetime; a wrong token is refused still', async () => {
    const server = await serve();
    const phone = await dial(server.url);
    const st = tokenOf(await open(phone, 'Tom'));
    const refresh = (sessionMessage: object): Promise<Received> =>
      phone.request({ cmd: 'session', op: 'refresh', sessionMessage });
    expect(await refresh({ tag: 'Web' })).toMatchObject({ op: 'refreshed', sessionMessage: { st, stTtl: 172_800 } });
    expect(await refresh({ st: 'another' })).toMatchObject(error(4112));
    expect(await (await dial(server.url)).request({ cmd: 'session', op: 'refresh', sessionMessage: {} })).toMatchObject(
      error(4105),
    );
  });
});
