/** Bounds how many connections are open: in all, and from each address. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Limits } from '../options.js';
import { countedAs, type Front } from './front.js';

/** Why a connection is refused: a status of HTTP, and a text for people. */
type Refused = readonly [status: 429 | 503, text: string];

export interface Door {
  /**
   * Counts a network connection until it closes, and only once. If there are too many, its requests are refused.
   */
  readonly connected: (socket: Socket) => void;
  /** A connection has TLS now: its requests come from another socket. */
  readonly secured: (socket: Socket, secure: Socket) => void;
  /**
   * Why a request, or the handshake of a WebSocket, is refused. If it is not, and a trusted proxy has sent it, it
   * counts for the address of its client until `leaves` emits `close`.
   */
  readonly refusal: (
    request: IncomingMessage,
    leaves: { once(event: 'close', then: () => void): unknown },
  ) => Refused | undefined;
}

/** Connections that are refused, and that wait to be told. If there are more, they are closed without a word. */
const MAX_REFUSED = 100;
/** How long a connection that is refused may take to ask, ms. */
const REFUSED_TIME = 2_000;

export interface DoorOptions {
  readonly limits: Pick<Limits, 'connections' | 'connectionsByAddress'>;
  readonly front: Front;
  readonly report: (error: unknown) => void;
  /** Called with each refusal, by its status. */
  readonly count: (status: number) => void;
}

export const createDoor = ({ limits, front, report, count }: DoorOptions): Door => {
  const inAll: Refused = [503, `this server takes ${limits.connections} connections; try again later`];
  const byAddress: Refused = [429, `this server takes ${limits.connectionsByAddress} connections from one address`];
  const counts = new Map<string, number>();
  const refused = new WeakMap<Socket, Refused>();
  const known = new WeakSet<Socket>();
  let waiting = 0;
  let open = 0;
  let hasHinted = false;

  /** Counts one more; false if there are too many. */
  const enter = (address: string): boolean => {
    const next = (counts.get(address) ?? 0) + 1;
    if (next > limits.connectionsByAddress) return false;
    counts.set(address, next);
    return true;
  };
  const leave = (address: string): void => {
    const rest = (counts.get(address) ?? 1) - 1;
    if (rest === 0) counts.delete(address);
    else counts.set(address, rest);
  };

  /** Lets a connection ask, so that it can be told why it is refused. */
  const refuse = (socket: Socket, why: Refused): void => {
    count(why[0]);
    if (waiting >= MAX_REFUSED) {
      socket.destroy();
      return;
    }
    waiting += 1;
    refused.set(socket, why);
    const late = setTimeout(() => socket.destroy(), REFUSED_TIME);
    socket.once('close', () => {
      clearTimeout(late);
      waiting -= 1;
    });
  };

  /** All clients of a proxy that is not trusted have one address. */
  const hint = ({ headers, socket }: IncomingMessage): void => {
    if (hasHinted || headers['x-forwarded-for'] === undefined) return;
    hasHinted = true;
    report(
      new Error(
        `${socket.remoteAddress ?? 'a proxy'} has too many connections and looks like a proxy: name it in trustedProxies`,
      ),
    );
  };

  return {
    connected: (socket) => {
      if (known.has(socket)) return;
      known.add(socket);
      if (open >= limits.connections) {
        refuse(socket, inAll);
        return;
      }
      const isProxy = front.isTrustedProxy(socket.remoteAddress);
      const address = countedAs(socket.remoteAddress ?? '');
      if (!isProxy && !enter(address)) {
        refuse(socket, byAddress);
        return;
      }
      open += 1;
      // It is emitted once, and `once` would take more memory.
      socket.on('close', () => {
        open -= 1;
        if (!isProxy) leave(address);
      });
    },
    secured: (socket, secure) => {
      const why = refused.get(socket);
      if (why !== undefined) refused.set(secure, why);
    },
    refusal: (request, leaves) => {
      const why = refused.get(request.socket);
      if (why !== undefined) {
        if (why === byAddress) hint(request);
        return why;
      }
      if (!front.isTrustedProxy(request.socket.remoteAddress)) return undefined;
      const address = countedAs(front.clientAddress(request));
      if (!enter(address)) {
        count(byAddress[0]);
        return byAddress;
      }
      leaves.once('close', () => {
        leave(address);
      });
      return undefined;
    },
  };
};
