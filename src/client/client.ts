import type { Observable } from 'rxjs';
import type { ClientEvent, Message, Modification, OutboxMessage, Unread } from '../../streams/index.js';
import type { ConnectionEvent } from '../connection/state.js';
import type { ClientStatus } from './client-status.js';
import type { Conversation } from './conversation/conversation.js';
import type { NewConversation } from './conversation/create-conversation.js';

/**
 * A client that is logged in, or with `offline` will be. Get one with `realtime.login` or `realtime.session`.
 *
 * Its streams are hot and never error. They complete when the client is closed: it logged out, a login with the same
 * tag displaced it, or the server kicked it. What they show of the user goes first: each state becomes empty before it
 * completes, and late subscribers get only the empty value. `outbox$` and a conversation's `state$` have none: they
 * complete as they are, and late subscribers get no value.
 *
 * Its commands are cold: nothing is sent before you subscribe. After the client is closed, commands error with
 * `SessionClosed`.
 *
 * @typeParam V what plugins add to its conversations
 */
export interface Client<V = unknown> extends Disposable {
  /** The client id. */
  readonly id: string;
  /**
   * Whether the client can be used. Replays the current status. Completes after `Closed`.
   *
   * @example client.status$.subscribe(({ _tag }) => banner.toggle(_tag === 'Reopening'));
   */
  readonly status$: Observable<ClientStatus>;
  /**
   * What happens to the connection. No replay. The client emits each event after `realtime.connection$` has emitted
   * it; it emits `reconnect` when its session is open again.
   */
  readonly connection$: Observable<ConnectionEvent>;
  /**
   * The log of this client: one entry for everything that the server pushes, and one for everything that this client
   * does. The entries are validated and in order. No replay.
   */
  readonly events$: Observable<ClientEvent>;
  /**
   * Messages from other users, and from this user's other devices. Within a conversation they come in order, each of
   * them once. No replay.
   *
   * @example client.messages$.pipe(ofType(TextType)).subscribe(({ from, body }) => console.log(from, body.text));
   */
  readonly messages$: Observable<Message>;
  /**
   * The unread messages of each conversation, by conversation id. A conversation without unread messages is not in
   * the map. Replays the current map.
   *
   * @example client.unread$.subscribe((unread) => badge.set(unread.get(conversation.id)?.count ?? 0));
   */
  readonly unread$: Observable<ReadonlyMap<string, Unread>>;
  /** The unread messages of all conversations together, for a badge. Replays the current number. */
  readonly totalUnread$: Observable<Unread>;
  /**
   * The messages that are being sent, by token: those that wait for a connection, and those that the server has not
   * acknowledged yet. Replays the current map; emits a new one at the end of a turn in which something has changed.
   * No value until the storage of the outbox has answered, so an empty map always means that nothing waits. When the
   * client ends, it completes as it is: an empty map would say that everything was sent.
   */
  readonly outbox$: Observable<ReadonlyMap<string, OutboxMessage>>;
  /** Edits and recalls in all conversations, including those by this client. No replay. */
  readonly modifications$: Observable<Modification>;
  /**
   * Cold: creates a conversation with the given members and this client. Emits its handle, then completes (protocol:
   * conv/start).
   *
   * Errors: `ConnectionLost`, `Unconfirmed`, `ServerRejected`, `SignatureFailed`, `CommandTimeout`, `SessionClosed`,
   * `InvalidArgument`.
   *
   * @example client.createConversation({ members: ['Jerry'], name: 'Tom & Jerry', unique: true }).subscribe();
   */
  createConversation(options: NewConversation): Observable<Conversation & V>;
  /**
   * The handle of a conversation. It sends nothing, and does not check that the conversation exists:
   * `fetchConversation` does.
   */
  conversation(id: string): Conversation & V;
  /**
   * Cold: asks the server for a conversation. Emits its handle with a fresh state, then completes (protocol:
   * conv/query).
   *
   * Errors: `ServerRejected` (4303 if the conversation does not exist), `ConnectionLost`, `CommandTimeout`,
   * `SessionClosed`, `DecodeFailed` if the answer can't be read.
   *
   * @example const conversation = await firstValueFrom(client.fetchConversation(id));
   */
  fetchConversation(id: string): Observable<Conversation & V>;
  /** Logs out and does not wait for the server. `using` calls it. */
  [Symbol.dispose](): void;
  /**
   * Cold: logs out, without the `grace` of an unsubscription. The client ends at once: its status is `Closed`, its
   * streams complete, and its states become empty first. Emits `undefined` when the server has answered or can't be
   * reached, then completes (protocol: session/close). Never errors. A second `close` has no further effect.
   *
   * @example await firstValueFrom(client.close());
   */
  close(): Observable<void>;
}
