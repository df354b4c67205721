/** The part of a conversation that is about its members. */
import { map, tap, type Observable } from 'rxjs';
import type { ConversationEvent, Membership } from '../../../streams/index.js';
import type { ConversationSource } from '../conversation/conversation.js';
import type { SigningLink } from '../link.js';
import { nothing } from '../nothing.js';
import { addMembers, countMembers, membershipEvent, removeMembers, type MembershipResult } from './membership.js';
import { blockedPage, setBlocked, setRole, setSilenced, silencedPage } from './restrictions.js';

type MemberCommands = Pick<
  ConversationSource,
  'add' | 'remove' | 'join' | 'quit' | 'count' | 'setRole' | 'silence' | 'unsilence' | 'silenced' | 'block' | 'unblock' | 'blocked'
>;

/**
 * Commands about the members of the conversation `id`; what comes about is told to the log, since the server tells everybody else. The answer names those too for whom nothing had to be done: `membersNow`, the members as far as they are
 * known, tells them apart.
 */
export const memberCommands = (
  link: SigningLink,
  id: string,
  tell: (event: ConversationEvent) => void,
  membersNow: () => readonly string[] | undefined,
): MemberCommands => {
  const changed = (kind: Membership['_tag'], { allowed }: MembershipResult): readonly string[] => {
    const members = membersNow();
    if (members === undefined || (kind !== 'Joined' && kind !== 'Left')) return allowed;
    return allowed.filter((client) => members.includes(client) === (kind === 'Left'));
  };
  const telling = (kinds: readonly Membership['_tag'][], result$: Observable<MembershipResult>): Observable<MembershipResult> =>
    result$.pipe(
      tap((result) => {
        for (const kind of kinds) {
          const members = changed(kind, result);
          if (members.length > 0) tell(membershipEvent(link.clientId, id, kind, members));
        }
      }),
    );
  return {
    add: (members) => telling(['Joined'], addMembers(link, id, members)),
    remove: (members) => telling(['Left'], removeMembers(link, id, members)),
    join: () => telling(['Joined'], addMembers(link, id, [link.clientId])),
    quit: () => telling(['Left'], removeMembers(link, id, [link.clientId])),
    count: () => countMembers(link, id),
    setRole: (member, role) => setRole(link, id, member, role).pipe(tap(tell), map(nothing)),
    silence: (members) => telling(['Silenced'], setSilenced(link, id, members, true)),
    unsilence: (members) => telling(['Unsilenced'], setSilenced(link, id, members, false)),
    silenced: (page = {}) => silencedPage(link, id, page),
    // Who is blocked is out.
    block: (clients) => telling(['Left', 'Blocked'], setBlocked(link, id, clients, true)),
    unblock: (clients) => telling(['Unblocked'], setBlocked(link, id, clients, false)),
    blocked: (page = {}) => blockedPage(link, id, page),
  };
};
