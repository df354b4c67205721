/** What the messages and marks of one conversation in memory can do. */
import type {
  Arrived,
  HistoryQuery,
  MarkedRead,
  MemberReceipt,
  MessageKey,
  MovedStanding,
  NewMessage,
  OfflineMessages,
  ReadUpTo,
  StoredEdit,
  StoredMessage,
  UnreadSummary,
} from '../records.js';

/** The result of a change, without who gets it. */
type LogModified =
  | { readonly _tag: 'Modified'; readonly message: StoredMessage; readonly unreadBy: readonly string[] }
  | { readonly _tag: 'Missing' | 'Foreign' };

export interface ConversationLog {
  /**
   * Calls `newId` for an id unless the message is stored already. `at`: its exact time, which other messages may have
   * too, and which is not before that of the newest message. Default: a time of its own, from `now` on.
   */
  append(
    message: NewMessage,
    newId: () => string,
    at?: number,
  ): { readonly message: StoredMessage; readonly repeated: boolean };
  /** Stores messages as they are. No other ones have their ids or their times. */
  insert(messages: readonly StoredMessage[]): void;
  /** The conversation was active at this time, ms. */
  noteActivity(at: number): void;
  readonly message: (key: MessageKey) => StoredMessage | undefined;
  /** Of these times, ms: those that messages have. */
  taken(times: readonly number[]): readonly number[];
  /** Gives no message before `since` (ms). */
  history(query: HistoryQuery, since: number): readonly StoredMessage[];
  /** `members`: the members whose read marks are checked. */
  modify(edit: StoredEdit, members: readonly string[]): LogModified;
  /** Deletes a message. Gives false if there is no such message. */
  remove(messageId: string): boolean;
  /** The changed messages, earliest change first, at most `limit`. */
  modifiedSince(clientId: string, since: number, limit: number): readonly StoredMessage[];
  /** When a message was last changed, ms since 1970; undefined if none was. */
  modifiedAt(): number | undefined;
  /** Deletes messages before a time (ms), and the oldest messages if there are more than `atMost`. */
  trim(before: number, atMost: number): void;
  receipts(): readonly MemberReceipt[];
  /** The clients that have marks. */
  marked(): Iterable<string>;
  marksOf(clientId: string): Pick<MovedStanding, 'read' | 'received'>;
  /** Sets marks as they are. */
  mark(clientId: string, marks: Pick<MovedStanding, 'read' | 'received'>): void;
  /** Deletes the marks of who is no member, if there are many. */
  forgetOthers(members: ReadonlySet<string>): void;
  offline(clientId: string, limit: number): OfflineMessages;
  acknowledge(clientId: string, arrived: Arrived, now: number): readonly StoredMessage[];
  markRead(clientId: string, upTo: ReadUpTo, now: number): Omit<MarkedRead, 'summary'>;
  unread(clientId: string): UnreadSummary;
  /** When a client's unread count was last lowered by a read mark or by a recall; undefined if it never was. */
  unreadLessAt(clientId: string): number | undefined;
  last(): StoredMessage | undefined;
  /**
   * When the newest message was sent, ms since 1970, even if that message is deleted; undefined if there was no
   * message.
   */
  lastAt(): number | undefined;
  /** The newest message that everybody may see. */
  lastPublic(): StoredMessage | undefined;
}
