/** Keys whose value is never undefined stay as they are; the others may be absent, and are never undefined. */
export type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/**
 * The object without the keys whose value is undefined: absent keys stay absent. For objects that are written out in
 * place.
 *
 * @example
 * defined({ id, name: info.name }); // { id } where there is no name
 */
export function defined<T extends object>(object: T): Defined<T>;
export function defined(object: Readonly<Record<string, unknown>>): object {
  const present: Record<string, unknown> = {};
  // Twice as fast as a loop over `Object.keys`; every message passes here.
  for (const key in object) if (object[key] !== undefined && key !== '__proto__') present[key] = object[key];
  return present;
}
