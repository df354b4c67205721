/** The bytes of answers, and of what a login brings. */
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { createRealtime, findConversations, historyIterator } from 'rx-realtime';
import { subprotocols } from 'rx-realtime/codecs';
import { fitting } from '../../server/domain/cut.js';
import { dial, login, open, say, serve, start, type RawClient, type Received } from './raw-client.js';

const ANSWER = 20_000;
const BODY = 'x'.repeat(4_000);

const logsOf = (answer: Received) => {
  if (answer.cmd !== 'logs') throw new Error(`history was expected, not ${JSON.stringify(answer)}`);
  return answer.logsMessage;
};

const world = async () => {
  let time = Date.now();
  const server = await serve({ limits: { answerBytes: ANSWER }, clock: { now: () => (time += 1) } });
  const tom = await login(server, 'Tom');
  return { server, tom };
};

it('as many items are taken as fit, but at least one', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(10)), fc.nat(30), (sizes, most) => {
      const count = fitting(sizes, most);
      const sum = (n: number): number => sizes.slice(0, n).reduce((total, size) => total + size, 0);
      expect(count <= 1 || sum(count) <= most).toBe(true);
      expect(count === sizes.length || sum(count + 1) > most).toBe(true);
      expect(count).toBeGreaterThanOrEqual(Math.min(1, sizes.length));
    }),
  );
});

describe('a page of history', () => {
  it('is cut at its far end if it is too long, says how many messages it has, and can be continued', async () => {
    const { tom } = await world();
    const cid = await start(tom, []);
    for (let n = 0; n < 10; n += 1) await say(tom, cid, { msg: `${n} ${BODY}` });
    const bodiesOf = ({ logs = [] }: ReturnType<typeof logsOf>) =>
      logs.map(({ data = '' }) => Number.parseInt(data, 10));
    const latest = logsOf(await tom.request({ cmd: 'logs', logsMessage: { cid } }));
    expect([latest.l, bodiesOf(latest)]).toEqual([4, [6, 7, 8, 9]]);
    const first = logsOf(await tom.request({ cmd: 'logs', logsMessage: { cid, direction: 2 } }));
    expect([first.l, bodiesOf(first)]).toEqual([4, [0, 1, 2, 3]]);
    const [oldest] = latest.logs ?? [];
    const next = { t: oldest?.timestamp ?? 0, mid: oldest?.msgId ?? '' };
    const second = logsOf(await tom.request({ cmd: 'logs', logsMessage: { cid, ...next, l: 2 } }));
    expect([second.l, bodiesOf(second)]).toEqual([undefined, [4, 5]]);
  });

  it('is whole for a client of this package, in both directions', async () => {
    const { server, tom } = await world();
    const cid = await start(tom, []);
    for (let n = 0; n < 30; n += 1) await say(tom, cid, { msg: `${n} ${BODY}` });
    const realtime = createRealtime({ appId: 'app', server: server.url });
    const client = await firstValueFrom(realtime.login('Tom'));
    const conversation = client.conversation(cid);
    const all = Array.from({ length: 30 }, (_, n) => n);
    const numberOf = ({ body }: { readonly body: unknown }) =>
      Number.parseInt((body as { readonly text?: string }).text ?? JSON.stringify(body).replace(/^\D*/, ''), 10);
    for (const direction of ['backward', 'forward'] as const) {
      const page = await lastValueFrom(conversation.history({ limit: 25, direction }));
      expect(page.map(numberOf)).toEqual(direction === 'backward' ? all.slice(5) : all.slice(0, 25));
    }
    const pages: number[][] = [];
    for await (const page of historyIterator(conversation, { pageSize: 20 })) pages.push(page.map(numberOf));
    expect(pages).toEqual([all.slice(10), all.slice(0, 10)]);
    realtime.close();
  });
});

describe('an answer to a query', () => {
  const filled = async (tom: RawClient) => {
    const attr = { data: JSON.stringify({ x: 'x'.repeat(4_000) }) };
    const ids: string[] = [];
    for (let n = 0; n < 10; n += 1) ids.push(await start(tom, [], { attr }));
    return ids;
  };

  it('has the first conversations if they are too long, says how many, and can be continued', async () => {
    const { tom } = await world();
    const ids = await filled(tom);
    const ask = async (skip: number) => {
      const answer = await tom.request({
        cmd: 'conv',
        op: 'query',
        convMessage: { where: { data: '{"m":"Tom"}' }, skip, limit: 1_000 },
      });
      if (answer.cmd !== 'conv' || answer.op !== 'results') throw new Error('results were expected');
      const { results, limit } = answer.convMessage;
      const found = (JSON.parse(results.data) as readonly { readonly objectId: string }[]).map(
        ({ objectId }) => objectId,
      );
      return { found, limit };
    };
    expect(await ask(0)).toEqual({ found: ids.slice(0, 4), limit: 4 });
    expect(await ask(4)).toEqual({ found: ids.slice(4, 8), limit: 4 });
    expect(await ask(8)).toEqual({ found: ids.slice(8), limit: undefined });
  });

  it('is whole for a client of this package', async () => {
    const { server, tom } = await world();
    const ids = await filled(tom);
    const realtime = createRealtime({ appId: 'app', server: server.url });
    const client = await firstValueFrom(realtime.login('Tom'));
    const found = await lastValueFrom(findConversations(client, { limit: 100 }));
    expect(found.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    realtime.close();
  });
});

describe('a login', () => {
  it('in the offline mode brings the newest messages that fit, one of each conversation at least', async () => {
    const { server, tom } = await world();
    const cids = [await start(tom, ['Jerry'], { attr: { data: '{}' } }), await start(tom, ['Jerry', 'Spike'])];
    for (const cid of cids) for (let n = 0; n < 8; n += 1) await say(tom, cid, { msg: `${n} ${BODY}` });
    const jerry = await dial(server.url, subprotocols.binaryOffline);
    await open(jerry, 'Jerry');
    await jerry.settle();
    const got = cids.map((id) =>
      jerry.inbox.flatMap((push) =>
        push.cmd === 'direct' && push.directMessage.cid === id ? [push.directMessage] : [],
      ),
    );
    expect(got.map((messages) => messages.map(({ msg = '' }) => Number.parseInt(msg, 10)))).toEqual([
      [7],
      [4, 5, 6, 7],
    ]);
    expect(got.map(([first]) => first?.hasMore)).toEqual([true, true]);
  });

  it('brings the earliest changes that fit, and the next login the following ones', async () => {
    const { server, tom } = await world();
    const cid = await start(tom, ['Jerry']);
    const ids: string[] = [];
    for (let n = 0; n < 8; n += 1) ids.push((await say(tom, cid, { msg: 'x' })).id);
    for (const mid of ids)
      await tom.request({ cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid, data: BODY }] } });
    const changes = async (lastPatchTime: number) => {
      const jerry = await dial(server.url);
      await open(jerry, 'Jerry', { configBitmap: 1, lastPatchTime });
      const push = await jerry.push('patch');
      return push.op === 'modify' ? (push.patchMessage.patches ?? []) : [];
    };
    const first = await changes(0);
    expect(first.map(({ mid }) => mid)).toEqual(ids.slice(0, 4));
    const { patchTimestamp = 0 } = first.at(-1) ?? {};
    expect((await changes(patchTimestamp)).map(({ mid }) => mid)).toEqual(ids.slice(3, 7));
  });
});
