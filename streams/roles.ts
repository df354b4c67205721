import type { MemberRole } from '../codecs/index.js';
import type { ConversationEvent } from './events.js';

/** Roles by client id. A member that is missing has the role `Member`. */
export type Roles = ReadonlyMap<string, MemberRole>;

/**
 * The roles after one more entry of the log: a role has changed, or a member with a role has left. Returns the same
 * map if nothing changes.
 */
export const withRole = (roles: Roles, event: ConversationEvent): Roles => {
  if (event._tag === 'RoleChanged') {
    const { member, role } = event;
    if ((roles.get(member) ?? 'Member') === role) return roles;
    const others = [...roles].filter(([clientId]) => clientId !== member);
    return new Map<string, MemberRole>(role === 'Member' ? others : [...others, [member, role]]);
  }
  if (event._tag !== 'Left') return roles;
  const gone = event.members.filter((member) => roles.get(member) === 'Manager');
  return gone.length === 0 ? roles : new Map([...roles].filter(([clientId]) => !gone.includes(clientId)));
};
