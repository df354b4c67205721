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
  /** Emits when the current turn is over; with very many conversations it may emit later. */
  readonly turn: (conversations: number) => Observable<unknown>;
}

/** If more than this part of the list has changed, the list is merged anew. */
const FEW = 32;

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

/** The conversations that an entry of the log is about. */
export const idsOf = (event: ClientEvent): readonly string[] => {
  if (event._tag === 'UnreadCounts') return event.counts.map(({ conversationId }) => conversationId);
  return 'conversationId' in event ? [event.conversationId] : [];
};

/**
 * The conversations that the client is a member of, the latest activity first, each with its last message and its
 * unread count. Cold: each subscriber gets the current list at once. Then it emits a new array at most once a turn,
 * if something has changed. Unchanged items are the same objects. Completes and errors with the log.
 *
 * An entry of the log costs the same for any number of conversations. An emission costs a copy of the array, and a
 * binary search for each conversation that has changed. The list is sorted once, at the start.
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
      /** The items that the list has, of conversations that have changed in this turn. */
      const changed = new Map<string, ConversationListItem | undefined>();

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
      let items: readonly ConversationListItem[] = [...entries.values()].map(({ item }) => item).sort(compare);

      const flush = (): void => {
        if (changed.size === 0) return;
        const gone = new Set(changed.values());
        const added = [...changed.keys()].flatMap((id) => entries.get(id)?.item ?? []);
        changed.clear();
        if (gone.size > items.length / FEW)
          items = items
            .filter((item) => !gone.has(item))
            .concat(added.sort(compare))
            // Two ascending parts: they are merged.
            .sort(compare);
        else {
          const next = items.slice();
          for (const item of gone) if (item !== undefined) next.splice(indexOf(next, item), 1);
          for (const item of added) next.splice(indexOf(next, item), 0, item);
          items = next;
        }
        subscriber.next(items);
      };

      const update = (id: string): void => {
        const before = entries.get(id);
        const after = entryOf(id, before);
        if (after === before) return;
        if (after === undefined) entries.delete(id);
        else entries.set(id, after);
        const isFirst = changed.size === 0;
        if (!changed.has(id)) changed.set(id, before?.item);
        if (isFirst) subscriber.add(turn(items.length).subscribe(flush));
      };

      subscriber.next(items);
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
