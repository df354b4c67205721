import { dequal } from 'dequal';
import { distinctUntilChanged, map, type Observable } from 'rxjs';
import type { ConversationInfo, OutgoingBody } from '../../../codecs/index.js';
import type {
  ConversationEvent,
  DeliveryStatus,
  LogEntry,
  Membership,
  Message,
  Modification,
  Position,
  Receipts,
  Roles,
  Timeline,
  Unread,
} from '../../../streams/index.js';
import type { ConversationUpdate } from './attributes.js';
import type { LogOptions } from '../history/conversation-log.js';
import type { TimelineOptions } from '../history/conversation-timeline.js';
import type { HistoryOptions, HistoryPagesOptions } from '../history/history.js';
import type { MembershipResult } from '../members/membership.js';
import type { Mentions } from '../sending/modify.js';
import type { ClientPage, ClientPageOptions } from '../members/restrictions.js';
import type { SendOptions } from '../sending/send-options.js';
import type { SendProgress } from '../sending/send.js';
import type { Upload } from '../sending/upload.js';

/**
 * A handle on one conversation: commands, and streams derived from the client's log. Making one sends nothing.
 * All streams are hot, never error, and complete when the client is closed.
 */
export interface Conversation {
  readonly id: string;
  /**
   * What the conversation is like: an immutable snapshot, replayed, then a new one with each change. Fetched when first subscribed to, where it isn't known yet.
   *
   * @example conversation.state$.subscribe(({ name, members }) => render(name, members));
   */
  readonly state$: Observable<ConversationInfo>;
  /** The ids of its members, replayed, then with each change; empty for chat rooms. */
  readonly members$: Observable<ReadonlySet<string>>;
  /** Messages from others, and from this user's other devices: in order, once, without replay. What was missed during a break comes before what is live. */
  readonly messages$: Observable<Message>;
  /** Who has joined and left, was silenced and blocked, and by whom: without replay. What happened during a break is in `state$`, which is asked for again. */
  readonly membership$: Observable<Membership>;
  /**
   * Who has a role, by client id; who is not in it is a plain member. Replayed; asked for when first subscribed to and after each reconnect, and moved by notices.
   *
   * @example conversation.roles$.subscribe((roles) => render(roles.get('Tom') ?? 'Member'));
   */
  readonly roles$: Observable<Roles>;
  /** Whether this user gets no push notifications of the conversation; replayed. What another device of the user changes is seen when the conversation is described anew, as after a reconnect: the protocol has no notice for it. */
  readonly muted$: Observable<boolean>;
  /** The ordered log of this conversation, without replay: messages (those sent by this client too), edits, recalls, gaps, receipts, and changes of members and attributes. */
  readonly events$: Observable<ConversationEvent>;
  /**
   * The ordered truth about this conversation, and the position that each entry reaches: messages, edits, recalls, gaps, changes of members and attributes. Cold; with `since`, what is missing behind a stored position
   * is fetched first, across breaks, and put before what is live, each message once; without it, it starts now. What can't be had is one `Gap`. Edits and recalls are told
   * to who is logged in, and after a break: those of messages before `since` that happened while nobody was are in history only. Never errors, completes with the client.
   *
   * The position moves before its entry is emitted. `atMostOnce` stores it before, `atLeastOnce` after an entry was handled.
   *
   * @example conversation.log({ since: load() }).pipe(atLeastOnce({ project: archive, commit: store })).subscribe();
   */
  log(options?: LogOptions): Observable<LogEntry>;
  /**
   * The conversation as a view shows it: the newest page of history, older pages on demand, what is live, edits and recalls applied, gaps that can be filled, and one's own messages on their way: one immutable list, the oldest
   * first, in which an own message changes its place at most once, when it is stored. Cold: each subscriber has its own. Emits at once, then after each change; bounded by `window`. Never errors, completes with the client.
   *
   * @example conversation.timeline({ pageSize: 20, older$: scrolledUp$ }).subscribe(({ entries, hasOlder }) => render(entries, hasOlder));
   */
  timeline(options?: TimelineOptions): Observable<Timeline>;
  /** Edits and recalls, by this client too, without replay: each carries what the message is now. Those that were missed come with the next login. */
  readonly modifications$: Observable<Modification>;
  /** How many messages wait to be read; replayed. */
  readonly unread$: Observable<Unread>;
  /** Up to when the other side has received and read what was sent with `receipt`, by the server's clock; replayed. Asked for with the first subscriber and again after each reconnect, and moved by the receipts that come. */
  readonly receipts$: Observable<Receipts>;
  /**
   * How far each other member has received and read, by client id; replayed. Asked for when first subscribed to and after each reconnect, and moved by the receipts that come,
   * which they do in conversations of two.
   */
  readonly memberReceipts$: Observable<ReadonlyMap<string, Receipts>>;
  /**
   * Cold: sends a message; emits the stored message, with its id and time, then completes. `trackSend` tells the progress. Subscribing to the same command again can't double the message.
   *
   * Errors: `ConnectionLost` (never left), `Unconfirmed` (may have arrived), `ServerRejected`, `CommandTimeout`, `SessionClosed`, `InvalidArgument`, `OutboxFull`.
   *
   * @example const { id, timestamp } = await firstValueFrom(conversation.send(text('Wake up, mouse!')));
   */
  send<B extends OutgoingBody>(body: B | Upload<B>, options?: SendOptions): Observable<Message<B>>;
  /**
   * Cold: sends a message with a receipt and tells how far it has come: `uploading` where it has a file to store, `sending`, `sent`, `delivered`, `read`. Completes with `read`, or when the client is closed, so it may
   * never complete. Errors as `send` does; `sendStatus()` turns an error into the value `failed`.
   *
   * @example conversation.trackSend(text('Are you there?')).pipe(sendStatus()).subscribe(({ _tag }) => tick.set(_tag));
   */
  trackSend<B extends OutgoingBody>(body: B | Upload<B>, options?: Omit<SendOptions, 'receipt'>): Observable<SendProgress<B>>;
  /** How far a message of one's own has come, from the receipts that arrive from now on: `sent`, `delivered`, `read`; completes with `read`. */
  messageStatus(message: Position): Observable<DeliveryStatus>;
  /**
   * Cold: takes back a message of one's own, for everybody and in history; emits what it is now, then completes (protocol: patch/modify).
   *
   * Errors: `InvalidArgument` where it is not one's own, `ServerRejected`, `ConnectionLost`, `CommandTimeout`, `SessionClosed`.
   */
  recall(message: Message): Observable<Modification>;
  /** Cold: gives a message of one's own another body, for everybody and in history; emits what it is now, then completes. Errors as `recall` does. */
  edit(message: Message, body: OutgoingBody, mentions?: Mentions): Observable<Modification>;
  /**
   * Cold: adds members; emits who was added and who was not, with reasons, then completes (protocol: conv/add).
   *
   * Errors: `InvalidArgument`, `ServerRejected`, `ConnectionLost`, `CommandTimeout`, `SessionClosed`.
   */
  add(members: readonly string[]): Observable<MembershipResult>;
  /** Cold: removes members; emits for whom it came about, then completes (protocol: conv/remove). Errors as `add` does. */
  remove(members: readonly string[]): Observable<MembershipResult>;
  /** Cold: this client becomes a member, emits the outcome, completes. Errors as `add` does. */
  join(): Observable<MembershipResult>;
  /** Cold: this client is a member no more, emits the outcome, completes. Errors as `add` does. */
  quit(): Observable<MembershipResult>;
  /** Cold: how many members there are; emits once, then completes (protocol: conv/count). */
  count(): Observable<number>;
  /**
   * Cold: changes the name and attributes that are given, and takes away those of `unset`, for all members; emits `undefined` when it is done and `state$` shows it, then completes (protocol: conv/update). With `optimistic`, `state$`
   * shows it from the start, and takes it back where it fails. Errors as `add` does.
   *
   * @example conversation.update({ attributes: { 'colours.sky': 'blue' }, unset: ['draft'] }, { optimistic: true }).subscribe();
   */
  update(change: ConversationUpdate, options?: { readonly optimistic?: boolean }): Observable<void>;
  /** Cold: gives a member another role, which its owner does; emits nothing, completes (protocol: conv/member_info_update). Errors as `add` does. */
  setRole(member: string, role: 'Manager' | 'Member'): Observable<void>;
  /** Cold: members may not send any more; the owner and managers do this, to those below their rank. Emits for whom it came about, completes (protocol: conv/add_shutup). Errors as `add` does. */
  silence(members: readonly string[]): Observable<MembershipResult>;
  /** Cold: members may send again (protocol: conv/remove_shutup). */
  unsilence(members: readonly string[]): Observable<MembershipResult>;
  /** Cold: a page of those who may not send; the next one starts at its `next` (protocol: conv/query_shutup). */
  silenced(page?: ClientPageOptions): Observable<ClientPage>;
  /** Cold: clients are no members any more and can't become any; the owner and managers do this, to those below their rank. Emits for whom it came about, completes (protocol: blacklist/block). Errors as `add` does. */
  block(clients: readonly string[]): Observable<MembershipResult>;
  /** Cold: clients can be members again (protocol: blacklist/unblock). */
  unblock(clients: readonly string[]): Observable<MembershipResult>;
  /** Cold: a page of those who can't be members; the next one starts at its `next` (protocol: blacklist/query). */
  blocked(page?: ClientPageOptions): Observable<ClientPage>;
  /** Cold: no push notifications of this conversation for this user; emits `undefined` when it is so, then completes (protocol: conv/mute). */
  mute(): Observable<void>;
  /** Cold: push notifications again; emits `undefined` when it is so, then completes (protocol: conv/unmute). */
  unmute(): Observable<void>;
  /**
   * Cold: one page of history, oldest message first, then completes: by default the newest 20 (protocol: logs).
   *
   * Errors: `ConnectionLost`, `ServerRejected` (4312 for who is not a member), `CommandTimeout`, `SessionClosed`, `InvalidArgument`.
   *
   * @example conversation.history({ before: oldest, limit: 50 }).subscribe(prepend);
   */
  history(options?: HistoryOptions): Observable<readonly Message[]>;
  /**
   * Cold: history page by page, one for each tick of `more$`, one after the other; no page repeats or leaves out a message. Completes when there is no more. Errors as `history` does.
   *
   * @example conversation.historyPages({ more$: scrolledUp$.pipe(startWith(undefined)) }).subscribe(prepend);
   */
  historyPages(options: HistoryPagesOptions & { readonly more$: Observable<unknown> }): Observable<readonly Message[]>;
  /**
   * History page by page, pulled: nothing is asked for ahead of time.
   *
   * @example for await (const page of conversation.historyIterator({ pageSize: 100 })) store(page);
   */
  historyIterator(options?: HistoryPagesOptions): AsyncIterable<readonly Message[]>;
  /** Cold: asks how far the others have received and read; emits it, moves `receipts$`, completes (protocol: conv/max_read). Errors as `history` does. */
  fetchReceipts(): Observable<Receipts>;
  /**
   * Cold: marks messages as read, here and on the user's other devices: all that have arrived, or those up to a message or a time (ms since 1970). Emits `undefined` and completes at once; the
   * server is told when there is a connection, at most once a second.
   */
  read(options?: { readonly upTo?: Position | number }): Observable<void>;
}

/** What a handle is made from: the streams and commands of its client. */
export interface ConversationSource extends Omit<Conversation, 'id' | 'members$' | 'unread$' | 'receipts$'> {
  readonly unread$: Observable<Unread | undefined>;
  readonly receipts$: Observable<Receipts | undefined>;
}

const NONE_UNREAD: Unread = { count: 0, mentioned: false };
const NO_RECEIPTS: Receipts = {};

export const conversationHandle = (id: string, source: ConversationSource): Conversation => ({
  ...source,
  id,
  members$: source.state$.pipe(
    map(({ members }) => members),
    distinctUntilChanged(),
    map((members) => new Set(members)),
  ),
  unread$: source.unread$.pipe(
    map((unread): Unread => (unread === undefined ? NONE_UNREAD : { count: unread.count, mentioned: unread.mentioned })),
    distinctUntilChanged((before, now) => dequal(before, now)),
  ),
  receipts$: source.receipts$.pipe(
    map((receipts) => receipts ?? NO_RECEIPTS),
    distinctUntilChanged(),
  ),
});
