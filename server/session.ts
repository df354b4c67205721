/** A client's session on one socket: what is published to the client reaches the socket through it. */
import type { ServerCommand } from '../codecs/index.js';
import type { Bus, Notice } from './bus.js';
import { reasonOf } from './refusal.js';
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
  /** Leaves the bus; it may be called at any time, and again. */
  readonly leave: () => void;
  /** Keeps what is to be done when the connection breaks, in place of what was kept before. */
  readonly setWill: (will: Will) => void;
  /** What is to be done now that it has; once, and nothing after a logout or where the server has ended the session. */
  readonly takeWill: () => Will | undefined;
}

/** Sends a message that a client has left for the case that its connection breaks. */
type Will = () => Promise<void>;

export interface SessionOptions {
  readonly id: string;
  readonly login: StoredSession;
  readonly bus: Bus;
  readonly write: (command: ServerCommand) => void;
  /** Hears that the session has ended by a notice. */
  readonly ended: () => void;
}

/** Instant messaging, as opposed to the protocol's other services; some clients ignore pushes that don't say so. */
const SERVICE = 2;
const DISPLACED = 4111;

export const newSession = ({ id, login, bus, write, ended }: SessionOptions): Session => {
  const { clientId, token, tag } = login;
  let held: ServerCommand[] | undefined = [];
  let unsubscribe: (() => void) | undefined;
  let isOver = false;
  let will: Will | undefined;

  const push = (command: ServerCommand): void => {
    const addressed = { ...command, peerId: clientId, service: SERVICE };
    if (held === undefined) write(addressed);
    else held.push(addressed);
  };

  const leave = (): void => {
    isOver = true;
    unsubscribe?.();
    unsubscribe = undefined;
  };

  const finish = (code: number, reason: string): void => {
    will = undefined;
    push({ cmd: 'session', op: 'closed', sessionMessage: { code, reason } });
    leave();
    ended();
  };

  const receive = (notice: Notice): void => {
    if (isOver) return;
    switch (notice._tag) {
      case 'Push':
        if (notice.except !== id) push(notice.command);
        return;
      case 'Displace':
        if (notice.tag === tag && notice.by !== id) finish(DISPLACED, reasonOf(DISPLACED));
        return;
      case 'Resume':
        if (notice.token !== token || notice.by === id) return;
        // The client is there: it has come back over another socket before this one was known to be broken.
        will = undefined;
        leave();
        ended();
        return;
      case 'Kick':
        finish(notice.code, notice.reason);
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
      first.forEach(push);
      waiting.filter(keep).forEach(write);
    },
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
