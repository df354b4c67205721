import fc from 'fast-check';
import { comparePositions, type Position } from 'rx-realtime/streams';
import { expect, it } from 'vitest';

const position: fc.Arbitrary<Position> = fc.record({ timestamp: fc.nat(3), id: fc.string({ maxLength: 2 }) });

it('positions have a total order: by time, then by id', () => {
  fc.assert(
    fc.property(position, position, position, (a, b, c) => {
      const [ab, ba, bc, ac] = [
        comparePositions(a, b),
        comparePositions(b, a),
        comparePositions(b, c),
        comparePositions(a, c),
      ];
      expect(Math.sign(ab)).toBe(-Math.sign(ba) + 0);
      expect(ab === 0).toBe(a.timestamp === b.timestamp && a.id === b.id);
      if (ab <= 0 && bc <= 0) expect(ac).toBeLessThanOrEqual(0);
      if (a.timestamp < b.timestamp) expect(ab).toBeLessThan(0);
    }),
  );
});

it('sorting by position gives the same result for any initial order', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(position, { selector: ({ timestamp, id }) => `${String(timestamp)} ${id}` }),
      (positions) => {
        expect([...positions].reverse().sort(comparePositions)).toEqual([...positions].sort(comparePositions));
      },
    ),
  );
});
