/** The order of the conversations that a query gives. */
import type { ConversationInfo } from '../../../codecs/index.js';
import { Refusal } from '../refusal.js';
import { unlimited, type Spend } from './budget.js';
import { stepsOf, valueOf } from './matches.js';
import { pathOf } from './where.js';

/** Largest number of keys of a `sort`. If conversations have equal values, each comparison looks at all keys. */
export const MAX_SORT_KEYS = 32;

/** The order of kinds: missing values first, then numbers and dates, then text. */
const kindOf = (value: unknown): number => {
  if (typeof value === 'number' || value instanceof Date) return 1;
  return typeof value === 'string' ? 2 : 0;
};

const compareValues = (a: unknown, b: unknown): number => {
  const kind = kindOf(a);
  if (kind !== kindOf(b)) return kind - kindOf(b);
  if (kind === 0) return 0;
  const [one, other] = typeof a === 'string' && typeof b === 'string' ? [a, b] : [Number(a), Number(b)];
  if (one === other) return 0;
  return one < other ? -1 : 1;
};

/**
 * The time of the last message, or of the creation if there is no message. So a new conversation comes before
 * conversations that have been silent for long.
 */
const activity = ({ lastMessageAt, createdAt }: ConversationInfo): number | undefined => lastMessageAt ?? createdAt;

/** A key of a sort order. */
interface SortKey {
  readonly valueIn: (info: ConversationInfo) => unknown;
  /** What it costs to get a value. */
  readonly steps: number;
  readonly sign: 1 | -1;
}

const sortKey = (given: string): SortKey => {
  const isDescending = given.startsWith('-');
  const key = isDescending ? given.slice(1) : given;
  const path = pathOf(key);
  return { valueIn: key === 'lm' ? activity : valueOf(path), steps: stepsOf(path), sign: isDescending ? -1 : 1 };
};

/** A conversation and its values, so that they are not looked up for each comparison. */
interface Row {
  readonly info: ConversationInfo;
  readonly values: readonly unknown[];
}

/**
 * The conversations in the order of a `sort`. Commas separate keys, the first key is the most important, `-` is
 * descending, dots lead into nested attributes. `lm` is the time of the last message, or of the creation. It calls
 * `spend` before it looks a value up, and before it compares two values.
 *
 * @example
 * sorted(infos, '-lm,attr.level');
 */
export const sorted = (
  infos: readonly ConversationInfo[],
  sort: string,
  spend: Spend = unlimited,
): readonly ConversationInfo[] => {
  const given = sort.split(',');
  if (given.length > MAX_SORT_KEYS) throw new Refusal(4310, `sort: there are at most ${MAX_SORT_KEYS} keys`);
  const keys = given.map(sortKey);
  const rowOf = (info: ConversationInfo): Row => {
    for (const { steps } of keys) spend(steps);
    return { info, values: keys.map(({ valueIn }) => valueIn(info)) };
  };
  const compare = (a: Row, b: Row): number => {
    for (const [index, { sign }] of keys.entries()) {
      spend(1);
      const order = compareValues(a.values[index], b.values[index]);
      if (order !== 0) return sign * order;
    }
    return 0;
  };
  return infos
    .map(rowOf)
    .sort(compare)
    .map(({ info }) => info);
};
