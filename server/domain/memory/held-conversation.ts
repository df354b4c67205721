/** A conversation as the memory store holds it, and its changes. */
import { defined } from '../../../codecs/defined.js';
import type { ConversationInfo, MemberRole } from '../../../codecs/index.js';
import { bodyOf } from '../messages/body.js';
import type { ClientList, ConversationDraft, MayNotSpeak, MembersAdded, StoredMessage } from '../records.js';
import { conversationLog, type ConversationLog } from './conversation-log.js';

export interface HeldConversation {
  info: ConversationInfo;
  readonly log: ConversationLog;
  readonly roles: Map<string, MemberRole>;
  readonly lists: Readonly<Record<ClientList, Set<string>>>;
}

/** The conversation that a draft becomes. */
export const infoOf = (id: string, draft: ConversationDraft): ConversationInfo => {
  const { kind, creator, members, name, attributes, unique, ttl, now } = draft;
  return {
    id,
    kind,
    ...defined({ creator, members: kind === 'room' ? undefined : members, name, unique: unique || undefined, ttl }),
    createdAt: now,
    updatedAt: now,
    attributes,
  };
};

/** A new conversation. Its creator is its owner. */
export const held = (info: ConversationInfo, unreadLimit: number): HeldConversation => ({
  info,
  log: conversationLog(info.id, unreadLimit),
  roles: new Map<string, MemberRole>(info.creator === undefined ? [] : [[info.creator, 'Owner']]),
  lists: { silenced: new Set(), blocked: new Set() },
});

/**
 * The key of a unique conversation: its kind and the members that it was created for, even if its members change
 * later.
 */
export const uniqueKey = ({ kind, members = [] }: Pick<ConversationInfo, 'kind' | 'members'>): string =>
  JSON.stringify([kind, ...[...members].sort()]);

/** When a conversation ends, ms. A temporary one ends after its lifetime, others after `idle` ms without activity. */
export const endOf = ({ info, log }: HeldConversation, idle: number): number => {
  const { kind, ttl = Infinity, createdAt = 0, updatedAt = 0 } = info;
  return kind === 'temporary'
    ? createdAt + ttl * 1_000
    : Math.max(createdAt, updatedAt, log.lastAt() ?? -Infinity) + idle;
};

const lastMessageOf = (message: StoredMessage): NonNullable<ConversationInfo['lastMessage']> => {
  const { id, from, timestamp, editedAt } = message;
  return { id, from, timestamp, ...defined({ patchTimestamp: editedAt }), ...bodyOf(message) };
};

/** The conversation with its newest message and that message's time. */
export const describe = ({ info, log }: HeldConversation): ConversationInfo => {
  const shown = log.lastPublic();
  if (shown !== undefined) return { ...info, lastMessageAt: shown.timestamp, lastMessage: lastMessageOf(shown) };
  // The last message of a system conversation may be for another client.
  return info.kind === 'system' ? info : { ...info, ...defined({ lastMessageAt: log.lastAt() }) };
};

/** Whether a client may speak; the back end, which is no client, may always. */
export const speakingIn = (
  { info, lists }: HeldConversation,
  clientId: string | undefined,
): MayNotSpeak['_tag'] | 'MaySpeak' => {
  if (clientId === undefined) return 'MaySpeak';
  if (info.kind !== 'room' && info.members?.includes(clientId) !== true) return 'NotMember';
  if (lists.silenced.has(clientId)) return 'Silenced';
  return info.kind === 'room' && lists.blocked.has(clientId) ? 'Blocked' : 'MaySpeak';
};

/** Adds members that are not blocked, each once, as long as there is room. */
export const admitted = (
  { info: { members = [] }, lists: { blocked } }: HeldConversation,
  wanted: readonly string[],
  limit: number,
): MembersAdded => {
  const isMember = new Set(members);
  const welcome = wanted.filter((member) => !blocked.has(member));
  const news = [...new Set(welcome)].filter((member) => !isMember.has(member));
  const added = news.slice(0, Math.max(0, limit - members.length));
  return {
    added,
    present: welcome.filter((member) => isMember.has(member)),
    full: news.slice(added.length),
    blocked: wanted.filter((member) => blocked.has(member)),
  };
};

/** Puts clients on a list, as long as there is room, or takes them off it. */
export const changeList = (
  list: Set<string>,
  clientIds: readonly string[],
  listed: boolean,
  limit: number,
): { readonly changed: readonly string[]; readonly full: readonly string[] } => {
  const wanted = [...new Set(clientIds)].filter((clientId) => list.has(clientId) !== listed);
  const room = listed ? Math.max(0, limit - list.size) : wanted.length;
  const changed = wanted.slice(0, room);
  for (const clientId of changed) {
    if (listed) list.add(clientId);
    else list.delete(clientId);
  }
  return { changed, full: wanted.slice(room) };
};

/** A page of a list, in the order of ids, after the id `after`. */
export const pageOfList = (
  list: ReadonlySet<string>,
  limit: number,
  after: string,
): { readonly clientIds: readonly string[]; readonly next?: string } => {
  const clientIds = [...list].filter((clientId) => clientId > after).sort();
  const page = clientIds.slice(0, limit);
  return { clientIds: page, ...defined({ next: clientIds.length > limit ? page.at(-1) : undefined }) };
};
