import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withMemberReceipt, type Receipts } from '../../streams/index.js';

interface Receipt {
  readonly kind: 'delivered' | 'read';
  readonly at: number;
  readonly from?: string;
}

const none: ReadonlyMap<string, Receipts> = new Map();

describe('withMemberReceipt', () => {
  it('changes the receipts of one member and leaves the others', () => {
    const tom = withMemberReceipt(none, { kind: 'delivered', at: 1, from: 'Tom' });
    const both = withMemberReceipt(tom, { kind: 'read', at: 2, from: 'Jerry' });
    expect([...both]).toEqual([
      ['Tom', { deliveredAt: 1 }],
      ['Jerry', { deliveredAt: 2, readAt: 2 }],
    ]);
    expect([...tom]).toEqual([['Tom', { deliveredAt: 1 }]]);
  });

  it('returns the same map for a receipt that changes nothing or names no member', () => {
    const tom = withMemberReceipt(none, { kind: 'read', at: 5, from: 'Tom' });
    for (const receipt of [
      { kind: 'delivered', at: 4, from: 'Tom' },
      { kind: 'read', at: 5, from: 'Tom' },
      { kind: 'read', at: 9 },
    ] as const)
      expect(withMemberReceipt(tom, receipt)).toBe(tom);
  });

  it('gives the same result for any order and any repetition of the receipts', () => {
    const receipt: fc.Arbitrary<Receipt> = fc.record({
      kind: fc.constantFrom('delivered', 'read'),
      at: fc.nat(20),
      from: fc.constantFrom('Tom', 'Jerry', 'Spike'),
    });
    const final = (receipts: readonly Receipt[]): object =>
      Object.fromEntries(receipts.reduce(withMemberReceipt, none));
    fc.assert(
      fc.property(fc.array(receipt), (receipts) => {
        expect(final([...receipts].reverse())).toEqual(final(receipts));
        expect(final([...receipts, ...receipts])).toEqual(final(receipts));
      }),
    );
  });
});
