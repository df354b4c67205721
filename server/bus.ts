/**
 * How sessions reach each other. The sender and the receiver may be in different processes: code that uses a bus must
 * not assume that they share one.
 */
import { several, type Several } from './domain/several.js';
import type { Notice } from './notice.js';
import type { SharedSignatures } from './signatures.js';

/** Receives a notice. */
export type Receive = (notice: Notice) => void;

/** What a bus may have to know of a session: with the token, the store says whether the session is still good. */
export interface BusSession {
  readonly id: string;
  readonly token: string;
  /** The end of the token, ms since 1970. */
  readonly expiresAt: number;
  /** It has opened, and its client knows that. */
  readonly isOpen: () => boolean;
}

/** A message that was stored, and that nobody was told of yet. */
export interface StoringMessage {
  readonly conversationId: string;
  readonly at: number;
  /** As in `PushNotice`. */
  readonly prev: number;
  readonly from: string;
  /** The session that has sent it, and that does not get it. */
  readonly except: string | undefined;
  /** Who gets it, unless it is a chat room. */
  readonly receivers: readonly string[];
  readonly isRoom: boolean;
  /**
   * It was stored before, by another attempt of its sender, and others may have it already. The sender gets it itself,
   * if it has not seen it. Default: false.
   */
  readonly isRepeated?: boolean;
}

/** A message that a client has left for a break of its connection: its command as text. */
export interface KeptWill {
  readonly clientId: string;
  readonly command: string;
}

/** The server of this process, as a bus between several processes sees it. */
export interface BusServer {
  /** Closes all sockets: the others take the sessions of this process for gone. */
  readonly lapse: () => void;
  /** Refuses the logins of a client that are under way, here: it was kicked in another process. */
  readonly kick: (clientId: string, kicked: { readonly code: number; readonly reason: string }) => void;
  /**
   * Tells the application that these clients are gone, since their process has died, and sends the wills that they have
   * left, as they were kept.
   */
  readonly gone: (clientIds: readonly string[], wills: readonly KeptWill[]) => void;
  /** How many sockets there are. */
  readonly load: () => number;
  /** Where clients reach this process; undefined if that is not known, or if it should get no new clients. */
  readonly publicUrl: () => string | undefined;
  readonly report: (error: unknown) => void;
}

/** Another process that clients can be sent to. */
export interface BusPeer {
  readonly publicUrl: string;
  readonly load: number;
}

export interface Bus {
  /**
   * Sends a notice to every session of these clients. Two calls by one process reach a session in the order of the
   * calls.
   */
  publish(clientIds: readonly string[], notice: Notice): void;
  /**
   * Sends a notice to each `receive` that has sessions in a chat room, once, however many sessions it has there. Two
   * calls by one process arrive in the order of the calls.
   */
  publishRoom(roomId: string, notice: Notice): void;
  /** Sends a notice to every session. */
  publishAll(notice: Notice): void;
  /**
   * Subscribes a session. When the promise has resolved, the session gets every notice. The result unsubscribes;
   * `receive` may still be called while it runs.
   */
  subscribe(clientId: string, receive: Receive, session?: BusSession): Promise<() => void>;
  /**
   * Puts a session into a chat room. When the promise has resolved, `receive` gets every notice of the room. The
   * result takes the session out again. If many sessions share the same `receive`, the bus calls it once per notice
   * for all of them.
   */
  enter(roomId: string, clientId: string, receive: Receive): Promise<() => void>;
  /** Those of the given clients that have a session. */
  online(clientIds: readonly string[]): Promise<readonly string[]>;
  /** The clients that are in a chat room, each once. */
  occupants(roomId: string): Promise<readonly string[]>;
  /**
   * How many clients are in a chat room. Every client of a room may ask for it again and again, so it should be a
   * number that is kept. Default: the length of `occupants`.
   */
  occupantCount?(roomId: string): Promise<number>;
  /** How many clients have a session, each counted once. Default: every process counts its own. */
  clientCount?(): Promise<number>;
  /**
   * A message was stored. It is published when its sender has its answer, and its sender has its answer when the
   * result has resolved: so the sender has everything that is before it. Default: at once.
   */
  storing?(message: StoringMessage): Promise<void> | undefined;
  /**
   * Keeps the will of a session, for the case that this process dies; undefined forgets it. Default: wills end with
   * their process.
   */
  keepWill?(sessionId: string, will: KeptWill | undefined): Promise<void>;
  /** Called once, before the first session. The result resolves when sessions may come. */
  attach?(server: BusServer): Promise<void>;
  /**
   * Runs a job while no other process runs one with the same key. What it publishes reaches everybody before what the
   * next one publishes. Default: there is one process.
   */
  exclusively?<R>(key: string, job: () => Promise<R>): Promise<R>;
  /** What the processes know together of signatures. Default: there is one process. */
  readonly signatures?: SharedSignatures;
  /** Whether this process may serve its sessions. Default: always. */
  isServing?(): boolean;
  /** The processes that live, this one among them. Default: this one. */
  processes?(): number;
  /** The processes that clients can be sent to, this one among them. Default: none. */
  peers?(): readonly BusPeer[];
  /** Called when the server closes, before the store is closed. */
  close?(): Promise<void>;
}

/** A session that is in a chat room. */
interface Inside {
  readonly clientId: string;
}

/** What a bus knows of a chat room: the sessions inside by receiver, and by client. */
interface RoomInside {
  readonly receivers: Several<Receive, Inside>;
  readonly clients: Several<string, Inside>;
}

/** A bus within one process. `publish` delivers a notice before it returns. */
export const inProcessBus = (): Bus => {
  const clients = several<string, Receive>();
  const rooms = new Map<string, RoomInside>();
  return {
    publish: (clientIds, notice) => {
      for (const clientId of clientIds) clients.each(clientId, (receive) => receive(notice));
    },
    publishRoom: (roomId, notice) => {
      for (const receive of [...(rooms.get(roomId)?.receivers.keys() ?? [])]) receive(notice);
    },
    publishAll: (notice) => {
      for (const clientId of [...clients.keys()]) clients.each(clientId, (receive) => receive(notice));
    },
    subscribe: (clientId, receive) => {
      clients.add(clientId, receive);
      return Promise.resolve(() => clients.delete(clientId, receive));
    },
    enter: (roomId, clientId, receive) => {
      const room = rooms.get(roomId) ?? { receivers: several(), clients: several() };
      rooms.set(roomId, room);
      const inside = { clientId };
      room.receivers.add(receive, inside);
      room.clients.add(clientId, inside);
      return Promise.resolve(() => {
        room.receivers.delete(receive, inside);
        room.clients.delete(clientId, inside);
        if (room.clients.size() === 0 && rooms.get(roomId) === room) rooms.delete(roomId);
      });
    },
    online: (clientIds) => Promise.resolve(clientIds.filter((id) => clients.has(id))),
    occupants: (roomId) => Promise.resolve([...(rooms.get(roomId)?.clients.keys() ?? [])]),
    occupantCount: (roomId) => Promise.resolve(rooms.get(roomId)?.clients.size() ?? 0),
    clientCount: () => Promise.resolve(clients.size()),
  };
};
