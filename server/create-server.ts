import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Subject, noop, type Observable } from 'rxjs';
import { WebSocketServer, type WebSocket } from 'ws';
import { defined } from '../codecs/defined.js';
import { subprotocols, type Subprotocol } from '../codecs/index.js';
import type { App } from './app.js';
import { createBatches } from './batches.js';
import { createBackEnd, type BackEnd } from './back-end.js';
import { inProcessBus } from './bus.js';
import { busServerOf, shareOf } from './bus-server.js';
import { checkAppId, keyOf } from './check-options.js';
import { stamps, steadyClock } from './clock.js';
import { createCommandTurns } from './command-turns.js';
import { distinctToday } from './distinct.js';
import { createFrames } from './frames.js';
import { boundsCheck } from './handlers/bounds.js';
import { createCounts, type NoteCall } from './counts.js';
import { endsWithin } from './ends-within.js';
import { guardedClock, guardedReport } from './guarded.js';
import { limitedBus, limitedStore } from './limited.js';
import { post, type Posted, type Posting } from './messages/deliver.js';
import { createTellUnread } from './messages/unread-counts.js';
import { createHandedOut } from './messages/handed-out.js';
import { inTimeSignIn, loginVerifier, resumeVerifier } from './login-checks.js';
import { createLogins } from './logins.js';
import { runHooks } from './running-hooks.js';
import { limitsOf, type ServerOptions } from './options.js';
import { createTurns } from './turns.js';
import { createRoomFanOut } from './room-fan-out.js';
import { noDrops, stats, withClosed, type ServerStats } from './stats.js';
import { checkNumbers } from './numbers.js';
import { createRates } from './rates.js';
import { closeReason, GOING_AWAY, inBatches, returningClients, spreadOf } from './returns.js';
import { api } from './http/api/api.js';
import { createDoor } from './http/door.js';
import { createFront } from './http/front.js';
import { health, NO_LEASE, readiness } from './http/health.js';
import { httpServer, refuseHandshake, renewTls, type TlsIdentity } from './http/http-server.js';
import { listener } from './http/listener.js';
import { ownRequests } from './http/own-requests.js';
import { route } from './http/route.js';
import { sign } from './http/sign.js';
import { fileEndpoints } from './http/file-endpoints.js';
import { memberInfos } from './http/member-infos.js';
import { notifications } from './http/notifications.js';
import { readersOf, signaturesOf } from './readers.js';
import { serialByKey } from './serial.js';
import { boundMemory } from './heaviest.js';
import { overdue } from './overdue.js';
import { ClientSocket } from './socket.js';
import { memoryStore } from './store/memory.js';
import { createToldHooks } from './told-hooks.js';
import { createTimeLimit, type NoteEnd } from './time-limit.js';
import { createUnsettled } from './unsettled.js';

/** A server that listens. */
export interface RtmServer {
  /** The address for clients: `ws://host:port`, or `wss://host:port` with the option `tls`. */
  readonly url: string;
  readonly port: number;
  /**
   * Figures of the running server. Cold: emits the current figures at once, then every second, and completes when the
   * server closes. `firstValueFrom` reads them once.
   */
  readonly stats$: Observable<ServerStats>;
  /**
   * What the application's back end may do, called in this process. With a `masterKey`, the server also serves it
   * over HTTP.
   */
  readonly backEnd: BackEnd;
  /**
   * The same as `backEnd.kick`: ends all sessions of a client with `session/closed`, by default with code 4115, and
   * makes its tokens invalid, so that the client has to log in again. Resolves when the sessions have been told.
   */
  kick(clientId: string, how?: { readonly code?: number; readonly reason?: string }): Promise<void>;
  /**
   * Asks every client to look up its endpoint again and to reconnect: `limits.returnsPerSecond` of them per second, so
   * that they don't come back all at once. After it was asked, a client that closes its connection sends no will; a
   * connection that breaks still does. Called again, it begins again.
   */
  goaway(): void;
  /**
   * Takes the server out of service, before `close()`. From now on, `/readyz` says status 503. After `delay` ms, in
   * which a load balancer can notice it, clients are asked to go elsewhere, as by `goaway()`. The server serves
   * everybody meanwhile. Resolves when the connections that there were then have closed, or after `within` ms more.
   * Default: the time that `limits.returnsPerSecond` needs, and a second.
   *
   * @example
   * await server.drain({ delay: 5_000 });
   * await server.close();
   */
  drain(how?: { readonly delay?: number; readonly within?: number }): Promise<void>;
  /**
   * Takes another certificate for the option `tls`, for connections that come from now on. Throws a `RangeError` if it
   * can't be used, and keeps the one before.
   */
  renewTls(identity: TlsIdentity): void;
  /**
   * Handles the commands that have arrived, then closes every socket with 1001, the port and the store. Sockets that
   * don't answer within a second are terminated. No wills are sent. Closing a second time has no further effect. It
   * always resolves, within `limits.closeTimeout` and the time limit of the store: what the store or a hook does not
   * let end by then is given up and reported to `onError`.
   *
   * Clients reconnect after a 1001. The reason of the close names a time over which our clients are spread, so that
   * `limits.returnsPerSecond` of them come back per second.
   */
  close(): Promise<void>;
}

/** How long clients have to answer a close, ms. */
const CLOSE_TIMEOUT = 1_000;
/** How long clients have to go elsewhere when all of them have been asked, ms. */
const DRAIN_TIMEOUT = 1_000;
/** How many messages the server remembers to have handed out, for the case that the store fails. */
const HANDED_OUT = 10_000;
/** Messages of one conversation that are stored by one call. */
const MESSAGES_AT_ONCE = 256;
/** How long hooks that are only informed have to end, when everything else has ended, ms. */
const HOOKS_TIMEOUT = 2_000;
/** A frame longer than the limit times this factor is not read at all: the server closes the socket with 1009. */
const UNREAD_FACTOR = 2;

const known: ReadonlyMap<string, Subprotocol> = new Map(
  Object.values(subprotocols).map((subprotocol) => [subprotocol.name, subprotocol]),
);

const offered = ({ headers }: IncomingMessage): readonly string[] =>
  (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());

/** The name by which a call is counted. */
const counted =
  (note: NoteCall): NoteEnd =>
  (what, ms, isFailed) => {
    note(what.replace(/^the hook /, ''), ms, isFailed);
  };

/**
 * Starts a server for the LeanCloud RTM protocol with both subprotocols. The router lookup `/v1/route` is on the same
 * port. Resolves when the server listens.
 *
 * @example
 * const server = await createServer({ port: 0 });
 * const realtime = createRealtime({ appId: 'demo', server: server.url });
 */
export const createServer = async (options: ServerOptions = {}): Promise<RtmServer> => {
  const { host = '127.0.0.1', port: wantedPort = 0 } = options;
  const limits = limitsOf(options.limits);
  const report = guardedReport(options.onError);
  const wall = guardedClock(options.clock ?? { now: Date.now }, report);
  const clock = steadyClock(wall, report);
  checkAppId(options);
  const key = keyOf(options);
  const shared = options.bus?.signatures;
  const signatures = key === undefined ? undefined : signaturesOf(key, options, { wall, steady: clock, shared });
  const counts = createCounts();
  const inTime = createTimeLimit(limits.storeTimeout, counts.storeCall);
  const inTimeOfHooks = createTimeLimit(limits.hookTimeout, counted(counts.hookCall));
  const bus = limitedBus(options.bus ?? inProcessBus(), inTime);
  const { isServing, processes, returnsPerSecond, alone } = shareOf(options.bus, limits);
  const told = createToldHooks({
    report,
    inTime: inTimeOfHooks,
    limit: limits.hookQueue,
    concurrency: limits.hookConcurrency,
  });
  const serial = serialByKey();
  const unsettled = createUnsettled({ inOrder: serial, report });
  const turns = createTurns({ report });
  const batches = createBatches<Posting, Posted>({
    inOrder: unsettled.inOrder,
    run: (id, postings, answer) => post(app, id, postings, answer),
    most: MESSAGES_AT_ONCE,
    report,
  });
  const app: App = {
    appId: options.appId,
    store: limitedStore(options.store ?? memoryStore({ unreadLimit: limits.unreadMessages, clock: wall }), inTime),
    bus,
    isServing,
    rooms: createRoomFanOut({ bus, turns, limit: limits.roomQueue, report }),
    limits,
    clock,
    wall,
    stamp: stamps(clock),
    rates: createRates(limits, clock, counts.rateLimited, processes),
    counts,
    checkBounds: boundsCheck(limits),
    hooks: runHooks(options.hooks ?? {}, {
      ...{ report, inTime: inTimeOfHooks, told },
      online: (clientIds) => bus.online(clientIds),
    }),
    frames: createFrames(),
    commandTurns: createCommandTurns(),
    turns,
    ...readersOf(options, report),
    verifyLogin: loginVerifier(options, signatures, inTimeOfHooks),
    verifyResume: resumeVerifier(options, inTimeOfHooks),
    verifyAction: signatures?.action ?? noop,
    handedOut: createHandedOut(HANDED_OUT),
    logins: createLogins(),
    loggedInToday: distinctToday(wall),
    endSignatures: signatures?.end ?? noop,
    inOrder: batches.inOrder,
    alone: alone(batches.inOrder),
    isBusy: serial.isBusy,
    tellUnread: createTellUnread(),
    post: batches.add,
    ...{ attempt: unsettled.attempt, repeat: unsettled.repeat, moved: unsettled.moved },
    returning: returningClients(returnsPerSecond),
    report,
  };
  const clients = new Set<ClientSocket>();
  const backEnd = createBackEnd(app, {
    onlineHere: () => new Set([...clients].flatMap(({ sessions }) => [...sessions.keys()])).size,
    today: app.loggedInToday.count,
  });
  /** Work of closed sockets that is not done yet: commands that they had sent before. */
  const settling = new Set<Promise<void>>();
  const closed = new Subject<never>();
  /** Messages that sockets which have closed did not get. */
  let past = noDrops;
  const portOf = (): number => (http.address() as AddressInfo).port;
  const urlOf = (): string =>
    `${options.tls === undefined ? 'ws' : 'wss'}://${host.includes(':') ? `[${host}]` : host}:${portOf()}`;
  checkNumbers('uploads', defined({ maxBytes: options.uploads?.maxBytes }));
  const { masterKey, publicUrl, trustedProxies } = options;
  const authenticate = inTimeSignIn(options.authenticate, inTimeOfHooks);
  const front = createFront({ publicUrl, trustedProxies, listening: urlOf });
  const door = createDoor({ limits, front, report, count: counts.refusedConnection });
  let isReady = true;
  const endpoints = [
    health(() => readiness(isReady && !isServing() ? NO_LEASE : isReady, options.store)),
    route(front, options.bus),
    ...(key === undefined || signatures === undefined ? [] : [sign({ app, front, authenticate, key, signatures })]),
    notifications(app),
    memberInfos(app),
    ...fileEndpoints(options, app, front, authenticate),
    api({ app, backEnd, masterKey, authenticate, front }),
    ...(options.onRequest === undefined ? [] : [ownRequests(options.onRequest, report)]),
  ];

  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: limits.frameBytes * UNREAD_FACTOR,
    // Its own text: the client's is a part of all headers.
    handleProtocols: (protocols) =>
      [...protocols].map((name) => known.get(name)?.name).find((name) => name !== undefined) ?? false,
  });
  const stopBound = boundMemory(clients, limits.waitingBytes, report);
  const timeLimits = overdue({ connections: clients, limits: [limits.loginTimeout, limits.silenceTimeout] });
  const left = (client: ClientSocket): void => {
    past = withClosed(past, client);
    clients.delete(client);
    const settled = client.settled().finally(() => settling.delete(settled));
    settling.add(settled);
  };
  const serve = (socket: WebSocket, transport: Duplex, address: string): void => {
    const subprotocol = known.get(socket.protocol) ?? subprotocols.binary;
    const client = new ClientSocket(app, socket, transport, subprotocol, address, left);
    clients.add(client);
    timeLimits.added(client.expire(performance.now()));
  };
  const http = httpServer({
    limits,
    door,
    tls: options.tls,
    listener: listener({ endpoints, door, prefix: front.prefix, limits }),
    upgrade: (request, socket, head) => {
      if (!isServing())
        refuseHandshake(socket, '503 Service Unavailable', 'this process has no lease; try another one');
      else if (offered(request).some((name) => known.has(name))) {
        sockets.handleUpgrade(request, socket, head, (webSocket) => {
          serve(webSocket, socket, front.clientAddress(request));
        });
      } else
        refuseHandshake(socket, '400 Bad Request', `Offer one of the subprotocols ${[...known.keys()].join(', ')}`);
    },
  });

  const attached = busServerOf({ app, clients, returnsPerSecond, publicUrl: () => (isReady ? publicUrl : undefined) });
  await options.bus?.attach?.(attached);

  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(wantedPort, host, () => {
      http.off('error', reject);
      resolve();
    });
  });

  let closing: Promise<void> | undefined;
  let stopGoaway: () => void = noop;
  let beginClose: () => void = noop;
  const closeBegins = new Promise<void>((resolve) => {
    beginClose = resolve;
  });
  /** A promise for each socket, which resolves when it has closed. */
  const leaving = (): readonly Promise<unknown>[] =>
    [...sockets.clients].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
  const goaway = (): void => {
    stopGoaway();
    if (closing !== undefined) return;
    stopGoaway = inBatches([...clients], returnsPerSecond(), (client) => {
      if (clients.has(client)) client.goAway();
    });
  };
  const drain = async ({ delay = 0, within }: { delay?: number; within?: number } = {}): Promise<void> => {
    isReady = false;
    await endsWithin(delay, closeBegins);
    const gone = leaving();
    goaway();
    const time = within ?? spreadOf(gone.length, returnsPerSecond()) + DRAIN_TIMEOUT;
    await endsWithin(time, Promise.all(gone));
  };
  const close = async (): Promise<void> => {
    isReady = false;
    beginClose();
    stopGoaway();
    const reason = closeReason('the server is going away', clients.size, returnsPerSecond());
    const late = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate();
    }, CLOSE_TIMEOUT);
    const gone = leaving();
    for (const client of clients) void client.finish(GOING_AWAY, reason);
    const isClosed = new Promise<void>((resolve) => {
      http.close(() => {
        resolve();
      });
      http.closeAllConnections();
    });
    const finish = async (): Promise<void> => {
      await Promise.all(gone);
      await Promise.all(settling);
    };
    // Commands wait for the store and for hooks, which may not answer.
    if (!(await endsWithin(limits.closeTimeout, finish()))) {
      report(new Error(`some commands did not end within ${limits.closeTimeout} ms; the server closes all the same`));
      for (const socket of sockets.clients) socket.terminate();
    }
    await isClosed;
    stopBound();
    timeLimits.stop();
    clearTimeout(late);
    unsettled.stop();
    if (!(await endsWithin(Math.min(limits.closeTimeout, HOOKS_TIMEOUT), told.drain())))
      report(new Error(`${told.figures().waiting} calls of hooks did not end before the server closed`));
    told.stop();
    for (const end of [() => options.bus?.close?.(), () => app.store.close()])
      try {
        await end();
      } catch (error) {
        report(error);
      }
    closed.complete();
  };

  return {
    url: urlOf(),
    port: portOf(),
    stats$: stats({ clients, past: () => past, hooks: told.figures, counts: counts.read }, closed),
    backEnd,
    kick: (clientId, how) => backEnd.kick(clientId, how),
    goaway,
    drain,
    renewTls: (identity) => {
      renewTls(http, identity);
    },
    close: () => (closing ??= close()),
  };
};
