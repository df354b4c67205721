/** Messages are changed, and taken back. */
import { defined } from '../../codecs/defined.js';
import { exceptActor, type Actor } from '../actor.js';
import type { App } from '../app.js';
import { asSpeaker } from '../conversations/access.js';
import { bodyOf, typeOf } from '../domain/messages/body.js';
import type { EditWish } from '../domain/messages/message.js';
import { patchPush } from '../domain/messages/pushes.js';
import { unreadPush } from '../domain/messages/unread-push.js';
import { Refusal } from '../domain/refusal.js';
import type { StoredMessage } from '../store/store.js';
import { checkSize, fromHook, toHook } from './body.js';
import { publishAbout } from './deliver.js';

/** Before everything else of a chat room, since it may be what must not be seen. */
const HIGH = 1;

/** Changes one message, and tells every other session of all who have it. Gives what it is now. */
export const modify = async (app: App, actor: Actor, wish: EditWish): Promise<StoredMessage> =>
  app.inOrder(wish.conversationId, async () => {
    const { store, bus, clock, limits, hooks } = app;
    const { conversationId, messageId, recall, mentions = [], mentionsAll = false } = wish;
    const info = await asSpeaker(app, actor, conversationId);
    if (!recall && wish.body === undefined) throw new Refusal(4114, 'a message is changed to a body, or recalled');
    const given = wish.body ?? {};
    // Whom it mentions is kept with it.
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
    const body = recall || (asked.content === before.content && asked.bin === before.bin) ? bodyOf(given) : fromHook(asked);
    checkSize(body, beside, limits.messageBytes);
    const result = await store.modify({
      conversationId,
      messageId,
      // The back end may, whoever has sent it.
      ...defined({ by: actor.isBackEnd ? undefined : actor.clientId }),
      recall,
      mentions,
      mentionsAll,
      ...typeOf(body.msg),
      ...body,
      now: clock.now(),
    });
    if (result._tag === 'Missing') throw new Refusal(4404, `there is no message ${messageId} in this conversation`);
    if (result._tag === 'Foreign') throw new Refusal(4403, 'a message is changed and recalled by who has sent it');

    const { message, unreadBy } = result;
    publishAbout(app, info, message, {
      _tag: 'Push',
      command: patchPush([message]),
      ...(info.kind === 'room' ? { priority: HIGH } : {}),
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
