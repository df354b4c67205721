/** A client's session on one socket. It takes what is published to the client to the socket. */
import type { ServerCommand } from '../codecs/index.js';
import type { Bus } from './bus.js';
import type { Notice, RoomPriority } from './notice.js';
import { reasonOf } from './domain/refusal.js';
import type { RoomFanOut } from './room-fan-out.js';
import type { Drops } from './stats.js';
import type { SessionOpening } from './domain/records.js';

export interface Session {
  /** Unique among all sessions. */
  readonly id: string;
  readonly clientId: string;
  /** The data that it was opened with. */
  readonly login: SessionOpening['session'];
  /** The network address of the client. */
  readonly address: string;
  /**
   * Subscribes the client on the bus. Pushes are held until `start`, so that none of them comes before the answer to
   * the login.
   */
  readonly join: () => Promise<void>;
  /** Sends the given commands first, then the held pushes that `keep` accepts, then all later pushes. */
  readonly start: (first: readonly ServerCommand[], keep: (push: ServerCommand) => boolean) => void;
  /** The chat room that the session is in. */
  readonly room: () => string | undefined;
  /** Enters a chat room, and leaves the one before. */
  readonly enter: (roomId: string) => Promise<void>;
  /** Leaves the chat room. */
  readonly exit: () => void;
  /**
   * Remembers of which conversations its client has got an outline: the client may keep it, so it is shown the whole
   * conversation when it becomes a member. Only the latest ones are remembered.
   */
  readonly outlined: (conversationIds: readonly string[]) => void;
  /** Leaves the bus. It may be called at any time and more than once. */
  readonly leave: () => void;
  /** How the session was ended by the server; undefined if it was not. */
  readonly ended: () => Ending | undefined;
  /** Sets the will, which is sent when the connection breaks. It replaces an earlier will. */
  readonly setWill: (will: Will) => void;
  /** What it has asked for and has not begun is not done: its client asks again, on another socket. */
  readonly giveUp: () => void;
  /** Others take the session for gone. They send its will. */
  readonly leaveWill: () => void;
  readonly isGivenUp: () => boolean;
  /** Takes the will, once. Undefined after a logout, or if the server has ended the session. */
  readonly takeWill: () => Will | undefined;
}

/** Sends the message that a client has left for a break of its connection. */
type Will = () => Promise<void>;

/** How the server has ended a session, and what its client is told. */
interface Ending {
  readonly how: 'displaced' | 'resumed' | 'kicked';
  readonly code: number;
  readonly reason: string;
}

/** A push, and how it is written. */
export interface OutgoingPush {
  readonly push: ServerCommand;
  /** A push with a priority may be dropped. */
  readonly priority?: RoomPriority | undefined;
  /** The session whose command has caused it. */
  readonly cause?: string | undefined;
}

/** Takes a push for a client to the socket. */
export type WritePush = (push: OutgoingPush, clientId: string) => void;

export interface SessionOptions {
  readonly id: string;
  readonly login: SessionOpening['session'];
  /** The network address of the client. */
  readonly address: string;
  readonly bus: Bus;
  readonly rooms: RoomFanOut;
  readonly write: WritePush;
  /** Called with messages of its chat room that were dropped before they reached the session. */
  readonly missed: (drops: Drops) => void;
  /** Called when a notice has ended the session. */
  readonly onEnd: (ending: Ending) => void;
  /** Its client may keep an outline, and show it when it has become a member. Default true. */
  readonly keepsOutlines?: boolean;
  /** Called when the session was put out of its chat room. */
  readonly expelled: () => void;
}

const DISPLACED = 4111;
/** Outlines that a session remembers. */
const OUTLINES = 100;

export const newSession = ({
  id,
  login,
  address,
  bus,
  rooms,
  write,
  missed,
  onEnd,
  expelled,
  keepsOutlines = true,
}: SessionOptions): Session => {
  const { clientId } = login;
  let held: OutgoingPush[] | undefined = [];
  let unsubscribe: (() => void) | undefined;
  let room: { readonly id: string; readonly leave: () => void } | undefined;
  let isOver = false;
  let will: Will | undefined;
  let ending: Ending | undefined;
  let isGivenUp = false;
  const outlines = new Set<string>();

  const push = (outgoing: OutgoingPush): void => {
    if (held === undefined) write(outgoing, clientId);
    else held.push(outgoing);
  };

  const exit = (): void => {
    room?.leave();
    room = undefined;
  };

  const leave = (): void => {
    isOver = true;
    unsubscribe?.();
    unsubscribe = undefined;
    room?.leave();
  };

  /** Takes the will, and forgets it wherever it is kept. */
  const takeWill = (): Will | undefined => {
    const current = will;
    will = undefined;
    if (current !== undefined) void bus.keepWill?.(id, undefined);
    return current;
  };

  const finish = (how: Ending['how'], code: number, reason: string): void => {
    takeWill();
    // If the session was resumed on another socket, its client is there and needs no message here.
    if (how !== 'resumed') push({ push: { cmd: 'session', op: 'closed', sessionMessage: { code, reason } } });
    leave();
    ending = { how, code, reason };
    onEnd(ending);
  };

  const receive = (notice: Notice): void => {
    if (isOver) return;
    switch (notice._tag) {
      case 'Push':
        if (notice.except === id || notice.exceptClient === clientId) return;
        if ((notice.inRoom ?? room?.id) !== room?.id) return;
        if (notice.outlined !== undefined && !outlines.has(notice.outlined)) return;
        push({ push: notice.command, priority: notice.priority, cause: notice.cause ?? notice.except });
        return;
      case 'Displace':
        if (notice.sessions.includes(id)) finish('displaced', DISPLACED, reasonOf(DISPLACED));
        return;
      case 'Resume':
        if (notice.session === id) finish('resumed', DISPLACED, reasonOf(DISPLACED));
        return;
      case 'Kick':
        finish('kicked', notice.code, notice.reason);
        return;
      case 'Exit':
        if (room?.id !== notice.roomId) return;
        exit();
        expelled();
    }
  };

  return {
    id,
    clientId,
    login,
    address,
    join: async () => {
      const joined = await bus.subscribe(clientId, receive, {
        ...{ id, token: login.token, expiresAt: login.expiresAt },
        isOpen: () => held === undefined,
      });
      // The socket may have closed meanwhile.
      if (isOver) joined();
      else unsubscribe = joined;
    },
    start: (first, keep) => {
      const waiting = held ?? [];
      held = undefined;
      for (const command of first) push({ push: command });
      for (const outgoing of waiting) if (keep(outgoing.push)) push(outgoing);
    },
    room: () => room?.id,
    enter: async (roomId) => {
      if (room?.id === roomId) return;
      exit();
      const entered = await rooms.enter(roomId, { id, clientId, receive, missed });
      if (isOver) entered();
      else room = { id: roomId, leave: entered };
    },
    exit,
    outlined: (conversationIds) => {
      if (!keepsOutlines) return;
      for (const conversationId of conversationIds) {
        outlines.delete(conversationId);
        outlines.add(conversationId);
      }
      for (const oldest of outlines) {
        if (outlines.size <= OUTLINES) return;
        outlines.delete(oldest);
      }
    },
    leave,
    ended: () => ending,
    setWill: (next) => {
      will = next;
    },
    takeWill,
    giveUp: () => {
      isGivenUp = true;
    },
    leaveWill: () => {
      will = undefined;
    },
    isGivenUp: () => isGivenUp,
  };
};
