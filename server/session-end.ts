/** What the server does about a session that has ended: by a notice, or with its connection. */
import { defined } from '../codecs/defined.js';
import type { App } from './app.js';
import { Refusal } from './domain/refusal.js';
import type { Ending, Session } from './session.js';

/** The codes that the application gets for sessions that the server has ended. */
const CLOSE_CODES = { displaced: 3, kicked: 4 } as const;
/** The same for a connection that broke. */
const LINE_BROKEN = 2;

/** Removes a session from those of its socket. Its client may have logged in again there. */
export const forget = (sessions: Map<string, Session>, session: Session): void => {
  if (sessions.get(session.clientId) === session) sessions.delete(session.clientId);
};

/** Tells the store and the application that a session has ended. */
export const noteEnd = (app: App, { isOpen, address, login }: Session, { how }: Ending): void => {
  const { clientId, token, holder, tag } = login;
  // The session may have opened after the client's tokens were deleted.
  if (how === 'kicked') void app.store.forgetSession(token, holder).catch(app.report);
  if (isOpen && how !== 'resumed')
    app.hooks.clientOffline({
      peerId: clientId,
      ...defined({ tag }),
      closeCode: CLOSE_CODES[how],
      sourceIP: address,
    });
};

/**
 * Notes that the connection of a session broke. A client that comes back within some time is still in its chat room.
 * `isTold`: no other process tells the application of it.
 */
export const noteBreak = (app: App, session: Session, isTold: boolean): void => {
  const { clientId, address, login } = session;
  const { token, holder, tag } = login;
  const id = session.room();
  if (id !== undefined) void app.store.rememberRoom(token, holder, { id, leftAt: app.wall.now() }).catch(app.report);
  // Otherwise, whoever takes this process for gone tells of its clients.
  if (isTold && app.isServing())
    app.hooks.clientOffline({ peerId: clientId, ...defined({ tag }), closeCode: LINE_BROKEN, sourceIP: address });
};

/** Sends the wills of the clients of a socket, once, after the commands that they had sent before. */
export const sendWills = ({ report }: App, sessions: ReadonlyMap<string, Session>): void => {
  for (const session of sessions.values())
    void session
      .takeWill()?.()
      .catch((error: unknown) => {
        // If a client may no longer speak in a conversation, its will is not sent. That is not an error.
        if (!(error instanceof Refusal)) report(error);
      });
};
