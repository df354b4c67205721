/** How long a store keeps what it has, for each kind of conversation. */
import type { ConversationKind } from '../../../codecs/index.js';

/** ms. */
const DAY = 86_400_000;

/** How long things are kept. */
export interface Retention {
  /** How long messages are kept, days. Default 180. */
  readonly historyDays?: number;
  /**
   * Number of a conversation's latest messages that are kept. At times up to twice as many are kept. Default 100,000.
   */
  readonly historyMessages?: number;
  /**
   * A conversation without activity for this time is deleted, days. A temporary one ends with its own lifetime. Default
   * 180.
   */
  readonly conversationDays?: number;
}

/** The kinds of conversations. */
export const KINDS: readonly ConversationKind[] = ['ordinary', 'room', 'system', 'temporary'];

export type RetentionByKind = Readonly<Partial<Record<ConversationKind, Retention>>>;

/** What is kept of conversations of one kind. Times are whole numbers of ms. */
interface Kept {
  readonly historyTime: number;
  readonly historyMessages: number;
  /** A conversation without activity for this time ends. */
  readonly idle: number;
}

export type KeptByKind = Readonly<Record<ConversationKind, Kept>>;

const keptOf = ({ historyDays = 180, historyMessages = 100_000, conversationDays = 180 }: Retention): Kept => ({
  historyTime: Math.ceil(historyDays * DAY),
  historyMessages,
  idle: Math.ceil(conversationDays * DAY),
});

/** What is kept of each kind. */
export const keptByKind = ({
  retention = {},
  ...all
}: Retention & { readonly retention?: RetentionByKind }): KeptByKind => {
  const of = (kind: ConversationKind): Kept => keptOf({ ...all, ...retention[kind] });
  return { ordinary: of('ordinary'), room: of('room'), system: of('system'), temporary: of('temporary') };
};
