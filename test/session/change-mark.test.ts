import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changeMark } from '../../src/session/change-mark.js';

it('never asks from a time after the earliest pending change, or before the time of its last request', () => {
  const step = fc.oneof(
    fc.record({ what: fc.constant('arrived' as const), id: fc.nat(5), at: fc.integer({ min: 11, max: 40 }) }),
    fc.record({ what: fc.constant('passed' as const), id: fc.nat(5), at: fc.integer({ min: 11, max: 40 }) }),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const mark = changeMark();
      mark.begin(10);
      const waiting = new Map<string, number>();
      let passed = 10;
      for (const { what, id, at } of steps) {
        mark[what](String(id), at);
        const version = `${String(id)} ${String(at)}`;
        if (what === 'arrived') waiting.set(version, at);
        else if (waiting.delete(version)) passed = Math.max(passed, at);
      }
      const expected = Math.min(passed, ...waiting.values());
      expect(mark.since()).toBe(expected);
      expect(mark.since()).toBe(expected);
    }),
  );
});
