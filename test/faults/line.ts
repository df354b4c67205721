/** A line between a program and a service over TCP, such as a broker or a database, that can be cut. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface CuttableLine {
  readonly port: number;
  /** Ends all connections. New ones are refused until `mend`. Both ends see it at once. */
  readonly cut: () => void;
  /** Nothing passes any more, and nobody is told, until `mend`; then what is open ends. */
  readonly hush: () => void;
  readonly mend: () => void;
  readonly close: () => Promise<void>;
}

/** Opens a line to a port of this machine. The service there may go and come back meanwhile. */
export const cuttableLine = async (target: number): Promise<CuttableLine> => {
  const sockets = new Set<Socket>();
  let state: 'passes' | 'is cut' | 'is hushed' = 'passes';
  const drop = (): void => {
    for (const socket of [...sockets]) socket.destroy();
  };
  const listener = createServer((near) => {
    near.on('error', () => undefined);
    if (state === 'is cut') {
      near.destroy();
      return;
    }
    const far = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.setNoDelay(true);
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('data', (chunk) => {
        if (state !== 'passes') return;
        // Who reads slowly holds the other end back.
        if (!to.write(chunk)) from.pause();
      });
      to.on('drain', () => from.resume());
      from.once('close', () => {
        sockets.delete(from);
        if (state !== 'is hushed') to.destroy();
      });
    }
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    // The address of a TCP server is never a string.
    port: (listener.address() as AddressInfo).port,
    cut: () => {
      state = 'is cut';
      drop();
    },
    hush: () => {
      state = 'is hushed';
    },
    mend: () => {
      if (state === 'is hushed') drop();
      state = 'passes';
    },
    close: async () => {
      const closed = once(listener, 'close');
      listener.close();
      drop();
      await closed;
    },
  };
};
