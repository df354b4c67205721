import type { Observable } from 'rxjs';
import type { ClientEvent, Message, Modification, OutboxMessage, Unread } from '../../streams/index.js';
import type { ConnectionEvent } from '../connection/state.js';
import type { ClientStatus } from './client-status.js';
import type { Conversation } from './conversation/conversation.js';
import type { NewConversation } from './conversation/create-conversation.js';

/**
 * A client that is logged in. Its streams are hot and never error; they complete when it is closed: logged out,
 * displaced by a login with the same tag, or kicked. Commands are cold: nothing is sent until they are subscribed to.
 * After the close they fail with `SessionClosed`.
 *
 * @typeParam V what plugins add to its conversations
 */
export interface Client<V = unknown> extends Disposable {
  readonly id: string;
  /** Replays the current status; completes after `Closed`. */
  readonly status$: Observable<ClientStatus>;
  /**
   * What happens to the connection, as this client hears it: after the realtime, and `reconnect` when the session is
   * open again. No replay.
   */
  readonly connection$: Observable<ConnectionEvent>;
  /**
   * The log: one entry for everything that the server pushes, validated and in order, and for what this client does.
   * No replay.
   */
  readonly events$: Observable<ClientEvent>;
  /**
   * Messages from others, and from this user's other devices: in order within a conversation, each once. No replay.
   *
   * @example client.messages$.pipe(ofType(TextType)).subscribe(({ from, body }) => console.log(from, body.text));
   */
  readonly messages$: Observable<Message>;
  /** Unread messages by conversation id; conversations without any are left out. Replays the current map. */
  readonly unread$: Observable<ReadonlyMap<string, Unread>>;
  /** All unread messages together, for a badge. Replays the current number. */
  readonly totalUnread$: Observable<Unread>;
  /**
   * Messages on their way, by token: those that wait for a connection, and those that the server has not
   * acknowledged. Replays the current map.
   */
  readonly outbox$: Observable<ReadonlyMap<string, OutboxMessage>>;
  /** Edits and recalls in all conversations, by this client too, without replay. */
  readonly modifications$: Observable<Modification>;
  /**
   * Cold: creates a conversation with these members and this client; emits its handle, then completes (protocol:
   * conv/start). Errors: `ConnectionLost`, `Unconfirmed`, `ServerRejected`, `CommandTimeout`, `SessionClosed`,
   * `InvalidArgument`.
   *
   * @example client.createConversation({ members: ['Jerry'], name: 'Tom & Jerry', unique: true }).subscribe();
   */
  createConversation(options: NewConversation): Observable<Conversation & V>;
  /** The handle of a conversation. Sends nothing: `fetchConversation` tells whether there is one. */
  conversation(id: string): Conversation & V;
  /**
   * Cold: asks the server for a conversation; emits its handle with a fresh state, then completes. Errors with
   * `ServerRejected` 4303 where there is none.
   */
  fetchConversation(id: string): Observable<Conversation & V>;
  /** Logs out, without waiting for it: what `using` does. */
  [Symbol.dispose](): void;
  /** Cold: logs out; emits `undefined` when it is done, then completes. Closing twice is the same as closing once. */
  close(): Observable<void>;
}
