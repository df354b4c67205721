/** Who may see, say and do what in a conversation. What is not allowed throws a `Refusal`. */
import { defined } from '../../../codecs/defined.js';
import type { ConversationInfo } from '../../../codecs/index.js';
import type { Party } from '../party.js';
import { Refusal, type RefusalCode } from '../refusal.js';
import { hasRole, type Roles } from './ranks.js';

export const isMember = ({ members = [] }: ConversationInfo, { clientId }: Party): boolean =>
  clientId !== undefined && members.includes(clientId);

/** Whether those who are not members may read an ordinary conversation. */
export type IsOpen = (info: ConversationInfo) => boolean;

/** Chat rooms and system conversations have no other readers. */
const mayAnybodyRead = (info: ConversationInfo, isOpen: IsOpen): boolean =>
  info.kind === 'room' || info.kind === 'system' || (info.kind === 'ordinary' && isOpen(info));

const isTemporaryId = (id: string): boolean => id.startsWith('_tmp:');
const over = (): Refusal => new Refusal(4323, 'this temporary conversation is over');

/** The conversation of an id; 4303 where there is none, or 4323 where it was a temporary one. */
export const existingOf = (id: string, found: ConversationInfo | undefined): ConversationInfo => {
  if (found !== undefined) return found;
  throw isTemporaryId(id) ? over() : new Refusal(4303, `there is no conversation ${id}`);
};

/** The conversation, if the party is one of its members; each command has its own code for a no. */
export const forMember = (info: ConversationInfo, party: Party, code: RefusalCode): ConversationInfo => {
  if (!party.isBackEnd && !isMember(info, party)) throw new Refusal(code, 'you are not a member of this conversation');
  return info;
};

/** The conversation, if the party may read in it: as a member, or since it is open to everybody. */
export const forReader = (
  info: ConversationInfo,
  party: Party,
  code: RefusalCode,
  isOpen: IsOpen,
): ConversationInfo => {
  if (party.isBackEnd || isMember(info, party) || mayAnybodyRead(info, isOpen)) return info;
  throw new Refusal(code, 'this conversation is for its members');
};

/** The conversation, if the party may speak in it: anybody in a chat room, members elsewhere. 4401 where not. */
export const forSpeaker = (id: string, info: ConversationInfo | undefined, party: Party): ConversationInfo => {
  if (info === undefined && isTemporaryId(id)) throw over();
  if (info === undefined || !(party.isBackEnd || info.kind === 'room' || isMember(info, party)))
    throw new Refusal(4401, 'there is no such conversation, or you are not a member of it');
  return info;
};

/** Refuses what only ordinary conversations have, with 4314. */
export const ordinaryOnly = ({ kind }: ConversationInfo, what: string): void => {
  if (kind !== 'ordinary')
    throw new Refusal(4314, `a ${kind === 'room' ? 'chat room' : `${kind} conversation`} ${what}`);
};

/**
 * The conversation, if the party may change what it is like: members an ordinary one, whoever has made it a chat
 * room, and the back end a system conversation.
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
 * The conversation, if the party may turn its push notifications off: those of chat rooms and temporary conversations
 * are off.
 */
export const forMuting = (info: ConversationInfo, party: Party): ConversationInfo => {
  forMember(info, party, 4317);
  if (info.kind === 'temporary' || info.kind === 'room') ordinaryOnly(info, 'pushes nothing that could be muted');
  return info;
};

/** What a client gets to see of a conversation that it knows the id of: that there is one to join. */
const outline = ({ id, kind, creator, createdAt }: ConversationInfo): ConversationInfo => ({
  id,
  kind,
  ...defined({ creator, createdAt }),
  attributes: {},
});

/**
 * Who is subscribed to a system conversation is nobody's business, nor who has muted a conversation that one is not a
 * member of.
 */
const whole = (info: ConversationInfo, asOneOf: boolean): ConversationInfo => {
  if (info.kind !== 'system' && asOneOf) return info;
  const { members, mutedMembers, ...others } = info;
  return info.kind === 'system' || members === undefined ? others : { ...others, members };
};

/**
 * What a client gets to see of conversations: all of those that it is a member of, or that are open. Of others it
 * sees an outline where it knows their ids, since clients fetch a conversation before they join it, and nothing
 * otherwise.
 */
export const seenBy =
  (party: Party, knowsIds: boolean, isOpen: IsOpen) =>
  (info: ConversationInfo): ConversationInfo | undefined => {
    if (party.isBackEnd) return info;
    if (isMember(info, party)) return whole(info, true);
    if (mayAnybodyRead(info, isOpen)) return whole(info, false);
    return knowsIds && info.kind === 'ordinary' ? outline(info) : undefined;
  };
