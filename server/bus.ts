/** How sessions reach each other. Both ends may sit in different processes; nothing that uses a bus may assume that they don't. */
import type { ServerCommand } from '../codecs/index.js';

/** Which of a chat room's messages go first when a receiver is slow: 1 high, 2 normal, 3 low. */
export type Priority = 1 | 2 | 3;

/** What is sent to sessions. */
export type Notice =
  /** A push; the session with the id `except` has it already. With a priority it may be dropped where a receiver is slow. */
  | { readonly _tag: 'Push'; readonly command: ServerCommand; readonly except?: string; readonly priority?: Priority }
  /** A new session with this tag has been opened: others with the tag end. */
  | { readonly _tag: 'Displace'; readonly tag: string; readonly by: string }
  /** The session with this token goes on as `by`, over another socket: what is left of it ends without a word. */
  | { readonly _tag: 'Resume'; readonly token: string; readonly by: string }
  | { readonly _tag: 'Kick'; readonly code: number; readonly reason: string }
  /** Out of this chat room, for who is in it. */
  | { readonly _tag: 'Exit'; readonly roomId: string };

type Receive = (notice: Notice) => void;

export interface Bus {
  /** Hands a notice to every session of these clients. Two calls by one process reach a session in their order. */
  publish(clientIds: readonly string[], notice: Notice): void;
  /** Hands a notice to every session that is in a chat room. */
  publishRoom(roomId: string, notice: Notice): void;
  /** Hands a notice to every session. */
  publishAll(notice: Notice): void;
  /** Joins a session: from when this resolves, no notice passes it by. The result leaves again; `receive` may still be called while it does. */
  subscribe(clientId: string, receive: Receive): Promise<() => void>;
  /** Puts a session into a chat room; the result takes it out again. */
  enter(roomId: string, clientId: string, receive: Receive): Promise<() => void>;
  /** Which of these clients have a session. */
  online(clientIds: readonly string[]): Promise<readonly string[]>;
  /** The clients that are in a chat room, each once. */
  occupants(roomId: string): Promise<readonly string[]>;
}

/** Receivers by key; a key without any is forgotten. */
const receiversByKey = <R>(): {
  readonly all: ReadonlyMap<string, ReadonlySet<R>>;
  readonly add: (key: string, receiver: R) => () => void;
} => {
  const all = new Map<string, Set<R>>();
  return {
    all,
    add: (key, receiver) => {
      const receivers = all.get(key) ?? new Set<R>();
      all.set(key, receivers.add(receiver));
      return () => {
        receivers.delete(receiver);
        if (receivers.size === 0 && all.get(key) === receivers) all.delete(key);
      };
    },
  };
};

/** A bus within one process: a notice is handed over before `publish` returns. */
export const inProcessBus = (): Bus => {
  const clients = receiversByKey<Receive>();
  const rooms = receiversByKey<{ readonly clientId: string; readonly receive: Receive }>();
  return {
    publish: (clientIds, notice) => {
      for (const clientId of clientIds) {
        for (const receive of [...(clients.all.get(clientId) ?? [])]) receive(notice);
      }
    },
    publishRoom: (roomId, notice) => {
      for (const { receive } of [...(rooms.all.get(roomId) ?? [])]) receive(notice);
    },
    publishAll: (notice) => {
      for (const receivers of [...clients.all.values()]) for (const receive of [...receivers]) receive(notice);
    },
    subscribe: (clientId, receive) => Promise.resolve(clients.add(clientId, receive)),
    enter: (roomId, clientId, receive) => Promise.resolve(rooms.add(roomId, { clientId, receive })),
    online: (clientIds) => Promise.resolve(clientIds.filter((id) => clients.all.has(id))),
    occupants: (roomId) => Promise.resolve([...new Set([...(rooms.all.get(roomId) ?? [])].map(({ clientId }) => clientId))]),
  };
};
