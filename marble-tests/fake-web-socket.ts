/** WebSockets on a scripted network, in the virtual time of a diagram. */
import { Subject, Subscription, filter, map, type Observable } from 'rxjs';
import {
  decodeClientFrame,
  encodeFrame,
  subprotocols,
  type ClientCommand,
  type Frame,
  type ServerCommand,
} from '../codecs/index.js';
import type { WebSocketConstructor } from '../src/connection/socket.js';
import { fakeWebSocket, type ServerEnd } from '../testing/fake-web-socket.js';
import { virtualClock } from '../testing/virtual-clock.js';

/**
 * The result of one attempt to open a socket: it opens or it fails, each after some ms. The server may close an open
 * socket later.
 */
export interface Attempt {
  readonly opens?: number;
  readonly fails?: number;
  /** When the server closes the socket, in ms after it has opened, and with which code. */
  readonly closes?: readonly [after: number, code: number];
}

export interface FakeNetwork {
  readonly WebSocket: WebSocketConstructor;
  /** The addresses of all attempts, in order. */
  readonly dialled: string[];
  /** The number of sockets that are connecting or open now, and the highest number so far. */
  readonly live: { now: number; most: number };
  /** The frames that the client has sent. */
  readonly sent$: Observable<ClientCommand>;
  /** Sends a command over the newest socket. */
  push(command: ServerCommand): void;
  /** Closes the newest socket, as the server would. */
  close(code: number, reason?: string): void;
}

/** A scripted network: the n-th attempt follows the n-th step of the script, all later ones follow its last step. */
export const fakeNetwork = (...script: readonly Attempt[]): FakeNetwork => {
  const dialled: string[] = [];
  const live = { now: 0, most: 0 };
  const frames = new Subject<Frame>();
  let newest: ServerEnd | undefined;

  const WebSocket = fakeWebSocket((end) => {
    const { opens, fails, closes } = script[Math.min(dialled.length, script.length - 1)] ?? {};
    const timers = new Subscription();
    const after = (ms: number, job: () => void): void => {
      timers.add(virtualClock.after(ms).subscribe(job));
    };
    dialled.push(end.url);
    live.now += 1;
    live.most = Math.max(live.most, live.now);
    newest = end;
    if (fails !== undefined)
      after(fails, () => {
        end.end(1006);
      });
    else if (opens !== undefined)
      after(opens, () => {
        end.open();
        if (closes !== undefined)
          after(closes[0], () => {
            end.end(closes[1]);
          });
      });
    return {
      heard: (frame) => {
        frames.next(frame);
      },
      ended: () => {
        live.now -= 1;
        timers.unsubscribe();
      },
    };
  });

  return {
    WebSocket,
    dialled,
    live,
    sent$: frames.pipe(
      map(decodeClientFrame),
      filter((decoded) => decoded._tag === 'Right'),
      map(({ right }) => right),
      filter((command): command is ClientCommand => command.cmd !== 'unsupported'),
    ),
    push: (command) => newest?.push(encodeFrame(command, subprotocols.binary)),
    close: (code, reason = '') => newest?.end(code, reason),
  };
};
