import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addId, copyOfIds, hasId, noIds, type RecentIds } from '../../src/session/recent-ids.js';

const idOf = (index: number): string => `id-${String(index)}`;
const at = (time: number) => ({ elapsed: () => time });
/** `count` ids, the next one `pause` ms later. */
const after = (count: number, pause: number): RecentIds => {
  const ids = noIds();
  for (let index = 0; index < count; index += 1) addId(ids, idOf(index), at(index * pause));
  return ids;
};
const sizeOf = ({ young, old }: RecentIds): number => young.length + old.length;

describe('the ids that a conversation remembers', () => {
  it('are the latest 256 at least, whatever their times', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -100_000, max: 100_000 }), { maxLength: 1_000 }), (times) => {
        const ids = noIds();
        for (const [index, time] of times.entries()) addId(ids, idOf(index), at(time));
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

  it('stay the same in a copy', () => {
    const ids = after(10, 1);
    const copy = copyOfIds(ids);
    addId(ids, 'one', at(11));
    addId(copy, 'other', at(11));
    expect([hasId(ids, 'one'), hasId(ids, 'other'), hasId(copy, 'other'), hasId(copy, 'one')]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});
