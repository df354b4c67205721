/**
 * Values by key, where most keys have one value: such a key needs no set of its own, which would take 150 bytes.
 */
export interface Several<K, V> {
  /** Adds a value to a key. If the key has it, nothing happens. */
  readonly add: (key: K, value: V) => void;
  readonly delete: (key: K, value: V) => void;
  readonly has: (key: K) => boolean;
  /** The values of a key, as they are now, in the order in which they were added. */
  readonly of: (key: K) => readonly V[];
  /** Calls `use` with each value that a key has now. It may change them. */
  readonly each: (key: K, use: (value: V) => void) => void;
  /** The keys that have values. */
  readonly keys: () => IterableIterator<K>;
  /** How many keys have values. */
  readonly size: () => number;
}

/** A value is a text, a function or an object, but no set. */
export const several = <K, V>(): Several<K, V> => {
  const all = new Map<K, V | Set<V>>();
  return {
    add: (key, value) => {
      const own = all.get(key);
      if (own === undefined) all.set(key, value);
      else if (own instanceof Set) own.add(value);
      else if (own !== value) all.set(key, new Set([own, value]));
    },
    delete: (key, value) => {
      const own = all.get(key);
      if (own instanceof Set) own.delete(value);
      if (own === value || (own instanceof Set && own.size === 0)) all.delete(key);
    },
    has: (key) => all.has(key),
    of: (key) => {
      const own = all.get(key);
      return own === undefined ? [] : own instanceof Set ? [...own] : [own];
    },
    each: (key, use) => {
      const own = all.get(key);
      if (own instanceof Set) for (const value of [...own]) use(value);
      else if (own !== undefined) use(own);
    },
    keys: () => all.keys(),
    size: () => all.size,
  };
};
