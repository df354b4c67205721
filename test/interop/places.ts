/**
 * Where the servers of this suite keep everything. The whole suite runs over each. `npm run test:cluster` runs it over
 * two servers, each client on another one.
 */
import { createServer, type RtmServer, type ServerOptions } from 'rx-realtime/server';
import { inMemory, inSqlite, type Opened } from '../store/temporary.js';

export interface Place {
  readonly place: string;
  readonly open: () => Promise<Opened>;
  /** Starts servers that look like one. Default: one server. */
  readonly serve?: (options?: ServerOptions) => Promise<RtmServer>;
}

/** Whether the suite runs over several servers. */
export const isCluster = process.env['RX_REALTIME_INTEROP'] === 'cluster';

export const places: readonly [Place, ...Place[]] = isCluster
  ? [(await import('./in-cluster.js')).inCluster]
  : [
      { place: 'in memory', open: inMemory },
      { place: 'in SQLite', open: inSqlite },
    ];

/** Starts a server with a store of its own. What it has kept is deleted when it closes. */
export const serverIn = async ({ open, serve }: Place, options: ServerOptions = {}): Promise<RtmServer> => {
  if (serve !== undefined) return serve(options);
  const { store, end } = await open();
  return createServer({ ...options, store: { ...store, close: end } });
};
