/** A WebSocket as an Observable, over any implementation. */
import { Observable } from 'rxjs';
import type { Frame } from '../../codecs/index.js';
import type { CloseReason } from './state.js';

/** What is used of a WebSocket: browsers, Node, `ws`, and thin wrappers of a mini program's sockets have it. */
export interface WebSocketLike {
  binaryType: string;
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number;
  onopen: ((this: never, event: never) => unknown) | null;
  onmessage: ((this: never, event: never) => unknown) | null;
  onerror: ((this: never, event: never) => unknown) | null;
  onclose: ((this: never, event: never) => unknown) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(): void;
  /** Stops reading, so that TCP holds the peer back; Node's `ws` has it. */
  pause?(): void;
  resume?(): void;
}

export interface WebSocketConstructor {
  new (url: string, protocol: string): WebSocketLike;
  readonly prototype?: object;
}

/** Whether its sockets can be paused: known before there is one. */
export const canPause = ({ prototype = {} }: WebSocketConstructor): boolean => 'pause' in prototype && 'resume' in prototype;

/** An open socket. */
export interface Wire {
  send(frame: string | Uint8Array): void;
  /** Stops reading, and reads on; nothing where the platform's sockets can't. */
  readonly pause?: () => void;
  readonly resume?: () => void;
  /** Hot, no replay, for one subscriber: what arrives; subscribe as the socket opens to have all of it. A stream of its own, so that a frame passes none of the operators that opening takes. */
  readonly frames$: Observable<Frame>;
}

export type SocketEvent =
  | { readonly _tag: 'Opened'; readonly wire: Wire }
  /** The last event: it closed, or never opened. */
  | { readonly _tag: 'Lost'; readonly reason: CloseReason };

const CONNECTING = 0;
const OPEN = 1;
const NO_CODE = 1006;

const ignore = (): void => undefined;

const words = (event: { readonly message?: unknown }): string => (typeof event.message === 'string' ? event.message : '');

/**
 * Cold: opens a socket on subscribe; emits `Opened`, and at last `Lost`, then completes. Never errors: an address that can't be connected to is `Lost` with code 1006
 * and the platform's words, where it has any (browsers give none).
 *
 * Unsubscribing closes the socket, but never in mid-handshake: then it is closed as it opens. Nothing is heard of it after that.
 */
export const openSocket = (Implementation: WebSocketConstructor, url: string, protocol: string): Observable<SocketEvent> =>
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
      lost({ code: NO_CODE, reason: `${url}: ${error instanceof Error ? error.message : String(error)}` });
      return undefined;
    }
    // Node's `ws` hands bytes over as they are; asked for an ArrayBuffer it copies each frame into one.
    if (socket.binaryType !== 'nodebuffer') socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      subscriber.next({
        _tag: 'Opened',
        wire: {
          frames$,
          send: (frame) => {
            // Between a close and its event the socket takes nothing any more; the event is on its way.
            if (socket.readyState === OPEN) socket.send(frame as string | Uint8Array<ArrayBuffer>);
          },
          ...(canPause(Implementation) ? { pause: () => socket.pause?.(), resume: () => socket.resume?.() } : {}),
        },
      });
    };
    socket.onerror = (event: { readonly message?: unknown }) => {
      trouble = words(event);
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
