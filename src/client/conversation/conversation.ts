import type { Observable } from 'rxjs';
import type { ConversationInfo, OutgoingBody } from '../../../codecs/index.js';
import type {
  ConversationEvent,
  DeliveryStatus,
  Membership,
  Message,
  Modification,
  Position,
  Receipts,
  Unread,
} from '../../../streams/index.js';
import type { HistoryOptions } from '../history/history.js';
import type { MembershipResult } from '../members/membership.js';
import type { Mentions } from '../sending/modify.js';
import type { SendOptions } from '../sending/send-options.js';
import type { SendProgress } from '../sending/send.js';
import type { Upload } from '../sending/upload.js';
import type { ConversationUpdate } from './attributes.js';

/**
 * A handle on one conversation: commands, and streams derived from the client's log. Making one sends nothing.
 * All streams are hot, never error, and complete when the client is closed.
 */
export interface Conversation {
  readonly id: string;
  /**
   * What the conversation is like: an immutable snapshot, replayed, then a new one with each change. Fetched when
   * first subscribed to, where it isn't known yet.
   *
   * @example conversation.state$.subscribe(({ name, members }) => render(name, members));
   */
  readonly state$: Observable<ConversationInfo>;
  /** The ids of its members, replayed, then with each change; empty for chat rooms. */
  readonly members$: Observable<ReadonlySet<string>>;
  /**
   * Messages from others, and from this user's other devices: in order, once, without replay. What was missed during
   * a break comes before what is live.
   */
  readonly messages$: Observable<Message>;
  /**
   * Who has joined and left, was silenced and blocked, and by whom: without replay. What happened during a break is
   * in `state$`, which is asked for again.
   */
  readonly membership$: Observable<Membership>;
  /**
   * Whether this user gets no push notifications of the conversation; replayed. What another device of the user
   * changes is seen when the conversation is described anew, as after a reconnect: the protocol has no notice for it.
   */
  readonly muted$: Observable<boolean>;
  /**
   * The ordered log of this conversation, without replay: messages (those sent by this client too), edits, recalls,
   * gaps, receipts, and changes of members and attributes.
   */
  readonly events$: Observable<ConversationEvent>;
  /**
   * Edits and recalls, by this client too, without replay: each carries what the message is now. Those that were
   * missed come with the next login.
   */
  readonly modifications$: Observable<Modification>;
  /** How many messages wait to be read; replayed. */
  readonly unread$: Observable<Unread>;
  /**
   * Up to when the other side has received and read what was sent with `receipt`, by the server's clock; replayed.
   * Asked for with the first subscriber and again after each reconnect, and moved by the receipts that come.
   */
  readonly receipts$: Observable<Receipts>;
  /**
   * Cold: sends a message; emits the stored message, with its id and time, then completes. `trackSend` tells the
   * progress. Subscribing to the same command again can't double the message.
   *
   * Errors: `ConnectionLost` (never left), `Unconfirmed` (may have arrived), `ServerRejected`, `CommandTimeout`,
   * `SessionClosed`, `InvalidArgument`, `OutboxFull`.
   *
   * @example const { id, timestamp } = await firstValueFrom(conversation.send(text('Wake up, mouse!')));
   */
  send<B extends OutgoingBody>(body: B | Upload<B>, options?: SendOptions): Observable<Message<B>>;
  /**
   * Cold: sends a message with a receipt and tells how far it has come: `uploading` where it has a file to store,
   * `sending`, `sent`, `delivered`, `read`. Completes with `read`, or when the client is closed, so it may never
   * complete. Errors as `send` does; `sendStatus()` turns an error into the value `failed`.
   *
   * @example conversation.trackSend(text('Are you there?')).pipe(sendStatus()).subscribe(({ _tag }) => tick.set(_tag));
   */
  trackSend<B extends OutgoingBody>(
    body: B | Upload<B>,
    options?: Omit<SendOptions, 'receipt'>,
  ): Observable<SendProgress<B>>;
  /**
   * How far a message of one's own has come, from the receipts that arrive from now on: `sent`, `delivered`, `read`;
   * completes with `read`.
   */
  messageStatus(message: Position): Observable<DeliveryStatus>;
  /**
   * Cold: takes back a message of one's own, for everybody and in history; emits what it is now, then completes
   * (protocol: patch/modify).
   *
   * Errors: `InvalidArgument` where it is not one's own, `ServerRejected`, `ConnectionLost`, `CommandTimeout`,
   * `SessionClosed`.
   */
  recall(message: Message): Observable<Modification>;
  /**
   * Cold: gives a message of one's own another body, for everybody and in history; emits what it is now, then
   * completes. Errors as `recall` does.
   */
  edit(message: Message, body: OutgoingBody, mentions?: Mentions): Observable<Modification>;
  /**
   * Cold: adds members; emits who was added and who was not, with reasons, then completes (protocol: conv/add).
   *
   * Errors: `InvalidArgument`, `ServerRejected`, `ConnectionLost`, `CommandTimeout`, `SessionClosed`.
   */
  add(members: readonly string[]): Observable<MembershipResult>;
  /**
   * Cold: removes members; emits for whom it came about, then completes (protocol: conv/remove). Errors as `add` does.
   */
  remove(members: readonly string[]): Observable<MembershipResult>;
  /** Cold: this client becomes a member, emits the outcome, completes. Errors as `add` does. */
  join(): Observable<MembershipResult>;
  /** Cold: this client is a member no more, emits the outcome, completes. Errors as `add` does. */
  quit(): Observable<MembershipResult>;
  /** Cold: how many members there are; emits once, then completes (protocol: conv/count). */
  count(): Observable<number>;
  /**
   * Cold: changes the name and attributes that are given, and takes away those of `unset`, for all members; emits
   * `undefined` when it is done and `state$` shows it, then completes (protocol: conv/update). With `optimistic`,
   * `state$` shows it from the start, and takes it back where it fails. Errors as `add` does.
   *
   * @example
   * conversation
   *   .update({ attributes: { 'colours.sky': 'blue' }, unset: ['draft'] }, { optimistic: true })
   *   .subscribe();
   */
  update(change: ConversationUpdate, options?: { readonly optimistic?: boolean }): Observable<void>;
  /**
   * Cold: no push notifications of this conversation for this user; emits `undefined` when it is so, then completes
   * (protocol: conv/mute).
   */
  mute(): Observable<void>;
  /** Cold: push notifications again; emits `undefined` when it is so, then completes (protocol: conv/unmute). */
  unmute(): Observable<void>;
  /**
   * Cold: one page of history, oldest message first, then completes: by default the newest 20 (protocol: logs).
   *
   * Errors: `ConnectionLost`, `ServerRejected` (4312 for who is not a member), `CommandTimeout`, `SessionClosed`,
   * `InvalidArgument`.
   *
   * @example conversation.history({ before: oldest, limit: 50 }).subscribe(prepend);
   */
  history(options?: HistoryOptions): Observable<readonly Message[]>;
  /**
   * Cold: asks how far the others have received and read; emits it, moves `receipts$`, completes (protocol:
   * conv/max_read). Errors as `history` does.
   */
  fetchReceipts(): Observable<Receipts>;
  /**
   * Cold: marks messages as read, here and on the user's other devices: all that have arrived, or those up to a
   * message or a time (ms since 1970). Emits `undefined` and completes at once; the server is told when there is a
   * connection, at most once a second.
   */
  read(options?: { readonly upTo?: Position | number }): Observable<void>;
}
