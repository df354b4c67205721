/** Many sockets, and sockets that do not read: nobody else notices them. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dial, login, open, say, serve, start, type RawClient } from '../raw-client.js';
import { statsNow } from '../stats-now.js';
import { bystanders, codeOf, world } from './world.js';
import { BINARY, FINAL, MASK, closeOf, piece, raw } from './raw-socket.js';

describe('sockets', () => {
  it('carry up to 20 sessions, even if a thousand clients log in', async () => {
    const { server, undisturbed, faults } = await world();
    const crowd = await dial(server.url);
    const codes = await undisturbed(async () => {
      const answers: (number | string)[] = [];
      for (let n = 0; n < 1_000; n += 1) answers.push(codeOf(await open(crowd, `c${n}`)));
      return answers;
    });
    expect(codes.filter((code) => code === 'session')).toHaveLength(20);
    expect(codes.filter((code) => code === 4113)).toHaveLength(980);
    expect((await statsNow(server)).sessions).toBe(3 + 20);
    expect(faults).toEqual([]);
  });

  it('that never finish the handshake do not block others, have a time limit, and close with the server', async () => {
    const { server, undisturbed, faults } = await world();
    const half = [
      '',
      'G',
      'GET / HTTP/1.1\r\nHost: x\r\nUpgr',
      'POST /1.1/rtm/sign HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{',
    ];
    const sockets = Array.from({ length: 200 }, (_, n) => {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => undefined);
      onTestFinished(() => {
        socket.destroy();
      });
      socket.write(half[n % half.length] ?? '');
      return socket;
    });
    await undisturbed(() =>
      Promise.all(sockets.filter(({ connecting }) => connecting).map((socket) => once(socket, 'connect'))),
    );
    expect((await statsNow(server)).sockets).toBe(3);

    let http: HttpServer | undefined;
    const hear = (message: unknown): void => {
      ({ server: http } = message as { server: HttpServer });
    };
    subscribe('http.server.request.start', hear);
    await fetch(`http://127.0.0.1:${server.port}/v1/route`);
    unsubscribe('http.server.request.start', hear);
    expect(http?.headersTimeout).toBeGreaterThan(0);
    expect(http?.headersTimeout).toBeLessThanOrEqual(60_000);
    expect(http?.requestTimeout).toBeGreaterThan(0);
    expect(http?.requestTimeout).toBeLessThanOrEqual(300_000);

    const ends = sockets.map((socket) => once(socket, 'close'));
    for (const socket of sockets) socket.resume();
    await server.close();
    await Promise.all(ends);
    expect(faults).toEqual([]);
  });

  it('without a login are closed with 4108, also in the middle of a frame', async () => {
    // Long enough for the bystanders to log in on a busy machine.
    const server = await serve({ limits: { loginTimeout: 1_000 } });
    const undisturbed = await bystanders(server);
    await undisturbed(async () => {
      const half = Buffer.from([FINAL | BINARY, 0xfe, 0x10, 0x00, ...MASK, 1, 2, 3]);
      const noise = piece(FINAL | BINARY, Buffer.from('ff', 'hex'));
      const closes: Promise<number>[] = [];
      for (const bytes of [Buffer.alloc(0), half, noise]) {
        const socket = await raw(server);
        closes.push(closeOf(socket));
        socket.write(bytes);
      }
      expect(await Promise.all(closes)).toEqual([4108, 4108, 4108]);
    });
  });

  const flood = async (until: () => Promise<boolean>, send: (n: number) => Promise<unknown>): Promise<number> => {
    for (let n = 0; n < 5_000; n += 1) {
      await send(n);
      if (n % 50 === 49 && (await until())) return n + 1;
    }
    throw new Error('it was never too much');
  };
  const BODY = 'x'.repeat(5_000);

  it('that do not read messages of a conversation are closed with 1013; the others get everything', async () => {
    const { server, undisturbed } = await world({ limits: { bufferedBytes: 100_000 } });
    const [tom, jerry, slow] = [await login(server, 'Tom'), await login(server, 'Jerry'), await login(server, 'Slow')];
    const cid = await start(tom, ['Jerry', 'Slow']);
    await slow.settle();
    slow.socket.pause();
    const sent = await undisturbed(() =>
      flood(
        async () => !(await server.backEnd.online(['Slow'])).includes('Slow'),
        (n) => say(tom, cid, { msg: `${n} ${BODY}`, transient: true }),
      ),
    );
    await jerry.settle();
    const heard = jerry.inbox.flatMap((push) =>
      push.cmd === 'direct' ? [Number.parseInt(push.directMessage.msg ?? '', 10)] : [],
    );
    expect(heard).toEqual(Array.from({ length: sent }, (_, n) => n));
    slow.socket.resume();
    expect(await slow.closed).toMatchObject({ code: 1013 });
  });

  it('that send commands and do not read the answers are closed with 1013', async () => {
    const { server, undisturbed } = await world({ limits: { bufferedBytes: 100_000, answerTimeout: 300 } });
    const slow = await login(server, 'Slow');
    const cid = await start(slow, []);
    for (let n = 0; n < 12; n += 1) await say(slow, cid, { msg: BODY });
    slow.socket.pause();
    let asked = 0;
    await undisturbed(async () => {
      await expect
        .poll(
          async () => {
            for (let n = 0; n < 100; n += 1)
              slow.send({ cmd: 'logs', i: 100_000 + (asked += 1), logsMessage: { cid } });
            return server.backEnd.online(['Slow']);
          },
          { timeout: 15_000, interval: 1 },
        )
        .toEqual([]);
    });
    slow.socket.resume();
    expect(await slow.closed).toMatchObject({ code: 1013 });
  });

  it('that do not read a chat room lose low messages first, and no high ones; the others get everything', async () => {
    const { server, undisturbed } = await world({ limits: { roomBufferedBytes: 20_000, roomQueue: 20 } });
    const [tom, jerry, slow] = [await login(server, 'Tom'), await login(server, 'Jerry'), await login(server, 'Slow')];
    const cid = await start(tom, [], { transient: true });
    for (const [client, id] of [
      [jerry, 'Jerry'],
      [slow, 'Slow'],
    ] as const)
      await client.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: [id] } });
    slow.socket.pause();
    const priorityOf = (n: number): number => (n % 50 === 0 ? 1 : 3);
    const sent = await undisturbed(() =>
      flood(
        async () => (await statsNow(server)).dropped.low > 50,
        (n) =>
          tom.request({
            cmd: 'direct',
            priority: priorityOf(n),
            directMessage: { cid, msg: `${n} ${BODY}`, transient: true },
          }),
      ),
    );
    const { dropped, slow: receivers } = await statsNow(server);
    expect(dropped.normal).toBe(0);
    expect(receivers).toMatchObject([{ clientIds: ['Slow'], dropped: { normal: 0, low: dropped.low } }]);
    slow.socket.resume();
    await slow.settle();
    const heardBy = ({ inbox }: RawClient): readonly number[] =>
      inbox.flatMap((push) => (push.cmd === 'direct' ? [Number.parseInt(push.directMessage.msg ?? '', 10)] : []));
    await jerry.settle();
    const all = Array.from({ length: sent }, (_, n) => n);
    expect(heardBy(jerry)).toEqual(all);
    await expect.poll(() => heardBy(slow).length).toBe(sent - dropped.low);
    const heard = heardBy(slow);
    expect(heard).toEqual([...heard].sort((a, b) => a - b));
    expect(all.filter((n) => priorityOf(n) === 1 && !heard.includes(n))).toEqual([]);
  });

  it('that do not read high messages of a chat room are closed with 1013', async () => {
    const { server, undisturbed } = await world({ limits: { roomBufferedBytes: 20_000, bufferedBytes: 100_000 } });
    const [tom, slow] = [await login(server, 'Tom'), await login(server, 'Slow')];
    const cid = await start(tom, [], { transient: true });
    await slow.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Slow'] } });
    slow.socket.pause();
    await undisturbed(() =>
      flood(
        async () => !(await server.backEnd.online(['Slow'])).includes('Slow'),
        () => tom.request({ cmd: 'direct', priority: 1, directMessage: { cid, msg: BODY, transient: true } }),
      ),
    );
    slow.socket.resume();
    expect(await slow.closed).toMatchObject({ code: 1013 });
  });
});
