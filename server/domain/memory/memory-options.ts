/** What a memory keeps, and what it needs from outside. */
import type { Retention, RetentionByKind } from './retention.js';

/** How much is stored, and for how long. */
export interface MemoryLimits extends Retention {
  /** Highest count of unread messages; the count stops there. Default 100. */
  readonly unreadLimit?: number;
  /** How long things are kept in conversations of a kind, where it differs: `{ room: { historyDays: 1 } }`. */
  readonly retention?: RetentionByKind;
  /**
   * Steps that a query of conversations may take (docs/server.md); a query that needs more is refused with 4310.
   * Default 700,000, which take at most about 30 ms.
   */
  readonly querySteps?: number;
  /**
   * Number of the latest notices that are kept for each client that can come back. Default 5,000: more than a day
   * brings.
   */
  readonly notices?: number;
  /** Length of these notices together, as JSON, for each client. Default 1,048,576. */
  readonly noticeBytes?: number;
  /** Tokens of one client that can be used to come back: the latest ones. Default 100. */
  readonly tokens?: number;
  /**
   * Conversations of each kind that a client's query looks at if it names no ids and no members, in addition to the
   * client's own: the newest ones. Default 5,000.
   */
  readonly queriedConversations?: number;
}

/** Options of a memory: limits, and what it needs from outside. */
export interface MemoryOptions extends MemoryLimits {
  /** The time, ms since 1970. */
  readonly now: () => number;
  /** The time by which data is deleted: not ahead of the true time if `now` is, for a moment. Default: `now`. */
  readonly settled?: () => number;
  readonly newConversationId: () => string;
  readonly newMessageId: () => string;
}
