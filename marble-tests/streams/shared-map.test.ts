/** Maps that share what is the same. */
import fc from 'fast-check';
import { dequal } from 'dequal';
import { describe, expect, it } from 'vitest';
import { SharedMap } from '../../streams/shared-map.js';

const change = fc.tuple(
  fc.nat(150).map((key) => `k${String(key)}`),
  fc.option(fc.nat(3), { nil: undefined }),
);

describe('a map that shares its parts with other versions', () => {
  it('has what a Map has after the same changes, and no version changes afterwards', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
        let map = SharedMap.of<number>();
        const plain = new Map<string, number>();
        const versions: (readonly [SharedMap<number>, ReadonlyMap<string, number>])[] = [];
        for (const [key, value] of changes) {
          map = map.with(key, value);
          if (value === undefined) plain.delete(key);
          else plain.set(key, value);
          versions.push([map, new Map(plain)]);
        }
        for (const [version, expected] of versions.filter((_, index) => index % 20 === 0)) {
          expect(version.size).toBe(expected.size);
          expect(new Map(version)).toEqual(expected);
          for (const [key] of changes) expect(version.get(key)).toBe(expected.get(key));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('tells what differs between two versions', () => {
    const before = SharedMap.of([
      ['a', 1],
      ['b', 2],
    ]);
    const told: unknown[] = [];
    expect(
      before
        .with('a', 3)
        .with('c', 4)
        .changedFrom(before, (now, old) => told.push([now, old])),
    ).toBe(true);
    expect(told).toEqual([
      [3, 1],
      [4, undefined],
    ]);
    expect(before.changedFrom(SharedMap.of([['a', 1]]), () => undefined)).toBe(false);
  });

  it('is a Map to comparisons', () => {
    const map = SharedMap.of([['a', 1]]).with('b', 2);
    const plain = new Map(Object.entries({ a: 1, b: 2 }));
    expect(map).toEqual(plain);
    expect(dequal(map, plain)).toBe(true);
    expect(map).not.toEqual(new Map([['a', 1]]));
    expect([...map.keys()]).toEqual(['a', 'b']);
    expect([...map.values()]).toEqual([1, 2]);
    const seen: string[] = [];
    map.forEach((value, key) => seen.push(`${key}${String(value)}`));
    expect(seen).toEqual(['a1', 'b2']);
  });

  it('does not keep keys whose values are gone', () => {
    let map = SharedMap.of<number>();
    for (let index = 0; index < 1_000; index += 1)
      map = map.with(`k${String(index)}`, 1).with(`k${String(index)}`, undefined);
    expect(map.size).toBe(0);
    expect((map as unknown as { readonly known: { readonly all: readonly string[] } }).known.all.length).toBeLessThan(
      100,
    );
  });
});
