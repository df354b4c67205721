/** A WebSocket over the platform's WebSocketStream. It is read only when somebody asks, so it can be paused. */
import type { Frame } from '../../codecs/index.js';
import type { WebSocketConstructor, WebSocketLike } from './socket.js';

/** How a connection has ended. */
interface Ending {
  readonly closeCode?: number;
  readonly reason?: string;
}

/** The part of a WebSocketStream that is used here. */
interface WebSocketStream {
  readonly opened: Promise<{
    readonly readable: ReadableStream<Frame>;
    readonly writable: WritableStream<string | Uint8Array>;
  }>;
  readonly closed: Promise<Ending>;
  close(): void;
}

type WebSocketStreamConstructor = new (url: string, options: { readonly protocols: string[] }) => WebSocketStream;

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;
/** A connection that broke, or that never opened. */
const BROKEN = { code: 1006, reason: '' };
/** The close code if the server has named none. */
const NO_CODE = 1005;

const ignore = (): void => undefined;

const over = (Stream: WebSocketStreamConstructor): WebSocketConstructor =>
  class implements WebSocketLike {
    binaryType = 'arraybuffer';
    readyState = CONNECTING;
    onopen: ((event: object) => unknown) | null = null;
    onmessage: ((event: { readonly data: Frame }) => unknown) | null = null;
    /** Never called: the platform does not say what went wrong. */
    onerror = null;
    onclose: ((event: { readonly code: number; readonly reason: string }) => unknown) | null = null;
    private readonly stream: WebSocketStream;
    private writer: WritableStreamDefaultWriter<string | Uint8Array> | undefined;
    private isPaused = false;
    private wake = ignore;

    constructor(url: string, protocol: string) {
      this.stream = new Stream(url, { protocols: [protocol] });
      void this.live();
    }

    send(data: string | Uint8Array): void {
      // If it fails, the connection has ended, and `closed` says so.
      this.writer?.write(data).catch(ignore);
    }

    /** Closes when everything is written. */
    close(): void {
      if (this.readyState >= CLOSING) return;
      this.readyState = CLOSING;
      if (this.writer === undefined) this.stream.close();
      else this.writer.close().catch(ignore);
      // Chromium waits for a minute if much is unread.
      this.resume();
    }

    /** Closes at once. */
    terminate(): void {
      this.stream.close();
    }

    pause(): void {
      this.isPaused = this.readyState === OPEN;
    }

    resume(): void {
      this.isPaused = false;
      this.wake();
    }

    private async live(): Promise<void> {
      const { opened, closed } = this.stream;
      const ended = closed.then(
        ({ closeCode = NO_CODE, reason = '' }) => ({ code: closeCode, reason }),
        () => BROKEN,
      );
      // A close can't be announced behind what is unread: the platform drops that.
      void ended.then(() => {
        this.readyState = CLOSING;
        this.resume();
      });
      await opened.then(({ readable, writable }) => {
        this.writer = writable.getWriter();
        // It was closed during the handshake.
        if (this.readyState !== CONNECTING) this.writer.close().catch(ignore);
        else {
          this.readyState = OPEN;
          this.onopen?.({});
        }
        return this.read(readable.getReader());
      }, ignore);
      const ending = await ended;
      this.readyState = CLOSED;
      this.onclose?.(ending);
    }

    /** Reads until the end. Nothing but reading is waited for: what is left when a task ends, a close overtakes. */
    private async read(reader: ReadableStreamDefaultReader<Frame>): Promise<void> {
      for (;;) {
        if (this.isPaused) await new Promise<void>((resolve) => (this.wake = resolve));
        const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }) as const);
        if (done) return;
        this.onmessage?.({ data: value });
      }
    }
  };

/**
 * A WebSocket that can be paused, for browsers, so that `lossless` can make the server wait: for the option
 * `webSocket`. It is one over `WebSocketStream`, which Chromium has in pages and in workers. Undefined where the
 * platform has none: then the default is used, which can be paused in Node, and not in Firefox and Safari.
 * `realtime.capabilities$` says what it is.
 *
 * @example createRealtime({ appId, server, webSocket: pausableWebSocket() });
 */
export const pausableWebSocket = (): WebSocketConstructor | undefined => {
  const { WebSocketStream: Stream } = globalThis as { readonly WebSocketStream?: WebSocketStreamConstructor };
  return Stream && over(Stream);
};
