import { Refusal } from '../refusal.js';
import type { CommandOf, Handler } from './handler.js';

/** Renews a session's token; an expired one is taken too, since the session itself is open. */
export const sessionRefresh: Handler<CommandOf<'session', 'refresh'>> = async ({ app, session }, { sessionMessage: { st } }) => {
  const { login } = session();
  if (login.token !== st) throw new Refusal(4112, 'this is not the token of the session');
  const stored = (await app.store.session(st)) ?? login;
  const now = app.clock.now();
  await app.store.saveSession({ ...stored, expiresAt: now + app.limits.tokenTtl * 1_000 }, now);
  return { answer: { cmd: 'session', op: 'refreshed', sessionMessage: { st, stTtl: app.limits.tokenTtl } } };
};
