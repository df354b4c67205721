/** Rules for what a party may see, say and do in a conversation. What is not allowed throws a `Refusal`. */
import { defined } from '../../../codecs/defined.js';
import type { ConversationInfo, ConversationKind } from '../../../codecs/index.js';
import type { Party } from '../party.js';
import type { MayNotSpeak } from '../records.js';
import { Refusal, type RefusalCode } from '../refusal.js';
import { hasRole, type Roles } from './ranks.js';

export const isMember = ({ members = [] }: ConversationInfo, { clientId }: Party): boolean =>
  clientId !== undefined && members.includes(clientId);

/** Whether clients that are not members may read an ordinary conversation. */
export type IsOpen = (info: ConversationInfo) => boolean;

/** The default: nobody but the members may. */
export const noneIsOpen: IsOpen = () => false;

/** Whether everybody may read the conversation: chat rooms and system conversations are always open. */
const mayAnybodyRead = (info: ConversationInfo, isOpen: IsOpen): boolean =>
  info.kind === 'room' || info.kind === 'system' || (info.kind === 'ordinary' && isOpen(info));

const isTemporaryId = (id: string): boolean => id.startsWith('_tmp:');
const over = (): Refusal => new Refusal(4323, 'this temporary conversation is over');

/**
 * The conversation that was found for an id. Refuses with 4303 if there is none, or with 4323 if it was a temporary
 * one.
 */
export const existingOf = (id: string, found: ConversationInfo | undefined): ConversationInfo => {
  if (found !== undefined) return found;
  throw isTemporaryId(id) ? over() : new Refusal(4303, `there is no conversation ${id}`);
};

/** The conversation, if the party is a member. Each command has its own code for the refusal. */
export const forMember = (info: ConversationInfo, party: Party, code: RefusalCode): ConversationInfo => {
  if (!party.isBackEnd && !isMember(info, party)) throw new Refusal(code, 'you are not a member of this conversation');
  return info;
};

/** The conversation, if the party may read it: as a member, or because it is open to everybody. */
export const forReader = (
  info: ConversationInfo,
  party: Party,
  code: RefusalCode,
  isOpen: IsOpen,
): ConversationInfo => {
  if (party.isBackEnd || isMember(info, party) || mayAnybodyRead(info, isOpen)) return info;
  throw new Refusal(code, 'this conversation is for its members');
};

/**
 * Whether clients that are no members may speak: in a chat room, and in a system conversation, where what they say is
 * for the back end. The vendor's sample bot answers those who have not subscribed.
 */
export const mayAnybodySpeak = (kind: ConversationKind): boolean => kind === 'room' || kind === 'system';

/** The conversation, if the party may speak in it. Refuses with 4401. */
export const forSpeaker = (id: string, info: ConversationInfo | undefined, party: Party): ConversationInfo => {
  if (info === undefined && isTemporaryId(id)) throw over();
  if (info === undefined || !(party.isBackEnd || mayAnybodySpeak(info.kind) || isMember(info, party)))
    throw new Refusal(4401, 'there is no such conversation, or you are not a member of it');
  return info;
};

/** The refusal of a client that may not speak. A stranger does not learn whether a conversation exists. */
export const mayNotSpeak = (id: string, { _tag }: MayNotSpeak): Refusal => {
  if (_tag === 'Silenced') return new Refusal(4563, 'you are silenced in this conversation');
  if (_tag === 'Blocked') return new Refusal(4315, 'you are blocked in this conversation');
  return _tag === 'NoConversation' && isTemporaryId(id)
    ? over()
    : new Refusal(4401, 'there is no such conversation, or you are not a member of it');
};

/** Refuses with 4314 if the conversation is not an ordinary one. */
export const ordinaryOnly = ({ kind }: ConversationInfo, what: string): void => {
  if (kind !== 'ordinary')
    throw new Refusal(4314, `a ${kind === 'room' ? 'chat room' : `${kind} conversation`} ${what}`);
};

/**
 * The conversation, if the party may change its name and attributes. Members may change an ordinary conversation, the
 * creator may change a chat room, and only the back end may change a system conversation.
 */
export const forChange = (info: ConversationInfo, party: Party, roles: Roles): ConversationInfo => {
  if (party.isBackEnd && info.kind !== 'temporary') return info;
  if (info.kind === 'room') {
    if (!hasRole(roles, party, 'Manager')) throw new Refusal(4309, 'only who has made a chat room changes it');
    return info;
  }
  forMember(info, party, 4309);
  ordinaryOnly(info, 'can not be changed');
  return info;
};

/**
 * The conversation, if the party may mute its push notifications. Chat rooms and temporary conversations have no push
 * notifications.
 */
export const forMuting = (info: ConversationInfo, party: Party): ConversationInfo => {
  forMember(info, party, 4317);
  if (info.kind === 'temporary' || info.kind === 'room') ordinaryOnly(info, 'pushes nothing that could be muted');
  return info;
};

/** What a client sees of a conversation whose id it knows: only that it exists and can be joined. */
const outline = ({ id, kind, creator, createdAt }: ConversationInfo): ConversationInfo => ({
  id,
  kind,
  ...defined({ creator, createdAt }),
  attributes: {},
});

/**
 * The conversation without what the client may not see: the subscribers of a system conversation, and the muted
 * members if the client is not a member.
 */
const whole = (info: ConversationInfo, asOneOf: boolean): ConversationInfo => {
  if (info.kind !== 'system' && asOneOf) return info;
  if (info.kind === 'room' && info.members === undefined && info.mutedMembers === undefined) return info;
  const { members, mutedMembers, ...others } = info;
  return info.kind === 'system' || members === undefined ? others : { ...others, members };
};

/** What a query asks about. */
interface Asked {
  /** Whether it names the ids of the conversations. */
  readonly knowsIds: boolean;
  /** The first keys of all its conditions. */
  readonly keys: ReadonlySet<string>;
}

const NOTHING: readonly string[] = [];
const MUTED: readonly string[] = ['mu'];
const SUBSCRIBERS: readonly string[] = ['m', 'mu'];

/**
 * What a client sees of a conversation. If it is a member, or the conversation is open, it sees all of it. Otherwise
 * it sees an outline if it knows the id, because clients fetch a conversation before they join it. Without the id it
 * sees nothing.
 *
 * A condition on what the client may not see neither matches nor fails to match: the client does not see the
 * conversation. Otherwise it could find out by questions what it may not read.
 */
export const seenBy = (party: Party, { knowsIds, keys }: Asked, isOpen: IsOpen) => {
  const isOnlyIds = knowsIds && [...keys].every((key) => key === 'objectId');
  const unless = (hidden: readonly string[], seen: ConversationInfo): ConversationInfo | undefined =>
    hidden.some((key) => keys.has(key)) ? undefined : seen;
  return (info: ConversationInfo): ConversationInfo | undefined => {
    if (party.isBackEnd) return info;
    const isIn = isMember(info, party);
    if (isIn || mayAnybodyRead(info, isOpen)) {
      const hiddenHere = isIn ? NOTHING : MUTED;
      return unless(info.kind === 'system' ? SUBSCRIBERS : hiddenHere, whole(info, isIn));
    }
    return isOnlyIds && info.kind === 'ordinary' ? outline(info) : undefined;
  };
};

/** Whether this is what a client sees of a conversation that is not open to it. */
export const isOutline = ({ kind, members }: ConversationInfo): boolean => kind === 'ordinary' && members === undefined;
