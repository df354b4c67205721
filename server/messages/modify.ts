/** Edits and recalls messages. */
import { exceptActor, type Actor } from '../actor.js';
import type { App } from '../app.js';
import { asSpeaker, earnedPriority } from '../conversations/access.js';
import { bodyOf } from '../domain/messages/body.js';
import { editOf, editResult, wantedBody, type EditWish } from '../domain/messages/edits.js';
import { patchPush } from '../domain/messages/pushes.js';
import { unreadPush } from '../domain/messages/unread-push.js';
import type { StoredMessage } from '../store/store.js';
import { checkSize, fromHook, toHook } from './body.js';
import { publishAbout } from './deliver.js';

/**
 * An edit by the owner, a manager or the back end is never dropped in a chat room, since it may remove a text that must
 * not be seen. An edit by anybody else is as important as the message was.
 */
const HIGH = 1;

/** Changes one message, and tells all other sessions of its receivers. Gives the message after the change. */
export const modify = async (app: App, actor: Actor, wish: EditWish): Promise<StoredMessage> =>
  app.inOrder(wish.conversationId, async () => {
    const { store, bus, clock, limits, hooks } = app;
    const { conversationId, messageId, recall, mentions = [] } = wish;
    const info = await asSpeaker(app, actor, conversationId);
    const given = wantedBody(wish);
    // The mentioned clients are stored with the message.
    const beside = mentions.join('');
    checkSize(given, beside, limits.messageBytes);
    const asked = await hooks.messageUpdate({
      ...toHook(given),
      fromPeer: actor.clientId,
      convId: conversationId,
      msgId: messageId,
      recall,
    });
    const before = toHook(given);
    const body =
      recall || (asked.content === before.content && asked.bin === before.bin) ? bodyOf(given) : fromHook(asked);
    checkSize(body, beside, limits.messageBytes);
    const edit = editOf(actor, wish, body, clock.now());
    const { message, unreadBy } = editResult(await store.modify(edit), messageId);
    const priority = await earnedPriority(app, actor, info, HIGH);
    publishAbout(app, info, message, {
      _tag: 'Push',
      command: patchPush([message]),
      ...(info.kind === 'room' ? { priority } : {}),
      ...exceptActor(actor),
    });
    if (recall && info.kind !== 'room') {
      for (const member of unreadBy) {
        const summary = await store.unreadIn(conversationId, member);
        bus.publish([member], { _tag: 'Push', command: unreadPush([summary], clock.now()) });
      }
    }
    return message;
  });
