/** WebSockets without a network: what is at their other end is given. */
import type { Frame } from '../codecs/index.js';
import type { WebSocketConstructor, WebSocketLike } from '../src/connection/socket.js';

/** The server's end of a socket. */
export interface ServerEnd {
  readonly url: string;
  /** The subprotocol that the client has asked for. */
  readonly protocol: string;
  /** Ends the handshake. */
  open(): void;
  /** Hands a frame over to the client. */
  push(frame: string | Uint8Array): void;
  /** Closes it, or where it has not opened, says that it never will. Nothing where it is closed already. */
  end(code: number, reason?: string): void;
}

/** What hears a socket at the server's end. */
export interface ServerEar {
  heard(frame: Frame): void;
  /** It is closed; once. */
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

/** `accept` is told of each socket as it is made, before anybody listens to it: so it has to open later. */
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
