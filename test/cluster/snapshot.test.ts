/** What a snapshot of the database shows, also where the numbers of transactions begin anew. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import '../seed.js';
import { sees, snapshotOf } from '../../server/cluster/snapshot.js';

const BITS = 2n ** 32n;

test('a snapshot shows what was committed before it, and nothing else', () => {
  const shot = snapshotOf('100:105:101,103');
  const seen = [99, 100, 101, 102, 103, 104, 105, 106].filter((transaction) => sees(shot, transaction));
  expect(seen).toEqual([99, 100, 102, 104]);
});

test('rows have 32 bits of the numbers that a snapshot has, and the numbers go on after the last one', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1_000n, max: 2n ** 40n }),
      fc.array(fc.nat(50), { maxLength: 5 }),
      fc.nat(60),
      fc.integer({ min: -500, max: 500 }),
      (near, running, length, offset) => {
        // Also close to where 32 bits end.
        for (const from of [near, (near / BITS + 1n) * BITS - 20n]) {
          const to = from + BigInt(length);
          const open = [...new Set(running.filter((place) => place < length))].map((place) => from + BigInt(place));
          const transaction = from + BigInt(offset);
          const wanted = transaction < to && !open.includes(transaction);
          expect(sees(snapshotOf(`${from}:${to}:${open.join(',')}`), Number(transaction % BITS))).toBe(wanted);
        }
      },
    ),
  );
});
