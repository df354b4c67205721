/** Where the servers of this suite keep everything. The whole suite runs over each. */
import { createServer, type RtmServer, type ServerOptions } from 'rx-realtime/server';
import { inMemory, inSqlite, type Opened } from '../store/temporary.js';

export interface Place {
  readonly place: string;
  readonly open: () => Promise<Opened>;
}

export const places: readonly [Place, ...Place[]] = [
  { place: 'in memory', open: inMemory },
  { place: 'in SQLite', open: inSqlite },
];

/** Starts a server with a store of its own. What it has kept is deleted when it closes. */
export const serverIn = async (open: Place['open'], options: ServerOptions = {}): Promise<RtmServer> => {
  const { store, end } = await open();
  return createServer({ ...options, store: { ...store, close: end } });
};
