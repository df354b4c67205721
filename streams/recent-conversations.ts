import { Observable, type OperatorFunction } from 'rxjs';
import { placeOf } from './binary-search.js';
import type { ConversationInfo } from '../codecs/index.js';
import { withActivity } from './conversations.js';
import type { ClientEvent, Message, Unread } from './events.js';
import type { KeyedState } from './keyed-state.js';

/** A conversation as a list shows it. Immutable: while nothing changes it is the same object. */
export interface ConversationListItem {
  readonly conversation: ConversationInfo;
  /** The newest message that is known, as it is now. */
  readonly lastMessage?: Message;
  readonly unread: Unread;
  /** When something was last said, or else when it was created, ms since 1970. */
  readonly activeAt: number;
}

/** What the list is made of: states of the same log, which have to be subscribed to it before. */
export interface RecentConversationsOptions {
  /** The client's own id. */
  readonly self: string;
  readonly conversations: KeyedState<ConversationInfo>;
  readonly lastMessages: KeyedState<Message>;
  readonly unread: KeyedState<Unread>;
  /** Emits when the current turn is over. */
  readonly turn: () => Observable<unknown>;
}

const NONE_UNREAD: Unread = { count: 0, mentioned: false };

/** Newest first; of the same time, by id. */
const compare = (a: ConversationListItem, b: ConversationListItem): number =>
  b.activeAt - a.activeAt || (a.conversation.id < b.conversation.id ? -1 : Number(a.conversation.id > b.conversation.id));

/** Where an item is, or where it belongs. */
const indexOf = (items: readonly ConversationListItem[], item: ConversationListItem): number =>
  placeOf(items, (other) => compare(other, item) < 0);

/** Chat rooms are not lists' matter; of the others, those that the client is known to be in: strangers are not told of the members. Who subscribes to a system conversation is not among its members. */
const isListed = ({ kind, members }: ConversationInfo, self: string): boolean =>
  kind === 'ordinary' || kind === 'temporary' ? members?.includes(self) === true : false;

/** The same object where it says the same. */
const unreadOf = (now: Unread = NONE_UNREAD, before: Unread | undefined): Unread =>
  before?.count === now.count && before.mentioned === now.mentioned ? before : { count: now.count, mentioned: now.mentioned };

/** An item, and the snapshot that it was made of. */
interface Entry {
  readonly item: ConversationListItem;
  readonly info: ConversationInfo;
}

const idsOf = (event: ClientEvent): readonly string[] => {
  if (event._tag === 'UnreadCounts') return event.counts.map(({ conversationId }) => conversationId);
  return 'conversationId' in event ? [event.conversationId] : [];
};

/**
 * The conversations that a client knows and is a member of, the latest activity first, each with its last message and its unread count. Cold: replays nothing itself, but each subscriber starts with the list as it is,
 * at once. Then a new array at most once a turn, and only when something in it has changed; items that have not are the same objects. Completes with the log, errors as it does.
 *
 * An entry of the log costs a binary search, an emission a copy of the array; it is sorted once, at the start.
 *
 * @example
 * client.conversations$.subscribe((items) => render(items.map(({ conversation, unread }) => `${conversation.name} (${unread.count})`)));
 */
export const recentConversations =
  ({
    self,
    conversations,
    lastMessages,
    unread,
    turn,
  }: RecentConversationsOptions): OperatorFunction<ClientEvent, readonly ConversationListItem[]> =>
  (log$) =>
    new Observable((subscriber) => {
      const entries = new Map<string, Entry>();
      let isDirty = false;

      /** What there is of a conversation now: the one of before where nothing has changed; nothing where it is not in the list. */
      const entryOf = (id: string, before: Entry | undefined): Entry | undefined => {
        const info = conversations.get(id);
        if (info === undefined || !isListed(info, self)) return undefined;
        const lastMessage = lastMessages.get(id);
        const count = unreadOf(unread.get(id), before?.item.unread);
        if (before?.info === info && before.item.lastMessage === lastMessage && before.item.unread === count) return before;
        const conversation = withActivity(info, lastMessage?.timestamp);
        const activeAt = conversation.lastMessageAt ?? conversation.createdAt ?? 0;
        return { info, item: { conversation, ...(lastMessage === undefined ? {} : { lastMessage }), unread: count, activeAt } };
      };

      for (const id of conversations.keys()) {
        const entry = entryOf(id, undefined);
        if (entry !== undefined) entries.set(id, entry);
      }
      const items = [...entries.values()].map(({ item }) => item).sort(compare);

      const flush = (): void => {
        if (!isDirty) return;
        isDirty = false;
        subscriber.next(items.slice());
      };

      const update = (id: string): void => {
        const before = entries.get(id);
        const after = entryOf(id, before);
        if (after === before) return;
        if (before !== undefined) items.splice(indexOf(items, before.item), 1);
        if (after === undefined) entries.delete(id);
        else {
          items.splice(indexOf(items, after.item), 0, after.item);
          entries.set(id, after);
        }
        if (isDirty) return;
        isDirty = true;
        subscriber.add(turn().subscribe(flush));
      };

      subscriber.next(items.slice());
      subscriber.add(
        log$.subscribe({
          next: (event) => {
            try {
              idsOf(event).forEach(update);
            } catch (error) {
              subscriber.error(error);
            }
          },
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: () => {
            flush();
            subscriber.complete();
          },
        }),
      );
    });
