import { MemberRole } from '../../codecs/index.js';
import { clientActor } from '../actor.js';
import { setRole } from '../conversations/roles.js';
import { Refusal } from '../domain/refusal.js';
import type { CommandOf, Handler } from './handler.js';

/** Gives a member another role. */
export const convMemberInfoUpdate: Handler<CommandOf<'conv', 'member_info_update'>> = async (
  { app, session },
  { convMessage: { cid, info } },
) => {
  const { pid, role } = info;
  if (!MemberRole.is(role)) throw new Refusal(4321, 'a role is Manager or Member');
  await setRole(app, clientActor(session()), cid, pid, role);
  return { answer: { cmd: 'conv', op: 'member_info_updated', convMessage: { cid } } };
};
