/** A network cable that can be pulled: a TCP relay in front of a server, on a loopback port of its own. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface Cable {
  /** The address of the server as seen through the cable. */
  readonly url: string;
  /** Destroys every socket and refuses new ones. Resolves to the number of destroyed sockets. */
  cut(): Promise<number>;
  /** Lets connections through again. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

const upstream = ({ protocol, hostname, port }: URL): Socket =>
  protocol === 'wss:'
    ? connectTls({ host: hostname, port: Number(port === '' ? 443 : port), servername: hostname })
    : connect({ host: hostname, port: Number(port === '' ? 80 : port) });

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });

/** Connects a cable to a `ws:` or `wss:` address. */
export const layCable = async (target: string): Promise<Cable> => {
  const address = new URL(target);
  const sockets = new Set<Socket>();
  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // A cut is an error for the other half of the socket. The close event that follows is handled.
    socket.on('error', () => undefined);
  };

  const server = createServer((near) => {
    const far = upstream(address);
    track(near);
    track(far);
    near.pipe(far).pipe(near);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  const port = await listen(server, 0);

  const cut = (): Promise<number> =>
    new Promise((resolve) => {
      const count = sockets.size;
      if (server.listening) {
        server.close(() => {
          resolve(count);
        });
      } else resolve(count);
      for (const socket of sockets) socket.destroy();
    });

  const url = new URL(target);
  url.protocol = 'ws:';
  url.host = `127.0.0.1:${port}`;

  return {
    url: url.href,
    cut,
    mend: async () => {
      await listen(server, port);
    },
    close: async () => {
      await cut();
    },
  };
};
