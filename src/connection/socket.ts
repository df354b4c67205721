/** A WebSocket as an Observable, over any implementation. */
import { Observable } from 'rxjs';
import type { Frame } from '../../codecs/index.js';
import { reasonOf } from '../thrown.js';
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
  send(data: string | (Uint8Array & BufferSource)): void;
  close(): void;
  /** Stops reading, so that TCP makes the server wait. Only `ws` in Node has it. */
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
  /** The last event: the socket closed, or never opened. */
  | { readonly _tag: 'Lost'; readonly reason: CloseReason };

const CONNECTING = 0;
const OPEN = 1;
const NO_CODE = 1006;

const ignore = (): void => undefined;

const textOf = (event: { readonly message?: unknown }): string =>
  typeof event.message === 'string' ? event.message : '';

/**
 * Cold: opens a socket on subscribe. Emits `Opened`, then `Lost` when the socket closes, then completes. Never
 * errors: if the address can't be reached, it emits `Lost` with code 1006 and the text of the platform (browsers give
 * none).
 *
 * Unsubscribing closes the socket and silences it. During the handshake it waits: the socket is closed as soon as it
 * opens.
 */
export const openSocket = (
  Implementation: WebSocketConstructor,
  url: string,
  protocol: string,
): Observable<SocketEvent> =>
  new Observable<SocketEvent>((subscriber) => {
    let trouble = '';
    const frames$ = new Observable<Frame>((reader) => {
      socket.onmessage = ({ data }: { readonly data: Frame }) => {
        reader.next(data);
      };
      return () => {
        socket.onmessage = ignore;
      };
    });
    const lost = (reason: CloseReason): void => {
      subscriber.next({ _tag: 'Lost', reason });
      subscriber.complete();
    };

    let socket: WebSocketLike;
    try {
      socket = new Implementation(url, protocol);
    } catch (error) {
      lost({ code: NO_CODE, reason: `${url}: ${reasonOf(error)}` });
      return undefined;
    }
    // `ws` gives the bytes as they are by default. With 'arraybuffer' it would copy each frame.
    if (socket.binaryType !== 'nodebuffer') socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      subscriber.next({
        _tag: 'Opened',
        wire: {
          frames$,
          send: (frame) => {
            // A socket that is closing takes no frames. Its close event follows.
            if (socket.readyState === OPEN) socket.send(frame as string | (Uint8Array & BufferSource));
          },
          ...(canPause(Implementation) ? { pause: () => socket.pause?.(), resume: () => socket.resume?.() } : {}),
        },
      });
    };
    socket.onerror = (event: { readonly message?: unknown }) => {
      trouble = textOf(event);
    };
    socket.onclose = ({ code, reason }: { readonly code: number; readonly reason: unknown }) => {
      const said = typeof reason === 'string' && reason !== '' ? reason : trouble;
      lost({ code, reason: said === '' ? `${url} closed the connection` : `${url}: ${said}` });
    };

    return () => {
      socket.onmessage = ignore;
      socket.onclose = ignore;
      socket.onerror = ignore;
      socket.onopen = () => {
        socket.close();
      };
      if (socket.readyState !== CONNECTING) socket.close();
    };
  });
