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
 * A handle on one conversation: its commands, and streams that are derived from the client's log. Getting a handle
 * sends nothing.
 *
 * All streams are hot and never error. They complete when the client is closed. All commands are cold: nothing is
 * sent before you subscribe. Each emits one value when it has succeeded, then completes.
 */
export interface Conversation {
  /** The id of the conversation. */
  readonly id: string;
  /**
   * The name, members, attributes and times of the conversation, as an immutable snapshot. Replays the current
   * snapshot and emits a new one with each change. If the conversation is not known yet, the first subscription asks
   * the server for it. When the client ends, it completes as it is: there is no empty snapshot.
   *
   * @example conversation.state$.subscribe(({ name, members }) => render(name, members));
   */
  readonly state$: Observable<ConversationInfo>;
  /**
   * The client ids of the members. Replays the current set and emits a new one with each change. Always empty for
   * chat rooms. When the client ends, it emits an empty set and completes.
   */
  readonly members$: Observable<ReadonlySet<string>>;
  /**
   * Messages from other users, and from this user's other devices: in order, each of them once. No replay. After a
   * break, missed messages come before live ones.
   *
   * @example conversation.messages$.pipe(ofType(TextType)).subscribe(({ from, body }) => append(from, body.text));
   */
  readonly messages$: Observable<Message>;
  /**
   * Changes of the members: who joined, left, was silenced or was blocked, and by whom. No replay. After a break it
   * emits who joined or left meanwhile, without `by`, as far as the old and the new snapshot show it.
   */
  readonly membership$: Observable<Membership>;
  /**
   * Whether this user has muted the conversation, so that it sends no push notifications. Replays the current value.
   * The protocol has no notice of a change on another device of the user: this client sees it when the conversation
   * is fetched again, for example after a reconnect. When the client ends, it emits false and completes.
   */
  readonly muted$: Observable<boolean>;
  /**
   * The ordered log of this conversation: messages (including those sent by this client), edits, recalls, gaps,
   * receipts, and changes of members and attributes. No replay.
   */
  readonly events$: Observable<ConversationEvent>;
  /**
   * Edits and recalls, including those by this client. Each one carries the message as it is now. No replay. Changes
   * that were missed arrive after the next login.
   */
  readonly modifications$: Observable<Modification>;
  /**
   * How many messages are unread, and whether one of them mentions this user. Replays the current value. When the
   * client ends, it emits none and completes.
   *
   * @example conversation.unread$.subscribe(({ count }) => badge.set(count));
   */
  readonly unread$: Observable<Unread>;
  /**
   * The times up to which the other side has received and read the messages that were sent with `receipt`, in ms
   * since 1970 by the server's clock. Replays the current value. The server is asked with the first subscription and
   * after each reconnect; receipts that arrive move the times. When the client ends, it emits none and completes.
   *
   * @example conversation.receipts$.subscribe(({ readAt = 0 }) => marks.set(({ timestamp }) => timestamp <= readAt));
   */
  readonly receipts$: Observable<Receipts>;
  /**
   * Cold: sends a message. Emits the stored message with its id and time, then completes (protocol: direct). To
   * follow the progress, use `trackSend`. If you subscribe to the same command again, the message is still stored
   * only once.
   *
   * Errors: `ConnectionLost` (the message was not sent), `Unconfirmed` (it may have arrived), `ServerRejected`,
   * `CommandTimeout`, `SessionClosed`, `InvalidArgument`, `OutboxFull`, `StorageFailed`.
   *
   * @example const { id, timestamp } = await firstValueFrom(conversation.send(text('Wake up, mouse!')));
   */
  send<B extends OutgoingBody>(body: B | Upload<B>, options?: SendOptions): Observable<Message<B>>;
  /**
   * Cold: sends a message with a receipt, and emits each step: `uploading` (if it has a file), `sending`, `sent`,
   * `delivered`, `read`. Completes after `read`, or when the client is closed. Errors as `send` does; `sendStatus()`
   * turns an error into the value `failed`.
   *
   * @example conversation.trackSend(text('Are you there?')).pipe(sendStatus()).subscribe(({ _tag }) => tick.set(_tag));
   */
  trackSend<B extends OutgoingBody>(
    body: B | Upload<B>,
    options?: Omit<SendOptions, 'receipt'>,
  ): Observable<SendProgress<B>>;
  /**
   * The delivery status of a message of this user: `sent` at once, then `delivered`, then `read`. It uses the
   * receipts that arrive while it is subscribed to, and sends nothing itself. Never errors. Completes after `read`,
   * or when the client is closed.
   */
  messageStatus(message: Position): Observable<DeliveryStatus>;
  /**
   * Cold: recalls a message of this user, for all members and in the history. Emits the modification with the
   * recalled message, then completes (protocol: patch/modify).
   *
   * Errors: `InvalidArgument` if another user sent the message, `ServerRejected`, `ConnectionLost`, `CommandTimeout`,
   * `SessionClosed`.
   *
   * @example await firstValueFrom(conversation.recall(message));
   */
  recall(message: Message): Observable<Modification>;
  /**
   * Cold: replaces the body of a message of this user, for all members and in the history. Emits the modification
   * with the new message, then completes (protocol: patch/modify). Errors as `recall` does.
   *
   * @example await firstValueFrom(conversation.edit(message, text('Sorry, at five.')));
   */
  edit(message: Message, body: OutgoingBody, mentions?: Mentions): Observable<Modification>;
  /**
   * Cold: adds members. Emits who was added and who was not, with the reasons, then completes (protocol: conv/add).
   *
   * Errors: `InvalidArgument`, `ServerRejected`, `SignatureFailed`, `ConnectionLost`, `CommandTimeout`,
   * `SessionClosed`.
   *
   * @example const { allowed, failed } = await firstValueFrom(conversation.add(['Jerry', 'Spike']));
   */
  add(members: readonly string[]): Observable<MembershipResult>;
  /**
   * Cold: removes members. Emits who was removed and who was not, with the reasons, then completes (protocol:
   * conv/remove). Errors as `add` does.
   */
  remove(members: readonly string[]): Observable<MembershipResult>;
  /**
   * Cold: makes this client a member. Emits the result, then completes (protocol: conv/add). Errors as `add` does.
   */
  join(): Observable<MembershipResult>;
  /**
   * Cold: removes this client from the members. Emits the result, then completes (protocol: conv/remove). Errors as
   * `add` does.
   */
  quit(): Observable<MembershipResult>;
  /**
   * Cold: asks the server how many members there are. Emits the number, then completes (protocol: conv/count).
   * Errors: `ServerRejected`, `ConnectionLost`, `CommandTimeout`, `SessionClosed`.
   */
  count(): Observable<number>;
  /**
   * Cold: sets the given name and attributes, and removes the attributes in `unset`, for all members. Emits
   * `undefined` when `state$` shows the change, then completes (protocol: conv/update). With `optimistic`, `state$`
   * shows the change at once, and takes it back if the command fails.
   *
   * Errors: `InvalidArgument`, `ServerRejected`, `ConnectionLost`, `CommandTimeout`, `SessionClosed`.
   *
   * @example
   * conversation
   *   .update({ attributes: { 'colours.sky': 'blue' }, unset: ['draft'] }, { optimistic: true })
   *   .subscribe();
   */
  update(change: ConversationUpdate, options?: { readonly optimistic?: boolean }): Observable<void>;
  /**
   * Cold: turns off the push notifications of this conversation for this user. Emits `undefined` when `muted$` shows
   * it, then completes (protocol: conv/mute). Errors: `ServerRejected`, `ConnectionLost`, `CommandTimeout`,
   * `SessionClosed`.
   */
  mute(): Observable<void>;
  /**
   * Cold: turns the push notifications on again. Emits `undefined` when `muted$` shows it, then completes (protocol:
   * conv/unmute). Errors as `mute` does.
   */
  unmute(): Observable<void>;
  /**
   * Cold: fetches one page of the history, by default the newest 20 messages. Emits the messages, the oldest one
   * first, then completes (protocol: logs).
   *
   * Errors: `ConnectionLost`, `ServerRejected` (4312 if this client is not a member), `CommandTimeout`,
   * `SessionClosed`, `InvalidArgument`.
   *
   * @example conversation.history({ before: oldest, limit: 50 }).subscribe(prepend);
   */
  history(options?: HistoryOptions): Observable<readonly Message[]>;
  /**
   * Cold: asks the server up to when the other members have received and read. Emits the times, moves `receipts$`,
   * then completes (protocol: conv/max_read). Errors as `history` does.
   */
  fetchReceipts(): Observable<Receipts>;
  /**
   * Cold: marks messages as read, here and on the user's other devices: all that have arrived, or those up to a
   * message or a time (ms since 1970). Emits `undefined` and completes at once. `unread$` shows what
   * remains, as far as the messages have come to this client; otherwise the server's answer tells it. The client tells
   * the server when it is connected, at most once a second (protocol: read). Never errors.
   *
   * @example await firstValueFrom(conversation.read());
   */
  read(options?: { readonly upTo?: Position | number }): Observable<void>;
}
