/** The network between the clients and the fake server. Marbles open and close its sockets, and frames take time. */
import { Subscription } from 'rxjs';
import { isLeft } from '../../codecs/either.js';
import {
  decodeClientFrame,
  encodeFrame,
  subprotocols,
  type ClientCommand,
  type ServerCommand,
  type Subprotocol,
  type UnsupportedCommand,
} from '../../codecs/index.js';
import type { CloseReason, WebSocketConstructor } from '../../src/index.js';
import { fakeWebSocket, type ServerEnd } from '../fake-web-socket.js';
import { virtualClock } from '../virtual-clock.js';

/**
 * States of the network. `up`: sockets open. `down`: open sockets close with code 1006, and no socket opens.
 * `silent`: open sockets stay open, but no frame passes in either direction. A code: open sockets close with this
 * code, and new ones can open.
 */
export type NetworkChange = 'up' | 'down' | 'silent' | CloseReason;

/** A socket on the server's side. */
export interface Link {
  /** What a login brings: unread counts (3) or the missed messages (1). */
  readonly version: Subprotocol['version'];
  /** Sends a command. It arrives after the latency if the socket is still open then. */
  push(command: ServerCommand): void;
}

export interface NetworkOptions {
  /** ms. */
  readonly latency: number;
  readonly hear: (link: Link, command: ClientCommand | UnsupportedCommand) => void;
  readonly gone: (link: Link) => void;
}

export interface Network {
  readonly webSocket: WebSocketConstructor;
  /** The sockets that have not ended. */
  readonly links: () => Iterable<Link>;
  readonly change: (to: NetworkChange) => void;
}

const DOWN: CloseReason = { code: 1006, reason: 'the network is down' };

const subprotocolOf = (name: string): Subprotocol =>
  Object.values(subprotocols).find((known) => known.name === name) ?? subprotocols.binary;

export const createNetwork = ({ latency, hear, gone }: NetworkOptions): Network => {
  const ends = new Map<ServerEnd, Link>();
  let mode: 'up' | 'down' | 'silent' = 'up';

  const endAll = ({ code, reason }: CloseReason): void => {
    for (const end of [...ends.keys()]) end.end(code, reason);
  };

  const webSocket = fakeWebSocket((end) => {
    const coming = new Subscription();
    const later = (arrive: () => void): void => {
      coming.add(virtualClock.after(latency).subscribe(arrive));
    };
    const subprotocol = subprotocolOf(end.protocol);
    const link: Link = {
      version: subprotocol.version,
      push: (command) => {
        const frame = encodeFrame(command, subprotocol);
        later(() => {
          if (mode === 'up') end.push(frame);
        });
      },
    };
    ends.set(end, link);
    later(() => {
      if (mode === 'up') end.open();
      else if (mode === 'down') end.end(DOWN.code, DOWN.reason);
    });
    return {
      heard: (frame) => {
        if (mode !== 'up') return;
        const command = decodeClientFrame(frame);
        if (isLeft(command)) throw command.left;
        hear(link, command.right);
      },
      ended: () => {
        ends.delete(end);
        coming.unsubscribe();
        gone(link);
      },
    };
  });

  return {
    webSocket,
    links: () => ends.values(),
    change: (to) => {
      if (typeof to === 'object') {
        endAll(to);
        return;
      }
      mode = to;
      if (to === 'down') endAll(DOWN);
    },
  };
};
