/** A part of a map has 32 values, and a group has 32 parts. A change copies one of each, and the list of groups. */
const BITS = 5;
const MASK = (1 << BITS) - 1;

const CONSTRUCTOR = 'constructor';

/** All keys that a map and its other versions have had, and the place of each. */
interface Keys {
  readonly places: Map<string, number>;
  readonly all: string[];
}

type Group<V> = readonly (readonly (V | undefined)[])[];

/** Tells the items that differ between two lists. */
const eachChange = <T>(
  now: readonly (T | undefined)[] = [],
  before: readonly (T | undefined)[] = [],
  tell: (now: T | undefined, before: T | undefined) => void,
): void => {
  for (let index = 0; index < now.length || index < before.length; index += 1)
    if (now[index] !== before[index]) tell(now[index], before[index]);
};

/**
 * An immutable map without the value `undefined`. A changed version shares all but one part with the version before,
 * so a change costs almost the same for any number of keys. To its users it is a `Map`, also where maps are compared.
 */
export class SharedMap<V> implements ReadonlyMap<string, V> {
  private constructor(
    private readonly known: Keys,
    private readonly groups: readonly Group<V>[],
    readonly size: number,
  ) {}

  /** Of a map, or of entries with different keys. */
  static of<V>(entries: Iterable<readonly [string, V | undefined]> = []): SharedMap<V> {
    if (entries instanceof SharedMap) return entries as SharedMap<V>;
    const known: Keys = { places: new Map(), all: [] };
    const groups: V[][][] = [];
    for (const [key, value] of entries) {
      if (value === undefined) continue;
      const place = known.all.push(key) - 1;
      known.places.set(key, place);
      const group = (groups[place >>> (2 * BITS)] ??= []);
      (group[(place >>> BITS) & MASK] ??= []).push(value);
    }
    return new SharedMap(known, groups, known.all.length);
  }

  /** The same map with another value, or without the key if the value is `undefined`. */
  with(key: string, value: V | undefined): SharedMap<V> {
    const before = this.get(key);
    if (before === value) return this;
    const { known, size } = this;
    const { places, all } = known;
    const place = places.get(key) ?? all.push(key) - 1;
    places.set(key, place);
    // Other versions may have added keys: then there are holes before this one.
    const groups = this.groups.slice();
    const group = groups[place >>> (2 * BITS)]?.slice() ?? [];
    const part = group[(place >>> BITS) & MASK]?.slice() ?? [];
    part[place & MASK] = value;
    group[(place >>> BITS) & MASK] = part;
    groups[place >>> (2 * BITS)] = group;
    const next = new SharedMap(known, groups, size + Number(value !== undefined) - Number(before !== undefined));
    // Keys without values don't pile up.
    return value === undefined && all.length > 4 * next.size + 64 ? SharedMap.of(next.entries()) : next;
  }

  /** Tells each value that differs from the one in another version. False if the other is no version of this map. */
  changedFrom(before: SharedMap<V>, tell: (now: V | undefined, before: V | undefined) => void): boolean {
    if (before.known !== this.known) return false;
    eachChange(this.groups, before.groups, (group, oldGroup) => {
      eachChange(group, oldGroup, (part, oldPart) => {
        eachChange(part, oldPart, tell);
      });
    });
    return true;
  }

  private at(place: number): V | undefined {
    return this.groups[place >>> (2 * BITS)]?.[(place >>> BITS) & MASK]?.[place & MASK];
  }
  get(key: string): V | undefined {
    const place = this.known.places.get(key);
    return place === undefined ? undefined : this.at(place);
  }
  has(key: string): boolean {
    return this.get(key) !== undefined;
  }
  *entries(): MapIterator<[string, V]> {
    const end = this.groups.length << (2 * BITS);
    for (const [place, key] of this.known.all.entries()) {
      if (place >= end) return;
      const value = this.at(place);
      if (value !== undefined) yield [key, value];
    }
  }
  *keys(): MapIterator<string> {
    for (const [key] of this.entries()) yield key;
  }
  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }
  forEach(call: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this.entries()) call(value, key, this);
  }
  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }
  get [Symbol.toStringTag](): string {
    return Map.name;
  }
  /** Comparisons of maps, such as those of test frameworks, look at it. */
  get [CONSTRUCTOR](): MapConstructor {
    return Map;
  }
  /** Node shows it as a map. */
  [Symbol.for('nodejs.util.inspect.custom')](): ReadonlyMap<string, V> {
    return new Map(this);
  }
}
