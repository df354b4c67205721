/** The `where` of a query. It is read once, so errors are found before any conversation is looked at. */
import { either as E, string as S, type readonlyNonEmptyArray as RNEA } from 'fp-ts';
import * as c from '../../../codecs/type.js';
import { decodeDates, JsonObject, parseJson, preview, type Attribute, type Json } from '../../../codecs/index.js';
import { Refusal } from '../refusal.js';
import type { CompileRegex, Regex, RegexFlags } from './regex.js';

/** Greatest depth of nested `$and` and `$or`, and of the objects and arrays in a value. */
export const MAX_DEPTH = 10;

/** Largest number of conditions: each operator of a key counts, and each plain value. */
export const MAX_CONDITIONS = 100;

/** Largest number of elements of `$in`, `$nin` and `$all`. */
export const MAX_ELEMENTS = 1_000;

/** Greatest length of an expression of `$regex`, in characters. */
export const MAX_REGEX_LENGTH = 512;

/**
 * Largest number of instructions of all expressions of a query together. The time of an expression is linear in the
 * text, but proportional to this number. Without counted repetitions, the limit of the length is enough. With them,
 * 512 characters compile to 100,000 instructions, which take half a minute for one long attribute.
 */
export const MAX_REGEX_SIZE = 1_000;

/** Length of all expressions of a query together, in characters: compiling takes time, too. */
const MAX_REGEX_TEXT = 1_024;
/** A counted repetition; `\x{10ff}` and `\p{L}` are none. */
const REPETITION = /(?<!\\[xupP])\{(\d+)(?:,(\d*))?\}/g;
/** The end of a range of characters that may be far from its start. */
const FAR_END = /-(?:\\[xu\d]|[^\0-\x7f])/g;
/** The flag for both cases, within an expression. */
const INLINE_IGNORE_CASE = /\(\?[a-z]*i/i;
/** To ignore the case of a range, each of its characters is looked at: some 10 ms. */
const MAX_FAR_RANGES = 2;

/** A key of the protocol or of an attribute, followed by the keys that lead into nested ones. */
export type AttributePath = RNEA.ReadonlyNonEmptyArray<string>;

/** The path of a key with dots. */
export const pathOf: (key: string) => AttributePath = S.split('.');

export type Comparison = '$lt' | '$lte' | '$gt' | '$gte';

/** A test of one value. */
export type ValueTest =
  /** The value equals one of these, or has an element that does. */
  | { readonly _tag: 'In'; readonly values: readonly Attribute[] }
  /** The value equals each of these, or has an element that does. */
  | { readonly _tag: 'All'; readonly values: readonly Attribute[] }
  | { readonly _tag: 'Not'; readonly test: ValueTest }
  | { readonly _tag: 'Compare'; readonly by: Comparison; readonly to: Attribute }
  | { readonly _tag: 'Exists'; readonly exists: boolean }
  | { readonly _tag: 'Size'; readonly size: number }
  | { readonly _tag: 'Regex'; readonly expression: Regex };

/** Which conversations are asked for. */
export type Where =
  | { readonly _tag: 'And'; readonly all: readonly Where[] }
  | { readonly _tag: 'Or'; readonly any: readonly Where[] }
  | { readonly _tag: 'Field'; readonly path: AttributePath; readonly test: ValueTest };

/**
 * Refuses what it does not understand, and names it. Ignoring it would give other conversations than the client has
 * asked for.
 */
const refused = (words: string): Refusal => new Refusal(4310, `where: ${words}`);

const Conditions = c.readonlyArray(JsonObject);

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
const isOperator = (key: string): boolean => key.startsWith('$');
const isJunction = (key: string): boolean => key === '$and' || key === '$or';

/** Whether a value has at most this many levels. It looks no deeper, so deep input can't overflow the stack. */
const isWithin = (value: Json, levels: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (levels > 0 && Object.values<Json>(value).every((item) => isWithin(item, levels - 1)));

const operatorIn = (value: Json): string | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isList(value)) return value.map(operatorIn).find((key) => key !== undefined);
  return (
    Object.keys(value).find(isOperator) ??
    Object.values<Json>(value)
      .map(operatorIn)
      .find((key) => key !== undefined)
  );
};

/** A value to compare with. An operator inside it would be taken for a key and would never match, so it is refused. */
const operandOf = (value: Json): Attribute => {
  if (!isWithin(value, MAX_DEPTH)) throw refused(`a value has at most ${MAX_DEPTH} levels`);
  const operator = operatorIn(value);
  if (operator !== undefined)
    throw refused(`${preview(operator)} can not be inside of a value; write a key with dots for a nested one`);
  return decodeDates(value);
};

const operandsOf = (operator: string, value: Json): readonly Attribute[] => {
  if (!isList(value)) throw refused(`${operator} should be an array`);
  if (value.length > MAX_ELEMENTS) throw refused(`${operator} has at most ${MAX_ELEMENTS} elements`);
  return value.map(operandOf);
};

const equal = (value: Json): ValueTest => ({ _tag: 'In', values: [operandOf(value)] });
const not = (test: ValueTest): ValueTest => ({ _tag: 'Not', test });

const compare =
  (by: Comparison) =>
  (value: Json): ValueTest => ({ _tag: 'Compare', by, to: operandOf(value) });

const exists = (value: Json): ValueTest => {
  if (typeof value !== 'boolean') throw refused('$exists should be true or false');
  return { _tag: 'Exists', exists: value };
};

const size = (value: Json): ValueTest => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw refused('$size should be an integer of 0 or more');
  return { _tag: 'Size', size: value };
};

const FLAGS: ReadonlyMap<string, keyof RegexFlags> = new Map<string, keyof RegexFlags>([
  ['i', 'ignoreCase'],
  ['m', 'multiline'],
  ['s', 'dotAll'],
]);

const flagsOf = (options: Json): RegexFlags => {
  if (typeof options !== 'string') throw refused('$options should be a text of i, m and s');
  const names = Array.from(options, (option) => {
    const name = FLAGS.get(option);
    if (name === undefined) throw refused(`$options can be i, m and s, not ${preview(option)}`);
    return name;
  });
  return {
    ignoreCase: names.includes('ignoreCase'),
    multiline: names.includes('multiline'),
    dotAll: names.includes('dotAll'),
  };
};

const regex: Read = (source, { $options = '' }, compile) => {
  if (typeof source !== 'string') throw refused('$regex should be a text');
  if (source.length > MAX_REGEX_LENGTH) throw refused(`$regex has at most ${MAX_REGEX_LENGTH} characters`);
  const expression = compile(source, flagsOf($options));
  if (E.isLeft(expression)) throw refused(`$regex: ${expression.left}`);
  if (expression.right.size > MAX_REGEX_SIZE)
    throw refused(`$regex compiles to at most ${MAX_REGEX_SIZE} instructions: repeat less`);
  return { _tag: 'Regex', expression: expression.right };
};

const options = (value: Json, { $regex }: JsonObject): readonly ValueTest[] => {
  if ($regex === undefined) throw refused(`$options ${preview(value)} should be beside a $regex`);
  return [];
};

type Read = (value: Json, beside: JsonObject, compile: CompileRegex) => ValueTest | readonly ValueTest[];

const operators: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['$ne', (value) => not(equal(value))],
  ['$lt', compare('$lt')],
  ['$lte', compare('$lte')],
  ['$gt', compare('$gt')],
  ['$gte', compare('$gte')],
  ['$exists', exists],
  ['$in', (value) => ({ _tag: 'In', values: operandsOf('$in', value) })],
  ['$nin', (value) => not({ _tag: 'In', values: operandsOf('$nin', value) })],
  ['$all', (value) => ({ _tag: 'All', values: operandsOf('$all', value) })],
  ['$size', size],
  ['$regex', regex],
  ['$options', options],
]);

const unknown = (operator: string): Refusal =>
  refused(
    `there is no operator ${preview(operator)} here; those of a key are ${[...operators.keys()].join(', ')}, those of conditions $and, $or`,
  );

/**
 * The tests of a key. An object with an operator may contain operators only; any other value is tested for equality.
 */
const testsOf = (key: string, value: Json, compile: CompileRegex): readonly ValueTest[] => {
  if (!JsonObject.is(value)) return [equal(value)];
  const names = Object.keys(value);
  const operator = names.find(isOperator);
  if (operator === undefined) return [equal(value)];
  const plain = names.find((name) => !isOperator(name));
  if (plain !== undefined)
    throw refused(`${preview(key)} has both the operator ${preview(operator)} and the key ${preview(plain)}`);
  return Object.entries(value).flatMap(([name, operand]) => {
    const read = operators.get(name);
    if (read === undefined) throw unknown(name);
    return read(operand, value, compile);
  });
};

const conditionsOf = (junction: string, value: Json, compile: CompileRegex): readonly Where[] => {
  if (!Conditions.is(value) || value.length === 0)
    throw refused(`${junction} should be an array of conditions, of one at least`);
  return cheapestFirst(value.map((condition) => whereOf(condition, compile)));
};

const whereOf = (condition: JsonObject, compile: CompileRegex): Where => ({
  _tag: 'And',
  all: cheapestFirst(
    Object.entries(condition).flatMap(([key, value]): readonly Where[] => {
      if (key === '$and') return [{ _tag: 'And', all: conditionsOf(key, value, compile) }];
      if (key === '$or') return [{ _tag: 'Or', any: conditionsOf(key, value, compile) }];
      if (isOperator(key)) throw unknown(key);
      const path = pathOf(key);
      return testsOf(key, value, compile).map((test) => ({ _tag: 'Field', path, test }));
    }),
  ),
});

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

/**
 * Counts the conditions; an empty condition counts too. They are counted before they are read, because compiling an
 * expression takes time. The depth is checked here too, so that later functions can use recursion.
 */
const countIn = (condition: Json, depth = 0): number => {
  if (depth > MAX_DEPTH) throw refused(`$and and $or lie at most ${MAX_DEPTH} deep in one another`);
  if (!JsonObject.is(condition)) return 1;
  const counts = Object.entries(condition).map(([key, value]) => {
    if (isJunction(key) && isList(value)) return sum(value.map((inner) => countIn(inner, depth + 1)));
    if (!JsonObject.is(value)) return 1;
    return Math.max(1, Object.keys(value).filter((name) => isOperator(name) && name !== '$options').length);
  });
  return Math.max(1, sum(counts));
};

const sizeOfTest = (test: ValueTest): number => {
  if (test._tag === 'Regex') return test.expression.size;
  return test._tag === 'Not' ? sizeOfTest(test.test) : 0;
};

/** Number of instructions of all expressions. */
const sizeOf = (where: Where): number => {
  switch (where._tag) {
    case 'And':
      return sum(where.all.map(sizeOf));
    case 'Or':
      return sum(where.any.map(sizeOf));
    case 'Field':
      return sizeOfTest(where.test);
  }
};

/**
 * Refuses expressions that would take long to compile. They are counted together, since a query may have many of them.
 */
const carefully = (compile: CompileRegex): CompileRegex => {
  let [length, repeats, ranges] = [0, 0, 0];
  return (source, flags) => {
    length += source.length;
    if (length > MAX_REGEX_TEXT) throw refused(`all $regex have at most ${MAX_REGEX_TEXT} characters together`);
    for (const [, least, most = ''] of source.matchAll(REPETITION)) {
      const count = Number(most === '' ? least : most);
      // RE2 repeats at most 1,000 times, and says so.
      if (count <= MAX_REGEX_SIZE) repeats += count;
    }
    if (repeats > MAX_REGEX_SIZE)
      throw refused(`$regex compiles to at most ${MAX_REGEX_SIZE} instructions: repeat less`);
    if (flags.ignoreCase || INLINE_IGNORE_CASE.test(source)) ranges += Array.from(source.matchAll(FAR_END)).length;
    if (ranges > MAX_FAR_RANGES)
      throw refused(`$regex: at most ${MAX_FAR_RANGES} ranges of other characters than ASCII ignore the case`);
    return compile(source, flags);
  };
};

/**
 * Puts conditions without an expression first. If they decide the result, no expression runs, in whatever order the
 * conditions were written.
 */
const cheapestFirst = (conditions: readonly Where[]): readonly Where[] =>
  conditions.toSorted((a, b) => sizeOf(a) - sizeOf(b));

/**
 * Reads a `where`. All keys of an object have to match. Throws a `Refusal` with 4310 that says what is wrong.
 *
 * @example
 * const where = parseWhere('{"m":"Tom","lm":{"$gt":{"__type":"Date","iso":"2030-01-01T00:00:00.000Z"}}}', compileRe2);
 */
export const parseWhere = (json: string, compile: CompileRegex): Where => {
  const parsed = parseJson(json);
  if (E.isLeft(parsed) || !JsonObject.is(parsed.right)) throw refused('it is not a JSON object');
  if (countIn(parsed.right) > MAX_CONDITIONS) throw refused(`there are at most ${MAX_CONDITIONS} conditions`);
  const where = whereOf(parsed.right, carefully(compile));
  if (sizeOf(where) > MAX_REGEX_SIZE)
    throw refused(`all $regex compile to at most ${MAX_REGEX_SIZE} instructions together`);
  return where;
};

/** The tests of a key that every matching conversation passes. */
const neededOf = (where: Where, key: string): readonly ValueTest[] => {
  switch (where._tag) {
    case 'And':
      return where.all.flatMap((part) => neededOf(part, key));
    case 'Or':
      return [];
    case 'Field':
      return where.path.length === 1 && where.path[0] === key ? [where.test] : [];
  }
};

const isText = (value: Attribute): value is string => typeof value === 'string';

/**
 * The ids that a matching conversation can have, each once; undefined if the `where` does not limit `objectId`.
 * Conversations with other ids need not be looked at.
 */
export const whereIds = (where: Where): readonly string[] | undefined => {
  const ids = neededOf(where, 'objectId').find((test) => test._tag === 'In');
  return ids === undefined ? undefined : [...new Set(ids.values.filter(isText))];
};

const isOnly = (value: Attribute, test: ValueTest): boolean =>
  (test._tag === 'In' || test._tag === 'All') && test.values.length === 1 && test.values[0] === value;

/** The same conditions for conversations that are known to have this member. */
export const withoutMember = (where: Where, clientId: string): Where => {
  switch (where._tag) {
    case 'And':
      return { _tag: 'And', all: where.all.map((part) => withoutMember(part, clientId)) };
    case 'Or':
      return where;
    case 'Field':
      return where.path.length === 1 && where.path[0] === 'm' && isOnly(clientId, where.test)
        ? { _tag: 'And', all: [] }
        : where;
  }
};

/** The first keys of everything that is tested: to know them is to know what an answer tells. */
export const whereKeys = (where: Where): ReadonlySet<string> => {
  switch (where._tag) {
    case 'And':
      return new Set(where.all.flatMap((part) => [...whereKeys(part)]));
    case 'Or':
      return new Set(where.any.flatMap((part) => [...whereKeys(part)]));
    case 'Field':
      return new Set([where.path[0]]);
  }
};

/** Whether a `where` has no conditions. */
export const isAll = (where: Where): boolean => where._tag === 'And' && where.all.every(isAll);

/** The kind that every matching conversation has: a chat room or a system conversation; undefined if any may match. */
export const whereKind = (where: Where): 'room' | 'system' | undefined => {
  const isNeeded = (key: string): boolean =>
    neededOf(where, key).some((test) => test._tag === 'In' && test.values.length === 1 && test.values[0] === true);
  if (isNeeded('tr')) return 'room';
  return isNeeded('sys') ? 'system' : undefined;
};

/**
 * A client that is a member of every matching conversation; undefined if the `where` requires none. Conversations
 * without it need not be looked at.
 */
export const whereMember = (where: Where): string | undefined =>
  neededOf(where, 'm')
    .flatMap((test) => (test._tag === 'All' || (test._tag === 'In' && test.values.length === 1) ? test.values : []))
    .find(isText);
