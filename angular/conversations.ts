/** The list of a user's conversations, as signals. */
import { assertInInjectionContext, linkedSignal, untracked, type Signal } from '@angular/core';
import { conversationList, type ConversationListItem, type ConversationListOptions } from 'rx-realtime';
import { Subject } from 'rxjs';
import { injectLatest } from './latest.js';
import { injectProvided } from './provide-realtime.js';
import type { Session } from './session.js';

const NONE: readonly ConversationListItem[] = [];

/** The conversations of a user, as signals. Reading them never throws. */
export interface Conversations {
  /** The one with the latest activity first, each with its last message and unread count. Empty without a user. */
  readonly items: Signal<readonly ConversationListItem[]>;
  /** Whether the server may have more of them. False until the first page has arrived. */
  readonly hasMore: Signal<boolean>;
  /** Whether the first page has arrived. Until then, an empty list does not say that there are no conversations. */
  readonly loaded: Signal<boolean>;
  /** Loads the next page. Does nothing while a page is loading, or if there is none. */
  more(): void;
}

/**
 * The conversations of the user who is logged in, as long as the caller lives. Needs an injection context. Items that
 * have not changed are the same objects.
 *
 * @example
 * readonly conversations = injectConversations(this.session, { pageSize: 20 });
 * // @for (item of conversations.items(); track item.conversation.id) { … }
 */
export const injectConversations = (
  { client }: Pick<Session, 'client'>,
  options: Pick<ConversationListOptions, 'pageSize'> = {},
): Conversations => {
  assertInInjectionContext(injectConversations);
  const more = new Subject<void>();
  const { clock } = injectProvided();
  const hasMore = linkedSignal({ source: client, computation: () => false });
  const loaded = linkedSignal({ source: client, computation: () => false });
  const items = injectLatest(
    client,
    (current) =>
      conversationList(current, {
        ...options,
        more$: more,
        hasMore: {
          next: (isMore) => {
            if (current !== untracked(client)) return;
            hasMore.set(isMore);
            // The items of the page come at the end of the turn.
            clock.after(0).subscribe(() => {
              if (current === untracked(client)) loaded.set(true);
            });
          },
        },
      }),
    NONE,
  );
  return {
    items,
    hasMore: hasMore.asReadonly(),
    loaded: loaded.asReadonly(),
    more: () => more.next(),
  };
};
