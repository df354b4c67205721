import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasId, NO_IDS, withId, type RecentIds } from '../../src/session/recent-ids.js';

const idOf = (index: number): string => `id-${String(index)}`;
/** `count` ids, the next one `pause` ms later. */
const after = (count: number, pause: number): RecentIds => {
  let ids = NO_IDS;
  for (let index = 0; index < count; index += 1) ids = withId(ids, idOf(index), () => index * pause);
  return ids;
};
const sizeOf = ({ count, old }: RecentIds): number => count + old.length;

describe('the ids that a conversation remembers', () => {
  it('are the latest 256 at least, whatever their times', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -100_000, max: 100_000 }), { maxLength: 1_000 }), (times) => {
        const ids = times.reduce((before, at, index) => withId(before, idOf(index), () => at), NO_IDS);
        for (let index = Math.max(0, times.length - 256); index < times.length; index += 1)
          expect(hasId(ids, idOf(index))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('are few in a conversation that goes on for days', () => {
    expect(sizeOf(after(20_000, 1_000))).toBeLessThanOrEqual(512);
  });

  it('are those of a minute in a flood, up to 2,048', () => {
    const ids = after(20_000, 10);
    expect(hasId(ids, idOf(20_000 - 2_048))).toBe(true);
    expect(sizeOf(ids)).toBeLessThanOrEqual(4_096);
  });

  it('stay the same in a value from which another one is made', () => {
    const before = after(10, 1);
    const [one, other] = [withId(before, 'one', () => 11), withId(before, 'other', () => 11)];
    expect([hasId(one, 'one'), hasId(one, 'other'), hasId(other, 'other'), hasId(before, 'one')]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});
