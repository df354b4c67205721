import { Refusal } from '../refusal.js';
import { describedBy } from './described-by.js';
import type { CommandOf, Handler } from './handler.js';
import { checkMembers, tellJoined } from './membership.js';

/** Creates a conversation; its creator is always a member. */
export const convStart: Handler<CommandOf<'conv', 'start'>> = async ({ app, session }, { convMessage }) => {
  const { store, clock, limits } = app;
  const creator = session();
  const members = [...new Set([creator.clientId, ...(convMessage.m ?? [])])];
  if (members.length > limits.members) throw new Refusal(4304, `a conversation has at most ${limits.members} members`);
  checkMembers(members);
  if (convMessage.transient === true || convMessage.tempConv === true)
    throw new Refusal(4200, 'this server has ordinary conversations only');

  const now = clock.now();
  const { info, isNew } = await store.createConversation({
    creator: creator.clientId,
    members,
    ...describedBy(convMessage.attr?.data ?? '{}'),
    unique: convMessage.unique === true,
    now,
  });
  if (isNew)
    tellJoined(app, creator, { id: info.id, added: members.filter((member) => member !== creator.clientId), named: members, members });
  return {
    answer: { cmd: 'conv', op: 'started', convMessage: { cid: info.id, cdate: new Date(info.createdAt ?? now).toISOString() } },
  };
};
