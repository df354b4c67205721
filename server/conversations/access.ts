/** Loads conversations from the store and checks what the actor may do in them. */
import type { ConversationInfo } from '../../codecs/index.js';
import type { Actor } from '../actor.js';
import type { App } from '../app.js';
import type { RoomPriority } from '../notice.js';
import {
  existingOf,
  isMember,
  forMember,
  forReader,
  mayNotSpeak,
  type IsOpen,
} from '../domain/conversations/access.js';
import { hasRole } from '../domain/conversations/ranks.js';
import { Refusal, type RefusalCode } from '../domain/refusal.js';

const find = async (app: App, id: string): Promise<ConversationInfo | undefined> =>
  (await app.store.conversations([id]))[0];

/** The conversation with this id. Refuses with 4303 if there is none, or with 4323 if it was a temporary one. */
export const existing = async (app: App, id: string): Promise<ConversationInfo> => existingOf(id, await find(app, id));

/** The conversation, if the actor is a member. Each command has its own code for the refusal. */
export const asMember = async (app: App, actor: Actor, id: string, code: RefusalCode): Promise<ConversationInfo> =>
  forMember(await existing(app, id), actor, code);

const isBlocked = async ({ store }: App, { isBackEnd, clientId }: Actor, id: string): Promise<boolean> =>
  !isBackEnd && clientId !== undefined && (await store.whoIsListed(id, 'blocked', [clientId])).size > 0;

/**
 * The conversation, if the actor may read its history (`isOpen` of the app), or see it (`isShown`). Who is blocked may
 * not read what is open to everybody: 4315.
 */
export const asReader = async (
  app: App,
  actor: Actor,
  id: string,
  code: RefusalCode,
  isOpen: IsOpen,
): Promise<ConversationInfo> => {
  const conversation = forReader(await existing(app, id), actor, code, isOpen);
  if (!isMember(conversation, actor) && (await isBlocked(app, actor, id)))
    throw new Refusal(4315, 'you are blocked in this conversation');
  return conversation;
};

/** High: messages of this priority are never dropped. */
export const HIGH = 1;
const NORMAL = 2;

/** Whether a message of this actor has this priority in every chat room. */
export const hasPriority = ({ isBackEnd }: Actor, wanted: RoomPriority): boolean => wanted !== HIGH || isBackEnd;

/**
 * The priority that a message of this actor has in a chat room. Only its owner, its managers and the back
 * end may use the high one, because messages of it are never dropped, and so take the place of all others. Who else
 * asks for it gets the normal one.
 */
export const earnedPriority = async (
  app: App,
  actor: Actor,
  roomId: string,
  wanted: RoomPriority,
): Promise<RoomPriority> =>
  hasPriority(actor, wanted) || hasRole(await app.store.roles(roomId), actor, 'Manager') ? wanted : NORMAL;

/** The client that has to have the right to speak; undefined for the back end. */
export const speakerOf = ({ isBackEnd, clientId }: Actor): string | undefined => (isBackEnd ? undefined : clientId);

/** The conversation, if the actor may speak in it and is neither silenced nor, in a chat room, blocked. */
export const asSpeaker = async (app: App, actor: Actor, id: string): Promise<ConversationInfo> => {
  const speaking = await app.store.speaking(id, speakerOf(actor));
  if (speaking._tag !== 'MaySpeak') throw mayNotSpeak(id, speaking);
  return speaking.info;
};
