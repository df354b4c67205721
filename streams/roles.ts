import type { MemberRole } from '../codecs/index.js';
import type { ConversationEvent } from './events.js';

/** Roles by client id; who is not in it is a `Member`. */
export type Roles = ReadonlyMap<string, MemberRole>;

/** Roles after one more entry of the log: a role has changed, or whoever had one is gone. The same map where it says nothing new. */
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
