/** Frames that are too long, broken or in pieces: nobody else notices them. */
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { start } from '../raw-client.js';
import { codeOf, error, find, world, type Request } from './world.js';
import { BINARY, CONTINUED, FINAL, closeOf, piece, raw } from './raw-socket.js';

describe('frames', () => {
  it('of 100 MB, or of an impossible length, are not read: 1009', async () => {
    const { server, undisturbed } = await world();
    for (const length of [100 * 1_024 * 1_024, 2 ** 40]) {
      const socket = await raw(server);
      const head = Buffer.alloc(14);
      head.writeUInt8(FINAL | BINARY, 0);
      head.writeUInt8(0xff, 1);
      head.writeBigUInt64BE(BigInt(length), 2);
      const memory = process.memoryUsage().rss;
      await undisturbed(async () => {
        socket.write(head);
        expect(await closeOf(socket)).toBe(1009);
      });
      expect(process.memoryUsage().rss - memory).toBeLessThan(50_000_000);
    }
  });

  it('in pieces form one message; too many pieces, or a too long message, end the socket', async () => {
    const { server, undisturbed } = await world();
    const echo = Buffer.from('080e2801', 'hex');
    await undisturbed(async () => {
      const good = await raw(server);
      good.write(
        Buffer.concat([
          piece(BINARY, echo.subarray(0, 1)),
          piece(CONTINUED, echo.subarray(1, 3)),
          piece(FINAL, echo.subarray(3)),
        ]),
      );
      const [answer] = (await once(good, 'data')) as [Buffer];
      expect(answer.subarray(2).toString('hex')).toBe('080e2801');

      const many = await raw(server);
      many.write(
        Buffer.concat([
          piece(BINARY, echo),
          ...Array.from({ length: 20_000 }, () => piece(CONTINUED, echo.subarray(0, 1))),
        ]),
      );
      expect(await closeOf(many)).toBe(1008);

      const empty = await raw(server);
      empty.write(
        Buffer.concat([
          piece(BINARY, echo),
          ...Array.from({ length: 20_000 }, () => piece(CONTINUED, new Uint8Array())),
        ]),
      );
      expect(await closeOf(empty)).toBe(1008);

      const long = await raw(server);
      long.write(
        Buffer.concat([
          piece(BINARY, echo),
          ...Array.from({ length: 2_000 }, () => piece(CONTINUED, new Uint8Array(100))),
        ]),
      );
      expect(await closeOf(long)).toBe(1009);
    });
  });

  it('with garbage are answered with one error each, and the socket stays open', async () => {
    const { undisturbed, spike, faults } = await world();
    let seed = 1;
    const byte = (): number => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
      return (seed >> 16) & 0xff;
    };
    const frames: (Buffer | string)[] = [
      Buffer.alloc(0),
      Buffer.alloc(60_000, 0xff),
      // Nested groups.
      Buffer.alloc(60_000, 0x0b),
      // A length beyond the end, and a length of 2^63.
      Buffer.from('0802c206ffffffff07', 'hex'),
      Buffer.from('0802c206ffffffffffffffff7f', 'hex'),
      // A message encoded as a number, a number encoded as a message, and text that is not UTF-8.
      Buffer.from('0802c00605', 'hex'),
      Buffer.from('0a0102', 'hex'),
      Buffer.from('08022805c206045a02c328', 'hex'),
      // No command, a negative command, and a command beyond 32 bits.
      Buffer.from('2805', 'hex'),
      Buffer.from('08ffffffffffffffffff012805', 'hex'),
      Buffer.from('0880808080802028ffffffff0f', 'hex'),
      'AAAA',
      '====',
      'not base64 at all \u0000',
      '💙'.repeat(1_000),
      'A'.repeat(65_536),
      ...Array.from({ length: 200 }, () => Buffer.from(Array.from({ length: byte() }, byte))),
      ...Array.from({ length: 200 }, () =>
        Buffer.concat([Buffer.from('08', 'hex'), Buffer.from(Array.from({ length: 20 }, byte))]),
      ),
    ];
    await undisturbed(async () => {
      for (const frame of frames) spike.socket.send(frame);
      await spike.settle();
    });
    const codes = spike.inbox.map(codeOf);
    expect(codes).toHaveLength(frames.length);
    expect(new Set(codes)).toEqual(new Set([4114, 4200, 4401]));
    expect(faults).toEqual([]);
  });

  it('with impossible numbers are refused with the code of their command, or return nothing', async () => {
    const { undisturbed, spike, faults } = await world();
    const cid = await start(spike, []);
    const MAX = 2 ** 31 - 1;
    const cases: readonly (readonly [Request, object | undefined])[] = [
      [
        { cmd: 'logs', logsMessage: { cid, l: 0 } },
        { cmd: 'logs', logsMessage: { cid } },
      ],
      ...[-1, -MAX, 1_001, MAX].map(
        (l) => [{ cmd: 'logs', logsMessage: { cid, l } } satisfies Request, error(4311)] as const,
      ),
      [{ cmd: 'logs', logsMessage: { cid, t: -1, mid: '', tt: Number.MAX_SAFE_INTEGER, tmid: 'x' } }, { cmd: 'logs' }],
      [{ cmd: 'logs', logsMessage: { cid, lctype: -MAX } }, { cmd: 'logs' }],
      ...[-1, -MAX, 0].map((limit) => [find('{}', { limit }), { convMessage: { results: { data: '[]' } } }] as const),
      [find('{}', { limit: 1_001 }), error(4310)],
      [find('{}', { limit: MAX }), error(4310)],
      [find('{}', { skip: MAX }), { convMessage: { results: { data: '[]' } } }],
      [find('{}', { skip: -MAX, limit: 1_000, flag: -1 }), { op: 'results' }],
      [find('{}', { sort: ','.repeat(60_000) }), error(4310)],
      [find('{}', { sort: '-'.repeat(1_000) }), { op: 'results' }],
      [find('{}', { sort: '-'.repeat(60_000) }), error(4310)],
      ...[0, -1, -MAX, MAX].map(
        (tempConvTTL) =>
          [
            { cmd: 'conv', op: 'start', convMessage: { tempConv: true, tempConvTTL } } satisfies Request,
            error(4301),
          ] as const,
      ),
      ...[0, -1, MAX].map(
        (limit) =>
          [
            { cmd: 'conv', op: 'query_shutup', convMessage: { cid, limit } } satisfies Request,
            { op: 'shutup_result' },
          ] as const,
      ),
      ...[0, -1, MAX].map(
        (limit) =>
          [
            { cmd: 'blacklist', op: 'query', blacklistMessage: { srcCid: cid, limit } } satisfies Request,
            { op: 'query_result' },
          ] as const,
      ),
      [{ cmd: 'direct', priority: -MAX, directMessage: { cid, msg: 'x' } }, { cmd: 'ack' }],
      [{ cmd: 'patch', op: 'modify', patchMessage: {} }, { op: 'modified' }],
      [{ cmd: 'ack', ackMessage: { cid, fromts: Number.MAX_SAFE_INTEGER, tots: -Number.MAX_SAFE_INTEGER } }, undefined],
      [
        {
          cmd: 'read',
          readMessage: {
            convs: [
              { cid, timestamp: -1 },
              { cid, mid: '' },
            ],
          },
        },
        undefined,
      ],
      [{ cmd: 'session', op: 'query', sessionMessage: {} }, { op: 'query_result' }],
    ];
    await undisturbed(async () => {
      for (const [command, answer] of cases) {
        if (answer === undefined) spike.send(command);
        else expect(await spike.request(command)).toMatchObject(answer);
      }
      await spike.settle();
    });
    expect(spike.inbox.filter(({ cmd }) => cmd === 'error')).toEqual([]);
    expect(faults).toEqual([]);
  });
});
