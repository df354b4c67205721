import { defined } from '../../codecs/defined.js';
import type { CommandOf, Handler } from './handler.js';

/** The code that the application gets for a logout. */
const LOGGED_OUT = 1;

/** Logs out. The session ends, and its token becomes invalid unless the session goes on over another socket. */
export const sessionClose: Handler<CommandOf<'session', 'close'>> = async ({ app, origin, session }) => {
  const { id, clientId, login, leave } = session();
  leave();
  app.hooks.clientOffline({ peerId: clientId, ...defined({ tag: login.tag }), closeCode: LOGGED_OUT });
  origin.sessions.delete(clientId);
  await app.store.forgetSession(login.token, id);
  return { answer: { cmd: 'session', op: 'closed', peerId: clientId } };
};
