/** What a conversation is like changes. */
import { defined } from '../../codecs/defined.js';
import { encodeAttributes, type ConversationInfo } from '../../codecs/index.js';
import { exceptActor, type Actor } from '../actor.js';
import type { App } from '../app.js';
import type { Notice } from '../bus.js';
import { forChange, forMuting } from '../domain/conversations/access.js';
import {
  attributesChange,
  changedAttributes,
  changeWithNulls,
  mutedWith,
  updatedNotice,
  writtenModified,
} from '../domain/conversations/attributes.js';
import { Refusal } from '../domain/refusal.js';
import { existing } from './access.js';
import { asJson } from './create.js';

/** When attributes were changed, and which they are now. */
export interface Changed {
  readonly at: number;
  /** As the answer and the notice have it. */
  readonly attrModified: string;
}

const tooLong = (bytes: number): Refusal => new Refusal(4306, `the attributes of a conversation have at most ${bytes} bytes`);

const changeable = async (app: App, actor: Actor, id: string): Promise<ConversationInfo> => {
  const found = await existing(app, id);
  return forChange(found, actor, found.kind === 'room' ? await app.store.roles(id) : new Map());
};

/**
 * Changes the name and attributes, and tells the other sessions of all members, or of who is in the chat room, which (protocol: conv/update). What goes is `null` in the notice's `attr`, where every client understands it, and missing from `attrModified`,
 * by which a client tells it from an attribute that is null.
 */
export const updateAttributes = async (app: App, actor: Actor, id: string, data: string): Promise<Changed> =>
  app.inOrder(id, async () => {
    const { store, bus, clock, limits, hooks } = app;
    const conversation = await changeable(app, actor, id);
    if (Buffer.byteLength(data) > 2 * limits.attributeBytes) throw tooLong(limits.attributeBytes);
    const change = attributesChange(data);
    await hooks.conversationUpdate({
      convId: id,
      initBy: actor.clientId,
      attr: asJson({ attributes: changeWithNulls(change) }),
    });
    const name = defined({ name: change.name });
    const attributes = changedAttributes(conversation.attributes, change);
    const described = { ...attributes, ...defined({ name: conversation.name }), ...name };
    if (Buffer.byteLength(encodeAttributes(described)) > limits.attributeBytes) throw tooLong(limits.attributeBytes);
    const at = clock.now();
    await store.updateConversation(id, { attributes, ...name }, at);
    const notice: Notice = { _tag: 'Push', command: updatedNotice(actor, id, change, at), ...exceptActor(actor) };
    // Without a priority, though it is a chat room: nothing else would tell of it later.
    if (conversation.kind === 'room') bus.publishRoom(id, notice);
    else bus.publish(conversation.members ?? [], notice);
    return { at, attrModified: writtenModified(change) };
  });

/** A member wants push notifications of a conversation, or none. Gives when the conversation was last changed. */
export const setMuted = async (app: App, actor: Actor & { readonly clientId: string }, id: string, muted: boolean): Promise<number> =>
  app.inOrder(id, async () => {
    const conversation = forMuting(await existing(app, id), actor);
    const { updatedAt = 0 } = conversation;
    await app.store.updateConversation(id, { mutedMembers: mutedWith(conversation, actor.clientId, muted) }, app.clock.now());
    return updatedAt;
  });
