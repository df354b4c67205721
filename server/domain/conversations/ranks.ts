/** Rules for what a party may do to a client, by their roles. */
import type { MemberRole } from '../../../codecs/index.js';
import type { Party } from '../party.js';

/** The roles of the members whose role is not `Member`. */
export type Roles = ReadonlyMap<string, MemberRole>;

const RANKS: Readonly<Record<MemberRole, number>> = { Member: 0, Manager: 1, Owner: 2 };

export const roleOf = (roles: Roles, clientId: string | undefined): MemberRole => roles.get(clientId ?? '') ?? 'Member';

/** Whether the party has at least this role. The back end has all roles. */
export const hasRole = (roles: Roles, party: Party, role: MemberRole): boolean =>
  party.isBackEnd || RANKS[roleOf(roles, party.clientId)] >= RANKS[role];

/** Whether the party's role is above the client's. If both are plain members, the result is `amongMembers`. */
export const outranks = (roles: Roles, party: Party, clientId: string, amongMembers: boolean): boolean => {
  if (party.isBackEnd) return true;
  const [own, other] = [RANKS[roleOf(roles, party.clientId)], RANKS[roleOf(roles, clientId)]];
  return own > other || (amongMembers && own === 0 && other === 0);
};
