/** The state of a client, reduced from its log; and the log, split by conversation. */
import { Subscription, concat, defer, of, type Observable } from 'rxjs';
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
  type KeyedState,
  type Message,
  type OutgoingState,
  type Receipts,
  type UnreadState,
} from '../../streams/index.js';
import type { Clock } from '../clock.js';

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
}

/** Subscribes to the log at once. The second result is that subscription; the owner of the client ends it. */
export const clientState = (
  self: string,
  log$: Observable<ClientEvent>,
  clock: Pick<Clock, 'after'>,
): readonly [ClientState, Subscription] => {
  const subscription = new Subscription();
  const owned = <S>([state, connection]: readonly [S, Subscription]): S => {
    subscription.add(connection);
    return state;
  };
  const conversations = owned(keyedState(log$, conversationsReducer));
  const isRoom = (id: string): boolean => conversations.get(id)?.kind === 'room';
  const messages$ = log$.pipe(messages());
  const state: ClientState = {
    conversations,
    isRoom,
    messages$,
    outgoing: owned(outgoing(log$, (ms) => clock.after(ms))),
    lastMessages: owned(keyedState(log$, lastMessagesReducer)),
    unread: owned(
      keyedState(
        log$,
        unreadReducer(self, (id) => !isRoom(id)),
      ),
    ),
    receipts: owned(keyedState(log$, receiptsReducer)),
    eventsOf: owned(
      demultiplex(log$, (event) => (isConversationEvent(event) ? event.conversationId : undefined)),
    ) as ClientState['eventsOf'],
    // A second split, because it makes messages cheap: with a thousand conversations, the work of each conversation
    // decides what a message costs.
    messagesOf: owned(demultiplex(messages$, ({ conversationId }) => conversationId)),
  };
  return [state, subscription];
};

/** The state of a key. Starts with `undefined` if the key has no state yet. */
export const stateAt = <V>({ get, at }: KeyedState<V>, key: string): Observable<V | undefined> =>
  defer(() => (get(key) === undefined ? concat(of(undefined), at(key)) : at(key)));
