import type { MemberRole } from '../codecs/index.js';
import type { ConversationEvent } from './events.js';
import { SharedMap } from './shared-map.js';

/**
 * Roles by client id. A member that is missing has the role `Member`. To pass them to a worker or a database, copy
 * them: `new Map(roles)`.
 */
export type Roles = ReadonlyMap<string, MemberRole>;

/**
 * The roles after one more entry of the log: a role has changed, or a member with a role has left. Returns the same
 * map if nothing changes. The maps that it returns share what is the same.
 */
export const withRole = (roles: Roles, event: ConversationEvent): Roles => {
  if (event._tag === 'RoleChanged') {
    const { member, role } = event;
    if ((roles.get(member) ?? 'Member') === role) return roles;
    return SharedMap.of(roles).with(member, role === 'Member' ? undefined : role);
  }
  if (event._tag !== 'Left') return roles;
  const gone = event.members.filter((member) => roles.get(member) === 'Manager');
  if (gone.length === 0) return roles;
  return gone.reduce((left, member) => left.with(member, undefined), SharedMap.of(roles));
};
