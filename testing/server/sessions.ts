/** Who is logged in at the fake server, over which socket. */
import type { ServerCommand } from '../../codecs/index.js';
import type { Party } from '../../server/domain/party.js';
import type { Link } from './network.js';

export interface Session extends Party {
  readonly id: string;
  readonly isBackEnd: false;
  readonly clientId: string;
  readonly link: Link;
  readonly token: string;
  /** The chat room that it is in. */
  room: string | undefined;
}

export interface Sessions {
  /** Takes the place of the client's session on the same socket, where there is one. */
  readonly begin: (session: Session) => void;
  readonly end: (session: Session) => void;
  /** Ends those of a socket; gives them. */
  readonly endOn: (link: Link) => readonly Session[];
  /** The session that a command from a socket is of; without a client id, the first one there. */
  readonly on: (link: Link, clientId: string | undefined) => Session | undefined;
  readonly all: () => readonly Session[];
  readonly byId: (ids: readonly string[]) => readonly Session[];
  readonly of: (clientIds: readonly string[]) => readonly Session[];
  readonly inRoom: (id: string) => readonly Session[];
}

/** Tells a session something, unless it is the one whose doing it is. */
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
