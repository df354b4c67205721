/**
 * How sessions reach each other. Both ends may sit in different processes; nothing that uses a bus may assume that
 * they don't.
 */
import type { Notice } from './notice.js';

/** Takes a notice to whoever has asked for it. */
export type Receive = (notice: Notice) => void;

export interface Bus {
  /** Hands a notice to every session of these clients. Two calls by one process reach a session in their order. */
  publish(clientIds: readonly string[], notice: Notice): void;
  /**
   * Hands a notice to whoever has put sessions into a chat room, once, however many these are. Two calls by one
   * process reach it in their order.
   */
  publishRoom(roomId: string, notice: Notice): void;
  /** Hands a notice to every session. */
  publishAll(notice: Notice): void;
  /**
   * Joins a session: from when this resolves, no notice passes it by. The result leaves again; `receive` may still be
   * called while it does.
   */
  subscribe(clientId: string, receive: Receive): Promise<() => void>;
  /**
   * Puts a session into a chat room: from when this resolves, no notice for the room passes `receive` by. The result
   * takes it out again. With the same `receive` for many sessions, a notice costs the bus the same for all of them
   * together.
   */
  enter(roomId: string, clientId: string, receive: Receive): Promise<() => void>;
  /** Which of these clients have a session. */
  online(clientIds: readonly string[]): Promise<readonly string[]>;
  /** The clients that are in a chat room, each once. */
  occupants(roomId: string): Promise<readonly string[]>;
}

/** Values by key; a key without any is forgotten. */
const setsByKey = <K, V>(): {
  readonly all: ReadonlyMap<K, ReadonlySet<V>>;
  readonly add: (key: K, value: V) => () => void;
} => {
  const all = new Map<K, Set<V>>();
  return {
    all,
    add: (key, value) => {
      const values = all.get(key) ?? new Set<V>();
      all.set(key, values.add(value));
      return () => {
        values.delete(value);
        if (values.size === 0 && all.get(key) === values) all.delete(key);
      };
    },
  };
};

/** A session that is in a chat room. */
interface Inside {
  readonly clientId: string;
}

/** A bus within one process: a notice is handed over before `publish` returns. */
export const inProcessBus = (): Bus => {
  const clients = setsByKey<string, Receive>();
  const rooms = new Map<string, ReturnType<typeof setsByKey<Receive, Inside>>>();
  const insideOf = (roomId: string): readonly Inside[] =>
    [...(rooms.get(roomId)?.all.values() ?? [])].flatMap((inside) => [...inside]);
  return {
    publish: (clientIds, notice) => {
      for (const clientId of clientIds) {
        for (const receive of [...(clients.all.get(clientId) ?? [])]) receive(notice);
      }
    },
    publishRoom: (roomId, notice) => {
      for (const receive of [...(rooms.get(roomId)?.all.keys() ?? [])]) receive(notice);
    },
    publishAll: (notice) => {
      for (const receivers of [...clients.all.values()]) for (const receive of [...receivers]) receive(notice);
    },
    subscribe: (clientId, receive) => Promise.resolve(clients.add(clientId, receive)),
    enter: (roomId, clientId, receive) => {
      const room = rooms.get(roomId) ?? setsByKey<Receive, Inside>();
      rooms.set(roomId, room);
      const leave = room.add(receive, { clientId });
      return Promise.resolve(() => {
        leave();
        if (room.all.size === 0 && rooms.get(roomId) === room) rooms.delete(roomId);
      });
    },
    online: (clientIds) => Promise.resolve(clientIds.filter((id) => clients.all.has(id))),
    occupants: (roomId) => Promise.resolve([...new Set(insideOf(roomId).map(({ clientId }) => clientId))]),
  };
};
