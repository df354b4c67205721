/** A WebSocket as an Observable, over any implementation. */
import { Observable, Subscription } from 'rxjs';
import { defined } from '../../codecs/defined.js';
import type { Frame } from '../../codecs/index.js';
import type { Clock } from '../clock.js';
import { reasonOf } from '../thrown.js';
import { spreadOf } from './close-codes.js';
import { neverOpened } from './never-opened.js';
import type { CloseReason } from './state.js';

/**
 * The part of a WebSocket that the SDK uses. Browsers, Node and the package `ws` have it. For the sockets of a mini
 * program a thin wrapper is enough.
 */
export interface WebSocketLike {
  binaryType: string;
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number;
  onopen: ((this: never, event: never) => unknown) | null;
  onmessage: ((this: never, event: never) => unknown) | null;
  onerror: ((this: never, event: never) => unknown) | null;
  onclose: ((this: never, event: never) => unknown) | null;
  send(data: string | (Uint8Array & { readonly buffer: ArrayBuffer })): void;
  close(): void;
  /** Ends the connection without waiting for the other side. The platform's sockets don't have it. */
  terminate?(): void;
  /** Stops reading, so that TCP makes the server wait. `ws` has it, and `pausableWebSocket()`. */
  pause?(): void;
  resume?(): void;
}

/** A WebSocket implementation: the type of the `webSocket` option. */
export interface WebSocketConstructor {
  new (url: string, protocol: string): WebSocketLike;
  readonly prototype?: object;
}

/** Whether the sockets of an implementation can be paused. Known before there is a socket. */
export const canPause = ({ prototype = {} }: WebSocketConstructor): boolean =>
  'pause' in prototype && 'resume' in prototype;

/** An open socket. */
export interface Wire {
  send(frame: string | Uint8Array): void;
  /** Stops reading, and resumes it. Both are missing if the platform's sockets can't be paused. */
  readonly pause?: () => void;
  readonly resume?: () => void;
  /**
   * Hot, no replay, for one subscriber: the frames that arrive. Subscribe when the socket opens to miss none. A
   * stream of its own, so that a frame passes through none of the operators that opening needs.
   */
  readonly frames$: Observable<Frame>;
}

export type SocketEvent =
  | { readonly _tag: 'Opened'; readonly wire: Wire }
  /** The last event: the socket closed, or never opened. `isRefused`: the platform does not accept the address. */
  | { readonly _tag: 'Lost'; readonly reason: CloseReason; readonly isRefused?: true };

const OPEN = 1;
const CLOSED = 3;
const NO_CODE = 1006;
/** How long the other side has to close, or the platform to follow an error by a close, ms. */
const CLOSE_PATIENCE = 1_000;

const ignore = (): void => undefined;

const isOwned = ({ readyState }: WebSocketLike): boolean => readyState !== CLOSED;

/** The text of an error event: browsers give none, `ws` a message, others only the error itself. */
const textOf = ({ message, error }: { readonly message?: unknown; readonly error?: unknown }): string =>
  typeof message === 'string' && message !== '' ? message : error instanceof Error ? error.message : '';

/**
 * Cold: opens a socket on subscribe. Emits `Opened`, then `Lost` when the socket closes, then completes. Never
 * errors: if the address can't be reached, it emits `Lost` with code 1006 and the text of the platform (browsers give
 * none). An error before the socket is open is the end, whether or not a close follows.
 *
 * Unsubscribing closes the socket, during the handshake too, and silences it. The socket is owned until it is closed:
 * if the other side does not answer the close, the connection is ended without it, where the platform can do that.
 */
export const openSocket = (
  Implementation: WebSocketConstructor,
  url: string,
  protocol: string,
  clock: Pick<Clock, 'after'>,
): Observable<SocketEvent> =>
  new Observable<SocketEvent>((subscriber) => {
    let trouble = '';
    let hasOpened = false;
    let patience = Subscription.EMPTY;
    const frames$ = new Observable<Frame>((reader) => {
      socket.onmessage = ({ data }: { readonly data: Frame }) => {
        reader.next(data);
      };
      return () => {
        socket.onmessage = ignore;
      };
    });
    const lost = (code: number, said: string): void => {
      const closed = said === '' ? `${url} closed the connection` : `${url}: ${said}`;
      const reason = hasOpened ? closed : neverOpened(url, said);
      subscriber.next({ _tag: 'Lost', reason: { code, reason, ...defined({ spread: spreadOf(said) }) } });
      subscriber.complete();
    };

    let socket: WebSocketLike;
    try {
      socket = new Implementation(url, protocol);
    } catch (error) {
      subscriber.next({
        _tag: 'Lost',
        reason: { code: NO_CODE, reason: `${url}: ${reasonOf(error)}` },
        isRefused: true,
      });
      subscriber.complete();
      return undefined;
    }
    // `ws` gives the bytes as they are by default. With 'arraybuffer' it would copy each frame.
    if (socket.binaryType !== 'nodebuffer') socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      hasOpened = true;
      subscriber.next({
        _tag: 'Opened',
        wire: {
          frames$,
          send: (frame) => {
            // A socket that is closing takes no frames. Its close event follows.
            if (socket.readyState === OPEN)
              socket.send(frame as string | (Uint8Array & { readonly buffer: ArrayBuffer }));
          },
          ...(canPause(Implementation) ? { pause: () => socket.pause?.(), resume: () => socket.resume?.() } : {}),
        },
      });
    };
    socket.onerror = (event: { readonly message?: unknown; readonly error?: unknown }) => {
      trouble = textOf(event);
      if (!hasOpened) lost(NO_CODE, trouble);
      // The close that follows knows the code.
      else patience = clock.after(CLOSE_PATIENCE).subscribe(() => lost(NO_CODE, trouble));
    };
    socket.onclose = ({ code, reason }: { readonly code: number; readonly reason: unknown }) => {
      lost(code, typeof reason === 'string' && reason !== '' ? reason : trouble);
    };

    return () => {
      patience.unsubscribe();
      socket.onmessage = ignore;
      socket.onerror = ignore;
      socket.onclose = () => patience.unsubscribe();
      // Where a socket can't be closed during its handshake, it is closed right after.
      socket.onopen = () => socket.close();
      if (!isOwned(socket)) return;
      socket.close();
      if (socket.terminate !== undefined && isOwned(socket))
        patience = clock.after(CLOSE_PATIENCE).subscribe(() => socket.terminate?.());
    };
  });
