/**
 * A cluster on this machine: nodes in processes of their own, over a PostgreSQL and a NATS of their own. Each node
 * reaches both over lines of its own, so that one node alone can be cut off.
 */
import pg from 'pg';
import { cuttableLine, type CuttableLine } from '../faults/line.js';
import { ownNats, ownPostgres, type OwnService } from '../store/own-postgres.js';
import { freePort } from '../store/postgres-run.js';
import { MASTER_KEY, startNode, type LogLine, type NodeProcess } from './node-process.js';

/** How long a node may be silent before the others give it up, ms. */
export const LEASE = 3_000;
/** When everybody has to have noticed what happened to a node, ms. */
export const NOTICED = 2 * LEASE;

export interface ClusterNode {
  readonly name: string;
  readonly url: string;
  readonly toNats: CuttableLine;
  readonly toDatabase: CuttableLine;
  /** Ends it at once. */
  readonly kill: () => Promise<void>;
  /** Ends it as an operator does. Resolves to its exit code. */
  readonly stop: () => Promise<number | null>;
  /** Starts it where it was. */
  readonly start: () => Promise<void>;
  readonly pause: () => void;
  readonly wake: () => void;
  readonly isRunning: () => boolean;
  /** The value of a metric, summed over its labels; undefined if it does not answer. */
  readonly metric: (name: string) => Promise<number | undefined>;
  /** Lines of its log that tell of an error. */
  readonly errors: () => readonly LogLine[];
}

export interface Cluster {
  readonly nodes: readonly ClusterNode[];
  readonly urls: readonly string[];
  readonly nats: OwnService;
  readonly postgres: OwnService;
  /** The address of the database, beside the lines. */
  readonly database: string;
  /** The node at a place. Throws if there is none. */
  readonly node: (index: number) => ClusterNode;
  readonly query: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Waits until all nodes run and are ready. */
  readonly ready: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface ClusterOptions {
  readonly nodes?: number;
  /** Without it, the nodes find each other by the database alone. Default true. */
  readonly hasNats?: boolean;
  readonly argv?: readonly string[];
}

const PATIENCE = 60_000;

/** Calls the HTTP API of a node as a back end does. */
export const callApi = async ({ url }: ClusterNode, path: string, body: object): Promise<unknown> => {
  const response = await fetch(url.replace('ws', 'http') + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-lc-id': 'app', 'x-lc-key': `${MASTER_KEY},master` },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${path} was answered with ${response.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
};

/** Waits until something is true. Throws if it takes too long. */
export const until = async (
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  patience = PATIENCE,
): Promise<void> => {
  const end = performance.now() + patience;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`it never came about that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
};

const answers = async (url: string, path: string): Promise<string | undefined> => {
  try {
    const response = await fetch(url.replace('ws', 'http') + path, {
      headers: { authorization: `Bearer ${MASTER_KEY}` },
      signal: AbortSignal.timeout(5_000),
    });
    const text = await response.text();
    return response.ok ? text : undefined;
  } catch {
    return undefined;
  }
};

const sumOf = (text: string, name: string): number =>
  text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);

interface Prepared {
  readonly name: string;
  readonly postgresPort: number;
  readonly natsPort: number | undefined;
  readonly database: string;
  readonly argv: readonly string[];
}

const prepareNode = async ({ name, postgresPort, natsPort, database, argv }: Prepared): Promise<ClusterNode> => {
  const [port, toDatabase, toNats] = await Promise.all([
    freePort(),
    cuttableLine(postgresPort),
    cuttableLine(natsPort ?? postgresPort),
  ]);
  const address = new URL(database);
  address.port = String(toDatabase.port);
  let running: NodeProcess | undefined;
  const errors: LogLine[] = [];
  const start = async (): Promise<void> => {
    const node = await startNode({
      ...{ name, port, argv, database: address.href },
      ...(natsPort === undefined ? {} : { nats: `nats://127.0.0.1:${toNats.port}` }),
    });
    running = node;
    node.log$.subscribe((line) => {
      if (line['level'] === 'error' && errors.length < 100) errors.push(line);
    });
    void node.ended.then(() => {
      if (running === node) running = undefined;
    });
  };
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const node = running;
    if (node === undefined) return null;
    node.signal(signal);
    return node.ended;
  };
  const url = `ws://127.0.0.1:${port}`;
  return {
    ...{ name, url, toNats, toDatabase, start },
    kill: async () => {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
    pause: () => running?.signal('SIGSTOP'),
    wake: () => running?.signal('SIGCONT'),
    isRunning: () => running !== undefined,
    metric: async (metric) => {
      const text = await answers(url, '/metrics');
      return text === undefined ? undefined : sumOf(text, metric);
    },
    errors: () => errors,
  };
};

export const startCluster = async ({
  nodes: count = 3,
  hasNats = true,
  argv = [],
}: ClusterOptions = {}): Promise<Cluster> => {
  const [postgresPort, natsPort] = [await freePort(), await freePort()];
  const [postgres, nats] = await Promise.all([ownPostgres(postgresPort), ownNats(natsPort)]);
  const nodes = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      prepareNode({
        ...{ name: `node ${index + 1}`.replace(' ', '-'), postgresPort, argv, database: postgres.url },
        natsPort: hasNats ? natsPort : undefined,
      }),
    ),
  );
  const close = async (): Promise<void> => {
    await Promise.all(
      nodes.map(async ({ wake, kill, toNats, toDatabase }) => {
        wake();
        await kill();
        await Promise.all([toNats.close(), toDatabase.close()]);
      }),
    );
    await Promise.all([postgres.stop(), nats.stop()]);
  };
  try {
    await Promise.all(nodes.map(({ start }) => start()));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    nodes,
    urls: nodes.map(({ url }) => url),
    nats,
    postgres,
    database: postgres.url,
    node: (index) => {
      const found = nodes[index];
      if (found === undefined) throw new Error(`there is no node ${index}`);
      return found;
    },
    query: async (sql) => {
      const client = new pg.Client({ connectionString: postgres.url });
      await client.connect();
      try {
        return (await client.query<Readonly<Record<string, unknown>>>(sql)).rows;
      } finally {
        await client.end();
      }
    },
    ready: async () => {
      for (const { name, url } of nodes)
        await until(`${name} is ready`, async () => (await answers(url, '/readyz')) !== undefined);
    },
    close,
  };
};
