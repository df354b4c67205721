/** Conditions for `findConversations`, as values (protocol: `where`). */
import { encodeDates, type Attribute, type JsonObject } from '../../../codecs/index.js';
import { wireKey } from './wire-key.js';

/**
 * A condition on conversations: an immutable value. Combine conditions with `and` and `or`.
 *
 * @example where.and(where.equal('topic', 'mice'), where.atLeast('createdAt', new Date(2026, 0, 1)))
 */
export interface Condition {
  /** The condition in the form of the protocol. */
  readonly where: JsonObject;
}

/** Values with an order: numbers compare with numbers, texts with texts, dates with dates. */
export type Comparable = number | string | Date;

const condition = (key: string, test: JsonObject[string]): Condition => ({ where: { [wireKey(key)]: test } });

const operator =
  (name: string) =>
  (key: string, value: Attribute): Condition =>
    condition(key, { [name]: encodeDates(value) });

const list =
  (name: string) =>
  (key: string, values: readonly Attribute[]): Condition =>
    condition(key, { [name]: values.map((value) => encodeDates(value)) });

/**
 * The key has this value; if it has a list, one element of the list is this value. `null` also matches a missing key.
 */
export const equal = (key: string, value: Attribute): Condition => condition(key, encodeDates(value));
/** The key has another value, or no value. */
export const notEqual = operator('$ne');
/** The value of the key is greater. */
export const greaterThan: (key: string, value: Comparable) => Condition = operator('$gt');
/** The value of the key is greater or equal. */
export const atLeast: (key: string, value: Comparable) => Condition = operator('$gte');
/** The value of the key is less. */
export const lessThan: (key: string, value: Comparable) => Condition = operator('$lt');
/** The value of the key is less or equal. */
export const atMost: (key: string, value: Comparable) => Condition = operator('$lte');
/** The key has one of these values. */
export const oneOf = list('$in');
/** The key has a value that is not in this list, or no value. */
export const noneOf = list('$nin');
/** The key has a list with all of these elements. */
export const containsAll = list('$all');
/** The key has a list with this number of elements. */
export const hasSize = (key: string, size: number): Condition => condition(key, { $size: size });
/** The key has a value. */
export const exists = (key: string): Condition => condition(key, { $exists: true });
/** The key has no value. */
export const isAbsent = (key: string): Condition => condition(key, { $exists: false });

/** All flags but `i`, `m` and `s`: the protocol knows no others. */
const FLAGS = /[^ims]/g;

/**
 * The key has a text that matches the expression. The server runs it with RE2's syntax: no look-around and no back
 * references. Of its flags only `i`, `m` and `s` count.
 */
export const matches = (key: string, { source, flags }: RegExp): Condition => {
  const options = flags.replace(FLAGS, '');
  return condition(key, { $regex: source, ...(options === '' ? {} : { $options: options }) });
};

/** Quotes a text with \Q and \E. An \E inside the text ends the quotation and starts a new one. */
const quoted = (text: string): string => `\\Q${text.replaceAll('\\E', '\\E\\\\E\\Q')}\\E`;

/** The key has a text that starts with this text. */
export const startsWith = (key: string, text: string): Condition => condition(key, { $regex: `^${quoted(text)}` });
/** The key has a text that contains this text. */
export const contains = (key: string, text: string): Condition => condition(key, { $regex: quoted(text) });

/** The conversation has exactly these members. */
export const withMembers = (members: readonly string[]): Condition => ({
  where: { m: { $all: [...new Set(members)], $size: new Set(members).size } },
});
/** The conversation has at least these members. */
export const containsMembers = (members: readonly string[]): Condition => ({
  where: { m: { $all: [...new Set(members)] } },
});
/** The conversation is a chat room. */
export const isRoom: Condition = { where: { tr: true } };
/** The conversation is a system conversation. */
export const isSystem: Condition = { where: { sys: true } };

/** All of the conditions are true. */
export const and = (...conditions: readonly Condition[]): Condition => ({
  where: { $and: conditions.map(({ where }) => where) },
});
/** At least one of the conditions is true. */
export const or = (...conditions: readonly Condition[]): Condition => ({
  where: { $or: conditions.map(({ where }) => where) },
});
