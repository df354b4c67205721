/** The state of a client, reduced from its log; and the log, split by conversation. */
import { Observable, Subscription, concat, defer, of, startWith } from 'rxjs';
import type { ConversationInfo } from '../../codecs/index.js';
import {
  conversationsReducer,
  isConversationEvent,
  keyedState,
  lastMessagesReducer,
  outgoing,
  receiptsReducer,
  unreadReducer,
  type ClientEvent,
  type ConversationEvent,
  type KeyedReducer,
  type KeyedState,
  type Message,
  type OutgoingState,
  type Receipts,
  type Unread,
  type UnreadState,
} from '../../streams/index.js';
import { keyedStreams } from '../../streams/demultiplex.js';
import type { Ending } from '../../streams/ending.js';
import { keyedStore, type KeyedStore, type Slots } from '../../streams/keyed-state.js';
import { Relay } from '../../streams/relay.js';
import { idsOf } from '../../streams/recent-conversations.js';
import type { Fault } from '../faults.js';
import { asError } from '../thrown.js';
import type { Cursors } from '../session/inbox-state.js';
import { conversationRecords } from './conversation-records.js';
import { holdMessages, shownIn, type HeldMessages, type HoldOptions } from './held-messages.js';

export interface ClientState {
  readonly conversations: KeyedState<ConversationInfo>;
  /** The newest stored message of each conversation. */
  readonly lastMessages: KeyedState<Message>;
  readonly unread: KeyedState<UnreadState>;
  readonly receipts: KeyedState<Receipts>;
  /** The cursors of the inbox, beside what else is known of each conversation. */
  readonly cursors: Cursors;
  /** All messages, and those of one conversation. */
  readonly messages$: Observable<Message>;
  readonly messagesOf: (id: string) => Observable<Message>;
  readonly eventsOf: (id: string) => Observable<ConversationEvent>;
  /** The messages that are being sent or have failed. */
  readonly outgoing: OutgoingState;
  readonly isRoom: (id: string) => boolean;
  /** Holds messages until somebody subscribes to a stream that carries them. */
  readonly held: HeldMessages;
}

export interface ClientStateOptions extends Omit<HoldOptions, 'onOverflow' | 'open'> {
  readonly report: (fault: Fault) => void;
}

/**
 * Subscribes to the log at once, and hands each entry to the parts that it concerns, one after the other. The second
 * result is that subscription; the owner of the client ends it. The third one shows a message in the streams of
 * messages: it is called after each entry, when all that is derived of the log knows it.
 */
export const clientState = (
  self: string,
  log$: Observable<ClientEvent>,
  { clock, limits, report }: ClientStateOptions,
): readonly [ClientState, Subscription, () => void] => {
  const records = conversationRecords();
  /** The entries that are no messages: they are rare, and most states change only with them. */
  const rare = new Relay<ClientEvent>();
  const shown = new Relay<Message>();
  const subscription = new Subscription();
  const failed = (thrown: unknown): void => {
    report({ _tag: 'Internal', clientId: self, error: asError(thrown) });
  };
  /** If a reducer throws, it skips the entry, and the state goes on. */
  const reducing = <V>(slots: Slots<V>, reduce: KeyedReducer<ClientEvent, V>): KeyedStore<ClientEvent, V> =>
    keyedStore(slots, (event, get, set) => {
      try {
        reduce(event, get, set);
      } catch (thrown) {
        failed(thrown);
      }
    });
  const conversations = reducing(new Map<string, ConversationInfo>(), conversationsReducer);
  const isRoom = (id: string): boolean => conversations.state.get(id)?.kind === 'room';
  const lastMessages = reducing(records.field('lastMessage'), lastMessagesReducer);
  const unread = reducing(
    records.field('unread'),
    unreadReducer(self, (id) => !isRoom(id)),
  );
  const receipts = reducing(new Map<string, Receipts>(), receiptsReducer);
  const events = keyedStreams(records.field('events'));
  const messages = keyedStreams(records.field('messages'));
  const [sending, outgoingEntries] = outgoing(rare.stream$, (ms) => clock.after(ms));
  subscription.add(outgoingEntries);
  const held = holdMessages({
    open: records.field('open'),
    clock,
    limits,
    onOverflow: (conversationId) => {
      report({ _tag: 'Overflow', clientId: self, what: 'held', conversationId });
    },
  });
  const parts = [conversations, lastMessages, unread, receipts, events, messages, held];

  /** The message that comes next in the streams of messages, of its conversation and of all. */
  let showing: Message | undefined;
  let showingIn: Relay<Message> | undefined;
  let isShownToAll = false;
  const take = (event: ClientEvent): void => {
    if (event._tag !== 'Message') {
      conversations.take(event);
      rare.next(event);
      receipts.take(event);
    }
    lastMessages.take(event);
    unread.take(event);
    if (!isConversationEvent(event)) return;
    const record = records.find(event.conversationId);
    record?.events?.next(event);
    held.hold(event);
    // Only who watches by now: the others get it of what is held.
    showing = shownIn(event);
    showingIn = record?.messages;
    isShownToAll = shown.observed;
  };
  const show = (): void => {
    const message = showing;
    if (message === undefined) return;
    showing = undefined;
    showingIn?.next(message);
    if (isShownToAll) shown.next(message);
  };
  const end = (how: Ending): void => {
    for (const part of parts) part.end(how);
    rare.end(how);
    shown.end(how);
  };
  subscription.add(
    log$.subscribe({
      next: (event) => {
        try {
          take(event);
        } catch (thrown) {
          failed(thrown);
        }
      },
      error: (error: unknown) => {
        end({ error });
      },
      complete: () => {
        end({});
      },
    }),
  );

  return [
    {
      conversations: conversations.state,
      isRoom,
      messages$: shown.stream$,
      outgoing: sending,
      lastMessages: lastMessages.state,
      unread: unread.state,
      receipts: receipts.state,
      cursors: records.cursors,
      eventsOf: events.at,
      messagesOf: messages.at,
      held,
    },
    subscription,
    show,
  ];
};

/**
 * The unread messages of the conversations that have any. Each subscriber has a map of its own: an entry of the log
 * costs what it changes, and nothing while nobody watches.
 */
export const shownUnread = (
  log$: Observable<ClientEvent>,
  { keys, get: unreadIn }: KeyedState<UnreadState>,
): Observable<ReadonlyMap<string, Unread>> =>
  new Observable((subscriber) => {
    const [{ all$ }, connection] = keyedState<ClientEvent | undefined, Unread | undefined>(
      log$.pipe(startWith(undefined)),
      (event, get, set) => {
        for (const id of event === undefined ? keys() : idsOf(event)) {
          const { count = 0, mentioned = false } = unreadIn(id) ?? {};
          const before = get(id);
          if (before?.count !== count || before.mentioned !== mentioned)
            set(id, count === 0 ? undefined : { count, mentioned });
        }
      },
    );
    subscriber.add(connection);
    subscriber.add((all$ as Observable<ReadonlyMap<string, Unread>>).subscribe(subscriber));
  });

/** The state of a key. Starts with `undefined` if the key has no state yet. */
export const stateAt = <V>({ get, at }: KeyedState<V>, key: string): Observable<V | undefined> =>
  defer(() => (get(key) === undefined ? concat(of(undefined), at(key)) : at(key)));
