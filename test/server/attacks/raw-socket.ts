/** A hand-written WebSocket: it sends what no library would send. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import type { RtmServer } from 'rx-realtime/server';

/** A hand-written WebSocket client: it sends raw bytes. */
export const raw = async ({ port }: RtmServer): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  socket.on('error', () => undefined);
  socket.write(
    [
      'GET / HTTP/1.1',
      'Host: x',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      'Sec-WebSocket-Protocol: lc.protobuf2.3',
      '\r\n',
    ].join('\r\n'),
  );
  const [head] = (await once(socket, 'data')) as [Buffer];
  expect(head.toString('latin1')).toMatch(/^HTTP\/1\.1 101 /);
  return socket;
};

/** The code with which the server closes a raw socket. Earlier answers of the server are short. */
export const closeOf = async (socket: Socket): Promise<number> => {
  for (;;) {
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    if (bytes[0] === 0x88) return bytes.readUInt16BE(2);
  }
};

export const MASK = [0, 0, 0, 0];
export const CONTINUED = 0x00;
export const BINARY = 0x02;
export const FINAL = 0x80;
/** A short frame. */
export const piece = (head: number, payload: Uint8Array): Buffer =>
  Buffer.from([head, 0x80 | payload.length, ...MASK, ...payload]);
