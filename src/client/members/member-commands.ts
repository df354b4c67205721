/** The commands of a conversation about its members. */
import { tap, type MonoTypeOperatorFunction } from 'rxjs';
import type { Membership } from '../../../streams/index.js';
import type { Conversation } from '../conversation/conversation.js';
import type { ClientInternals } from '../internals.js';
import { addMembers, countMembers, removeMembers, type MembershipResult } from './membership.js';

type MemberCommands = Pick<Conversation, 'add' | 'remove' | 'join' | 'quit' | 'count'>;

/**
 * Puts what a command has changed into the log: the server tells only the other clients. The answer of the server
 * also names those for whom nothing had to be done; the members as far as they are known tell them apart.
 */
export const telling = (
  { link, state, tell }: Pick<ClientInternals, 'link' | 'state' | 'tell'>,
  conversationId: string,
  ...kinds: readonly Membership['_tag'][]
): MonoTypeOperatorFunction<MembershipResult> => {
  const changed = (kind: Membership['_tag'], allowed: readonly string[]): readonly string[] => {
    const known = state.conversations.get(conversationId)?.members;
    if (known === undefined || (kind !== 'Joined' && kind !== 'Left')) return allowed;
    return allowed.filter((client) => known.includes(client) === (kind === 'Left'));
  };
  return tap(({ allowed }) => {
    for (const kind of kinds) {
      const members = changed(kind, allowed);
      if (members.length > 0) tell({ _tag: kind, conversationId, members, by: link.clientId });
    }
  });
};

export const memberCommands = (client: ClientInternals, id: string): MemberCommands => {
  const { link } = client;
  const self = link.clientId;
  const add: MemberCommands['add'] = (members) => addMembers(link, id, members).pipe(telling(client, id, 'Joined'));
  const remove: MemberCommands['remove'] = (members) =>
    removeMembers(link, id, members).pipe(telling(client, id, 'Left'));
  return { add, remove, join: () => add([self]), quit: () => remove([self]), count: () => countMembers(link, id) };
};
