/** In which order a query gives conversations. */
import { monoid, number as N, ord, string as S } from 'fp-ts';
import type { ConversationInfo } from '../../../codecs/index.js';
import { Refusal } from '../refusal.js';
import { COST, unlimited, type Spend } from './budget.js';
import { stepsOf, valueOf } from './matches.js';
import { pathOf } from './where.js';

/**
 * How many keys a `sort` may have: where conversations have the same values, each comparison of two looks at all of
 * them.
 */
export const MAX_SORT_KEYS = 32;

/** No value comes first, then numbers, dates among them, then text. */
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
 * Where nobody has said anything, the creation is the latest that has happened: a new conversation comes before those
 * that have been silent for long.
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
 * The order of a `sort`: a comma between keys, the first counts most, `-` is descending, dots lead into nested
 * attributes. `lm` is when the last message came, or else the conversation. `spend` hears of each comparison of two
 * values before it is made.
 *
 * @example
 * infos.toSorted(orderOf('-lm,attr.level').compare);
 */
export const orderOf = (sort: string, spend: Spend = unlimited): ord.Ord<ConversationInfo> => {
  const keys = sort.split(',');
  if (keys.length > MAX_SORT_KEYS) throw new Refusal(4310, `sort: there are at most ${MAX_SORT_KEYS} keys`);
  return monoid.concatAll(ord.getMonoid<ConversationInfo>())(keys.map((key) => byKey(key, spend)));
};
