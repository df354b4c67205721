import { defined } from '../codecs/defined.js';
import { Observable, type OperatorFunction } from 'rxjs';
import { placeOf } from './binary-search.js';
import type { ConversationInfo } from '../codecs/index.js';
import { withActivity } from './conversations.js';
import type { ClientEvent, Message, Unread } from './events.js';
import type { KeyedState } from './keyed-state.js';

/** An item of the conversation list. Immutable: it is the same object until something changes. */
export interface ConversationListItem {
  readonly conversation: ConversationInfo;
  /** The current version of the newest known message. */
  readonly lastMessage?: Message;
  readonly unread: Unread;
  /** The time of the newest message, or else of the creation, ms since 1970. */
  readonly activeAt: number;
}

/** The sources of the list: states of the same log. They must be subscribed to the log before the list is. */
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

/** Newest first, then by id. */
const compare = (a: ConversationListItem, b: ConversationListItem): number =>
  b.activeAt - a.activeAt ||
  (a.conversation.id < b.conversation.id ? -1 : Number(a.conversation.id > b.conversation.id));

/** The index of an item, or the index at which it has to be inserted. */
const indexOf = (items: readonly ConversationListItem[], item: ConversationListItem): number =>
  placeOf(items, (other) => compare(other, item) < 0);

/**
 * The list holds conversations whose members include the client. Chat rooms are left out. Only members see the
 * members, and subscribers of a system conversation are no members.
 */
const isListed = ({ kind, members }: ConversationInfo, self: string): boolean =>
  kind === 'ordinary' || kind === 'temporary' ? members?.includes(self) === true : false;

/** The old object if both are equal. */
const unreadOf = (now: Unread = NONE_UNREAD, before: Unread | undefined): Unread =>
  before?.count === now.count && before.mentioned === now.mentioned
    ? before
    : { count: now.count, mentioned: now.mentioned };

/** An item, and the snapshot from which it was made. */
interface Entry {
  readonly item: ConversationListItem;
  readonly info: ConversationInfo;
}

const idsOf = (event: ClientEvent): readonly string[] => {
  if (event._tag === 'UnreadCounts') return event.counts.map(({ conversationId }) => conversationId);
  return 'conversationId' in event ? [event.conversationId] : [];
};

/**
 * The conversations that the client is a member of, the latest activity first, each with its last message and its
 * unread count. Cold: each subscriber gets the current list at once. Then it emits a new array at most once a turn,
 * if something has changed. Unchanged items are the same objects. Completes and errors with the log.
 *
 * An entry of the log costs a binary search, an emission costs a copy of the array. The list is sorted once, at the
 * start.
 *
 * @example
 * client.conversations$.subscribe((items) =>
 *   render(items.map(({ conversation, unread }) => `${conversation.name} (${unread.count})`)),
 * );
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

      /**
       * The current item of a conversation: the old object if nothing has changed; `undefined` if the list does not
       * hold it.
       */
      const entryOf = (id: string, before: Entry | undefined): Entry | undefined => {
        const info = conversations.get(id);
        if (info === undefined || !isListed(info, self)) return undefined;
        const lastMessage = lastMessages.get(id);
        const count = unreadOf(unread.get(id), before?.item.unread);
        if (before?.info === info && before.item.lastMessage === lastMessage && before.item.unread === count)
          return before;
        const conversation = withActivity(info, lastMessage?.timestamp);
        const activeAt = conversation.lastMessageAt ?? conversation.createdAt ?? 0;
        return {
          info,
          item: { conversation, ...defined({ lastMessage }), unread: count, activeAt },
        };
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
