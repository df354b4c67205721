/** The conditions of queries, as far as the fake server knows them. */
import { isRight } from '../../codecs/either.js';
import { JsonObject, encodeDates, parseJson, type ConversationInfo, type Json } from '../../codecs/index.js';

export type Condition = (info: ConversationInfo) => boolean;

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** What the protocol's keys, and those of attributes, stand for. */
const valueOf = ({ id, kind, name, creator, members, unique, attributes }: ConversationInfo, key: string): Json | undefined => {
  const known: Readonly<Record<string, Json | undefined>> = {
    objectId: id,
    name,
    c: creator,
    m: kind === 'room' ? undefined : members?.slice(),
    tr: kind === 'room' || undefined,
    sys: kind === 'system' || undefined,
    unique,
  };
  if (Object.hasOwn(known, key)) return known[key];
  const own = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
  return own === undefined ? undefined : encodeDates(own);
};

const isSame = (a: Json | undefined, b: Json): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Of a list, one of its elements is. */
const isEqual = (value: Json | undefined, wanted: Json): boolean =>
  isSame(value, wanted) || (isList(value) && value.some((item) => isSame(item, wanted)));

type Test = (value: Json | undefined) => boolean;

const operators: Readonly<Record<string, (operand: Json) => Test | undefined>> = {
  $in: (operand) => (isList(operand) ? (value) => operand.some((wanted) => isEqual(value, wanted)) : undefined),
  $all: (operand) => (isList(operand) ? (value) => operand.every((wanted) => isEqual(value, wanted)) : undefined),
  $ne: (operand) => (value) => !isEqual(value, operand),
  $size: (operand) => (value) => isList(value) && value.length === operand,
  $exists: (operand) => (value) => (value !== undefined) === operand,
};

const all =
  <A>(tests: readonly ((value: A) => boolean)[]) =>
  (value: A): boolean =>
    tests.every((test) => test(value));
const some =
  <A>(tests: readonly ((value: A) => boolean)[]) =>
  (value: A): boolean =>
    tests.some((test) => test(value));

/** Nothing where one of them is not known. */
const known = <A>(found: readonly (A | undefined)[]): readonly A[] | undefined => {
  const these = found.filter((item) => item !== undefined);
  return these.length === found.length ? these : undefined;
};

const testOf = (operand: Json): Test | undefined => {
  const names = JsonObject.is(operand) ? Object.keys(operand) : [];
  if (!JsonObject.is(operand) || !names.some((name) => name.startsWith('$'))) return (value) => isEqual(value, operand);
  const tests = known(
    Object.entries(operand).map(([name, value]) => (Object.hasOwn(operators, name) ? operators[name]?.(value) : undefined)),
  );
  return tests && all(tests);
};

const parsed = (where: Json): Condition | undefined => {
  if (!JsonObject.is(where)) return undefined;
  const conditions = known(
    Object.entries(where).map(([key, operand]): Condition | undefined => {
      if (key === '$and' || key === '$or') {
        const parts = isList(operand) ? known(operand.map(parsed)) : undefined;
        return parts && (key === '$and' ? all(parts) : some(parts));
      }
      const test = key.startsWith('$') || key.includes('.') ? undefined : testOf(operand);
      return test && ((info) => test(valueOf(info, key)));
    }),
  );
  return conditions && all(conditions);
};

/** The condition that a `where` is; nothing where it has operators that are not known here. */
export const conditionOf = (data: string): Condition | undefined => {
  const where = parseJson(data);
  return isRight(where) ? parsed(where.right) : undefined;
};
