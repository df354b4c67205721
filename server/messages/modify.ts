/** Edits and recalls messages. */
import { defined } from '../../codecs/defined.js';
import { exceptActor, type Actor } from '../actor.js';
import type { App } from '../app.js';
import { asSpeaker } from '../conversations/access.js';
import { bodyOf } from '../domain/messages/body.js';
import { editOf, editResult, isResultOf, wantedBody, type EditWish } from '../domain/messages/edits.js';
import { audienceOf } from '../domain/messages/history.js';
import type { StoredMessage } from '../store/store.js';
import type { RoomPriority } from '../notice.js';
import { checkSize, fromHook, toHook } from './body.js';
import { handOutChange } from './handing-out.js';

/**
 * An edit by the back end is never dropped in a chat room, since it may remove a text that must not be seen. Clients
 * edit their own messages only, so for them an edit is as important as a message.
 */
const priorityOf = ({ isBackEnd }: Actor): RoomPriority => (isBackEnd ? 1 : 2);

/** How long an edit waits at most for the clock, ms. */
const LONGEST_WAIT = 10;

/**
 * Waits until the clock has come to the time of a change. Each change of a message is later than the one before it, so
 * a message that is changed more than once in a millisecond is changed ahead of the clock. A client asks at its login
 * for changes since the last one that it knows: if that was ahead, it would never hear of others in between.
 */
const untilNow = async ({ clock }: App, { editedAt = 0 }: StoredMessage): Promise<void> => {
  const ahead = editedAt - clock.now();
  if (ahead <= 0) return;
  await new Promise((resolve) => setTimeout(resolve, Math.min(ahead, LONGEST_WAIT)));
};

/** Changes one message, and tells all other sessions of its receivers. Gives the message after the change. */
export const modify = async (app: App, actor: Actor, wish: EditWish): Promise<StoredMessage> =>
  app.alone(wish.conversationId, async () => {
    const { store, clock, limits, hooks } = app;
    const { conversationId, messageId, recall, mentions = [] } = wish;
    const { except } = exceptActor(actor);
    // The store checks the right to speak. The application is not asked about who has no such right.
    if (hooks.decidesOnEdits) await asSpeaker(app, actor, conversationId);
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
      ...defined({ sourceIP: actor.session?.address }),
    });
    const before = toHook(given);
    const body =
      recall || (asked.content === before.content && asked.bin === before.bin) ? bodyOf(given) : fromHook(asked);
    checkSize(body, beside, limits.messageBytes);
    const edit = editOf(actor, wish, body, clock.now());
    const change = { except, priority: priorityOf(actor) };
    const result = editResult(
      await app.attempt(conversationId, () => store.modify(edit), {
        except,
        settle: async () => {
          const message = await store.message(conversationId, { id: messageId });
          const [info] = await store.conversations([conversationId]);
          if (info === undefined || message === undefined || !isResultOf(message, edit)) return false;
          const audience = audienceOf(info, message);
          await handOutChange(app, audience, { ...change, message, unreadBy: recall ? audience.receivers : [] });
          return true;
        },
      }),
      conversationId,
      messageId,
    );
    const { message, unreadBy } = result;
    await handOutChange(app, result, { ...change, message, unreadBy: recall ? unreadBy : [] });
    await untilNow(app, message);
    return message;
  });
