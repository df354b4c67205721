/** Tells clients of changes in a conversation, those who are away too. */
import { exceptActor, type Actor } from '../actor.js';
import type { App } from '../app.js';
import type { ConversationPush, Telling } from '../domain/conversations/notices.js';
import { by } from '../domain/party.js';

/** Permanent: a client that comes back can ask for what it missed from `serverTs` on. */
const PERMANENT = 1;

/** Tells clients, on all their devices but the acting one, and keeps the notices for those that are away. */
export const tell = async (app: App, actor: Actor, tellings: readonly Telling[]): Promise<void> => {
  for (const { to, notice } of tellings) {
    if (to.length === 0) continue;
    const at = app.stamp();
    const command = { ...notice, serverTs: at, notificationType: PERMANENT };
    await app.store.keepNotice(to, { at, command });
    app.bus.publish(to, { _tag: 'Push', command, ...exceptActor(actor) });
  }
};

/**
 * Puts everybody out of a chat room that there is not any more, and tells them before. It is told to who is inside,
 * and not kept: who is away is in no chat room.
 */
export const endRoom = (app: App, actor: Actor, id: string): void => {
  const left: ConversationPush = {
    cmd: 'conv',
    op: 'left',
    serverTs: app.stamp(),
    convMessage: { cid: id, ...by(actor) },
  };
  app.bus.publishRoom(id, { _tag: 'Push', command: left });
  app.bus.publishRoom(id, { _tag: 'Exit', roomId: id });
};
