/** What the server does about a session that a notice has ended. */
import { defined } from '../codecs/defined.js';
import type { App } from './app.js';
import type { Ending, Session } from './session.js';

/** The codes that the application gets for sessions that the server has ended. */
const CLOSE_CODES = { displaced: 3, kicked: 4 } as const;

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
