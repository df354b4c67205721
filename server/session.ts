/** A client's session on one socket: what is published to the client reaches the socket through it. */
import type { ServerCommand } from '../codecs/index.js';
import type { Bus, Notice, Priority } from './bus.js';
import { reasonOf } from './refusal.js';
import type { RoomFanOut } from './room-fan-out.js';
import type { Drops } from './stats.js';
import type { StoredSession } from './store/store.js';

export interface Session {
  /** Unique among all sessions. */
  readonly id: string;
  readonly clientId: string;
  /** What it was opened with, and what the store keeps of it. */
  readonly login: StoredSession;
  /** Joins the client on the bus. What is published from then on is held until `start`, so that nothing comes before the answer to the login. */
  readonly join: () => Promise<void>;
  /** Lets pushes through, from the given commands on; of those that were held, the ones to keep. */
  readonly start: (first: readonly ServerCommand[], keep: (push: ServerCommand) => boolean) => void;
  /** The chat room that it is in. */
  readonly room: () => string | undefined;
  /** Enters a chat room, and leaves the one before. */
  readonly enter: (roomId: string) => Promise<void>;
  /** Leaves the chat room. */
  readonly exit: () => void;
  /** Leaves the bus; it may be called at any time, and again. */
  readonly leave: () => void;
  /** Keeps what is to be done when the connection breaks, in place of what was kept before. */
  readonly setWill: (will: Will) => void;
  /** What is to be done now that it has; once, and nothing after a logout or where the server has ended the session. */
  readonly takeWill: () => Will | undefined;
}

/** Sends a message that a client has left for the case that its connection breaks. */
type Will = () => Promise<void>;

/** Why a session has ended without being asked to. */
type Ended = 'displaced' | 'resumed' | 'kicked';

/** Takes a push to the socket; one with a priority may give way. */
export type WritePush = (push: ServerCommand, clientId: string, priority?: Priority) => void;

export interface SessionOptions {
  readonly id: string;
  readonly login: StoredSession;
  readonly bus: Bus;
  readonly rooms: RoomFanOut;
  readonly write: WritePush;
  /** Hears of messages of its chat room that were not kept for it. */
  readonly missed: (drops: Drops) => void;
  /** Hears that the session has ended by a notice. */
  readonly ended: (how: Ended) => void;
  /** Hears that it was put out of its chat room. */
  readonly expelled: () => void;
}

const DISPLACED = 4111;

interface Held {
  readonly push: ServerCommand;
  readonly priority?: Priority;
}

export const newSession = ({ id, login, bus, rooms, write, missed, ended, expelled }: SessionOptions): Session => {
  const { clientId, token, tag } = login;
  let held: Held[] | undefined = [];
  let unsubscribe: (() => void) | undefined;
  let room: { readonly id: string; readonly leave: () => void } | undefined;
  let isOver = false;
  let will: Will | undefined;

  const push = (command: ServerCommand, priority?: Priority): void => {
    if (held === undefined) write(command, clientId, priority);
    else held.push({ push: command, ...(priority === undefined ? {} : { priority }) });
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

  const finish = (how: Ended, code: number, reason: string): void => {
    will = undefined;
    push({ cmd: 'session', op: 'closed', sessionMessage: { code, reason } });
    leave();
    ended(how);
  };

  const receive = (notice: Notice): void => {
    if (isOver) return;
    switch (notice._tag) {
      case 'Push':
        if (notice.except !== id) push(notice.command, notice.priority);
        return;
      case 'Displace':
        if (notice.tag === tag && notice.by !== id) finish('displaced', DISPLACED, reasonOf(DISPLACED));
        return;
      case 'Resume':
        if (notice.token !== token || notice.by === id) return;
        // The client is there: it has come back over another socket before this one was known to be broken.
        will = undefined;
        leave();
        ended('resumed');
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
    join: async () => {
      const joined = await bus.subscribe(clientId, receive);
      // The socket may have closed meanwhile.
      if (isOver) joined();
      else unsubscribe = joined;
    },
    start: (first, keep) => {
      const waiting = held ?? [];
      held = undefined;
      for (const command of first) push(command);
      for (const { push: command, priority } of waiting) if (keep(command)) push(command, priority);
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
    leave,
    setWill: (next) => {
      will = next;
    },
    takeWill: () => {
      const current = will;
      will = undefined;
      return current;
    },
  };
};
