/** WebSockets of a scripted network, in the virtual time of a diagram. */
import { Subject, filter, map, type Observable, type Subscription } from 'rxjs';
import { decodeClientFrame, encodeFrame, subprotocols, type ClientCommand, type ServerCommand } from '../codecs/index.js';
import type { WebSocketConstructor, WebSocketLike } from '../src/connection/socket.js';
import { virtualClock } from './marbles.js';

/** What becomes of one attempt to open a socket: opens after so many ms, or fails; a socket that opens may be closed by the server later. */
export interface Attempt {
  readonly opens?: number;
  readonly fails?: number;
  /** ms after it has opened, and the code. */
  readonly closes?: readonly [after: number, code: number];
}

export interface FakeNetwork {
  readonly WebSocket: WebSocketConstructor;
  /** The addresses that were dialled, in order. */
  readonly dialled: string[];
  /** Sockets that are connecting or open now, and the most that ever were. */
  readonly live: { now: number; most: number };
  /** What the client has sent. */
  readonly sent$: Observable<ClientCommand>;
  /** Whether a socket was ever closed before it had opened. */
  readonly closedInHandshake: () => boolean;
  /** Sends a command over the newest socket. */
  push(command: ServerCommand): void;
  /** Closes the newest socket from the server's side. */
  close(code: number, reason?: string): void;
}

type Handler = ((this: never, event: never) => unknown) | null;
const call = (handler: Handler, event: object): void => {
  (handler as ((event: object) => unknown) | null)?.(event);
};

/** A network on which the n-th attempt goes as the n-th part of the script says, and later ones as its last part. */
export const fakeNetwork = (...script: readonly Attempt[]): FakeNetwork => {
  const dialled: string[] = [];
  const live = { now: 0, most: 0 };
  const frames = new Subject<Uint8Array | string>();
  let inHandshake = false;
  let newest: { readonly push: (data: unknown) => void; readonly end: (code: number, reason: string) => void } | undefined;

  class FakeWebSocket implements WebSocketLike {
    binaryType = 'blob';
    readyState = 0;
    onopen: Handler = null;
    onmessage: Handler = null;
    onerror: Handler = null;
    onclose: Handler = null;
    readonly #timers: Subscription[] = [];

    constructor(url: string) {
      const attempt = script[Math.min(dialled.length, script.length - 1)] ?? {};
      dialled.push(url);
      live.now += 1;
      live.most = Math.max(live.most, live.now);
      if (attempt.fails !== undefined)
        this.#after(attempt.fails, () => {
          this.#end(1006, '');
        });
      else if (attempt.opens !== undefined) {
        this.#after(attempt.opens, () => {
          this.readyState = 1;
          call(this.onopen, {});
          const { closes } = attempt;
          if (closes !== undefined)
            this.#after(closes[0], () => {
              this.#end(closes[1], '');
            });
        });
      }
      newest = {
        push: (data) => {
          call(this.onmessage, { data });
        },
        end: (code, reason) => {
          this.#end(code, reason);
        },
      };
    }

    send(data: string | Uint8Array): void {
      frames.next(data);
    }

    close(): void {
      if (this.readyState === 0) inHandshake = true;
      this.#end(1005, '');
    }

    #after(ms: number, job: () => void): void {
      this.#timers.push(virtualClock.after(ms).subscribe(job));
    }

    #end(code: number, reason: string): void {
      if (this.readyState === 3) return;
      this.readyState = 3;
      live.now -= 1;
      for (const timer of this.#timers) timer.unsubscribe();
      call(this.onclose, { code, reason });
    }
  }

  return {
    WebSocket: FakeWebSocket,
    dialled,
    live,
    sent$: frames.pipe(
      map(decodeClientFrame),
      filter((decoded) => decoded._tag === 'Right'),
      map(({ right }) => right),
      filter((command): command is ClientCommand => command.cmd !== 'unsupported'),
    ),
    closedInHandshake: () => inHandshake,
    push: (command) => newest?.push(encodeFrame(command, subprotocols.binary)),
    close: (code, reason = '') => newest?.end(code, reason),
  };
};
