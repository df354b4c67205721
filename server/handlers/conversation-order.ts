/** In which order a query gives conversations. */
import { monoid, number as N, ord, string as S } from 'fp-ts';
import type { ConversationInfo } from '../../codecs/index.js';

/** The protocol's keys; all others are attributes. */
const fields: ReadonlyMap<string, (info: ConversationInfo) => unknown> = new Map<string, (info: ConversationInfo) => unknown>([
  ['objectId', ({ id }) => id],
  ['name', ({ name }) => name],
  ['c', ({ creator }) => creator],
  ['lm', ({ lastMessageAt }) => lastMessageAt],
  ['createdAt', ({ createdAt }) => createdAt],
  ['updatedAt', ({ updatedAt }) => updatedAt],
]);

const valueOf = (key: string): ((info: ConversationInfo) => unknown) => fields.get(key) ?? (({ attributes }) => attributes[key]);

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

const byKey = (key: string): ord.Ord<ConversationInfo> =>
  key.startsWith('-') ? ord.reverse(byKey(key.slice(1))) : ord.contramap(valueOf(key))(byValue);

/** The order of a `sort` such as `-lm,name`: a comma between keys, the first counts most, `-` is descending. */
export const orderOf = (sort: string): ord.Ord<ConversationInfo> =>
  monoid.concatAll(ord.getMonoid<ConversationInfo>())(sort.split(',').map(byKey));
