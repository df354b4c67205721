/** Tells clients about changes in a conversation, including clients that are away. */
import { causedBy, type Actor } from '../actor.js';
import type { App } from '../app.js';
import type { ConversationPush, Telling } from '../domain/conversations/notices.js';
import { by } from '../domain/party.js';

/** Permanent: a client that comes back can ask for what it missed from `serverTs` on. */
const PERMANENT = 1;

/**
 * Tells clients on all their devices, and keeps the notices for clients that are away. The acting session is told after
 * the answer to its command: the published clients show their own changes by these notices, not by the answers.
 * Clients that are online are told even if the notices can't be kept: the change is made. That is reported.
 */
export const tell = async (app: App, actor: Actor, tellings: readonly Telling[]): Promise<void> => {
  const notices = tellings
    .filter(({ to }) => to.length > 0)
    .map(({ to, notice }) => {
      const at = app.stamp();
      const command = { ...notice, serverTs: at, notificationType: PERMANENT };
      return { to, command, kept: app.store.keepNotice(to, { at, command }).catch(app.report) };
    });
  for (const { to, command, kept } of notices) {
    // A client that comes back meanwhile has to find it.
    await kept;
    app.bus.publish(to, { _tag: 'Push', command, ...causedBy(actor) });
  }
};

/**
 * Tells clients that are in a chat room, and no others. The notice is not kept: a client that is away is in no chat
 * room.
 */
export const tellInside = (
  app: App,
  actor: Actor,
  id: string,
  clientIds: readonly string[],
  notice: ConversationPush,
): void => {
  if (clientIds.length === 0) return;
  const command = { ...notice, serverTs: app.stamp(), notificationType: PERMANENT };
  app.bus.publish(clientIds, { _tag: 'Push', command, inRoom: id, ...causedBy(actor) });
};

/**
 * Tells the clients in a chat room that was deleted, and removes them from it. The notice is not kept: a client that
 * is away is in no chat room.
 */
export const endRoom = (app: App, actor: Actor, id: string): void => {
  const left: ConversationPush = {
    cmd: 'conv',
    op: 'left',
    serverTs: app.stamp(),
    convMessage: { cid: id, ...by(actor) },
  };
  app.bus.publishRoom(id, { _tag: 'Push', command: left, ...causedBy(actor) });
  app.bus.publishRoom(id, { _tag: 'Exit', roomId: id });
};
