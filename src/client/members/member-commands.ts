/** The commands of a conversation about its members. */
import { tap, type MonoTypeOperatorFunction } from 'rxjs';
import type { Membership } from '../../../streams/index.js';
import type { Conversation } from '../conversation/conversation.js';
import type { ClientInternals } from '../internals.js';
import { addMembers, countMembers, removeMembers, type MembershipResult } from './membership.js';

type MemberCommands = Pick<Conversation, 'add' | 'remove' | 'join' | 'quit' | 'count'>;

/** Puts what a command has changed into the log: the server tells only the other clients. `changed` picks those for whom it was a change; by default all. */
export const telling = (
  { link, tell }: Pick<ClientInternals, 'link' | 'tell'>,
  conversationId: string,
  kinds: readonly Membership['_tag'][],
  changed = (allowed: readonly string[]): readonly string[] => allowed,
): MonoTypeOperatorFunction<MembershipResult> =>
  tap(({ allowed }) => {
    const members = changed(allowed);
    if (members.length > 0) for (const kind of kinds) tell({ _tag: kind, conversationId, members, by: link.clientId });
  });

/**
 * The answer of the server also names those for whom nothing had to be done: the members as far as they are known tell them apart.
 */
export const memberCommands = (client: ClientInternals, id: string): MemberCommands => {
  const { link, state } = client;
  const self = link.clientId;
  const told = (kind: 'Joined' | 'Left'): MonoTypeOperatorFunction<MembershipResult> =>
    telling(client, id, [kind], (allowed) => {
      const members = state.conversations.get(id)?.members;
      return members === undefined ? allowed : allowed.filter((member) => members.includes(member) === (kind === 'Left'));
    });
  const add: MemberCommands['add'] = (members) => addMembers(link, id, members).pipe(told('Joined'));
  const remove: MemberCommands['remove'] = (members) => removeMembers(link, id, members).pipe(told('Left'));
  return { add, remove, join: () => add([self]), quit: () => remove([self]), count: () => countMembers(link, id) };
};
