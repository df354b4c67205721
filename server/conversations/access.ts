/** Conversations as the store has them, for those who may see, say or do something there. */
import type { ConversationInfo } from '../../codecs/index.js';
import type { Actor } from '../actor.js';
import type { App } from '../app.js';
import { existingOf, forMember, forReader, forSpeaker } from '../domain/conversations/access.js';
import { Refusal, type RefusalCode } from '../domain/refusal.js';

const find = async (app: App, id: string): Promise<ConversationInfo | undefined> =>
  (await app.store.conversations([id]))[0];

/** The conversation of an id; refuses with 4303, or with 4323 where it was a temporary one. */
export const existing = async (app: App, id: string): Promise<ConversationInfo> => existingOf(id, await find(app, id));

/** The conversation, if the actor is one of its members; each command has its own code for a no. */
export const asMember = async (app: App, actor: Actor, id: string, code: RefusalCode): Promise<ConversationInfo> =>
  forMember(await existing(app, id), actor, code);

/** The conversation, if the actor may read in it. */
export const asReader = async (app: App, actor: Actor, id: string, code: RefusalCode): Promise<ConversationInfo> =>
  forReader(await existing(app, id), actor, code, app.isOpen);

/** The conversation, if the actor may speak in it, and is neither silenced there nor blocked in the chat room. */
export const asSpeaker = async (app: App, actor: Actor, id: string): Promise<ConversationInfo> => {
  const conversation = forSpeaker(id, await find(app, id), actor);
  const { clientId } = actor;
  if (actor.isBackEnd || clientId === undefined) return conversation;
  if ((await app.store.whoIsListed(id, 'silenced', [clientId])).size > 0)
    throw new Refusal(4563, 'you are silenced in this conversation');
  if (conversation.kind === 'room' && (await app.store.whoIsListed(id, 'blocked', [clientId])).size > 0)
    throw new Refusal(4315, 'you are blocked in this chat room');
  return conversation;
};
