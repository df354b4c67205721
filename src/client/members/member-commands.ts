/** Commands about the members of a conversation. */
import { tap, type MonoTypeOperatorFunction } from 'rxjs';
import type { Membership } from '../../../streams/index.js';
import type { Conversation } from '../conversation/conversation.js';
import type { ClientInternals } from '../internals.js';
import { addMembers, countMembers, removeMembers, type MembershipResult } from './membership.js';

type MemberCommands = Pick<Conversation, 'add' | 'remove' | 'join' | 'quit' | 'count'>;

/**
 * Writes the result of a command to the log, because the server tells only the other clients. The server's answer
 * also names clients for whom nothing has changed; these are left out, as far as the members are known.
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
