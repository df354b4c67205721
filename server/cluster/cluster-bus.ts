/**
 * The bus of several processes over one database: a node each. What a node publishes goes to its own sessions at once,
 * and to the nodes that have the other receivers. Whoever sees that something is missing reads the database.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { either as E, json as J } from 'fp-ts';
import type { Bus, BusServer } from '../bus.js';
import { stderrReport } from '../guarded.js';
import { Notice } from '../notice.js';
import { checkNumbers } from '../numbers.js';
import { createConnections, type Connections } from '../store/postgres/connections.js';
import { failureOf } from '../store/postgres/failures.js';
import { insideOf } from '../store/postgres/inside.js';
import type { Store } from '../store/store.js';
import { createDelivery } from './delivery.js';
import { createExclusive } from './exclusive.js';
import { createLocal } from './local.js';
import { createLookout } from './lookout.js';
import { createMembership } from './membership.js';
import { natsWire } from './nats-wire.js';
import { createNodes } from './nodes.js';
import { notifyWire } from './notify-wire.js';
import { createOutbox, joined } from './outbox.js';
import type { Parcel } from './parcel.js';
import { createSweeps } from './sweeps.js';
import { createWills } from './wills.js';
import { BEAT, CONFIRM_TIME, LOOK_PERIOD, pause, soon } from './timing.js';
import type { OpenWire, Wire } from './wire.js';

export interface ClusterBusOptions {
  /** The store of the server: one of `openPostgresStore`. All processes have one over the same database. */
  readonly store: Store;
  /**
   * The address of NATS: `nats://host:4222`, or several, apart by commas. It needs the package
   * `@nats-io/transport-node`. Default: LISTEN and NOTIFY of PostgreSQL, which is slower.
   */
  readonly nats?: string;
  /** The name of this process, for people. Default: the name of the machine and the number of the process. */
  readonly node?: string;
  /**
   * How long this process may be out of reach of the database before the others take its sessions for gone, ms. It
   * closes its sockets before that. Default 3,000.
   */
  readonly lease?: number;
}

/** A bus between several processes. */
export interface ClusterBus extends Bus {
  /** How the processes reach each other, for people. */
  readonly wire: string;
  readonly node: string;
  close(): Promise<void>;
}

/** The database ends a statement that takes longer, ms. */
const STATEMENT_TIME = 10_000;
/** A room may have its number of clients from so long ago, ms. */
const COUNT_KEPT = 500;

/** Reads what another process has sent: an array. */
const arrayOf = (text: string): readonly unknown[] => {
  const json = J.parse(text);
  return E.isRight(json) && Array.isArray(json.right) ? json.right : [];
};

const isIds = (input: unknown): input is readonly string[] =>
  Array.isArray(input) && input.every((id) => typeof id === 'string');

/** As `clusterBus`, over a wire of one's own. */
export const openClusterBus = async (
  { store, nats, node: name = `${hostname()}-${process.pid}`, lease = 3_000 }: ClusterBusOptions,
  openWire?: OpenWire,
): Promise<ClusterBus> => {
  checkNumbers('clusterBus', { lease });
  const inside = insideOf(store);
  if (inside === undefined)
    throw new TypeError('clusterBus: several processes need one database: take a store of openPostgresStore');
  const opened: Connections[] = [];
  /** Connections beside the store's: nothing here waits behind a call of the store. */
  const connectionsOf = (max: number): Connections => {
    const pool = inside.newPool?.({
      max,
      connectionTimeoutMillis: CONFIRM_TIME,
      statement_timeout: STATEMENT_TIME,
      query_timeout: STATEMENT_TIME + CONFIRM_TIME,
    });
    if (pool === undefined) return inside.connections;
    const own = createConnections({ pg: inside.pg, pool, patience: BEAT, hasOwn: false });
    opened.push(own);
    return own;
  };
  const closeConnections = async (): Promise<void> => {
    await Promise.all(opened.map((connections) => connections.close()));
  };
  const connections = connectionsOf(4);
  const nodes = createNodes(connections, connectionsOf(1));
  const id = randomBytes(9).toString('base64url');
  let server: BusServer | undefined;
  const stderr = stderrReport();
  const report = (error: unknown): void => {
    (server?.report ?? stderr)(failureOf(error, inside.place));
  };
  const now = (): number => connections.now();
  /** Known before the membership that hears of breaks. */
  const early = { breaks: 0 };
  const heard = {
    onBreak: (): void => {
      early.breaks += 1;
    },
  };
  const onBreak = (): void => {
    heard.onBreak();
  };

  let wire: Wire;
  let prefix: string;
  try {
    prefix = `rx.${await nodes.clusterId()}`;
    wire = await (openWire ?? (nats === undefined ? notifyWire(inside) : natsWire(nats, name)))({ onBreak, report });
  } catch (error) {
    await closeConnections();
    throw error;
  }
  const { publish: send, subscribe: listen, confirm } = wire;
  const subjectOf = (node: string): string => `${prefix}.n.${node}`;
  const ALL = `${prefix}.all`;
  const roomSubject = (roomId: string): string => `${prefix}.r.${Buffer.from(roomId).toString('base64url') || '_'}`;

  const local = createLocal({
    ...{ id, nodes, now, report },
    listen: (roomId) =>
      listen(roomSubject(roomId), (text) => {
        receiveEach(text, (notice) => ({ target: { _tag: 'Room', id: roomId }, notice }));
      }),
    entered: (roomId) => {
      // Another server of the broker may know of the subscription a moment later.
      soon(LOOK_PERIOD, () => {
        if (local.roomSince(roomId) !== undefined) void sweeps.room(roomId).catch(report);
      });
    },
  });
  const isServing = (): boolean => membership.isServing();
  const delivery = createDelivery({ local, isServing, read: (...asked) => sweeps.read(...asked), report });
  const { arrive, handedOut } = delivery;
  const sweeps = createSweeps({ now, store, nodes, here: local, ...delivery });
  const lookout = createLookout({ ...sweeps, now, report });
  const wills = createWills({ keep: (sessionId, will) => nodes.keepWill(id, sessionId, will) });
  const membership = createMembership({
    ...{ id, name, lease, nodes, local, wills, lookout, confirm, now, report },
    server: () => server,
  });
  heard.onBreak = membership.onBreak;
  if (early.breaks > 0) onBreak();
  const { others, isAlone } = membership;

  const outbox = createOutbox({
    nodesOf: (clientIds) => nodes.nodesOf(id, clientIds),
    others: () => [...others().keys()],
    send: (node, text) => {
      send(subjectOf(node), text);
    },
    onLoss: (error) => {
      onBreak();
      report(error);
    },
  });

  const exclusive = createExclusive({
    pool:
      inside.newPool?.({ max: 1, connectionTimeoutMillis: CONFIRM_TIME, query_timeout: CONFIRM_TIME }) ?? inside.pool,
    isOwn: inside.newPool !== undefined,
    patience: lease,
  });

  const roomTexts = new Map<string, string[]>();
  let isSendingRooms = false;
  const sendRooms = (): void => {
    isSendingRooms = false;
    for (const [roomId, texts] of roomTexts) for (const text of joined(texts)) send(roomSubject(roomId), text);
    roomTexts.clear();
  };
  const sendToRoom = (roomId: string, notice: Notice): void => {
    const texts = roomTexts.get(roomId) ?? [];
    roomTexts.set(roomId, texts);
    texts.push(JSON.stringify(Notice.encode(notice)));
    if (isSendingRooms) return;
    isSendingRooms = true;
    // What is published in the same turn goes together.
    setImmediate(sendRooms);
  };

  const receiveNotice = (input: unknown, parcelOf: (notice: Notice) => Parcel | undefined): void => {
    const notice = Notice.decode(input);
    if (E.isLeft(notice)) {
      report(new Error('another process has sent what is no notice: do all of them have the same version?'));
      return;
    }
    const parcel = parcelOf(notice.right);
    if (parcel !== undefined) arrive(parcel);
  };
  const receiveEach = (text: string, parcelOf: (notice: Notice) => Parcel): void => {
    if (isServing()) for (const input of arrayOf(text)) receiveNotice(input, parcelOf);
  };
  const receiveForClients = (text: string): void => {
    if (!isServing()) return;
    for (const entry of arrayOf(text)) {
      const [ids, input] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
      if (!isIds(ids)) continue;
      receiveNotice(input, (notice) => {
        if (notice._tag === 'Kick') for (const clientId of ids) server?.kick(clientId, notice);
        const here = ids.filter(local.has);
        return here.length === 0 ? undefined : { target: { _tag: 'Clients', ids: here }, notice };
      });
    }
  };
  const forAll = (notice: Notice): Parcel => ({ target: { _tag: 'Clients', ids: local.clientIds() }, notice });

  /** Resolves when all that was published is with the broker, or after some time. */
  const flushed = async (): Promise<void> => {
    await outbox.settled();
    await Promise.race([confirm().catch(() => undefined), pause(CONFIRM_TIME)]);
  };

  const undo: (() => void)[] = [];
  const counts = new Map<string, Promise<number>>();
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await outbox.settled();
    sendRooms();
    await flushed();
    lookout.stop();
    await membership.stop();
    local.stop();
    delivery.stop();
    for (const stop of undo) stop();
    await exclusive.close();
    await wire.close();
    await closeConnections();
  };

  return {
    wire: wire.name,
    node: name,

    attach: async (attached) => {
      server = attached;
      undo.push(await listen(subjectOf(id), receiveForClients));
      undo.push(
        await listen(ALL, (text) => {
          receiveEach(text, forAll);
        }),
      );
      await membership.start();
    },
    exclusively: async (key, job) => {
      if (isAlone()) return job();
      const unlock = await exclusive.lock(key);
      try {
        return await job();
      } finally {
        // What was published has to be on its way before the next job publishes. Nobody waits for it here.
        void flushed().finally(unlock);
      }
    },
    keepWill: (sessionId, will) =>
      wills.keep(sessionId, will).catch((error: unknown) => {
        // This process still sends it, unless it dies.
        report(error);
      }),
    signatures: nodes.signatures,
    isServing,
    processes: () => others().size + 1,
    peers: () => {
      const own = server?.publicUrl();
      return [
        ...(own === undefined ? [] : [{ publicUrl: own, load: server?.load() ?? 0 }]),
        ...[...others().values()].flatMap(({ url, load }) => (url === undefined ? [] : [{ publicUrl: url, load }])),
      ];
    },

    publish: (clientIds, notice) => {
      handedOut(notice);
      if (!isAlone() && clientIds.length > 0) outbox.add(clientIds, notice);
      const ids = clientIds.filter(local.has);
      if (ids.length > 0) arrive({ target: { _tag: 'Clients', ids }, notice });
    },
    publishRoom: (roomId, notice) => {
      handedOut(notice);
      if (!isAlone()) sendToRoom(roomId, notice);
      if (local.roomSince(roomId) !== undefined) arrive({ target: { _tag: 'Room', id: roomId }, notice });
    },
    publishAll: (notice) => {
      if (!isAlone()) send(ALL, `[${JSON.stringify(Notice.encode(notice))}]`);
      arrive(forAll(notice));
    },
    storing: (message) => delivery.storing(message, isAlone()),

    subscribe: local.subscribe,
    enter: local.enter,
    online: async (clientIds) => {
      const elsewhere = clientIds.filter((clientId) => !local.has(clientId));
      const found = elsewhere.length === 0 || isAlone() ? new Set() : await nodes.online(elsewhere);
      return clientIds.filter((clientId) => local.has(clientId) || found.has(clientId));
    },
    occupants: (roomId) => (isAlone() ? Promise.resolve(local.clientsIn(roomId)) : nodes.occupants(roomId)),
    occupantCount: (roomId) => {
      if (isAlone()) return Promise.resolve(local.clientsIn(roomId).length);
      const kept = counts.get(roomId);
      if (kept !== undefined) return kept;
      const count = nodes.occupantCount(roomId);
      counts.set(roomId, count);
      soon(COUNT_KEPT, () => counts.delete(roomId));
      return count;
    },
    clientCount: () => nodes.clientCount(),

    close: () => (closing ??= close()),
  };
};

/**
 * Opens a bus between several processes of one application: each has one, with a store over the same database. They
 * find each other by that database. What is published reaches the processes that have its receivers. Rejects if the
 * store is none in PostgreSQL, or if NATS takes no such user. A NATS that can't be reached is tried again.
 *
 * @example
 * const store = await openPostgresStore({ url: 'postgres://chat:secret@localhost/chat' });
 * const bus = await clusterBus({ store, nats: 'nats://localhost:4222' });
 * const server = await createServer({ port: 6400, store, bus });
 */
export const clusterBus = (options: ClusterBusOptions): Promise<ClusterBus> => openClusterBus(options);
