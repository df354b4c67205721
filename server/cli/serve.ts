/** Runs a server by its settings, until it is told to stop. */
import { readFileSync } from 'node:fs';
import { either as E } from 'fp-ts';
import { take } from 'rxjs';
import { defined } from '../../codecs/defined.js';
import { clusterBus, type ClusterBus } from '../cluster/cluster-bus.js';
import { createServer, type RtmServer } from '../create-server.js';
import { makeDirectory } from '../make-directory.js';
import { health, NO_LEASE, readiness } from '../http/health.js';
import type { TlsIdentity } from '../http/http-server.js';
import type { ServerStats } from '../stats.js';
import { webHooks } from '../web-hooks.js';
import { createLog, type Log } from './log.js';
import { createMetrics } from './metrics.js';
import { fromHere, listenForOperators, metricsEndpoint, nobody, withKey, type MayRead } from './operators.js';
import type { Settings } from './settings.js';
import { whyUnreadable } from './start-error.js';
import { stateOf } from './state.js';
import { openData } from './data.js';
import { lossesBetween } from './watch.js';

/** How often the log says what was refused, ms. */
const SUMMARY_PERIOD = 60_000;

export const readTextFile = (path: string): E.Either<string, string> =>
  E.tryCatch(() => readFileSync(path, 'utf8'), whyUnreadable);

/** All texts of the settings that no line of the log may show. */
export const secretsOf = ({ masterKey, hooks, metrics, database, nats }: Settings): readonly string[] =>
  [masterKey, hooks?.secret, metrics.key, ...(database?.secrets ?? []), ...(nats?.secrets ?? [])].filter(
    (secret) => secret !== undefined,
  );

const readTls = ({ cert, key }: NonNullable<Settings['tls']>): TlsIdentity => {
  const read = (name: string, path: string): string =>
    E.getOrElse<string, string>((why) => {
      throw new Error(`${name} ${path}: ${why}`);
    })(readTextFile(path));
  return { cert: read('--tls-cert', cert), key: read('--tls-key', key) };
};

/** Who reads the metrics on the port of the clients. Behind a proxy, everybody would seem to be on this machine. */
const readerOf = ({ metrics, isExposed }: Settings): MayRead =>
  metrics.key !== undefined ? withKey(metrics.key) : isExposed ? nobody : fromHere;

/** The figures of now. */
const figuresOf = ({ stats$ }: RtmServer): Promise<ServerStats> =>
  new Promise((resolve) => {
    stats$.pipe(take(1)).subscribe(resolve);
  });

export interface Running {
  readonly url: string;
  /** Reads the certificate and its key again. */
  readonly reload: () => void;
  /** Takes the server out of service, and closes it. */
  readonly stop: (why: string) => Promise<void>;
}

export interface Process {
  readonly version: string;
  readonly isTerminal: boolean;
  readonly write: (line: string) => void;
  /** Called if the server can't go on. */
  readonly onFatal: () => void;
}

const options = (settings: Settings): Parameters<typeof createServer>[0] => {
  const { port, host, appId, masterKey, isOpen, readers, publicUrl, trustedProxies, tls, uploads, hooks, limits } =
    settings;
  return {
    port,
    host,
    trustedProxies,
    limits,
    readers,
    ...defined({
      appId,
      masterKey,
      publicUrl,
      signed: masterKey !== undefined && isOpen ? [] : undefined,
      tls: tls === undefined ? undefined : readTls(tls),
      uploads: uploads === undefined ? undefined : { directory: uploads },
      hooks: hooks === undefined ? undefined : webHooks(hooks),
    }),
  };
};

/** Says once in a while what was refused and lost. */
const summarize = (server: RtmServer, log: Log): (() => void) => {
  let before: ServerStats | undefined;
  const look = async (): Promise<void> => {
    const after = await figuresOf(server);
    const losses = before === undefined ? undefined : lossesBetween(before, after);
    before = after;
    if (losses !== undefined) log.warn('refused or lost since the last such line', losses);
  };
  const tell = (): void => {
    look().catch((error: unknown) => log.error('the figures can not be read', { error }));
  };
  tell();
  const timer = setInterval(tell, SUMMARY_PERIOD).unref();
  return () => {
    clearInterval(timer);
  };
};

/** Starts the server. Rejects if it can't be started. */
export const serve = async (settings: Settings, { version, isTerminal, write, onFatal }: Process): Promise<Running> => {
  const log = createLog({
    level: settings.logLevel,
    format: settings.logFormat ?? (isTerminal ? 'text' : 'json'),
    secrets: secretsOf(settings),
    write,
    now: () => performance.now(),
  });
  const report = (error: unknown): void => log.error('something failed', { error });
  let isReady = true;
  const metrics = createMetrics(() => figuresOf(server), version);
  const data = await openData(settings, (error) => {
    log.error('the store has failed: this server stops', { error });
    onFatal();
  });
  const { database, nats, node } = settings;
  const opening = async (): Promise<ClusterBus | undefined> =>
    database === undefined ? undefined : clusterBus({ store: data.store, ...defined({ nats: nats?.url, node }) });
  const bus = await opening().catch(async (error: unknown) => {
    await data.store.close();
    throw error;
  });
  const starting = async (): Promise<RtmServer> => {
    // A file of this name is noticed now, and not with the first upload.
    if (settings.uploads !== undefined) await makeDirectory(settings.uploads);
    return createServer({
      ...options(settings),
      store: data.store,
      ...defined({ bus }),
      onError: report,
      onRequest: metricsEndpoint(metrics, readerOf(settings), report),
    });
  };
  const server = await starting().catch(async (error: unknown) => {
    await bus?.close();
    await data.store.close();
    throw error;
  });
  const { own } = settings.metrics;
  let operators: Awaited<ReturnType<typeof listenForOperators>> | undefined;
  if (own !== undefined) {
    const mayRead = own.key === undefined ? () => true : withKey(own.key);
    const endpoints = [
      health(() => readiness(isReady && bus?.isServing?.() === false ? NO_LEASE : isReady, data.store)),
      metricsEndpoint(metrics, mayRead, report),
    ];
    try {
      operators = await listenForOperators(endpoints, own);
    } catch (error) {
      await server.close();
      throw error;
    }
  }
  const stopSummary = summarize(server, log);
  log.info('listening', {
    url: server.url,
    ...defined({ metricsPort: operators?.port }),
    version,
    pid: process.pid,
    ...defined({ node: bus?.node }),
    ...stateOf(settings, data.text, bus?.wire),
  });

  return {
    url: server.url,
    reload: () => {
      const { tls } = settings;
      try {
        if (tls !== undefined) server.renewTls(readTls(tls));
        log.info(tls === undefined ? 'there is nothing to read again: no TLS' : 'the certificate was read again');
      } catch (error) {
        log.error('the certificate stays as it was', { error: error instanceof Error ? error.message : String(error) });
      }
    },
    stop: async (why) => {
      const { sockets } = await figuresOf(server);
      log.info('stopping', { why, sockets });
      isReady = false;
      stopSummary();
      await server.drain({ delay: settings.drain });
      await server.close();
      operators?.close();
      log.info('stopped');
    },
  };
};
