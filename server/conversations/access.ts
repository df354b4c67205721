/** Who may see, say and do what in a conversation. */
import type { ConversationInfo } from '../../codecs/index.js';
import type { Actor } from '../actor.js';
import type { App } from '../app.js';
import { Refusal, type RefusalCode } from '../refusal.js';

export const isMember = ({ members = [] }: ConversationInfo, { clientId }: Actor): boolean =>
  clientId !== undefined && members.includes(clientId);

/** Whether those who are not members may read it: chat rooms and system conversations have no other readers. */
const isOpen = (app: App, info: ConversationInfo): boolean =>
  info.kind === 'room' || info.kind === 'system' || (info.kind === 'ordinary' && app.isOpen(info));

/** The conversation of an id; refuses with 4303, or with 4323 where it was a temporary one. */
export const existing = async (app: App, id: string): Promise<ConversationInfo> => {
  const [conversation] = await app.store.conversations([id]);
  if (conversation !== undefined) return conversation;
  throw id.startsWith('_tmp:')
    ? new Refusal(4323, 'this temporary conversation is over')
    : new Refusal(4303, `there is no conversation ${id}`);
};

/** The conversation, if the actor is one of its members; each command has its own code for a no. */
export const asMember = async (app: App, actor: Actor, id: string, code: RefusalCode): Promise<ConversationInfo> => {
  const conversation = await existing(app, id);
  if (!actor.isBackEnd && !isMember(conversation, actor)) throw new Refusal(code, 'you are not a member of this conversation');
  return conversation;
};

/** The conversation, if the actor may read in it: as a member, or since it is open to everybody. */
export const asReader = async (app: App, actor: Actor, id: string, code: RefusalCode): Promise<ConversationInfo> => {
  const conversation = await existing(app, id);
  if (actor.isBackEnd || isMember(conversation, actor) || isOpen(app, conversation)) return conversation;
  throw new Refusal(code, 'this conversation is for its members');
};

/** The conversation, if the actor may speak in it: anybody in a chat room, members elsewhere, unless they are silenced. */
export const asSpeaker = async (app: App, actor: Actor, id: string): Promise<ConversationInfo> => {
  const [conversation] = await app.store.conversations([id]);
  if (conversation === undefined && id.startsWith('_tmp:')) throw new Refusal(4323, 'this temporary conversation is over');
  if (conversation === undefined || !(actor.isBackEnd || conversation.kind === 'room' || isMember(conversation, actor)))
    throw new Refusal(4401, 'there is no such conversation, or you are not a member of it');
  const { clientId } = actor;
  if (actor.isBackEnd || clientId === undefined) return conversation;
  if ((await app.store.whoIsListed(id, 'silenced', [clientId])).size > 0) throw new Refusal(4563, 'you are silenced in this conversation');
  if (conversation.kind === 'room' && (await app.store.whoIsListed(id, 'blocked', [clientId])).size > 0)
    throw new Refusal(4315, 'you are blocked in this chat room');
  return conversation;
};

/** Refuses what only ordinary conversations have, with 4314. */
export const ordinaryOnly = ({ kind }: ConversationInfo, what: string): void => {
  if (kind !== 'ordinary') throw new Refusal(4314, `a ${kind === 'room' ? 'chat room' : `${kind} conversation`} ${what}`);
};

/** What a client gets to see of a conversation that it knows the id of: that there is one to join. */
const outline = ({ id, kind, creator, createdAt }: ConversationInfo): ConversationInfo => ({
  id,
  kind,
  ...(creator === undefined ? {} : { creator }),
  ...(createdAt === undefined ? {} : { createdAt }),
  attributes: {},
});

/** Who is subscribed to a system conversation is nobody's business, nor who has muted a conversation that one is not a member of. */
const whole = (info: ConversationInfo, asOneOf: boolean): ConversationInfo => {
  if (info.kind !== 'system' && asOneOf) return info;
  const { members, mutedMembers, ...others } = info;
  return info.kind === 'system' || members === undefined ? others : { ...others, members };
};

/**
 * What a client gets to see of conversations: all of those that it is a member of, or that are open. Of others it sees an outline where it knows their ids, since clients fetch a conversation before
 * they join it, and nothing otherwise.
 */
export const seenBy =
  (app: App, actor: Actor, knowsIds: boolean) =>
  (info: ConversationInfo): ConversationInfo | undefined => {
    if (actor.isBackEnd) return info;
    if (isMember(info, actor)) return whole(info, true);
    if (isOpen(app, info)) return whole(info, false);
    return knowsIds && info.kind === 'ordinary' ? outline(info) : undefined;
  };
