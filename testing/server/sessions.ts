/** The sessions of the fake server, and their sockets. */
import type { ServerCommand } from '../../codecs/index.js';
import type { Party } from '../../server/domain/party.js';
import type { Link } from './network.js';

export interface Session extends Party {
  readonly id: string;
  readonly isBackEnd: false;
  readonly clientId: string;
  readonly link: Link;
  readonly token: string;
  /** The chat room that the session is in. */
  room: string | undefined;
}

export interface Sessions {
  /** Begins a session. It replaces the client's session on the same socket, if there is one. */
  readonly begin: (session: Session) => void;
  readonly end: (session: Session) => void;
  /** Ends the sessions of a socket, and gives them. */
  readonly endOn: (link: Link) => readonly Session[];
  /** The session of a command from a socket. If the command names no client, the first session of the socket. */
  readonly on: (link: Link, clientId: string | undefined) => Session | undefined;
  readonly all: () => readonly Session[];
  readonly byId: (ids: readonly string[]) => readonly Session[];
  readonly of: (clientIds: readonly string[]) => readonly Session[];
  readonly inRoom: (id: string) => readonly Session[];
}

/** Sends a push to sessions, except to the session that caused it. */
export const tell = (sessions: readonly Session[], command: ServerCommand, except?: Session): void => {
  for (const session of sessions) if (session !== except) session.link.push({ ...command, peerId: session.clientId });
};

export const createSessions = (): Sessions => {
  const all = new Set<Session>();
  const where = (holds: (session: Session) => boolean): readonly Session[] => [...all].filter(holds);
  const end = (session: Session): void => {
    all.delete(session);
  };
  return {
    begin: (session) => {
      where(({ clientId, link }) => clientId === session.clientId && link === session.link).forEach(end);
      all.add(session);
    },
    end,
    endOn: (link) => {
      const ended = where((session) => session.link === link);
      ended.forEach(end);
      return ended;
    },
    on: (link, clientId) =>
      where((session) => session.link === link && (clientId === undefined || session.clientId === clientId))[0],
    all: () => [...all],
    byId: (ids) => where(({ id }) => ids.includes(id)),
    of: (clientIds) => where(({ clientId }) => clientIds.includes(clientId)),
    inRoom: (id) => where(({ room }) => room === id),
  };
};
