import { clientActor } from '../actor.js';
import { addMembers } from '../conversations/members.js';
import { isSelf, toTimedWire } from '../domain/conversations/members.js';
import type { CommandOf, Handler } from './handler.js';
import { signed } from './signed.js';

/** Adds members. A member may add others; every client may add itself: it joins, enters a chat room, or subscribes. */
export const convAdd: Handler<CommandOf<'conv', 'add'>> = async (
  { app, session },
  { convMessage: { cid, m = [], t, n, s } },
) => {
  const actor = clientActor(session());
  const { clientId } = actor;
  await app.verifyAction({
    action: isSelf(actor, m) ? 'join' : 'add',
    appId: actor.session.login.appId,
    clientId,
    conversationId: cid,
    members: m,
    ...signed({ t, n, s }),
  });
  return {
    answer: { cmd: 'conv', op: 'added', convMessage: { cid, ...toTimedWire(await addMembers(app, actor, cid, m)) } },
  };
};
