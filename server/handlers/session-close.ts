import type { CommandOf, Handler } from './handler.js';

/** Logs out: the session ends, and its token is good no more. */
export const sessionClose: Handler<CommandOf<'session', 'close'>> = async ({ app, origin, session }) => {
  const { clientId, login, leave } = session();
  leave();
  origin.sessions.delete(clientId);
  await app.store.forgetSession(login.token);
  return { answer: { cmd: 'session', op: 'closed', peerId: clientId } };
};
