/** Conditions of conversation queries, as values (protocol: `where`). */
import { encodeDates, type Attribute, type JsonObject } from '../../../codecs/index.js';
import { wireKey } from './wire-key.js';

/** A condition on conversations: an immutable value, to be combined with others. */
export interface Condition {
  /** As the protocol has it. */
  readonly where: JsonObject;
}

/** What can be compared: numbers with numbers, texts with texts, dates with dates. */
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

/** It is this value; of a list, one of its elements is. `null` is also what isn't there. */
export const equal = (key: string, value: Attribute): Condition => condition(key, encodeDates(value));
/** It is another value, or none. */
export const notEqual = operator('$ne');
export const greaterThan: (key: string, value: Comparable) => Condition = operator('$gt');
/** Greater, or equal. */
export const atLeast: (key: string, value: Comparable) => Condition = operator('$gte');
export const lessThan: (key: string, value: Comparable) => Condition = operator('$lt');
/** Less, or equal. */
export const atMost: (key: string, value: Comparable) => Condition = operator('$lte');
/** It is one of these values. */
export const oneOf = list('$in');
/** It is none of these values. */
export const noneOf = list('$nin');
/** A list that has all of these elements. */
export const containsAll = list('$all');
/** A list of so many elements. */
export const hasSize = (key: string, size: number): Condition => condition(key, { $size: size });
/** It has a value. */
export const exists = (key: string): Condition => condition(key, { $exists: true });
/** It has none. */
export const isAbsent = (key: string): Condition => condition(key, { $exists: false });

/** Flags that the protocol's expressions have; others mean nothing to a query. */
const FLAGS = /[^ims]/g;

/**
 * A text in which the expression is found. It is run by the server: RE2's syntax, which has no look-around and no
 * back references; of its flags `i`, `m` and `s` count.
 */
export const matches = (key: string, { source, flags }: RegExp): Condition => {
  const options = flags.replace(FLAGS, '');
  return condition(key, { $regex: source, ...(options === '' ? {} : { $options: options }) });
};

/** Everything between \Q and \E is meant literally; an \E inside ends it, and begins it anew. */
const quoted = (text: string): string => `\\Q${text.replaceAll('\\E', '\\E\\\\E\\Q')}\\E`;

/** A text that starts with this one. */
export const startsWith = (key: string, text: string): Condition => condition(key, { $regex: `^${quoted(text)}` });
/** A text that has this one somewhere. */
export const contains = (key: string, text: string): Condition => condition(key, { $regex: quoted(text) });

/** These members and no others. */
export const withMembers = (members: readonly string[]): Condition => ({
  where: { m: { $all: [...new Set(members)], $size: new Set(members).size } },
});
/** These members, and maybe others. */
export const containsMembers = (members: readonly string[]): Condition => ({
  where: { m: { $all: [...new Set(members)] } },
});
/** Chat rooms only. */
export const isRoom: Condition = { where: { tr: true } };
/** System conversations only. */
export const isSystem: Condition = { where: { sys: true } };

/** All of them hold. */
export const and = (...conditions: readonly Condition[]): Condition => ({
  where: { $and: conditions.map(({ where }) => where) },
});
/** At least one of them holds. */
export const or = (...conditions: readonly Condition[]): Condition => ({
  where: { $or: conditions.map(({ where }) => where) },
});
