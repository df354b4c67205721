/**
 * Clients for the load of `bench/server.ts`. They cost next to nothing, so that the server is what is measured: frames
 * go over plain TCP, the mask of a frame is zero, and what arrives is counted and not read.
 */
import { connect, type Socket } from 'node:net';

const TEXT_FRAME = 0x1;
const BINARY_FRAME = 0x2;
const FINAL = 0x80;
const OPCODE = 0xf;
/** From here on, frames are for the connection. */
const CLOSE = 0x8;
const MASKED = 0x80;
const SHORT = 126;

export interface Wire {
  readonly send: (payload: Buffer | string) => void;
  /** Called with each frame of data that arrives. */
  onFrame: (payload: Buffer) => void;
  readonly close: () => void;
}

const framed = (payload: Buffer | string): Buffer => {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const extended = bytes.length < SHORT ? 0 : 2;
  const frame = Buffer.alloc(2 + extended + 4 + bytes.length);
  frame[0] = FINAL | (typeof payload === 'string' ? TEXT_FRAME : BINARY_FRAME);
  frame[1] = MASKED | (extended === 0 ? bytes.length : SHORT);
  if (extended > 0) frame.writeUInt16BE(bytes.length, 2);
  bytes.copy(frame, 6 + extended);
  return frame;
};

/** The end of the first frame in these bytes, and where its payload begins; undefined if it has not arrived yet. */
const frameIn = (bytes: Buffer, at: number): readonly [payload: number, end: number] | undefined => {
  if (bytes.length < at + 2) return undefined;
  const short = (bytes[at + 1] ?? 0) & ~MASKED;
  if (short < SHORT) return bytes.length < at + 2 + short ? undefined : [at + 2, at + 2 + short];
  if (bytes.length < at + 10) return undefined;
  const [length, header] = short === SHORT ? [bytes.readUInt16BE(at + 2), 4] : [bytes.readUInt32BE(at + 6), 10];
  return bytes.length < at + header + length ? undefined : [at + header, at + header + length];
};

/** Opens a WebSocket. */
export const openWire = (url: string, path: string, subprotocol?: string): Promise<Wire> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true });
    let rest = Buffer.alloc(0);
    let isOpen = false;
    let waiting: Buffer[] = [];
    const wire: Wire = {
      send: (payload) => {
        // All frames of a turn are written at once.
        if (waiting.length === 0)
          queueMicrotask(() => {
            socket.write(Buffer.concat(waiting));
            waiting = [];
          });
        waiting.push(framed(payload));
      },
      onFrame: () => undefined,
      close: () => {
        socket.end();
      },
    };
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      if (!isOpen) {
        const end = bytes.indexOf('\r\n\r\n');
        if (end < 0) {
          rest = bytes;
          return;
        }
        isOpen = true;
        bytes = bytes.subarray(end + 4);
        resolve(wire);
      }
      let at = 0;
      for (let found = frameIn(bytes, at); found !== undefined; found = frameIn(bytes, at)) {
        if (((bytes[at] ?? 0) & OPCODE) < CLOSE) wire.onFrame(bytes.subarray(...found));
        at = found[1];
      }
      rest = bytes.subarray(at);
    });
    socket.write(
      [
        `GET ${path} HTTP/1.1`,
        `Host: ${hostname}:${port}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        ...(subprotocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`]),
        '\r\n',
      ].join('\r\n'),
    );
  });
