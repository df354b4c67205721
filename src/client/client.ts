import type { Observable } from 'rxjs';
import type { ConversationInfo } from '../../codecs/index.js';
import type { ClientEvent, ConversationListItem, Message, Modification, OutboxMessage, Unread } from '../../streams/index.js';
import type { ConnectionEvent } from '../connection/state.js';
import type { Conversation } from './conversation/conversation.js';
import type { ConversationListOptions } from './queries/conversation-list.js';
import type { ClientStatus } from './client-status.js';
import type { NewConversation, NewRoom, NewTemporaryConversation } from './conversation/create-conversation.js';
import type { ConversationQuery } from './queries/queries.js';
import type { Room } from './rooms/room.js';

/**
 * A client that is logged in. Its streams are hot and never error; they complete when it is closed: logged out, displaced by a login with the same tag, or kicked.
 * Commands are cold: nothing is sent until they are subscribed to. After the close they fail with `SessionClosed`.
 *
 * @typeParam V what plugins add to its conversations
 */
export interface Client<V = unknown> extends Disposable {
  readonly id: string;
  /** Replays the current status; completes after `Closed`. */
  readonly status$: Observable<ClientStatus>;
  /** What happens to the connection, as this client hears it: after the realtime, and `reconnect` when the session is open again. No replay. */
  readonly connection$: Observable<ConnectionEvent>;
  /** The log: one entry for everything that the server pushes, validated and in order, and for what this client does. No replay. */
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
  /** Messages on their way, by token: those that wait for a connection, and those that the server has not acknowledged. Replays the current map. */
  readonly outbox$: Observable<ReadonlyMap<string, OutboxMessage>>;
  /** Edits and recalls in all conversations, by this client too, without replay. */
  readonly modifications$: Observable<Modification>;
  /**
   * The conversations of this user, the latest activity first, each with its last message and unread count: the first 20, and whatever comes live. Replays the current array; a new one at most once a turn, in which what has not changed
   * is the same object. Asked for with the first subscriber, and again after a reconnect.
   *
   * @example client.conversations$.subscribe((items) => render(items));
   */
  readonly conversations$: Observable<readonly ConversationListItem[]>;
  /** The same, page by page: another page with each value of `more$`. */
  conversationList(options?: ConversationListOptions): Observable<readonly ConversationListItem[]>;
  /**
   * Cold: creates a conversation with these members and this client; emits its handle, then completes (protocol: conv/start).
   * Errors: `ConnectionLost`, `Unconfirmed`, `ServerRejected`, `CommandTimeout`, `SessionClosed`, `InvalidArgument`.
   *
   * @example client.createConversation({ members: ['Jerry'], name: 'Tom & Jerry', unique: true }).subscribe();
   */
  createConversation(options: NewConversation): Observable<Conversation & V>;
  /** Cold: creates a chat room; emits its handle, then completes. Nobody is in it before somebody subscribes. Errors as `createConversation` does. */
  createRoom(options?: NewRoom): Observable<Room>;
  /** Cold: creates a conversation that ends by itself, or finds the one of these members; emits its handle, then completes. Its members and attributes are fixed. Errors as `createConversation` does. */
  createTemporaryConversation(options: NewTemporaryConversation): Observable<Conversation & V>;
  /** The handle of a chat room. Sends nothing: a subscription to one of its streams enters it. */
  room(id: string): Room;
  /**
   * Cold: asks for the conversations that a condition holds for; emits them as they are now, in the order that is asked for, then completes (protocol: conv/query). `conversation(id)` gives the handle of one.
   * Errors: `ServerRejected` 4310 where the server does not take the query, `ConnectionLost`, `CommandTimeout`, `SessionClosed`, `InvalidArgument`.
   *
   * @example client.findConversations({ where: where.and(where.equal('topic', 'mice'), where.exists('open')), sort: '-lastMessageAt', limit: 20 });
   */
  findConversations(query?: ConversationQuery): Observable<readonly ConversationInfo[]>;
  /** The handle of a conversation. Sends nothing: `fetchConversation` tells whether there is one. */
  conversation(id: string): Conversation & V;
  /** Cold: asks the server for a conversation; emits its handle with a fresh state, then completes. Errors with `ServerRejected` 4303 where there is none. */
  fetchConversation(id: string): Observable<Conversation & V>;
  /** Cold: which of these clients (20 at most) are online; emits once, then completes (protocol: session/query). */
  online(ids: readonly string[]): Observable<ReadonlySet<string>>;
  /**
   * Who of the clients that are watched is online; one of whom nothing is known yet is left out. Given ids, or a stream of them: who is new is asked for at once, all of them every 10 s and after each reconnect, while somebody is subscribed. Starts with an empty map, and emits a new one only where it
   * says something else; what is known is kept while there is no connection. Replays to each further subscriber. Never errors, completes when the client is closed.
   *
   * @example client.presence$(['Jerry', 'Spike']).subscribe((online) => dots.set(online));
   */
  presence$(ids: Iterable<string> | Observable<Iterable<string>>): Observable<ReadonlyMap<string, boolean>>;
  /** Logs out, without waiting for it: what `using` does. */
  [Symbol.dispose](): void;
  /** Cold: logs out; emits `undefined` when it is done, then completes. Closing twice is the same as closing once. */
  close(): Observable<void>;
}
