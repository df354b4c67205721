/** A client's session on one socket: what is published to the client reaches the socket through it. */
import type { ServerCommand } from '../codecs/index.js';
import type { Bus, Notice } from './bus.js';
import { reasonOf } from './refusal.js';

export interface Session {
  /** Unique among all sessions. */
  readonly id: string;
  readonly clientId: string;
  readonly token: string;
  /** Lets pushes through, from the given commands on; until then they are held, so that none comes before the answer to the login. */
  start(first: readonly ServerCommand[], keep: (push: ServerCommand) => boolean): void;
  /** Leaves the bus. Ending twice is the same as ending once. */
  end(): void;
}

export interface SessionOptions {
  readonly id: string;
  readonly clientId: string;
  readonly token: string;
  readonly tag: string | undefined;
  readonly bus: Bus;
  readonly write: (command: ServerCommand) => void;
  /** Hears that the session has ended by a notice. */
  readonly ended: () => void;
}

/** Instant messaging, as opposed to the protocol's other services. */
const SERVICE = 2;
const DISPLACED = 4111;

/** Joins a client on the bus. */
export const joinSession = ({ id, clientId, token, tag, bus, write, ended }: SessionOptions): Session => {
  let held: ServerCommand[] | undefined = [];

  const push = (command: ServerCommand): void => {
    const addressed = { ...command, peerId: clientId, service: SERVICE };
    if (held === undefined) write(addressed);
    else held.push(addressed);
  };

  const finish = (code: number, reason: string): void => {
    push({ cmd: 'session', op: 'closed', sessionMessage: { code, reason } });
    leave();
    ended();
  };

  const receive = (notice: Notice): void => {
    switch (notice._tag) {
      case 'Push':
        if (notice.except !== id) push(notice.command);
        return;
      case 'Displace':
        if (notice.tag === tag && notice.by !== id) finish(DISPLACED, reasonOf(DISPLACED));
        return;
      case 'Kick':
        finish(notice.code, notice.reason);
    }
  };

  const leave = bus.subscribe(clientId, receive);

  return {
    id,
    clientId,
    token,
    start: (first, keep) => {
      const waiting = held ?? [];
      held = undefined;
      first.forEach(push);
      waiting.filter(keep).forEach(write);
    },
    end: leave,
  };
};
