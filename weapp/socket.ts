import type { WebSocketConstructor, WebSocketLike } from '../src/connection/socket.js';
import { exactly } from './exactly.js';
import type { WeappFailure, WeappSockets, WeappSocketTask } from './wx.js';

type Listener = WebSocketLike['onopen'];
const call = (listener: Listener, event: object): void => {
  listener?.call(undefined as never, event as never);
};

const [CONNECTING, OPEN, CLOSING, CLOSED] = [0, 1, 2, 3];
/** A socket may be closed with 1000, and with 3000 to 4999. */
const NORMAL = 1_000;
const NO_CODE = 1_006;

/**
 * A `WebSocket` over `wx.connectSocket`, for the option `webSocket`. A mini program may have five sockets; a realtime
 * has one, whoever is logged in. A socket that can't be had is a connection that is lost, with the text of `fail` as
 * its reason.
 *
 * @example createRealtime({ appId: 'my-app', server: 'wss://chat.example.com', webSocket: weappSocket(wx) });
 */
export const weappSocket = (wx: WeappSockets): WebSocketConstructor =>
  class implements WebSocketLike {
    binaryType = 'arraybuffer';
    readyState = CONNECTING;
    onopen: Listener = null;
    onmessage: Listener = null;
    onerror: Listener = null;
    onclose: Listener = null;
    readonly #task: WeappSocketTask | undefined;

    constructor(url: string, protocol: string) {
      const refused = (error: WeappFailure): void => {
        // Nobody listens while the constructor runs.
        void Promise.resolve().then(() => this.#failed(error));
      };
      this.#task = wx.connectSocket({ url, protocols: [protocol], fail: refused });
      this.#task?.onOpen(() => {
        // It was given up, and could not be closed before it was open. It must not stay: there are five in all.
        if (this.readyState !== CONNECTING) {
          this.#end();
          return;
        }
        this.readyState = OPEN;
        call(this.onopen, {});
      });
      this.#task?.onMessage(({ data }) => call(this.onmessage, { data }));
      this.#task?.onError((error) => this.#failed(error));
      this.#task?.onClose(({ code, reason }) => this.#closed(code, reason));
    }

    send(data: string | Uint8Array): void {
      // What is refused was sent to a connection that is no more, whether or not a close follows.
      const fail = (error: WeappFailure): void => {
        this.#failed(error);
        this.close();
      };
      this.#task?.send({ data: typeof data === 'string' ? data : exactly(data), fail });
    }

    close(): void {
      if (this.readyState >= CLOSING) return;
      const wasOpen = this.readyState === OPEN;
      this.readyState = CLOSING;
      this.#end(() => {
        // A socket that is not open yet can't be closed. It is closed when it opens.
        if (wasOpen) this.#closed(NO_CODE, '');
      });
    }

    #end(fail: () => void = () => undefined): void {
      this.#task?.close({ code: NORMAL, fail });
    }

    #failed({ errMsg }: WeappFailure): void {
      if (this.readyState === CLOSED) return;
      // A socket that has never opened may have no close.
      if (this.readyState === CONNECTING) this.readyState = CLOSED;
      call(this.onerror, { message: errMsg });
    }

    #closed(code: number, reason: string): void {
      if (this.readyState === CLOSED) return;
      this.readyState = CLOSED;
      call(this.onclose, { code, reason });
    }
  };
