/**
 * The network between the clients and the fake server: sockets that open and close as drawn, and frames that take
 * their time.
 */
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
 * What becomes of the network. `up`: sockets open. `down`: those that are there close with code 1006, and no other
 * opens. `silent`: they stay as they are, and nothing gets through, either way. A code: those that are there close
 * with it, and others may open.
 */
export type NetworkChange = 'up' | 'down' | 'silent' | CloseReason;

/** A socket as the server has it. */
export interface Link {
  /** What a login brings: counts of unread messages (3), or the messages (1). */
  readonly version: Subprotocol['version'];
  /** Writes a command; it arrives after the latency, if the socket lives that long. */
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
  /** Those that have not ended. */
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
