/**
 * What is published in chat rooms, on its way to the sessions of this process. A message costs the same however many
 * are in the room: it waits until everybody has what came before, and then everybody gets, in turn, all that has come
 * meanwhile. So the more there is to do, the more of it is done in one go.
 */
import type { Bus, Receive } from './bus.js';
import type { Notice } from './notice.js';
import { createPriorityQueue } from './priority-queue.js';
import { noDrops, withOne, type Drops } from './stats.js';
import type { Turns } from './turns.js';

/** A session that is in a chat room. */
interface Occupant {
  /** Of the session. */
  readonly id: string;
  readonly clientId: string;
  readonly receive: Receive;
  /** Hears of messages that were not kept for it. */
  readonly missed: (drops: Drops) => void;
}

export interface RoomFanOut {
  /**
   * Puts a session into a chat room: from when this resolves, no notice passes it by. With the result it is out at
   * once.
   */
  enter(roomId: string, occupant: Occupant): Promise<() => void>;
}

export interface RoomFanOutOptions {
  readonly bus: Bus;
  readonly turns: Turns;
  /**
   * So many messages of a room wait at most until everybody has what came before; high ones wait however many they are.
   */
  readonly limit: number;
  /** Hears of what one session throws; the others get what they should. */
  readonly report: (error: unknown) => void;
}

/** The place of a notice among all of its room. */
interface Numbered {
  readonly number: number;
  readonly notice: Notice;
}

interface Inside extends Occupant {
  /** It gets notices from this number on. */
  readonly since: number;
}

/** What has come while everybody got what came before. */
interface Batch {
  /** The number of the first that has come, kept or not. */
  readonly first: number;
  readonly notices: readonly Numbered[];
  /** What of it was not kept. */
  readonly dropped: Drops;
  /** The same by the session that has sent it, which was not to get it. */
  readonly droppedOf: ReadonlyMap<string, Drops>;
}

interface Room {
  readonly receive: Receive;
  readonly occupants: Set<Inside>;
  /** The number of the next notice. */
  readonly next: () => number;
}

const nothing: Batch = { first: 0, notices: [], dropped: noDrops, droppedOf: new Map() };
/** Without a priority, a notice is not dropped. */
const HIGH = 1;
/**
 * So many sessions are handed a batch in one turn of a room. Their sockets write it in the turns after that, before
 * memory has forgotten them.
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
  /** Who gets the batch, and how many of them have it. */
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
      // It leaves while it hears that it has to.
      if (!occupants.has(occupant)) return;
      if (number >= occupant.since) occupant.receive(notice);
    }
    // Who came in meanwhile was not there for all of it.
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
      // What everybody has is kept no longer.
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
