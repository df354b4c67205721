import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { platformWebSocket } from './implementation.js';
import type { WebSocketConstructor } from './socket.js';

/** The longest frame, in bytes. A page of 1,000 messages of 5 KB has 5 MB. */
const MAX_PAYLOAD = 16 * 1_048_576;

/** So many frames are written at once, without waiting for the end of the turn: the server reads them meanwhile. */
const TOGETHER = 32;

/**
 * Frames have a limit, and are not compressed: a short frame could become a long one. The frames that are sent in a
 * turn of the event loop are written together.
 */
class BoundedWebSocket extends WebSocket {
  private tcp: Pick<Duplex, 'cork' | 'uncork'> | undefined;
  /** How many frames wait for the end of the turn. */
  private waiting = 0;

  constructor(address: string | URL, protocols?: string | string[]) {
    super(address, protocols, { maxPayload: MAX_PAYLOAD, perMessageDeflate: false });
    this.once('upgrade', ({ socket }) => {
      this.tcp = socket;
    });
  }

  override send(frame: Parameters<WebSocket['send']>[0]): void {
    if (this.waiting === 0) {
      this.tcp?.cork();
      process.nextTick(this.write);
    }
    this.waiting += 1;
    super.send(frame);
    if (this.waiting % TOGETHER === 0) {
      this.tcp?.uncork();
      this.tcp?.cork();
    }
  }

  private readonly write = (): void => {
    this.waiting = 0;
    this.tcp?.uncork();
  };
}

/** Without an event of the DOM for each frame, which costs as much as reading it. */
Object.defineProperty(BoundedWebSocket.prototype, 'onmessage', {
  set(this: WebSocket, hear: (event: { readonly data: unknown }) => void) {
    this.removeAllListeners('message').on('message', (data: Buffer, isBinary) => {
      hear({ data: isBinary ? data : data.toString() });
    });
  },
});

/**
 * The WebSocket in Node: `ws`, in every version. Node 22 and later have one of their own, which can't be paused and
 * fires no `close` after a connection that failed. In a window (Electron, jsdom) it is the window's.
 */
export const nodeWebSocket = (): WebSocketConstructor =>
  'document' in globalThis ? (platformWebSocket() ?? BoundedWebSocket) : BoundedWebSocket;
