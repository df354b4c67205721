/** Two servers over one database and NATS, which look like one: each client that asks for its address gets another. */
import { combineLatest, map } from 'rxjs';
import { clusterBus, createServer, openPostgresStore, type RtmServer, type ServerOptions } from 'rx-realtime/server';
import { natsUrl } from '../cluster/nats.js';
import { inPostgres, ownTables, postgresUrl } from '../store/postgres.js';
import type { Place } from './places.js';

/** What works without NATS or PostgreSQL is another place. */
const given = (url: string | undefined): string => {
  if (url === undefined) throw new Error('these tests need PostgreSQL and NATS');
  return url;
};

const serve = async (options: ServerOptions = {}): Promise<RtmServer> => {
  const tables = await ownTables(given(postgresUrl));
  const start = async (): Promise<RtmServer> => {
    const store = await openPostgresStore({ url: tables.url, connections: 4 });
    return createServer({ ...options, store, bus: await clusterBus({ store, nats: given(natsUrl) }) });
  };
  const [first, second] = [await start(), await start()];
  const both = [first, second];
  let turn = 0;
  /** The server that the next client comes to. */
  const next = (): RtmServer => (turn++ % 2 === 0 ? first : second);
  return {
    get url() {
      return next().url;
    },
    get port() {
      return next().port;
    },
    stats$: combineLatest([first.stats$, second.stats$]).pipe(
      map(([one, other]) => ({
        ...one,
        sockets: one.sockets + other.sockets,
        sessions: one.sessions + other.sessions,
      })),
    ),
    backEnd: second.backEnd,
    kick: (...how) => next().kick(...how),
    goaway: () => {
      for (const { goaway } of both) goaway();
    },
    drain: async (how) => {
      for (const { drain } of both) await drain(how);
    },
    renewTls: (identity) => {
      for (const { renewTls } of both) renewTls(identity);
    },
    close: async () => {
      await Promise.all(both.map((server) => server.close()));
      await tables.end();
    },
  };
};

export const inCluster: Place = {
  place: 'on two servers over PostgreSQL and NATS',
  open: () => inPostgres(given(postgresUrl)),
  serve,
};
