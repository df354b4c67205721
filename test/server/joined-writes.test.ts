/** The frames of one socket that are written in one turn of the event loop. */
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { decodeServerFrame, subprotocols, type ServerCommand } from 'rx-realtime/codecs';
import { defaultLimits, type Limits } from '../../server/options.js';
import { OutgoingFrames } from '../../server/outgoing.js';
import { sharedFrame } from '../../server/shared-frame.js';
import { wireFrame } from '../../server/wire-frame.js';
import { createTurns } from '../../server/turns.js';

const { binary, base64 } = subprotocols;

interface Written {
  readonly frames: OutgoingFrames;
  readonly socket: WebSocket;
  /** What went to the network, one item for each system call. */
  readonly calls: Buffer[][];
  /** Ends the turn. */
  readonly endTurn: () => void;
}

const written = async (
  subprotocol: typeof binary | typeof base64 = binary,
  limits: Partial<Limits> = {},
): Promise<Written> => {
  const calls: Buffer[][] = [];
  const transport = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _, done) => {
      calls.push([chunk]);
      done();
    },
    writev: (chunks, done) => {
      calls.push(chunks.map(({ chunk }: { chunk: Buffer }) => chunk));
      done();
    },
  });
  const request = Object.assign(new IncomingMessage(new Socket()), { method: 'GET', url: '/' });
  request.headers = {
    upgrade: 'websocket',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-version': '13',
  };
  const server = new WebSocketServer({ noServer: true });
  const socket = await new Promise<WebSocket>((resolve) => {
    server.handleUpgrade(request, transport, Buffer.alloc(0), resolve);
  });
  calls.length = 0;
  let run = (): void => undefined;
  const turns = createTurns({ report: (error) => expect.fail(String(error)), soon: (then) => (run = then) });
  const frames = new OutgoingFrames({
    socket,
    transport,
    subprotocol,
    limits: { ...defaultLimits, ...limits },
    turns,
    heardAt: 0,
    now: () => 0,
    tooSlow: () => expect.fail('nobody is slow'),
  });
  return {
    frames,
    socket,
    calls,
    endTurn: () => {
      run();
    },
  };
};

const push = (length: number): ServerCommand => ({
  cmd: 'direct',
  directMessage: { id: 'id', cid: 'cid', fromPeerId: 'Tom', timestamp: 1, msg: 'x'.repeat(length) },
});

it('go out by one call, answers and pushes in the order in which they were written', async () => {
  const { frames, calls, endTurn } = await written();
  frames.answer(wireFrame({ cmd: 'ack', i: 1, ackMessage: { uid: 'a', t: 1 } }, binary));
  frames.push({ shared: sharedFrame(push(3)), clientId: 'Jerry' });
  frames.answer(wireFrame({ cmd: 'ack', i: 2, ackMessage: { uid: 'b', t: 2 } }, binary));
  expect(calls).toEqual([]);
  endTurn();
  expect(calls).toHaveLength(1);
  const commands = calls.flat().map((frame) => decodeServerFrame(frame.subarray(2)));
  expect(commands).toMatchObject([
    { right: { cmd: 'ack', i: 1 } },
    { right: { cmd: 'direct', peerId: 'Jerry' } },
    { right: { cmd: 'ack', i: 2 } },
  ]);
  frames.push({ shared: sharedFrame(push(3)), clientId: 'Jerry' });
  endTurn();
  expect(calls).toHaveLength(2);
});

it('go out at once with an answer that somebody waits for, in one call with those before it', async () => {
  const { frames, calls, endTurn } = await written();
  const ack = (i: number) => wireFrame({ cmd: 'ack', i, ackMessage: { uid: 'a', t: 1 } }, binary);
  frames.answer(ack(1), true);
  expect(calls).toHaveLength(1);
  frames.answer(ack(2));
  frames.answer(ack(3), true);
  expect(calls.map((frames) => frames.length)).toEqual([1, 2]);
  endTurn();
  expect(calls).toHaveLength(2);
});

it('go out before the end of the turn if they are many', async () => {
  const { frames, calls } = await written();
  for (let n = 0; n < 20; n += 1) frames.push({ shared: sharedFrame(push(5_000)), clientId: 'Jerry' });
  expect(calls.length).toBeGreaterThan(0);
  expect(calls.flat().length).toBeLessThan(20);
});

it('are not held against a quick reader, however low its limits are', async () => {
  const { frames, calls, endTurn } = await written(binary, { bufferedBytes: 1_000, roomBufferedBytes: 500 });
  for (let n = 0; n < 30; n += 1) frames.push({ shared: sharedFrame(push(200)), clientId: 'Jerry' });
  expect(frames.pressure()).toMatchObject({ isCongested: false });
  endTurn();
  expect(calls.flat()).toHaveLength(30);
});

it('come before the close of the socket', async () => {
  const { frames, socket, calls, endTurn } = await written();
  frames.push({ shared: sharedFrame(push(3)), clientId: 'Jerry' });
  socket.close(1001);
  endTurn();
  const bytes = Buffer.concat(calls.flat());
  expect(bytes[0]).toBe(0x82);
  expect(bytes[(bytes[1] ?? 0) + 2]).toBe(0x88);
});

it.each([0, 10, 60, 61, 62, 100, 200, 65_000, 65_460, 65_535, 70_000])(
  'have a header for their length: %d bytes and what is around them',
  async (length) => {
    const { frames, calls, endTurn } = await written();
    frames.push({ shared: sharedFrame(push(length)), clientId: 'Jerry' });
    endTurn();
    const [frame = Buffer.alloc(0)] = calls.flat();
    const short = frame[1] ?? 0;
    const [header, size] =
      short < 126 ? [2, short] : short === 126 ? [4, frame.readUInt16BE(2)] : [10, Number(frame.readBigUInt64BE(2))];
    // The shortest form that the standard allows.
    expect(header).toBe(size < 126 ? 2 : size < 65_536 ? 4 : 10);
    expect(frame.length).toBe(header + size);
    expect(decodeServerFrame(frame.subarray(header))).toMatchObject({
      right: { peerId: 'Jerry', directMessage: { msg: 'x'.repeat(length) } },
    });
  },
);

it('are text for a client that wants base64', async () => {
  const { frames, calls, endTurn } = await written(base64);
  frames.push({ shared: sharedFrame(push(3)), clientId: 'Jerry' });
  endTurn();
  expect(calls).toHaveLength(1);
  const bytes = Buffer.concat(calls.flat());
  expect(bytes[0]).toBe(0x81);
  expect(decodeServerFrame(bytes.subarray(bytes.length < 128 ? 2 : 4).toString())).toMatchObject({
    right: { peerId: 'Jerry' },
  });
});
