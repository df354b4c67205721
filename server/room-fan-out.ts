/**
 * Delivers the notices of chat rooms to the sessions of this process. A notice waits until all sessions have the
 * earlier ones. Then each session gets, in its turn, all notices that have come meanwhile. So the more notices there
 * are, the more are handled at once, and taking a notice costs the same however many sessions are in the room.
 */
import type { Bus, Receive } from './bus.js';
import type { Notice } from './notice.js';
import { createPriorityQueue } from './priority-queue.js';
import { noDrops, withOne, type Drops } from './stats.js';
import type { Turns } from './turns.js';

/** A session that is in a chat room. */
interface Occupant {
  /** The id of the session. */
  readonly id: string;
  readonly clientId: string;
  readonly receive: Receive;
  /** Called with messages that were dropped before they reached the session. */
  readonly missed: (drops: Drops) => void;
}

export interface RoomFanOut {
  /**
   * Puts a session into a chat room. When the promise has resolved, the session gets every notice. The result takes
   * it out at once.
   */
  enter(roomId: string, occupant: Occupant): Promise<() => void>;
}

export interface RoomFanOutOptions {
  readonly bus: Bus;
  readonly turns: Turns;
  /** Messages of a room that may wait until all sessions have the earlier ones. High messages are never dropped. */
  readonly limit: number;
  /** Called with an error that a session throws. The other sessions still get their notices. */
  readonly report: (error: unknown) => void;
}

/** A notice with its number in the room. */
interface Numbered {
  readonly number: number;
  readonly notice: Notice;
}

interface Inside extends Occupant {
  /** The session gets notices from this number on. */
  readonly since: number;
}

/** The notices that have come while the sessions got the earlier ones. */
interface Batch {
  /** The number of the first notice, dropped or not. */
  readonly first: number;
  readonly notices: readonly Numbered[];
  /** The messages of the batch that were dropped. */
  readonly dropped: Drops;
  /**
   * The dropped messages by the session that sent them. A session does not get its own messages, so they are not lost
   * for it.
   */
  readonly droppedOf: ReadonlyMap<string, Drops>;
}

interface Room {
  readonly receive: Receive;
  readonly occupants: Set<Inside>;
  /** Gives the number of the next notice. */
  readonly next: () => number;
}

const nothing: Batch = { first: 0, notices: [], dropped: noDrops, droppedOf: new Map() };
/** A notice without a priority is never dropped. */
const HIGH = 1;
/**
 * Sessions that get a batch in one turn of a room. Their sockets write it in the following turns, while it is still
 * in the processor's caches.
 */
const PER_TURN = 32;

const without = (all: Drops, own: Drops = noDrops): Drops => ({
  normal: all.normal - own.normal,
  low: all.low - own.low,
});

const createRoom = ({ turns, limit, report }: RoomFanOutOptions): Room => {
  const occupants = new Set<Inside>();
  const waiting = createPriorityQueue<Numbered>(limit);
  let next = 0;
  let first = 0;
  let dropped = noDrops;
  let droppedOf = new Map<string, Drops>();
  /** The sessions that get the batch, and how many of them have it. */
  let round: readonly Inside[] = [];
  let served = 0;
  let batch = nothing;

  const takeBatch = (): Batch => {
    const notices = Array.from({ length: waiting.size() }, waiting.take).filter((one) => one !== undefined);
    const taken = { first, notices, dropped, droppedOf };
    first = next;
    dropped = noDrops;
    droppedOf = new Map();
    return taken;
  };

  const hand = ({ notices, ...lost }: Batch, occupant: Inside): void => {
    for (const { number, notice } of notices) {
      // A session may leave while it handles the notice that puts it out.
      if (!occupants.has(occupant)) return;
      if (number >= occupant.since) occupant.receive(notice);
    }
    // A session that entered meanwhile was not there for the whole batch.
    if (occupant.since > lost.first) return;
    const missed = without(lost.dropped, lost.droppedOf.get(occupant.id));
    if (missed.normal + missed.low > 0) occupant.missed(missed);
  };

  const turn = (): void => {
    if (round.length === 0) {
      batch = takeBatch();
      round = [...occupants];
    }
    const now = round.slice(served, served + PER_TURN);
    served += now.length;
    for (const occupant of now) {
      try {
        hand(batch, occupant);
      } catch (error) {
        report(error);
      }
    }
    if (served === round.length) {
      // All sessions have the batch, so it is not kept any longer.
      [batch, round, served] = [nothing, [], 0];
    }
    if (round.length > 0 || waiting.size() > 0) turns.take(turn);
  };

  return {
    occupants,
    next: () => next,
    receive: (notice) => {
      const priority = notice._tag === 'Push' ? (notice.priority ?? HIGH) : HIGH;
      const gone = waiting.add({ number: next, notice }, priority);
      next += 1;
      if (gone !== undefined) {
        const { notice: lost } = gone.item;
        dropped = withOne(dropped, gone.priority);
        const by = lost._tag === 'Push' ? lost.except : undefined;
        if (by !== undefined) droppedOf.set(by, withOne(droppedOf.get(by) ?? noDrops, gone.priority));
      }
      turns.take(turn);
    },
  };
};

export const createRoomFanOut = (options: RoomFanOutOptions): RoomFanOut => {
  const rooms = new Map<string, Room>();

  const roomOf = (id: string): Room => {
    const room = rooms.get(id) ?? createRoom(options);
    rooms.set(id, room);
    return room;
  };

  return {
    enter: async (roomId, occupant) => {
      const room = roomOf(roomId);
      const inside = { ...occupant, since: room.next() };
      room.occupants.add(inside);
      const out = (): void => {
        room.occupants.delete(inside);
        if (room.occupants.size === 0 && rooms.get(roomId) === room) rooms.delete(roomId);
      };
      try {
        const leave = await options.bus.enter(roomId, occupant.clientId, room.receive);
        return () => {
          out();
          leave();
        };
      } catch (error) {
        out();
        throw error;
      }
    },
  };
};
