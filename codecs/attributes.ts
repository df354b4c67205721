import type { Attribute } from './dates.js';

type Attributes = Readonly<Record<string, Attribute>>;

const isPlace = (value: Attribute | undefined): value is Attributes =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** The longest path. Attributes are not deeper, and the stack is limited. */
const MAX_LENGTH = 100;

/**
 * Returns the attributes with one value added or replaced. The path leads into nested attributes; missing ones are
 * created. A path of more than 100 keys changes nothing.
 *
 * @example
 * assignAttribute({ a: { b: 1 } }, 'a.c'.split('.'), 2); // { a: { b: 1, c: 2 } }
 */
export const assignAttribute = (attributes: Attributes, path: readonly string[], value: Attribute): Attributes => {
  if (path.length > MAX_LENGTH) return attributes;
  const [key, ...rest] = path;
  if (key === undefined || key === '__proto__') return attributes;
  if (rest.length === 0) return { ...attributes, [key]: value };
  const inner = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
  return { ...attributes, [key]: assignAttribute(isPlace(inner) ? inner : {}, rest, value) };
};

/**
 * Returns the attributes without the one at the path. Returns the same attributes if there is none, or if the path has
 * more than 100 keys.
 *
 * @example
 * removeAttribute({ a: { b: 1, c: 2 } }, 'a.c'.split('.')); // { a: { b: 1 } }
 */
export const removeAttribute = (attributes: Attributes, path: readonly string[]): Attributes => {
  if (path.length > MAX_LENGTH) return attributes;
  const [key, ...rest] = path;
  if (key === undefined || !Object.hasOwn(attributes, key)) return attributes;
  const { [key]: inner, ...others } = attributes;
  if (rest.length === 0) return others;
  if (!isPlace(inner)) return attributes;
  return { ...attributes, [key]: removeAttribute(inner, rest) };
};
