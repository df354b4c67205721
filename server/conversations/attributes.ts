/** Changes the name, attributes and muted members of conversations. */
import { defined } from '../../codecs/defined.js';
import { encodeAttributes, type ConversationInfo, type ServerCommand } from '../../codecs/index.js';
import { exceptActor, type Actor } from '../actor.js';
import type { App } from '../app.js';
import type { Notice } from '../notice.js';
import { existingOf, forChange, forMuting } from '../domain/conversations/access.js';
import { describedAfter } from '../domain/conversations/attribute-edits.js';
import {
  attributesChange,
  doneBy,
  mutedAnswer,
  updatedAnswer,
  updatedNotice,
  type AttributesChange,
} from '../domain/conversations/attributes.js';
import type { ConversationChange } from '../domain/records.js';
import { Refusal } from '../domain/refusal.js';
import { existing } from './access.js';
import { asJson } from './create.js';

const tooLong = (bytes: number): Refusal =>
  new Refusal(4306, `the attributes of a conversation have at most ${bytes} bytes`);

const changeable = async (app: App, actor: Actor, id: string): Promise<ConversationInfo> => {
  const found = await existing(app, id);
  return forChange(found, actor, found.kind === 'room' ? await app.store.roles(id) : new Map());
};

/**
 * Changes the name and attributes. Tells the other sessions of all members, or of the clients in the chat room
 * (protocol: conv/update). A removed attribute is `null` in the notice's `attr`, which every client understands. It
 * is missing from `attrModified`, so that a client can tell it from an attribute whose value is null. Gives the
 * answer.
 */
export const updateAttributes = async (app: App, actor: Actor, id: string, data: string): Promise<ServerCommand> =>
  app.alone(id, async () => {
    const { store, bus, limits, hooks } = app;
    const { attributeBytes: atMost } = limits;
    const conversation = await changeable(app, actor, id);
    if (Buffer.byteLength(data) > 2 * atMost) throw tooLong(atMost);
    const wanted = attributesChange(data);
    const change: ConversationChange = { ...defined({ name: wanted.name }), edits: wanted.edits, atMost };
    // Before the hook, and once more by the store, which carries it out.
    const expected = describedAfter(conversation, change);
    await hooks.conversationUpdate({
      convId: id,
      initBy: actor.clientId,
      attr: asJson({ attributes: wanted.attr }),
    });
    // Later than the time of each notice before, which may be ahead of the clock.
    const at = app.stamp();
    // The notice has no priority, even in a chat room: if it was dropped, nothing would tell of the change later.
    const tellUpdate = (done: AttributesChange): void => {
      const notice: Notice = { _tag: 'Push', command: updatedNotice(actor, id, done, at), ...exceptActor(actor) };
      if (conversation.kind === 'room') bus.publishRoom(id, notice);
      else bus.publish(conversation.members ?? [], notice);
    };
    const updated = await app.attempt(id, () => store.updateConversation(id, change, at), {
      settle: async () => {
        const [now] = await store.conversations([id]);
        const { updatedAt = at } = now ?? {};
        const isMade =
          (updatedAt === at || updatedAt !== conversation.updatedAt) &&
          now !== undefined &&
          encodeAttributes(now.attributes) === encodeAttributes(expected.attributes);
        if (isMade) tellUpdate(doneBy(wanted, now.attributes));
        return isMade;
      },
    });
    const done = doneBy(wanted, existingOf(id, updated).attributes);
    tellUpdate(done);
    return updatedAnswer(id, done, at);
  });

/** Turns a member's push notifications for a conversation off or on. Gives the answer. */
export const setMuted = async (
  app: App,
  actor: Actor & { readonly clientId: string },
  id: string,
  muted: boolean,
): Promise<ServerCommand> =>
  app.alone(id, async () => {
    const conversation = forMuting(await existing(app, id), actor);
    await app.store.setMuted(id, actor.clientId, muted);
    return mutedAnswer(conversation, app.stamp());
  });
