/** Dates in JSON are sent as `{"__type":"Date","iso":…}` and are `Date` objects in this project. */
import type * as t from 'io-ts';
import * as c from './type.js';
import type { Json } from './json.js';
import { record } from './record.js';

/** JSON that may contain dates: the type of conversation attributes. */
export type Attribute = Json | Date | readonly Attribute[] | { readonly [key: string]: Attribute };

const WireDate = record('WireDate', { __type: c.literal('Date'), iso: c.string }, {});

/**
 * The deepest level that is searched for dates. Attributes of real conversations are never that deep, and the stack
 * is limited.
 */
const MAX_DEPTH = 100;

/** Whether the value has no level deeper than the search for dates goes. */
export const isShallow = (value: Json, depth = 0): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (depth <= MAX_DEPTH && Object.values<Json>(value).every((item) => isShallow(item, depth + 1)));

const toDate = (value: unknown): Date | undefined => {
  if (!WireDate.is(value)) return undefined;
  const date = new Date(value.iso);
  return Number.isNaN(date.getTime()) ? undefined : date;
};

/** Turns the dates of the wire into `Date` objects, anywhere in the value down to a depth of 100. */
export const decodeDates = (value: Json, depth = 0): Attribute => {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
  const date = toDate(value);
  if (date !== undefined) return date;
  return Array.isArray(value)
    ? value.map((item: Json) => decodeDates(item, depth + 1))
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decodeDates(item, depth + 1)]));
};

/** The inverse of `decodeDates`. An invalid date becomes null, as in `JSON.stringify`. */
export const encodeDates = (value: Attribute, depth = 0): Json => {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : { __type: 'Date', iso: value.toISOString() };
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value as Json;
  return Array.isArray(value)
    ? value.map((item: Attribute) => encodeDates(item, depth + 1))
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encodeDates(item, depth + 1)]));
};

/** The range of `Date`, in ms around 1970. */
const MAX_TIME = 8.64e15;

/** A date of a conversation in one of its two wire forms, as ms since 1970. It is written in the object form. */
export const Timestamp: t.Type<number, Json> = new c.Type(
  'Timestamp',
  (input): input is number => Number.isInteger(input) && Math.abs(input as number) <= MAX_TIME,
  (input, context) => {
    const ms = typeof input === 'string' ? Date.parse(input) : toDate(input)?.getTime();
    return ms === undefined || Number.isNaN(ms) ? c.failure(input, context) : c.success(ms);
  },
  (ms) => ({ __type: 'Date', iso: new Date(ms).toISOString() }),
);
