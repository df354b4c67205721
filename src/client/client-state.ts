/** The state of a client, reduced from its log; and the log, split by conversation. */
import { Observable, Subscription, concat, defer, of, startWith } from 'rxjs';
import type { ConversationInfo } from '../../codecs/index.js';
import {
  conversationsReducer,
  demultiplex,
  isConversationEvent,
  keyedState,
  lastMessagesReducer,
  messages,
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
import { idsOf } from '../../streams/recent-conversations.js';
import type { Fault } from '../faults.js';
import { asError } from '../thrown.js';
import { holdMessages, type HeldMessages, type HoldOptions } from './held-messages.js';

export interface ClientState {
  readonly conversations: KeyedState<ConversationInfo>;
  /** The newest stored message of each conversation. */
  readonly lastMessages: KeyedState<Message>;
  readonly unread: KeyedState<UnreadState>;
  readonly receipts: KeyedState<Receipts>;
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

export interface ClientStateOptions extends Omit<HoldOptions, 'onOverflow'> {
  readonly report: (fault: Fault) => void;
}

/** The same reducer. If it throws, the event is skipped, and the state goes on. */
const guarded =
  <V>(self: string, reduce: KeyedReducer<ClientEvent, V>, report: (fault: Fault) => void): typeof reduce =>
  (event, get, set) => {
    try {
      reduce(event, get, set);
    } catch (thrown) {
      report({ _tag: 'Internal', clientId: self, error: asError(thrown) });
    }
  };

/** Subscribes to the log at once. The second result is that subscription; the owner of the client ends it. */
export const clientState = (
  self: string,
  log$: Observable<ClientEvent>,
  { clock, limits, report }: ClientStateOptions,
): readonly [ClientState, Subscription] => {
  const subscription = new Subscription();
  const owned = <S>([state, connection]: readonly [S, Subscription]): S => {
    subscription.add(connection);
    return state;
  };
  const reduced = <V>(reduce: KeyedReducer<ClientEvent, V>): KeyedState<V> =>
    owned(keyedState(log$, guarded(self, reduce, report)));
  const conversations = reduced(conversationsReducer);
  const isRoom = (id: string): boolean => conversations.get(id)?.kind === 'room';
  const messages$ = log$.pipe(messages());
  const state: ClientState = {
    conversations,
    isRoom,
    messages$,
    outgoing: owned(outgoing(log$, (ms) => clock.after(ms))),
    lastMessages: reduced(lastMessagesReducer),
    unread: reduced(unreadReducer(self, (id) => !isRoom(id))),
    receipts: reduced(receiptsReducer),
    eventsOf: owned(
      demultiplex(log$, (event) => (isConversationEvent(event) ? event.conversationId : undefined)),
    ) as ClientState['eventsOf'],
    // A second split, because it makes messages cheap: with a thousand conversations, the work of each conversation
    // decides what a message costs.
    messagesOf: owned(demultiplex(messages$, ({ conversationId }) => conversationId)),
    held: owned(
      holdMessages(log$, {
        clock,
        limits,
        onOverflow: (conversationId) => {
          report({ _tag: 'Overflow', clientId: self, what: 'held', conversationId });
        },
      }),
    ),
  };
  return [state, subscription];
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
