import type { CommandOf, Handler } from './handler.js';
import { ownConversation } from './direct.js';

/** Moves read marks: the user's other sessions get the new count, and in a conversation of two the sender its receipt. */
export const read: Handler<CommandOf<'read'>> = async ({ app, session }, { readMessage: { convs = [] } }) => {
  const reader = session();
  for (const { cid, timestamp } of convs) {
    const { members = [] } = await ownConversation(app, reader, cid);
    const now = app.clock.now();
    const { moved, newest, summary } = await app.store.markRead(cid, reader.clientId, timestamp ?? now, now);
    if (!moved) continue;
    app.bus.publish(reader.clientId, {
      _tag: 'Push',
      command: {
        cmd: 'unread',
        unreadMessage: {
          notifTime: now,
          convs: [
            {
              cid,
              unread: summary.count,
              mentioned: summary.mentioned,
              ...(summary.last === undefined ? {} : { mid: summary.last.id, timestamp: summary.last.timestamp, from: summary.last.from }),
            },
          ],
        },
      },
      // The reader itself knows that nothing is left, but not how much is.
      ...(summary.count === 0 ? { except: reader.id } : {}),
    });
    if (newest !== undefined && members.length === 2) {
      app.bus.publish(newest.from, {
        _tag: 'Push',
        command: { cmd: 'rcp', rcpMessage: { cid, id: newest.id, t: now, read: true, from: reader.clientId } },
      });
    }
  }
  return {};
};
