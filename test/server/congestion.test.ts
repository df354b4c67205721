/** A chat room with too many messages for a receiver, or for the server. */
import { filter, firstValueFrom, timeout } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { statsNow } from './stats-now.js';
import { dial, login, open, serve, start, type RawClient } from './raw-client.js';

const enter = (client: RawClient, cid: string, id: string) =>
  client.request({ cmd: 'conv', op: 'add', peerId: id, convMessage: { cid, m: [id] } });

const FILLING = 'x'.repeat(4_000);

describe('a chat room', () => {
  it('drops low messages for a slow receiver, then normal ones, and counts them; others get everything', async () => {
    const server = await serve({ limits: { roomQueue: 10, roomBufferedBytes: 20_000, bufferedBytes: 50_000_000 } });
    const sender = await login(server, 'sender');
    const cid = await start(sender, [], { transient: true });
    const [slow, quick] = [await login(server, 'slow'), await login(server, 'quick')];
    await enter(slow, cid, 'slow');
    await enter(quick, cid, 'quick');
    slow.socket.pause();

    // More than the kernel can buffer.
    let sent = 0;
    const stats = firstValueFrom(
      server.stats$.pipe(
        filter(({ dropped }) => dropped.low > 0 && dropped.normal > 0),
        timeout(15_000),
      ),
    );
    const over = new AbortController();
    void stats.finally(() => {
      over.abort();
    });
    while (!over.signal.aborted) {
      const priority = sent % 4 === 0 ? 1 : sent % 4 === 1 ? 2 : sent % 4 === 2 ? 2 : 3;
      await sender.request({
        cmd: 'direct',
        peerId: 'sender',
        priority,
        directMessage: { cid, msg: `${String(sent)} ${FILLING}` },
      });
      sent += 1;
    }
    const { slow: behind } = await stats;
    // On a busy machine, the quick one may be behind for a moment as well.
    expect(behind.map(({ clientIds }) => clientIds)).toContainEqual(['slow']);
    await quick.settle();
    const numbers = quick.inbox.flatMap((push) =>
      push.cmd === 'direct' ? [Number(push.directMessage.msg?.split(' ')[0])] : [],
    );
    expect(numbers).toEqual(Array.from({ length: sent }, (_, index) => index));

    slow.socket.resume();
    const arrived: number[] = [];
    const highs = Math.ceil(sent / 4);
    while (arrived.filter((number) => number % 4 === 0).length < highs)
      arrived.push(Number((await slow.push('direct')).directMessage.msg?.split(' ')[0]));
    expect(arrived).toEqual([...arrived].sort((a, b) => a - b));
    expect(arrived.length).toBeLessThan(sent);
  }, 30_000);

  it('drops messages, but no high ones, if the server is too slow, and counts them for each receiver', async () => {
    const RECEIVERS = 60;
    const SENT = 2_000;
    const server = await serve({ limits: { roomQueue: 5, queuedCommands: SENT } });
    const sender = await login(server, 'sender');
    const cid = await start(sender, [], { transient: true });
    await enter(sender, cid, 'sender');
    const receivers = await Promise.all(
      Array.from({ length: RECEIVERS }, (_, index) => login(server, `r${String(index)}`)),
    );
    for (const [index, receiver] of receivers.entries()) await enter(receiver, cid, `r${String(index)}`);

    for (let number = 0; number < SENT; number += 1) {
      const priority = number % 10 === 0 || number === SENT - 1 ? 1 : number % 10 < 4 ? 2 : 3;
      sender.send({
        cmd: 'direct',
        i: 1_000 + number,
        peerId: 'sender',
        priority,
        directMessage: { cid, msg: String(number) },
      });
    }
    const highs = Array.from({ length: SENT }, (_, number) => number).filter(
      (number) => number % 10 === 0 || number === SENT - 1,
    );
    const arrived = await Promise.all(
      receivers.map(async (receiver) => {
        const numbers: number[] = [];
        while (numbers.at(-1) !== SENT - 1) numbers.push(Number((await receiver.push('direct')).directMessage.msg));
        return numbers;
      }),
    );
    for (const numbers of arrived) {
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      expect(numbers.filter((number) => highs.includes(number))).toEqual(highs);
    }
    // The last message may arrive a moment before the server counts that round's losses for the last receiver.
    await expect
      .poll(async () => {
        const { dropped } = await statsNow(server);
        return arrived.reduce((sum, { length }) => sum + length, 0) + dropped.low + dropped.normal;
      })
      .toBe(SENT * RECEIVERS);
    expect((await statsNow(server)).dropped.low).toBeGreaterThan(0);
  }, 30_000);

  it('closes a receiver that does not even read the high messages', async () => {
    const server = await serve({ limits: { roomQueue: 10, roomBufferedBytes: 20_000, bufferedBytes: 1_000_000 } });
    const sender = await login(server, 'sender');
    const cid = await start(sender, [], { transient: true });
    const slow = await dial(server.url);
    await open(slow, 'slow');
    await enter(slow, cid, 'slow');
    slow.socket.pause();
    const inside = async (): Promise<number> => {
      const answer = await sender.request({ cmd: 'conv', op: 'count', convMessage: { cid } });
      return answer.cmd === 'conv' && answer.op === 'result' ? answer.convMessage.count : -1;
    };
    // The sender has made the room, so it is inside, too.
    for (let number = 0; (await inside()) > 1; number += 1)
      await sender.request({
        cmd: 'direct',
        peerId: 'sender',
        priority: 1,
        directMessage: { cid, msg: `${String(number)} ${FILLING}` },
      });
    slow.socket.resume();
    expect((await slow.closed).code).toBe(1013);
  }, 30_000);
});
