/** A network that breaks: a proxy between clients and a server, with whatever can happen to what it carries. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { closeFrame, frameSplitter } from './frames.js';

/** What happens to the connections that are open now; those that come later are sound. */
export type Fault =
  /** Both ends see it at once. */
  | { readonly _tag: 'Cut' }
  /** The next frame of the server comes in half. */
  | { readonly _tag: 'CutInFrame' }
  /** Nothing passes any more, and nobody is told. */
  | { readonly _tag: 'HalfOpen' }
  /** What the server says is lost, acknowledgements too, though it hears the client; nobody is told. */
  | { readonly _tag: 'LoseAnswers' }
  /** What the client says is lost, though it hears the server; nobody is told. */
  | { readonly _tag: 'LoseRequests' }
  /** The client is told that the server closes. */
  | { readonly _tag: 'Close'; readonly code: number }
  /** Everything takes longer by so many ms, each way. */
  | { readonly _tag: 'Delay'; readonly ms: number }
  /** The server's frames come at so many bytes a second. */
  | { readonly _tag: 'Throttle'; readonly bytesPerSecond: number };

export interface FaultProxy {
  readonly url: string;
  /** So many connections are open. */
  readonly connections: () => number;
  readonly inflict: (fault: Fault) => void;
  readonly close: () => Promise<void>;
}

interface Line {
  readonly inflict: (fault: Fault) => void;
  readonly destroy: () => void;
}

const carry = (client: Socket, server: Socket, done: () => void): Line => {
  let toClient: 'pass' | 'lose' | 'halve' = 'pass';
  let toServer: 'pass' | 'lose' = 'pass';
  let delay = 0;
  let bytesPerSecond = Infinity;
  const timers = new Set<NodeJS.Timeout>();

  const destroy = (): void => {
    for (const timer of timers) clearTimeout(timer);
    client.destroy();
    server.destroy();
    done();
  };
  /** One way: in order, each step not before its time. */
  const inOrder = (): ((takes: number, step: () => void) => void) => {
    let free = 0;
    /** Timers may fire in another order than they were made for: each takes the first. */
    const waiting: (() => void)[] = [];
    return (takes, step) => {
      const now = performance.now();
      free = Math.max(free, now + delay) + takes;
      if (waiting.length === 0 && free <= now) {
        step();
        return;
      }
      waiting.push(step);
      const timer = setTimeout(
        () => {
          timers.delete(timer);
          waiting.shift()?.();
        },
        Math.ceil(free - now),
      );
      timers.add(timer);
    };
  };
  const down = inOrder();
  const up = inOrder();
  const deliver = (frame: Buffer): void => {
    if (client.destroyed || toClient === 'lose') return;
    if (toClient === 'halve') {
      client.write(frame.subarray(0, Math.ceil(frame.length / 2)));
      client.end();
      toClient = 'lose';
      server.destroy();
      return;
    }
    client.write(frame);
  };
  const split = frameSplitter();
  server.on('data', (chunk: Buffer) => {
    for (const frame of split(chunk)) {
      down((frame.length / bytesPerSecond) * 1_000, () => {
        deliver(frame);
      });
    }
  });
  client.on('data', (chunk: Buffer) => {
    up(0, () => {
      if (toServer === 'pass' && !server.destroyed) server.write(chunk);
    });
  });
  client.on('close', destroy);
  server.on('close', () => {
    // Who is half open hears nothing of it.
    if (toClient !== 'lose') down(0, destroy);
  });
  client.on('error', destroy);
  server.on('error', () => undefined);

  return {
    destroy,
    inflict: (fault) => {
      switch (fault._tag) {
        case 'Cut':
          destroy();
          return;
        case 'CutInFrame':
          toClient = 'halve';
          return;
        case 'HalfOpen':
          toClient = 'lose';
          toServer = 'lose';
          return;
        case 'LoseAnswers':
          toClient = 'lose';
          return;
        case 'LoseRequests':
          toServer = 'lose';
          return;
        case 'Close':
          if (toClient === 'pass') client.write(closeFrame(fault.code));
          toClient = 'lose';
          server.destroy();
          return;
        case 'Delay':
          delay = fault.ms;
          return;
        case 'Throttle':
          bytesPerSecond = fault.bytesPerSecond;
      }
    },
  };
};

/** A proxy in front of the server at a port, which may go and come back meanwhile. */
export const faultProxy = async (target: number): Promise<FaultProxy> => {
  const lines = new Set<Line>();
  const listener = createServer((client) => {
    const server = connect(target, '127.0.0.1');
    client.setNoDelay(true);
    server.setNoDelay(true);
    const line: Line = carry(client, server, () => {
      lines.delete(line);
    });
    lines.add(line);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  // A TCP server's address is never a string.
  const { port } = listener.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${String(port)}`,
    connections: () => lines.size,
    inflict: (fault) => {
      for (const line of [...lines]) line.inflict(fault);
    },
    close: async () => {
      const closed = once(listener, 'close');
      listener.close();
      for (const line of [...lines]) line.destroy();
      await closed;
    },
  };
};
