/** Who may do something to whom: by role. */
import type { MemberRole } from '../../codecs/index.js';
import type { Actor } from '../actor.js';

const RANKS: Readonly<Record<MemberRole, number>> = { Member: 0, Manager: 1, Owner: 2 };

export const roleOf = (roles: ReadonlyMap<string, MemberRole>, clientId: string | undefined): MemberRole =>
  roles.get(clientId ?? '') ?? 'Member';

/** Whether the actor has at least this role; the back end has them all. */
export const hasRole = (roles: ReadonlyMap<string, MemberRole>, actor: Actor, role: MemberRole): boolean =>
  actor.isBackEnd || RANKS[roleOf(roles, actor.clientId)] >= RANKS[role];

/** Whether the actor's role is above that of a client; of plain members `amongMembers` says whether one may do it to another. */
export const outranks = (roles: ReadonlyMap<string, MemberRole>, actor: Actor, clientId: string, amongMembers: boolean): boolean => {
  if (actor.isBackEnd) return true;
  const [own, other] = [RANKS[roleOf(roles, actor.clientId)], RANKS[roleOf(roles, clientId)]];
  return own > other || (amongMembers && own === 0 && other === 0);
};
