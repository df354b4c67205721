/** The sessions of this process, and the chat rooms that they are in. The database knows of them, too. */
import { inProcessBus, type Bus, type BusSession, type Receive } from '../bus.js';
import { createMarks } from './marks.js';
import type { Entered, Nodes, Place } from './nodes.js';
import type { Here, LocalSession } from './parcel.js';

export interface Local extends Here {
  /** Hands notices to the sessions of this process, at once. */
  readonly bus: Pick<Bus, 'publish' | 'publishRoom'>;
  readonly has: (clientId: string) => boolean;
  readonly isIn: (roomId: string, clientId: string) => boolean;
  readonly subscribe: (clientId: string, receive: Receive, session: BusSession | undefined) => Promise<() => void>;
  readonly enter: (roomId: string, clientId: string, receive: Receive) => Promise<() => void>;
  /** Writes who is here once more. */
  readonly writeAll: () => Promise<void>;
  readonly stop: () => void;
}

export interface LocalOptions {
  /** The id of this process. */
  readonly id: string;
  readonly nodes: Pick<Nodes, 'markOnline' | 'markOccupants'>;
  /** The time of the database, as far as it is known, ms. */
  readonly now: () => number;
  /** Listens to what others publish to a chat room. The result ends it. */
  readonly listen: (roomId: string) => Promise<() => void>;
  /** Somebody is in a chat room, and nobody was. Its subject is listened to. */
  readonly entered: (roomId: string) => void;
  readonly report: (error: unknown) => void;
}

interface LocalRoom {
  /** How many sessions each client has in it. */
  readonly clients: Map<string, number>;
  since: number;
  readonly listens: Promise<() => void>;
}

export const createLocal = ({ id, nodes, now, listen, entered, report }: LocalOptions): Local => {
  const bus = inProcessBus();
  const sessions = new Map<string, Set<LocalSession>>();
  const rooms = new Map<string, LocalRoom>();

  const isIn = (roomId: string, clientId: string): boolean => rooms.get(roomId)?.clients.has(clientId) ?? false;
  const online = createMarks<string, Entered>({
    isHere: (clientId) => sessions.has(clientId),
    write: (marks) => nodes.markOnline(id, marks),
    report,
  });
  const occupants = createMarks<Place, number>({
    isHere: ({ room, client }) => isIn(room, client),
    write: (marks) => nodes.markOccupants(id, marks),
    report,
  });
  const markPlace = (room: string, client: string): Promise<number> =>
    occupants.mark(JSON.stringify([room, client]), { room, client });

  return {
    bus,
    has: (clientId) => sessions.has(clientId),
    isIn,
    clientIds: () => [...sessions.keys()],
    sessionsOf: (clientId) => [...(sessions.get(clientId) ?? [])],
    rooms: () => [...rooms.keys()],
    roomSince: (roomId) => rooms.get(roomId)?.since,
    clientsIn: (roomId) => [...(rooms.get(roomId)?.clients.keys() ?? [])],

    subscribe: async (clientId, receive, session) => {
      const own: { -readonly [K in keyof LocalSession]: LocalSession[K] } = {
        id: session?.id ?? '',
        clientId,
        token: session?.token,
        expiresAt: session?.expiresAt ?? Infinity,
        isOpen: session?.isOpen ?? (() => true),
        since: now(),
        seen: undefined,
        receive,
      };
      const all = sessions.get(clientId) ?? new Set();
      sessions.set(clientId, all.add(own));
      const leave = await bus.subscribe(clientId, receive);
      const { now: since, snapshot } = await online.mark(clientId, clientId);
      own.since = since;
      own.seen = snapshot;
      let isOut = false;
      return () => {
        if (isOut) return;
        isOut = true;
        leave();
        all.delete(own);
        if (all.size > 0 || sessions.get(clientId) !== all) return;
        sessions.delete(clientId);
        void online.mark(clientId, clientId);
      };
    },

    enter: async (roomId, clientId, receive) => {
      const before = rooms.get(roomId);
      const room: LocalRoom = before ?? { clients: new Map(), since: now(), listens: listen(roomId) };
      rooms.set(roomId, room);
      room.clients.set(clientId, (room.clients.get(clientId) ?? 0) + 1);
      const leave = await bus.enter(roomId, clientId, receive);
      await room.listens;
      const at = await markPlace(roomId, clientId);
      if (before === undefined) {
        room.since = at;
        entered(roomId);
      }
      let isOut = false;
      return () => {
        if (isOut) return;
        isOut = true;
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

    writeAll: async () => {
      await Promise.all([
        ...[...sessions.keys()].map((clientId) => online.mark(clientId, clientId)),
        ...[...rooms].flatMap(([room, { clients }]) => [...clients.keys()].map((client) => markPlace(room, client))),
      ]);
    },
    stop: () => {
      online.stop();
      occupants.stop();
    },
  };
};
