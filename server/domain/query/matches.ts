/** Evaluates a `where` on conversations, with the rules of MongoDB. */
import { date as D, function as F, number as N, predicate as P, string as S, type ordering } from 'fp-ts';
import type { Attribute, ConversationInfo } from '../../../codecs/index.js';
import { COST, unlimited, type Spend } from './budget.js';
import type { Regex } from './regex.js';
import type { Comparison, AttributePath, ValueTest, Where } from './where.js';

type Value = Attribute | undefined;
type Holds = (value: Value) => boolean;

const isList = (value: Value): value is readonly Attribute[] => Array.isArray(value);

const isObject = (value: Value): value is Readonly<Record<string, Attribute>> =>
  typeof value === 'object' && value !== null && !isList(value) && !(value instanceof Date);

/** Own keys only: a key of a client must not reach the properties that all objects inherit. */
const own = (value: Value, key: string): Value =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

/** A time is a date in a query, as it is on the wire. */
const time = (ms: number | undefined): Value => (ms === undefined ? undefined : new Date(ms));

type Get = (info: ConversationInfo) => Value;

/** The protocol's keys. All other keys are attributes. */
const fields: ReadonlyMap<string, Get> = new Map<string, Get>([
  ['objectId', ({ id }) => id],
  // A name that is not a text is stored as an attribute.
  ['name', ({ name, attributes }) => name ?? own(attributes, 'name')],
  ['c', ({ creator }) => creator],
  ['m', ({ kind, members }) => (kind === 'room' ? undefined : members)],
  ['mu', ({ mutedMembers }) => mutedMembers],
  ['tr', ({ kind }) => (kind === 'room' ? true : undefined)],
  ['sys', ({ kind }) => (kind === 'system' ? true : undefined)],
  ['unique', ({ unique }) => unique],
  ['ttl', ({ ttl }) => ttl],
  ['lm', ({ lastMessageAt }) => time(lastMessageAt)],
  ['createdAt', ({ createdAt }) => time(createdAt)],
  ['updatedAt', ({ updatedAt }) => time(updatedAt)],
]);

/** The value of a conversation at a path; undefined if there is none. */
export const valueOf = ([key, ...inner]: AttributePath): Get => {
  const get = fields.get(key) ?? (({ attributes }: ConversationInfo) => own(attributes, key));
  return (info) => {
    let value = get(info);
    // A path can be much longer than attributes are deep, so the loop stops early.
    for (const step of inner) {
      if (value === undefined) break;
      value = own(value, step);
    }
    return value;
  };
};

/** The greatest depth of attributes. A path can be longer. */
const MAX_LEVELS = 100;

/** How many steps it takes to get the value at a path. */
export const stepsOf = (path: AttributePath): number => Math.min(path.length, MAX_LEVELS);

/**
 * Equality of lists, dates and objects; the order of keys does not matter. The recursion is as deep as the value in
 * the query, whose depth is limited.
 */
const equals = (spend: Spend, a: Value, b: Value): boolean => {
  spend(COST.comparison);
  if (a instanceof Date && b instanceof Date) return D.Eq.equals(a, b);
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, index) => equals(spend, item, b[index]));
  if (!isObject(a) || !isObject(b)) return a === b;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  spend(keys.length + others.length);
  return keys.length === others.length && keys.every((key) => Object.hasOwn(b, key) && equals(spend, a[key], b[key]));
};

/** A list passes a test if one of its elements does. */
const orElement =
  (spend: Spend, holds: Holds): Holds =>
  (value) => {
    if (!isList(value)) return holds(value);
    spend(value.length);
    return holds(value) || value.some(holds);
  };

/** Scalars and dates are looked up in a set: there may be a thousand of them, for a list of hundreds of members. */
const oneOf = (spend: Spend, values: readonly Attribute[]): Holds => {
  const scalars = new Set<Value>(values.filter((value) => typeof value !== 'object' || value === null));
  const times = new Set(values.filter((value) => value instanceof Date).map(Number));
  const nested = values.filter((value) => isList(value) || isObject(value));
  return orElement(spend, (value) => {
    if (value instanceof Date) return times.has(value.getTime());
    if (isList(value) || isObject(value)) return nested.some((other) => equals(spend, other, value));
    // A missing value matches null.
    return scalars.has(value ?? null);
  });
};

/**
 * The order of a value and another one of the same kind; text is compared by code units. Values of different kinds
 * have no order.
 */
const compare = (value: Value, to: Attribute): ordering.Ordering | undefined => {
  if (typeof value === 'number' && typeof to === 'number') return N.Ord.compare(value, to);
  if (typeof value === 'string' && typeof to === 'string') return S.Ord.compare(value, to);
  return value instanceof Date && to instanceof Date ? D.Ord.compare(value, to) : undefined;
};

const satisfies: Readonly<Record<Comparison, (order: ordering.Ordering) => boolean>> = {
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
};

/** Whether a regular expression matches in a text. */
const isFound =
  (spend: Spend, { size, isFoundIn }: Regex): Holds =>
  (value) => {
    if (typeof value !== 'string') return false;
    spend((value.length + 1) * size);
    return isFoundIn(value);
  };

const check = (spend: Spend, test: ValueTest): Holds => {
  switch (test._tag) {
    case 'In':
      return oneOf(spend, test.values);
    case 'All': {
      const each = test.values.map((value) => oneOf(spend, [value]));
      // As in MongoDB: an empty `$all` matches nothing.
      return (value) => {
        spend(each.length);
        return each.length > 0 && each.every((has) => has(value));
      };
    }
    case 'Not':
      return P.not(check(spend, test.test));
    case 'Compare':
      return orElement(spend, (value) => {
        const order = compare(value, test.to);
        return order !== undefined && satisfies[test.by](order);
      });
    case 'Exists':
      return (value) => (value !== undefined) === test.exists;
    case 'Size':
      return (value) => isList(value) && value.length === test.size;
    case 'Regex':
      return orElement(spend, isFound(spend, test.expression));
  }
};

/**
 * Whether a conversation meets a `where`. It calls `spend` before each step. A condition, each key on its path and
 * each element that is looked at cost one step; a regular expression costs its instructions for each character of the
 * text.
 *
 * @example
 * infos.filter(matches(parseWhere('{"attr.level":{"$gte":3}}'), budgetOf(1_000_000)));
 */
export const matches = (where: Where, spend: Spend = unlimited): ((info: ConversationInfo) => boolean) => {
  switch (where._tag) {
    case 'And': {
      const all = where.all.map((part) => matches(part, spend));
      return (info) => all.every((match) => match(info));
    }
    case 'Or': {
      const any = where.any.map((part) => matches(part, spend));
      return (info) => any.some((match) => match(info));
    }
    case 'Field': {
      const holds = F.flow(valueOf(where.path), check(spend, where.test));
      const steps = COST.condition * stepsOf(where.path);
      return (info) => {
        spend(steps);
        return holds(info);
      };
    }
  }
};
