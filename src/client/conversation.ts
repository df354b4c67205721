import { distinctUntilChanged, map, type Observable } from 'rxjs';
import type { ConversationInfo, OutgoingBody } from '../../codecs/index.js';
import type { ConversationEvent, Message, Receipts, Unread } from '../../streams/index.js';
import type { SendOptions, SendProgress } from './send.js';

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
  /** The ordered log of this conversation, without replay: messages (those sent by this client too), gaps, receipts, and changes of members and attributes. */
  readonly events$: Observable<ConversationEvent>;
  /** How many messages wait to be read; replayed. */
  readonly unread$: Observable<Unread>;
  /** Up to when the other side has received and read what was sent with `receipt`; replayed. */
  readonly receipts$: Observable<Receipts>;
  /**
   * Cold: sends a message. Emits `sending`, then `sent` with the stored message, then completes. Subscribing to the same command again can't double the message.
   *
   * Errors: `ConnectionLost` (never left), `Unconfirmed` (may have arrived), `ServerRejected`, `CommandTimeout`, `SessionClosed`, `InvalidArgument`, `OutboxFull`.
   *
   * @example conversation.send(text('Wake up, mouse!')).pipe(retry(3)).subscribe();
   */
  send(body: OutgoingBody, options?: SendOptions): Observable<SendProgress>;
  /**
   * Cold: the newest messages, oldest first, then completes. `limit` is 1 to 1,000, by default 20 (protocol: logs).
   *
   * Errors: `ConnectionLost`, `ServerRejected` (4312 for who is not a member), `CommandTimeout`, `SessionClosed`, `InvalidArgument`.
   */
  history(options?: { readonly limit?: number }): Observable<readonly Message[]>;
  /** Cold: marks all messages that have arrived as read, here and on the user's other devices; completes at once, and is told to the server when there is a connection. */
  read(): Observable<never>;
}

/** What a handle is made from: the streams and commands of its client. */
export interface ConversationSource {
  readonly states: (id: string) => Observable<ConversationInfo>;
  readonly events: (id: string) => Observable<ConversationEvent>;
  readonly messages: (id: string) => Observable<Message>;
  readonly unread: (id: string) => Observable<Unread | undefined>;
  readonly receipts: (id: string) => Observable<Receipts | undefined>;
  readonly send: (id: string, body: OutgoingBody, options: SendOptions) => Observable<SendProgress>;
  readonly history: (id: string, limit: number) => Observable<readonly Message[]>;
  readonly read: (id: string) => Observable<never>;
}

const NONE_UNREAD: Unread = { count: 0, mentioned: false };
const NO_RECEIPTS: Receipts = {};
const DEFAULT_HISTORY = 20;

export const conversationHandle = (source: ConversationSource, id: string): Conversation => {
  const state$ = source.states(id);
  return {
    id,
    state$,
    members$: state$.pipe(
      map(({ members }) => members),
      distinctUntilChanged(),
      map((members) => new Set(members)),
    ),
    messages$: source.messages(id),
    events$: source.events(id),
    unread$: source.unread(id).pipe(
      map((unread) => unread ?? NONE_UNREAD),
      distinctUntilChanged((a, b) => a.count === b.count && a.mentioned === b.mentioned),
    ),
    receipts$: source.receipts(id).pipe(
      map((receipts) => receipts ?? NO_RECEIPTS),
      distinctUntilChanged(),
    ),
    send: (body, options = {}) => source.send(id, body, options),
    history: ({ limit = DEFAULT_HISTORY } = {}) => source.history(id, limit),
    read: () => source.read(id),
  };
};
