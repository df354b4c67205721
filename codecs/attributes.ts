import type { Attribute } from './dates.js';

type Attributes = Readonly<Record<string, Attribute>>;
type Path = readonly string[];

const isPlace = (value: Attribute | undefined): value is Attributes =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

const valueOf = (place: Attributes, key: string): Attribute | undefined =>
  Object.hasOwn(place, key) ? place[key] : undefined;

/** The value at a path; undefined if there is none. */
export const attributeAt = (attributes: Attributes, path: Path): Attribute | undefined => {
  let value: Attribute | undefined = attributes;
  for (const key of path) value = isPlace(value) ? valueOf(value, key) : undefined;
  return value;
};

/** The longest path. Attributes are not deeper, and the stack is limited. */
const MAX_LENGTH = 100;

/** The new value from the one that is there; undefined is none. */
export type AttributeStep = (value: Attribute | undefined) => Attribute | undefined;

/**
 * Returns the attributes after several changes, made in their order. A change without a value removes what is at its
 * path, and a function makes the new value from the one that is there. What is changed is copied once, however many
 * changes there are. A path of more than 100 keys changes nothing.
 *
 * @example
 * changeAttributes({ a: { b: 1 } }, [[['a', 'c'], 2], [['a', 'b']]]); // { a: { c: 2 } }
 */
export const changeAttributes = (
  attributes: Attributes,
  changes: Iterable<readonly [path: Path, value?: Attribute | AttributeStep]>,
): Attributes => {
  const copies = new Map<Attributes, Record<string, Attribute>>();
  const writable = (place: Attributes): Record<string, Attribute> => {
    const copy = copies.get(place) ?? { ...place };
    copies.set(copy, copy);
    return copy;
  };
  let changed = attributes;
  for (const [path, to] of changes) {
    const last = path.at(-1);
    if (last === undefined || path.length > MAX_LENGTH || path.includes('__proto__')) continue;
    const before = attributeAt(changed, path);
    const value = typeof to === 'function' ? to(before) : to;
    if (value === undefined && before === undefined) continue;
    let place = writable(changed);
    changed = place;
    for (const key of path.slice(0, -1)) {
      const inner = valueOf(place, key);
      place = place[key] = writable(isPlace(inner) ? inner : {});
    }
    if (value === undefined) Reflect.deleteProperty(place, last);
    else place[last] = value;
  }
  return changed;
};

/**
 * Returns the attributes with one value added or replaced. The path leads into nested attributes; missing ones are
 * created. A path of more than 100 keys changes nothing.
 *
 * @example
 * assignAttribute({ a: { b: 1 } }, 'a.c'.split('.'), 2); // { a: { b: 1, c: 2 } }
 */
export const assignAttribute = (attributes: Attributes, path: Path, value: Attribute): Attributes =>
  changeAttributes(attributes, [[path, value]]);

/**
 * Returns the attributes without the one at the path. Returns the same attributes if there is none, or if the path has
 * more than 100 keys.
 *
 * @example
 * removeAttribute({ a: { b: 1, c: 2 } }, 'a.c'.split('.')); // { a: { b: 1 } }
 */
export const removeAttribute = (attributes: Attributes, path: Path): Attributes =>
  changeAttributes(attributes, [[path]]);
