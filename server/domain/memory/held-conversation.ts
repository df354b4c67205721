/** A conversation as the memory store holds it, and its changes. */
import { defined } from '../../../codecs/defined.js';
import type { ConversationInfo, MemberRole } from '../../../codecs/index.js';
import { mayAnybodySpeak } from '../conversations/access.js';
import { bodyOf } from '../messages/body.js';
import type { ClientList, MayNotSpeak, MembersAdded, StoredMessage } from '../records.js';
import type { KeptByKind } from './retention.js';
import { conversationLog, type ConversationLog } from './conversation-log.js';

export interface HeldConversation {
  info: ConversationInfo;
  /** The key of a unique conversation. Its members may change, the key does not. */
  readonly uniqueKey: string | undefined;
  /** The members of `info`, to look them up. */
  readonly members: Set<string>;
  /** When the subscribers of a system conversation have joined, ms. */
  readonly joinedAt: Map<string, number>;
  readonly log: ConversationLog;
  readonly roles: Map<string, MemberRole>;
  /** A role was given besides the owner's, whatever has become of it. */
  hasRoles: boolean;
  readonly lists: Readonly<Record<ClientList, Set<string>>>;
  /** What `describe` has given, and of what. */
  described?: {
    readonly info: ConversationInfo;
    readonly shown: StoredMessage | undefined;
    readonly lastAt: number | undefined;
    readonly as: ConversationInfo;
  };
  /** Clients that may not speak until a time, ms. */
  readonly silences: Map<string, number>;
  /** Those of the blocked clients that were members when they were blocked. */
  readonly blockedMembers: Set<string>;
}

/** A new conversation. Its creator is its owner. `isFound`: if it is unique, its members find it. */
export const held = (info: ConversationInfo, unreadLimit: number, isFound: boolean): HeldConversation => ({
  info,
  uniqueKey: info.unique === true && isFound ? uniqueKey(info) : undefined,
  members: new Set(info.members),
  joinedAt: new Map(),
  log: conversationLog(info.id, unreadLimit),
  roles: new Map<string, MemberRole>(info.creator === undefined ? [] : [[info.creator, 'Owner']]),
  hasRoles: false,
  lists: { silenced: new Set(), blocked: new Set() },
  silences: new Map(),
  blockedMembers: new Set(),
});

/**
 * The key of a unique conversation: its kind and the members that it was created for, even if its members change
 * later.
 */
export const uniqueKey = ({ kind, members = [] }: Pick<ConversationInfo, 'kind' | 'members'>): string =>
  JSON.stringify([kind, ...[...members].sort()]);

/** When a conversation ends, ms. A temporary one ends after its lifetime, others after some time without activity. */
export const endOf = ({ info, log }: HeldConversation, kept: KeptByKind): number => {
  const { kind, ttl = Infinity, createdAt = 0, updatedAt = 0 } = info;
  return kind === 'temporary'
    ? createdAt + ttl * 1_000
    : Math.max(createdAt, updatedAt, log.lastAt() ?? -Infinity) + kept[kind].idle;
};

const lastMessageOf = (message: StoredMessage): NonNullable<ConversationInfo['lastMessage']> => {
  const { id, from, timestamp, editedAt } = message;
  return { id, from, timestamp, ...defined({ patchTimestamp: editedAt }), ...bodyOf(message) };
};

/** The conversation with its newest message and that message's time. It is made once for each change. */
export const describe = (conversation: HeldConversation): ConversationInfo => {
  const { info, log, described } = conversation;
  const [shown, lastAt] = [log.lastPublic(), log.lastAt()];
  if (described?.info === info && described.shown === shown && described.lastAt === lastAt) return described.as;
  const as = describedBy(conversation, shown);
  conversation.described = { info, shown, lastAt, as };
  return as;
};

/** The time of the last message that everybody may see, or of the last one that was there. */
export const lastMessageAtOf = ({ info, log }: HeldConversation): number | undefined =>
  // The last message of a system conversation may be for another client.
  log.lastPublic()?.timestamp ?? (info.kind === 'system' ? undefined : log.lastAt());

const describedBy = (conversation: HeldConversation, shown: StoredMessage | undefined): ConversationInfo => {
  const { info } = conversation;
  const lastMessageAt = lastMessageAtOf(conversation);
  if (lastMessageAt === undefined) return info;
  return { ...info, lastMessageAt, ...(shown === undefined ? {} : { lastMessage: lastMessageOf(shown) }) };
};

const isSilenced = ({ lists, silences }: HeldConversation, clientId: string, now: number): boolean =>
  lists.silenced.has(clientId) || (silences.get(clientId) ?? -Infinity) > now;

/** Whether a client may speak; the back end, which is no client, may always. */
export const speakingIn = (
  conversation: HeldConversation,
  clientId: string | undefined,
  now: number,
): MayNotSpeak['_tag'] | 'MaySpeak' => {
  if (clientId === undefined) return 'MaySpeak';
  const { info, members, lists } = conversation;
  const isMembersOnly = !mayAnybodySpeak(info.kind);
  if (isMembersOnly && !members.has(clientId)) return 'NotMember';
  if (isSilenced(conversation, clientId, now)) return 'Silenced';
  return !isMembersOnly && lists.blocked.has(clientId) ? 'Blocked' : 'MaySpeak';
};

/**
 * Who can be added, each once: who is not blocked, as long as there is room here, and if a client has room for another
 * conversation.
 */
export const admitted = (
  { members, lists: { blocked } }: HeldConversation,
  wanted: readonly string[],
  limit: number,
  hasRoom: (clientId: string) => boolean,
): MembersAdded => {
  const welcome = wanted.filter((member) => !blocked.has(member));
  const news = [...new Set(welcome)].filter((member) => !members.has(member));
  const able = news.filter(hasRoom);
  const added = able.slice(0, Math.max(0, limit - members.size));
  const isAdded = new Set(added);
  return {
    added,
    present: welcome.filter((member) => members.has(member)),
    full: news.filter((member) => !isAdded.has(member)),
    blocked: wanted.filter((member) => blocked.has(member)),
  };
};

/** Gives a client a role, or takes it back: `Member` is none. */
export const giveRole = (conversation: HeldConversation, clientId: string, role: MemberRole): void => {
  if (role === 'Manager') conversation.hasRoles = true;
  if (role === 'Member') conversation.roles.delete(clientId);
  else conversation.roles.set(clientId, role);
};

/** Those of some clients that are on a list. */
export const listedAmong = (list: ReadonlySet<string> | undefined, clientIds: readonly string[]): ReadonlySet<string> =>
  new Set(clientIds.filter((clientId) => list?.has(clientId) === true));

/** Those of some clients that are silenced, for ever or for some time. */
export const silencedAmong = (
  conversation: HeldConversation | undefined,
  clientIds: readonly string[],
  now: number,
): ReadonlySet<string> =>
  new Set(conversation && clientIds.filter((clientId) => isSilenced(conversation, clientId, now)));

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

/** Silences a client until a time, or ends that. Gives false if there is no room, or nothing to end. */
export const silenceUntil = (
  conversation: HeldConversation | undefined,
  clientId: string,
  until: number | undefined,
  limit: number,
  now: number,
): boolean => {
  if (conversation === undefined) return false;
  const { silences } = conversation;
  for (const [client, endsAt] of silences) if (endsAt <= now) silences.delete(client);
  if (until === undefined) return silences.delete(clientId);
  if (!silences.has(clientId) && silences.size >= limit) return false;
  silences.set(clientId, until);
  return true;
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

/** The conversation after a member has muted it, or no longer does. */
export const withMuted = (info: ConversationInfo, clientId: string, muted: boolean): ConversationInfo => {
  const others = info.mutedMembers?.filter((member) => member !== clientId) ?? [];
  return { ...info, mutedMembers: muted ? [...others, clientId] : others };
};
