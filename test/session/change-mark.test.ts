import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changeMark } from '../../src/session/change-mark.js';

it('asks from no later than the earliest change that has come since and was not passed on, and from no earlier than it did', () => {
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
