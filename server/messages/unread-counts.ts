/**
 * Tells clients how many messages are unread. A count comes behind the messages that it includes: the published
 * clients add one for each message that comes after it.
 */
import type { App } from '../app.js';
import { unreadPush } from '../domain/messages/unread-push.js';
import type { UnreadSummary } from '../store/store.js';

/** Tells a client the count that the store has just given. */
export type TellUnread = (app: App, clientId: string, summary: UnreadSummary) => Promise<void>;

export const createTellUnread = (): TellUnread => {
  /** The clients that are told when the jobs of their conversation are done. */
  const waiting = new Map<string, Set<string>>();

  return async (app, clientId, summary) => {
    const { conversationId: id } = summary;
    const tell = (client: string, count: UnreadSummary): void =>
      app.bus.publish([client], { _tag: 'Push', command: unreadPush([count], app.clock.now()) });
    if (!app.isBusy(id)) {
      tell(clientId, summary);
      return;
    }
    // A message may be stored and not handed out yet. The count may be another one by then.
    const others = waiting.get(id);
    if (others !== undefined) {
      others.add(clientId);
      return;
    }
    const clients = new Set([clientId]);
    waiting.set(id, clients);
    const close = (): void => {
      if (waiting.get(id) === clients) waiting.delete(id);
    };
    try {
      await app.inOrder(id, async () => {
        close();
        for (const [client, now] of await app.store.unreadOf(id, [...clients])) tell(client, now);
      });
    } finally {
      close();
    }
  };
};
