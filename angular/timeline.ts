/** The messages of a conversation, as signals. */
import { assertInInjectionContext, computed, linkedSignal, untracked, type Signal } from '@angular/core';
import {
  InvalidArgument,
  discard,
  resend,
  timeline,
  toRealtimeError,
  type Conversation,
  type Gap,
  type OutgoingBody,
  type Position,
  type RealtimeError,
  type Receipts,
  type SendOptions,
  type Timeline as TimelineValue,
  type TimelineEntry,
  type TimelineOptions,
  type Upload,
} from 'rx-realtime';
import { NEVER, Subject, defer, type Observable } from 'rxjs';
import { injectLatest } from './latest.js';
import { conversationOf, type ConversationId } from './conversation-of.js';
import type { Session } from './session.js';

/** How far an own message has come. `undefined` for messages of others, and for gaps. */
export type Tick = 'sending' | 'failed' | 'sent' | 'delivered' | 'read';

/** Options of `injectTimeline`. */
export interface TimelineSignalOptions extends Pick<TimelineOptions, 'pageSize' | 'window'> {
  /**
   * Whether `send` asks for receipts, and `tickOf` knows of deliveries and reading. Each member answers each message,
   * so turn it off for large groups. Default true.
   */
  readonly receipts?: boolean;
}

/**
 * The messages of a conversation, as signals. Reading them never throws. Its commands run at once, and give nothing:
 * what becomes of a message is in `entries`. For a command with a result, use `conversation`.
 */
export interface TimelineSignals {
  /** The handle of the conversation, for all that is not here. Undefined without a user or an id. */
  readonly conversation: Signal<Conversation | undefined>;
  /** The oldest entry first: messages, gaps, and own messages that are being sent or have failed. */
  readonly entries: Signal<readonly TimelineEntry[]>;
  /** Whether there may be older messages. */
  readonly hasOlder: Signal<boolean>;
  /** Whether there are newer messages, because the list has moved to older ones. */
  readonly hasNewer: Signal<boolean>;
  /** Whether a page is loading. */
  readonly loading: Signal<boolean>;
  /** Loads an older page. Does nothing while a page is loading, or if there is none. */
  older(): void;
  /** Loads a newer page, if `hasNewer` is true. */
  newer(): void;
  /** Goes back to the newest messages, if `hasNewer` is true. */
  latest(): void;
  /** Loads messages that are missing in a gap. */
  fill(gap: Gap): void;
  /** Sends a message. It is in `entries` until it is stored; if it fails, with its error. */
  send(body: OutgoingBody | Upload, options?: SendOptions): void;
  /** Sends a failed message again. It is stored once, also if the first attempt has arrived. */
  resend(token: string): void;
  /** Gives up a message that has failed or waits. */
  discard(token: string): void;
  /** Why the last `send`, `resend` or `discard` here has failed. Undefined from the next one on. */
  readonly error: Signal<RealtimeError | undefined>;
  /** How far an own message has come. It is a read of signals: a template that calls it is kept up to date. */
  tickOf(entry: TimelineEntry): Tick | undefined;
  /** What an entry is known by in a list: `@for (entry of timeline.entries(); track timeline.keyOf(entry))`. */
  keyOf(entry: TimelineEntry): string;
  /** Marks messages as read, up to a message. Earlier ones than before change nothing. `rxSeen` calls it. */
  read(upTo: Position): void;
}

const EMPTY_TIMELINE: TimelineValue = { entries: [], hasOlder: false, hasNewer: false };
const NO_RECEIPTS: Receipts = {};

const noConversation = (): RealtimeError =>
  new InvalidArgument('there is no conversation: nobody is logged in, or it has no id yet');

/**
 * The messages of a conversation of the user who is logged in, as long as the caller lives. Needs an injection context.
 * When the user or the id changes, the list is empty at once, and then that of the other conversation.
 *
 * @param id the id of the conversation, or a function (a signal) of it
 *
 * @example
 * readonly timeline = injectTimeline(this.session, this.id, { pageSize: 20 });
 * // <button (click)="timeline.send(body())">Send</button>
 */
export const injectTimeline = (
  { client }: Pick<Session, 'client'>,
  id: ConversationId,
  { receipts: withReceipts = true, ...options }: TimelineSignalOptions = {},
): TimelineSignals => {
  assertInInjectionContext(injectTimeline);
  const conversation = conversationOf(client, id);
  const [older, newer, latest, fill] = [
    new Subject<void>(),
    new Subject<void>(),
    new Subject<void>(),
    new Subject<Gap>(),
  ];
  const loading = linkedSignal({ source: conversation, computation: () => false });
  const view = injectLatest(
    conversation,
    (current) =>
      timeline(current, {
        ...options,
        older$: older,
        newer$: newer,
        latest$: latest,
        fill$: fill,
        loading: { next: (isLoading) => loading.set(isLoading) },
      }),
    EMPTY_TIMELINE,
  );
  const receipts = injectLatest(conversation, ({ receipts$ }) => (withReceipts ? receipts$ : NEVER), NO_RECEIPTS);
  /** Up to where each conversation has been read here. */
  const readUpTo = new WeakMap<Conversation, number>();

  /** Nothing of another conversation, or of an earlier user, stays. */
  const error = linkedSignal<Conversation | undefined, RealtimeError | undefined>({
    source: conversation,
    computation: () => undefined,
  });
  const run = (command: (current: Conversation) => Observable<unknown>): void => {
    const current = untracked(conversation);
    const failed = (thrown: unknown): void => {
      if (current === untracked(conversation)) error.set(toRealtimeError(thrown));
    };
    error.set(undefined);
    if (current === undefined) failed(noConversation());
    else defer(() => command(current)).subscribe({ error: failed });
  };

  return {
    conversation,
    entries: computed(() => view().entries),
    hasOlder: computed(() => view().hasOlder),
    hasNewer: computed(() => view().hasNewer),
    loading: loading.asReadonly(),
    older: () => older.next(),
    newer: () => newer.next(),
    latest: () => latest.next(),
    fill: (gap) => fill.next(gap),
    send: (body, own = {}) =>
      run((current) =>
        current.send(body, { receipt: withReceipts && own.transient !== true && own.will !== true, ...own }),
      ),
    resend: (token) => run((current) => resend(current, token)),
    discard: (token) => run((current) => discard(current, token)),
    tickOf: (entry) => {
      if (entry._tag === 'Pending') return entry.error === undefined ? 'sending' : 'failed';
      if (entry._tag === 'Gap' || entry.message.from !== client()?.id) return undefined;
      const { readAt = -1, deliveredAt = -1 } = receipts();
      const { timestamp } = entry.message;
      return timestamp <= readAt ? 'read' : timestamp <= deliveredAt ? 'delivered' : 'sent';
    },
    keyOf: (entry) =>
      entry._tag === 'Message'
        ? entry.message.id
        : entry._tag === 'Pending'
          ? entry.token
          : `gap ${String(entry.from.timestamp)} ${entry.from.id}`,
    error: error.asReadonly(),
    read: (upTo) => {
      const current = untracked(conversation);
      if (current === undefined || upTo.timestamp <= (readUpTo.get(current) ?? -1)) return;
      readUpTo.set(current, upTo.timestamp);
      current.read({ upTo }).subscribe({
        // It may be read again.
        error: () => readUpTo.delete(current),
      });
    },
  };
};
