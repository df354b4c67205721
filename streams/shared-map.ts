/** How many values are in a part of a map. A change copies one part, and the list of parts. */
const PART = 64;

const CONSTRUCTOR = 'constructor';

/** All keys that a map and its other versions have had, and the place of each. */
interface Keys {
  readonly places: Map<string, number>;
  readonly all: string[];
}

/**
 * An immutable map without the value `undefined`. A changed version shares all but one part with the version before,
 * so a change costs almost the same for any number of keys. To its users it is a `Map`, also where maps are compared.
 */
export class SharedMap<V> implements ReadonlyMap<string, V> {
  private constructor(
    private readonly known: Keys,
    private readonly parts: readonly (readonly (V | undefined)[])[],
    readonly size: number,
  ) {}

  /** Of a map, or of entries with different keys. */
  static of<V>(entries: Iterable<readonly [string, V | undefined]> = []): SharedMap<V> {
    if (entries instanceof SharedMap) return entries as SharedMap<V>;
    const known: Keys = { places: new Map(), all: [] };
    const parts: V[][] = [];
    for (const [key, value] of entries) {
      if (value === undefined) continue;
      const place = known.all.push(key) - 1;
      known.places.set(key, place);
      if (place % PART === 0) parts.push([]);
      parts.at(-1)?.push(value);
    }
    return new SharedMap(known, parts, known.all.length);
  }

  /** The same map with another value, or without the key if the value is `undefined`. */
  with(key: string, value: V | undefined): SharedMap<V> {
    const before = this.get(key);
    if (before === value) return this;
    const { known, size } = this;
    const { places, all } = known;
    const place = places.get(key) ?? all.push(key) - 1;
    places.set(key, place);
    const parts = this.parts.slice();
    const index = Math.floor(place / PART);
    // Another version may have added keys.
    while (parts.length <= index) parts.push([]);
    const part = parts[index]?.slice() ?? [];
    while (part.length < place % PART) part.push(undefined);
    part[place % PART] = value;
    parts[index] = part;
    const next = new SharedMap(known, parts, size + Number(value !== undefined) - Number(before !== undefined));
    // Keys without values don't pile up.
    return value === undefined && all.length > 2 * next.size + PART ? SharedMap.of(next.entries()) : next;
  }

  /** Tells each value that differs from the one in another version. False if the other is no version of this map. */
  changedFrom(before: SharedMap<V>, tell: (now: V | undefined, before: V | undefined) => void): boolean {
    if (before.known !== this.known) return false;
    for (let index = 0; index < this.parts.length || index < before.parts.length; index += 1) {
      const [now = [], old = []] = [this.parts[index], before.parts[index]];
      if (now !== old)
        for (let place = 0; place < PART; place += 1) if (now[place] !== old[place]) tell(now[place], old[place]);
    }
    return true;
  }

  get(key: string): V | undefined {
    const place = this.known.places.get(key);
    return place === undefined ? undefined : this.parts[Math.floor(place / PART)]?.[place % PART];
  }
  has(key: string): boolean {
    return this.get(key) !== undefined;
  }
  *entries(): MapIterator<[string, V]> {
    for (const [index, part] of this.parts.entries())
      for (const [place, value] of part.entries()) {
        const key = this.known.all[index * PART + place];
        if (key !== undefined && value !== undefined) yield [key, value];
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
