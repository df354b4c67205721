/** Keys whose value is never undefined stay as they are. The other keys may be absent, and are never undefined. */
export type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/**
 * The object without the keys whose value is undefined: absent keys stay absent. For object literals.
 *
 * @example
 * defined({ id, name: info.name }); // { id } if there is no name
 */
export function defined<T extends object>(object: T): Defined<T>;
export function defined(object: Readonly<Record<string, unknown>>): object {
  const present: Record<string, unknown> = {};
  // Twice as fast as a loop over `Object.keys`. It runs for every message.
  for (const key in object) if (object[key] !== undefined && key !== '__proto__') present[key] = object[key];
  return present;
}
