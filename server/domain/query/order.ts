/** The order of the conversations that a query gives. */
import { monoid, number as N, ord, string as S } from 'fp-ts';
import type { ConversationInfo } from '../../../codecs/index.js';
import { Refusal } from '../refusal.js';
import { COST, unlimited, type Spend } from './budget.js';
import { stepsOf, valueOf } from './matches.js';
import { pathOf } from './where.js';

/** Largest number of keys of a `sort`. If conversations have equal values, each comparison looks at all keys. */
export const MAX_SORT_KEYS = 32;

/** The order of kinds: missing values first, then numbers and dates, then text. */
const kindOf = (value: unknown): number => {
  if (typeof value === 'number' || value instanceof Date) return 1;
  return typeof value === 'string' ? 2 : 0;
};

const byValue: ord.Ord<unknown> = ord.fromCompare((a, b) => {
  if (kindOf(a) !== kindOf(b)) return N.Ord.compare(kindOf(a), kindOf(b));
  if (typeof a === 'string' && typeof b === 'string') return S.Ord.compare(a, b);
  return kindOf(a) === 0 ? 0 : N.Ord.compare(Number(a), Number(b));
});

/**
 * The time of the last message, or of the creation if there is no message. So a new conversation comes before
 * conversations that have been silent for long.
 */
const activity = ({ lastMessageAt, createdAt }: ConversationInfo): number | undefined => lastMessageAt ?? createdAt;

const ascending = (key: string, spend: Spend): ord.Ord<ConversationInfo> => {
  const path = pathOf(key);
  const valueIn = key === 'lm' ? activity : valueOf(path);
  const steps = COST.comparison * stepsOf(path);
  return ord.fromCompare((a, b) => {
    spend(steps);
    return byValue.compare(valueIn(a), valueIn(b));
  });
};

const byKey = (key: string, spend: Spend): ord.Ord<ConversationInfo> =>
  key.startsWith('-') ? ord.reverse(ascending(key.slice(1), spend)) : ascending(key, spend);

/**
 * The order of a `sort`. Commas separate keys, the first key is the most important, `-` is descending, dots lead into
 * nested attributes. `lm` is the time of the last message, or of the creation. It calls `spend` before each
 * comparison of two values.
 *
 * @example
 * infos.toSorted(orderOf('-lm,attr.level').compare);
 */
export const orderOf = (sort: string, spend: Spend = unlimited): ord.Ord<ConversationInfo> => {
  const keys = sort.split(',');
  if (keys.length > MAX_SORT_KEYS) throw new Refusal(4310, `sort: there are at most ${MAX_SORT_KEYS} keys`);
  return monoid.concatAll(ord.getMonoid<ConversationInfo>())(keys.map((key) => byKey(key, spend)));
};
