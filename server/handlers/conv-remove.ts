import { clientActor } from '../actor.js';
import { removeMembers } from '../conversations/members.js';
import { isSelf, toTimedWire } from '../domain/conversations/members.js';
import type { CommandOf, Handler } from './handler.js';
import { signed } from './signed.js';

/** Removes members. If the client removes itself, it quits, leaves a chat room, or unsubscribes. */
export const convRemove: Handler<CommandOf<'conv', 'remove'>> = async (
  { app, session },
  { convMessage: { cid, m = [], t, n, s } },
) => {
  const actor = clientActor(session());
  await app.verifyAction({
    action: isSelf(actor, m) ? 'quit' : 'remove',
    appId: actor.session.login.appId,
    clientId: actor.clientId,
    conversationId: cid,
    members: m,
    ...signed({ t, n, s }),
  });
  return {
    answer: {
      cmd: 'conv',
      op: 'removed',
      convMessage: { cid, ...toTimedWire(await removeMembers(app, actor, cid, m)) },
    },
  };
};
