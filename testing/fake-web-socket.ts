/** WebSockets without a network: the test gives the other end. */
import type { Frame } from '../codecs/index.js';
import type { WebSocketConstructor, WebSocketLike } from '../src/connection/socket.js';

/** The server's end of a socket. */
export interface ServerEnd {
  readonly url: string;
  /** The subprotocol that the client offers. */
  readonly protocol: string;
  /** Completes the handshake. */
  open(): void;
  /** Sends a frame to the client. */
  push(frame: string | Uint8Array): void;
  /** Closes the socket; a socket that has not opened fails to open. Does nothing if the socket is closed already. */
  end(code: number, reason?: string): void;
}

/** The server's callbacks of a socket. */
export interface ServerEar {
  heard(frame: Frame): void;
  /** Called once, when the socket has closed. */
  ended(by: 'client' | 'server', wasOpen: boolean): void;
}

type Handler = ((this: never, event: never) => unknown) | null;
const call = (handler: Handler, event: object): void => {
  (handler as ((event: object) => unknown) | null)?.(event);
};

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 3;
const NO_STATUS = 1005;

/**
 * `accept` is called with each socket when it is created, before the client listens to it. So it must open the socket
 * later.
 */
export const fakeWebSocket = (accept: (end: ServerEnd) => ServerEar): WebSocketConstructor =>
  class FakeWebSocket implements WebSocketLike {
    binaryType = 'blob';
    readyState = CONNECTING;
    onopen: Handler = null;
    onmessage: Handler = null;
    onerror: Handler = null;
    onclose: Handler = null;
    readonly #ear: ServerEar;

    constructor(url: string, protocol: string) {
      this.#ear = accept({
        url,
        protocol,
        open: () => {
          this.readyState = OPEN;
          call(this.onopen, {});
        },
        push: (data) => {
          call(this.onmessage, { data });
        },
        end: (code, reason = '') => {
          this.#end('server', code, reason);
        },
      });
    }

    send(data: Frame): void {
      this.#ear.heard(data);
    }

    close(): void {
      this.#end('client', NO_STATUS, '');
    }

    #end(by: 'client' | 'server', code: number, reason: string): void {
      if (this.readyState === CLOSED) return;
      const wasOpen = this.readyState === OPEN;
      this.readyState = CLOSED;
      this.#ear.ended(by, wasOpen);
      call(this.onclose, { code, reason });
    }
  };
