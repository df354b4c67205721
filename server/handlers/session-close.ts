import { defined } from '../../codecs/defined.js';
import type { CommandOf, Handler } from './handler.js';

/** The code that the application gets for a logout. */
const LOGGED_OUT = 1;

/** Logs out. The session ends, and its token becomes invalid unless the session goes on over another socket. */
export const sessionClose: Handler<CommandOf<'session', 'close'>> = async ({ app, origin, session }) => {
  const closing = session();
  const { id, clientId, login } = closing;
  // The token goes first: if that fails, the client is still logged in, and can try again.
  await app.store.forgetSession(login.token, id);
  closing.leave();
  // The session may have been ended meanwhile, which was told then.
  if (closing.ended() === undefined)
    app.hooks.clientOffline({
      peerId: clientId,
      ...defined({ tag: login.tag }),
      closeCode: LOGGED_OUT,
      sourceIP: origin.address,
    });
  if (origin.sessions.get(clientId)?.id === id) origin.sessions.delete(clientId);
  return { answer: { cmd: 'session', op: 'closed', peerId: clientId } };
};
