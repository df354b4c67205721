import { ownConversation } from './direct.js';
import type { CommandOf, Handler } from './handler.js';
import { tellLeft } from './membership.js';

/** Removes members, the client itself among them or not. Who was none is no failure. */
export const convRemove: Handler<CommandOf<'conv', 'remove'>> = async ({ app, session }, { convMessage: { cid, m = [] } }) => {
  const actor = session();
  return app.inOrder(cid, async () => {
    const { members = [] } = await ownConversation(app, actor, cid);
    const gone = await app.store.removeMembers(cid, m, app.clock.now());
    if (gone.length > 0) tellLeft(app, actor, { id: cid, gone, members: members.filter((member) => !gone.includes(member)) });
    return { answer: { cmd: 'conv', op: 'removed', convMessage: { cid, allowedPids: [...m] } } };
  });
};
