import { Refusal } from '../refusal.js';
import type { CommandOf, Handler } from './handler.js';

/** Renews a session's token; an expired one is taken too, since the session itself is open. */
export const sessionRefresh: Handler<CommandOf<'session', 'refresh'>> = async ({ app, session }, { sessionMessage: { st } }) => {
  const { clientId, token } = session();
  const stored = await app.store.session(st);
  if (stored?.clientId !== clientId || token !== st) throw new Refusal(4112, 'this is not the token of the session');
  await app.store.saveSession({ ...stored, expiresAt: app.clock.now() + app.limits.tokenTtl * 1_000 });
  return { answer: { cmd: 'session', op: 'refreshed', sessionMessage: { st, stTtl: app.limits.tokenTtl } } };
};
