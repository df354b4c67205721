/** Loads conversations from the store and checks what the actor may do in them. */
import type { ConversationInfo } from '../../codecs/index.js';
import type { Actor } from '../actor.js';
import type { App } from '../app.js';
import { existingOf, forMember, forReader, mayNotSpeak } from '../domain/conversations/access.js';
import type { RefusalCode } from '../domain/refusal.js';

const find = async (app: App, id: string): Promise<ConversationInfo | undefined> =>
  (await app.store.conversations([id]))[0];

/** The conversation with this id. Refuses with 4303 if there is none, or with 4323 if it was a temporary one. */
export const existing = async (app: App, id: string): Promise<ConversationInfo> => existingOf(id, await find(app, id));

/** The conversation, if the actor is a member. Each command has its own code for the refusal. */
export const asMember = async (app: App, actor: Actor, id: string, code: RefusalCode): Promise<ConversationInfo> =>
  forMember(await existing(app, id), actor, code);

/** The conversation, if the actor may read in it. */
export const asReader = async (app: App, actor: Actor, id: string, code: RefusalCode): Promise<ConversationInfo> =>
  forReader(await existing(app, id), actor, code, app.isOpen);

/** The client that has to have the right to speak; undefined for the back end. */
export const speakerOf = ({ isBackEnd, clientId }: Actor): string | undefined => (isBackEnd ? undefined : clientId);

/** The conversation, if the actor may speak in it and is neither silenced nor, in a chat room, blocked. */
export const asSpeaker = async (app: App, actor: Actor, id: string): Promise<ConversationInfo> => {
  const speaking = await app.store.speaking(id, speakerOf(actor));
  if (speaking._tag !== 'MaySpeak') throw mayNotSpeak(id, speaking);
  return speaking.info;
};
