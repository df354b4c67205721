/**
 * The bus of several processes over one database: a node each. What a node publishes goes to its own sessions at once,
 * and to the nodes that have the other receivers. Whoever sees that something is missing reads the database.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { either as E, json as J } from 'fp-ts';
import { inProcessBus, type Bus, type BusServer } from '../bus.js';
import { stderrReport } from '../guarded.js';
import { createHandedOut } from '../messages/handed-out.js';
import { Notice } from '../notice.js';
import { checkNumbers } from '../numbers.js';
import { createConnections, type Connections } from '../store/postgres/connections.js';
import { failureOf } from '../store/postgres/failures.js';
import { insideOf } from '../store/postgres/inside.js';
import type { Store } from '../store/store.js';
import { createChains } from './chains.js';
import { createExclusive } from './exclusive.js';
import { createMarks } from './marks.js';
import { natsWire } from './nats-wire.js';
import { createNodes, type Cut, type NodeState, type OtherNode, type Place } from './nodes.js';
import { notifyWire } from './notify-wire.js';
import { createOutbox, joined } from './outbox.js';
import { createSweeps, noticeKey, type LocalSession, type Parcel, type Target } from './sweeps.js';
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

/** How often the lease is renewed, ms. */
const BEAT = 500;
/** A process ends its lease so long before the others do, ms. */
const SAFETY = 500;
/** How long before what is known to have arrived something may be lost, ms: clocks and commits are not exact. */
const MARGIN = 500;
/** A wire that has not confirmed for so long is taken for broken, ms. */
const CONFIRM_TIME = 2_000;
/** The time between two looks for what is lost, ms. */
const SWEEP_PERIOD = 1_000;
/** After a break, sessions that were about to open are looked at once more, ms. */
const SECOND_LOOK = 2_000;
/** The database ends a statement that takes longer, ms. */
const STATEMENT_TIME = 10_000;
const FORGET_PERIOD = 600_000;
const SEEN = 50_000;
const MOST_STORING = 100_000;
/** A sender waits for what is before its message no longer than this, ms. */
const LONGEST_TURN = 5_000;
/** A room may have its number of clients from so long ago, ms. */
const COUNT_KEPT = 500;

interface LocalRoom {
  /** How many sessions each client has in it. */
  readonly clients: Map<string, number>;
  since: number;
  /** Its subject is listened to. */
  readonly listens: Promise<() => void>;
}

const soon = (ms: number, run: () => void): NodeJS.Timeout => setTimeout(run, ms).unref();

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
    const own = createConnections({ pg: inside.pg, pool, patience: BEAT });
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
  const dbNow = (): number => connections.now();

  let isClosed = false;
  /** By the monotonic clock: from then on the others may take this process for gone. */
  let deadline = 0;
  let isLapsed = true;
  /** The clients that were here when the lease ended. */
  let left: readonly string[] = [];
  let others: ReadonlyMap<string, OtherNode> = new Map();
  const seenCuts = new Map<string, number>();

  /** What this process has published may be lost from then on. */
  let brokenSince: number | undefined;
  let confirmedAt = dbNow();
  let breaks = 0;
  let cut: Cut | undefined;

  const local = inProcessBus();
  const sessions = new Map<string, Set<LocalSession>>();
  const rooms = new Map<string, LocalRoom>();
  const storing = new Map<string, string>();
  const seen = createHandedOut(SEEN);
  const counts = new Map<string, { readonly at: number; readonly count: Promise<number> }>();

  const onBreak = (): void => {
    breaks += 1;
    if (isClosed) return;
    brokenSince ??= confirmedAt - MARGIN;
  };
  const broken = { onBreak, report };

  let wire: Wire;
  let prefix: string;
  try {
    prefix = `rx.${await nodes.clusterId()}`;
    wire = await (openWire ?? (nats === undefined ? notifyWire(inside) : natsWire(nats, name)))(broken);
  } catch (error) {
    await closeConnections();
    throw error;
  }
  const { publish: send, subscribe: listen, confirm } = wire;
  const subjectOf = (node: string): string => `${prefix}.n.${node}`;
  const ALL = `${prefix}.all`;
  const roomSubject = (roomId: string): string => `${prefix}.r.${Buffer.from(roomId).toString('base64url') || '_'}`;

  const lapse = (): void => {
    if (isLapsed) return;
    isLapsed = true;
    left = [...sessions.keys()];
    report(new Error('the database could not be reached in time: the sockets are closed, clients go elsewhere'));
    server?.lapse();
  };
  const isServing = (): boolean => {
    if (isLapsed) return false;
    if (performance.now() < deadline) return true;
    // The process may have stood still.
    lapse();
    return false;
  };

  const sessionsOf = (clientId: string): readonly LocalSession[] => [...(sessions.get(clientId) ?? [])];
  const storingKey = (conversationId: string, at: number): string => `${at} ${conversationId}`;

  const note = (clientIds: readonly string[], notice: Notice): void => {
    if (notice._tag !== 'Push') return;
    const { command } = notice;
    if (command.cmd === 'direct') {
      const { id: messageId, transient } = command.directMessage;
      if (notice.stored === undefined && transient !== true && messageId !== undefined) seen.add(messageId);
      return;
    }
    for (const clientId of clientIds) {
      const key = noticeKey(clientId, command);
      if (key !== undefined) seen.add(key);
    }
  };

  const deliver = ({ target, notice }: Parcel): void => {
    if (!isServing()) return;
    switch (target._tag) {
      case 'Clients':
        note(target.ids, notice);
        local.publish(target.ids, notice);
        return;
      case 'Room':
        local.publishRoom(target.id, notice);
        return;
      case 'Sessions':
        note([], notice);
        for (const session of target.sessions)
          if (sessions.get(session.clientId)?.has(session) === true) session.receive(notice);
    }
  };

  const chains = createChains<Parcel | (() => void)>({
    deliver: (item) => {
      if (typeof item === 'function') item();
      else deliver(item);
    },
    read: (...asked) => sweeps.read(...asked),
    report,
  });

  const floorOf = (target: Target): number => {
    if (target._tag === 'Room') return rooms.get(target.id)?.since ?? Infinity;
    const here = target._tag === 'Clients' ? target.ids.flatMap(sessionsOf) : target.sessions;
    return here.reduce((least, { since }) => Math.min(least, since), Infinity);
  };

  /** The conversation that a push is about, if it has to keep its place among the messages. */
  const subjectOfPush = (notice: Notice): string | undefined => {
    if (notice._tag !== 'Push') return undefined;
    if (notice.stored !== undefined) return notice.stored.conversationId;
    const { command } = notice;
    if (command.cmd === 'conv' && command.convMessage !== undefined && 'cid' in command.convMessage)
      return command.convMessage.cid;
    if (command.cmd === 'patch' && command.patchMessage !== undefined && 'patches' in command.patchMessage)
      return command.patchMessage.patches?.[0]?.cid;
    return undefined;
  };

  const arrive = (parcel: Parcel, about = subjectOfPush(parcel.notice)): void => {
    if (about === undefined) deliver(parcel);
    else {
      const link = parcel.notice._tag === 'Push' ? parcel.notice.stored : undefined;
      chains.arrive(about, parcel, link, () => floorOf(parcel.target));
    }
  };

  const sweeps = createSweeps({
    store,
    nodes,
    here: {
      clientIds: () => [...sessions.keys()],
      sessionsOf,
      rooms: () => [...rooms.keys()],
      roomSince: (roomId) => rooms.get(roomId)?.since,
    },
    senderOf: (conversationId, at) => storing.get(storingKey(conversationId, at)),
    wasSeen: seen.has,
    know: chains.know,
    arrive: (conversationId, parcel) => {
      arrive(parcel, conversationId);
    },
  });

  /** From when on to look for what is lost: for messages, and for everything. */
  let lost: { readonly messages: number; readonly all: number } | undefined;
  let sweeping: Promise<void> | undefined;
  /** Up to this time, everything but messages was looked for. */
  let lookedAt = 0;
  const sweepAll = async (): Promise<void> => {
    while (lost !== undefined && !isClosed) {
      const { messages, all } = lost;
      lost = undefined;
      const began = dbNow();
      try {
        await sweeps.messages(messages);
        if (all < Infinity) {
          await sweeps.others(all);
          lookedAt = began;
        }
      } catch (error) {
        if (!isClosed) report(error);
        lookFrom(messages, all);
      }
      await new Promise((resolve) => soon(SWEEP_PERIOD, () => resolve(undefined)));
    }
    sweeping = undefined;
  };
  const lookFrom = (messages: number, all = Infinity): void => {
    lost = { messages: Math.min(messages, lost?.messages ?? Infinity), all: Math.min(all, lost?.all ?? Infinity) };
    sweeping ??= sweepAll();
  };

  const online = createMarks<string>({
    isHere: (clientId) => sessions.has(clientId),
    write: (marks) => nodes.markOnline(id, marks),
    report,
  });
  const occupants = createMarks<Place>({
    isHere: ({ room, client }) => rooms.get(room)?.clients.has(client) === true,
    write: (marks) => nodes.markOccupants(id, marks),
    report,
  });
  const markPlace = (room: string, client: string): Promise<number> =>
    occupants.mark(JSON.stringify([room, client]), { room, client });

  const outbox = createOutbox({
    nodesOf: (clientIds) => nodes.nodesOf(id, clientIds),
    others: () => [...others.keys()],
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

  const receive = (text: string): void => {
    if (!isServing()) return;
    for (const entry of arrayOf(text)) {
      const [ids, input]: readonly unknown[] = Array.isArray(entry) ? entry : [];
      if (!isIds(ids)) continue;
      receiveNotice(input, (notice) => {
        if (notice._tag === 'Kick') for (const clientId of ids) server?.kick(clientId, notice);
        const here = ids.filter((clientId) => sessions.has(clientId));
        return here.length === 0 ? undefined : { target: { _tag: 'Clients', ids: here }, notice };
      });
    }
  };
  const receiveRoom = (roomId: string, text: string): void => {
    if (!isServing()) return;
    for (const input of arrayOf(text))
      receiveNotice(input, (notice) => ({ target: { _tag: 'Room', id: roomId }, notice }));
  };
  const receiveAll = (text: string): void => {
    if (!isServing()) return;
    for (const input of arrayOf(text))
      receiveNotice(input, (notice) => ({ target: { _tag: 'Clients', ids: [...sessions.keys()] }, notice }));
  };

  const stateOf = (): NodeState => ({ id, name, url: server?.publicUrl(), load: server?.load() ?? 0, cut });

  const look = (now: number, next: readonly OtherNode[]): void => {
    const lived = others;
    others = new Map(next.map((other) => [other.id, other]));
    for (const [other, { until }] of lived)
      if (!others.has(other)) {
        seenCuts.delete(other);
        // What it published last may be lost. Its last lease began so long before its end.
        lookFrom(until - lease - CONFIRM_TIME, until - lease - CONFIRM_TIME);
      }
    for (const { id: other, cut: its } of next) {
      const seenUntil = seenCuts.get(other) ?? now - CONFIRM_TIME;
      seenCuts.set(other, Math.max(seenUntil, its?.until ?? 0));
      if (its === undefined || its.until <= seenUntil) continue;
      const from = Math.max(its.from, seenUntil) - MARGIN;
      lookFrom(from, from);
    }
  };

  /**
   * Waits until all others know of this process: they ask where clients are only if they know of another process. One
   * that has renewed its lease twice since then has seen it. Gives when the last lease was asked for.
   */
  const known = async (since: number): Promise<number> => {
    const seenBy = new Map<string, number>();
    const end = performance.now() + lease;
    for (;;) {
      let asked = 0;
      const { now, others: next } = await nodes.renew(stateOf(), lease, () => {
        asked = performance.now();
      });
      look(now, next);
      const waitsFor = next.filter(({ id: other, until }) => {
        const first = seenBy.get(other);
        if (first === undefined && until >= since + lease) seenBy.set(other, until);
        return first === undefined || until <= first;
      });
      if (waitsFor.length === 0 || performance.now() > end || isClosed) return asked;
      await new Promise((resolve) => setTimeout(resolve, BEAT / 5));
    }
  };

  /** Takes a lease, when there is none, or when the database has lost it. */
  const enter = async (): Promise<void> => {
    const before = confirmedAt;
    const { now: at, wasThere } = await nodes.register(stateOf(), lease, () => undefined);
    // Who is here is written before anybody relies on it.
    await Promise.all([
      ...[...sessions.keys()].map((clientId) => online.mark(clientId, clientId)),
      ...[...rooms].flatMap(([room, { clients }]) => [...clients.keys()].map((client) => markPlace(room, client))),
    ]);
    deadline = (await known(at)) + lease - SAFETY;
    const wasLapsed = isLapsed;
    if (performance.now() < deadline) isLapsed = false;
    // Otherwise the process that has taken this one for gone has told of them.
    if (wasThere && left.length > 0) {
      const elsewhere = await nodes.online(left);
      server?.gone(
        left.filter((clientId) => !elsewhere.has(clientId)),
        [],
      );
    }
    left = [];
    if (wasLapsed) return;
    const from = Math.min(before, at - lease) - MARGIN;
    lookFrom(from, from);
  };

  let confirming: number | undefined;
  const checkWire = (): void => {
    if (confirming !== undefined) {
      if (performance.now() - confirming > CONFIRM_TIME) onBreak();
      return;
    }
    confirming = performance.now();
    const [at, breaksBefore] = [dbNow(), breaks];
    const confirmedNow = (): void => {
      if (breaks !== breaksBefore) return;
      confirmedAt = at;
      if (brokenSince === undefined) return;
      const from = brokenSince;
      brokenSince = undefined;
      // The others read it with the next lease.
      cut = { from, until: dbNow() };
      lookFrom(from, from);
      soon(SECOND_LOOK, () => {
        if (!isClosed) lookFrom(from, from);
      });
    };
    void confirm()
      .then(confirmedNow, onBreak)
      .finally(() => (confirming = undefined));
  };

  let isFailing = false;
  const renew = async (): Promise<void> => {
    checkWire();
    if (brokenSince !== undefined) {
      cut = { from: brokenSince, until: dbNow() };
      lookFrom(brokenSince, Math.max(brokenSince, lookedAt - CONFIRM_TIME));
    }
    let asked = 0;
    try {
      const {
        isHeld,
        now,
        others: next,
        isAnyDead,
      } = await nodes.renew(stateOf(), lease, () => {
        asked = performance.now();
      });
      isFailing = false;
      // A lease that has ended by the own clock is not taken up again: a new one begins.
      if (isHeld && isServing()) {
        deadline = Math.max(deadline, asked + lease - SAFETY);
        look(now, next);
      } else await enter();
      if (isAnyDead) {
        const gone = await nodes.bury();
        if (gone.clients.length > 0) server?.gone(gone.clients, gone.wills);
      }
    } catch (error) {
      if (!isFailing && !isClosed) report(error);
      isFailing = true;
    }
    isServing();
  };

  const forgetting = setInterval(() => void nodes.forget().catch(report), FORGET_PERIOD).unref();
  let beating: NodeJS.Timeout | undefined;
  let renewing: Promise<void> | undefined;
  const beat = (): void => {
    if (isClosed) return;
    const began = performance.now();
    renewing = renew().then(() => {
      if (!isClosed) beating = soon(Math.max(0, BEAT - (performance.now() - began)), beat);
    });
  };
  // A call of the database may take longer than the lease.
  const watch = setInterval(isServing, BEAT / 5).unref();

  const isAlone = (): boolean => others.size === 0;

  const undo: (() => void)[] = [];

  return {
    wire: wire.name,
    node: name,

    attach: async (attached) => {
      server = attached;
      undo.push(await listen(subjectOf(id), receive), await listen(ALL, receiveAll));
      await enter();
      beat();
    },
    exclusively: async (key, job) => {
      if (isAlone()) return job();
      const unlock = await exclusive.lock(key);
      try {
        return await job();
      } finally {
        // What was published has to be on its way before the next job publishes. Nobody waits for it here.
        void outbox
          .settled()
          .then(confirm)
          .catch(() => undefined)
          .finally(unlock);
      }
    },
    keepWill: (sessionId, will) =>
      nodes.keepWill(id, sessionId, will).catch((error: unknown) => {
        // This process still sends it, unless it dies.
        report(error);
      }),
    signatures: nodes.signatures,
    isServing,
    processes: () => others.size + 1,
    peers: () => {
      const own = server?.publicUrl();
      return [
        ...(own === undefined ? [] : [{ publicUrl: own, load: server?.load() ?? 0 }]),
        ...[...others.values()].flatMap(({ url, load }) => (url === undefined ? [] : [{ publicUrl: url, load }])),
      ];
    },

    publish: (clientIds, notice) => {
      const here = clientIds.filter((clientId) => sessions.has(clientId));
      if (notice._tag === 'Push' && notice.stored !== undefined)
        storing.delete(storingKey(notice.stored.conversationId, notice.stored.at));
      if (!isAlone() && clientIds.length > 0) outbox.add(clientIds, notice);
      if (here.length > 0) arrive({ target: { _tag: 'Clients', ids: here }, notice });
    },
    publishRoom: (roomId, notice) => {
      if (notice._tag === 'Push' && notice.stored !== undefined)
        storing.delete(storingKey(notice.stored.conversationId, notice.stored.at));
      if (!isAlone()) sendToRoom(roomId, notice);
      if (rooms.has(roomId)) arrive({ target: { _tag: 'Room', id: roomId }, notice });
    },
    publishAll: (notice) => {
      if (!isAlone()) send(ALL, `[${JSON.stringify(Notice.encode(notice))}]`);
      arrive({ target: { _tag: 'Clients', ids: [...sessions.keys()] }, notice });
    },
    storing: ({ conversationId, at, prev, from, except, receivers, isRoom }) => {
      if (except === undefined) return undefined;
      if (storing.size >= MOST_STORING) storing.clear();
      storing.set(storingKey(conversationId, at), except);
      // Who does not get messages of the conversation has nothing to wait for.
      if (isAlone() || (isRoom ? rooms.get(conversationId)?.clients.has(from) !== true : !sessions.has(from)))
        return undefined;
      let isTurn = false;
      let go: (() => void) | undefined;
      const floor = (): number =>
        isRoom
          ? floorOf({ _tag: 'Room', id: conversationId })
          : floorOf({ _tag: 'Clients', ids: receivers.filter((clientId) => sessions.has(clientId)) });
      const turn = (): void => {
        isTurn = true;
        go?.();
      };
      chains.own(conversationId, at, prev, turn, floor);
      if (isTurn) return undefined;
      return new Promise((resolve) => {
        const late = soon(LONGEST_TURN, resolve);
        go = () => {
          clearTimeout(late);
          resolve();
        };
      });
    },

    subscribe: async (clientId, receiveHere, session) => {
      const own: { -readonly [K in keyof LocalSession]: LocalSession[K] } = {
        id: session?.id ?? '',
        clientId,
        token: session?.token,
        isOpen: session?.isOpen ?? (() => true),
        since: dbNow(),
        receive: receiveHere,
      };
      const all = sessions.get(clientId) ?? new Set();
      sessions.set(clientId, all.add(own));
      const leave = await local.subscribe(clientId, receiveHere);
      own.since = await online.mark(clientId, clientId);
      return () => {
        leave();
        all.delete(own);
        if (all.size > 0 || sessions.get(clientId) !== all) return;
        sessions.delete(clientId);
        void online.mark(clientId, clientId);
      };
    },
    enter: async (roomId, clientId, receiveHere) => {
      const known = rooms.get(roomId);
      const room: LocalRoom = known ?? {
        clients: new Map(),
        since: dbNow(),
        listens: listen(roomSubject(roomId), (text) => {
          receiveRoom(roomId, text);
        }),
      };
      rooms.set(roomId, room);
      room.clients.set(clientId, (room.clients.get(clientId) ?? 0) + 1);
      const leave = await local.enter(roomId, clientId, receiveHere);
      await room.listens;
      const at = await markPlace(roomId, clientId);
      if (known === undefined) {
        room.since = at;
        // Another server of the broker may know of the subscription a moment later.
        soon(SWEEP_PERIOD, () => {
          if (!isClosed && rooms.get(roomId) === room) void sweeps.room(roomId).catch(report);
        });
      }
      return () => {
        leave();
        const left = (room.clients.get(clientId) ?? 1) - 1;
        if (left > 0) room.clients.set(clientId, left);
        else {
          room.clients.delete(clientId);
          void markPlace(roomId, clientId);
        }
        if (room.clients.size > 0 || rooms.get(roomId) !== room) return;
        rooms.delete(roomId);
        void room.listens.then((stop) => {
          stop();
        });
      };
    },

    online: async (clientIds) => {
      const elsewhere = clientIds.filter((clientId) => !sessions.has(clientId));
      const found = elsewhere.length === 0 || isAlone() ? new Set() : await nodes.online(elsewhere);
      return clientIds.filter((clientId) => sessions.has(clientId) || found.has(clientId));
    },
    occupants: (roomId) =>
      isAlone() ? Promise.resolve([...(rooms.get(roomId)?.clients.keys() ?? [])]) : nodes.occupants(roomId),
    occupantCount: (roomId) => {
      if (isAlone()) return Promise.resolve(rooms.get(roomId)?.clients.size ?? 0);
      const known = counts.get(roomId);
      if (known !== undefined && performance.now() - known.at < COUNT_KEPT) return known.count;
      const count = nodes.occupantCount(roomId);
      counts.set(roomId, { at: performance.now(), count });
      soon(COUNT_KEPT, () => counts.delete(roomId));
      return count;
    },
    clientCount: () => nodes.clientCount(),

    close: async () => {
      if (isClosed) return;
      await outbox.settled();
      if (isSendingRooms) sendRooms();
      await confirm().catch(() => undefined);
      isClosed = true;
      isLapsed = true;
      clearTimeout(beating);
      clearInterval(watch);
      clearInterval(forgetting);
      online.stop();
      occupants.stop();
      chains.stop();
      for (const stop of undo) stop();
      await renewing;
      await nodes.leave(id).catch(report);
      await exclusive.close();
      await wire.close();
      await closeConnections();
    },
  };
};

/**
 * Opens a bus between several processes of one application: each has one, with a store over the same database. They
 * find each other by that database. What is published reaches the processes that have its receivers. Rejects if the
 * store is none in PostgreSQL, or if NATS can't be reached.
 *
 * @example
 * const store = await openPostgresStore({ url: 'postgres://chat:secret@localhost/chat' });
 * const bus = await clusterBus({ store, nats: 'nats://localhost:4222' });
 * const server = await createServer({ port: 6400, store, bus });
 */
export const clusterBus = (options: ClusterBusOptions): Promise<ClusterBus> => openClusterBus(options);
