import { Refusal } from '../domain/refusal.js';
import type { CommandOf, Handler } from './handler.js';

const notGood = (): Refusal => new Refusal(4112, 'this is not the token of the session');

/**
 * Renews a session's token. An expired token is accepted too, since the session itself is open. The C# SDK sends none:
 * it is the session's own.
 */
export const sessionRefresh: Handler<CommandOf<'session', 'refresh'>> = async (
  { app, session },
  { sessionMessage: { st } },
) => {
  const renewed = session();
  const { login } = renewed;
  if (st !== undefined && login.token !== st) throw notGood();
  const now = app.clock.now();
  const isRenewed = await app.store.renewSession({ ...login, expiresAt: now + app.limits.tokenTtl * 1_000 }, now);
  // A session that was kicked meanwhile has lost its token. The store does not bring it back.
  if (!isRenewed || renewed.ended() !== undefined) throw notGood();
  return {
    answer: { cmd: 'session', op: 'refreshed', sessionMessage: { st: login.token, stTtl: app.limits.tokenTtl } },
  };
};
