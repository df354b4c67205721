import { Refusal } from '../domain/refusal.js';
import type { CommandOf, Handler } from './handler.js';

/** Says which of the given clients are online. */
export const sessionQuery: Handler<CommandOf<'session', 'query'>> = async (
  { app, session },
  { sessionMessage: { sessionPeerIds = [] } },
) => {
  session();
  if (sessionPeerIds.length > app.limits.onlineQuery)
    throw new Refusal(4200, `at most ${app.limits.onlineQuery} clients can be asked for at a time`);
  const online = await app.bus.online(sessionPeerIds);
  return { answer: { cmd: 'session', op: 'query_result', sessionMessage: { onlineSessionPeerIds: [...online] } } };
};
