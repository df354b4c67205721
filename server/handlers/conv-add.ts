import { Refusal } from '../refusal.js';
import type { CommandOf, Handler } from './handler.js';
import { checkMembers, tellJoined } from './membership.js';

/** Adds members, which a member does; or the client itself, which anybody may. Who finds no room is named in the answer. */
export const convAdd: Handler<CommandOf<'conv', 'add'>> = async ({ app, session }, { convMessage: { cid, m = [] } }) => {
  const actor = session();
  const { store, clock, limits, inOrder } = app;
  checkMembers(m);
  return inOrder(cid, async () => {
    const [conversation] = await store.conversations([cid]);
    if (conversation === undefined) throw new Refusal(4303, `there is no conversation ${cid}`);
    const joins = m.length === 1 && m[0] === actor.clientId;
    if (!joins && conversation.members?.includes(actor.clientId) !== true) throw new Refusal(4317, 'only a member adds others; join first');
    const outcome = await store.addMembers(cid, m, limits.members, clock.now());
    const { added, present, full } = outcome ?? { added: [], present: [], full: m };
    const members = [...(conversation.members ?? []), ...added];
    if (added.length > 0)
      tellJoined(app, actor, { id: cid, added: added.filter((member) => member !== actor.clientId), named: added, members });
    const failure = {
      code: 4304,
      reason: 'CONVERSATION_FULL',
      detail: `a conversation has at most ${limits.members} members`,
      pids: [...full],
    };
    return {
      answer: {
        cmd: 'conv',
        op: 'added',
        convMessage: { cid, allowedPids: [...added, ...present], ...(full.length === 0 ? {} : { failedPids: [failure] }) },
      },
    };
  });
};
