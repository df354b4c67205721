import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changeMark, type OwnChange } from '../../src/session/change-mark.js';

const at = fc.integer({ min: 11, max: 40 });
const id = fc.nat(5).map(String);
const step = fc.oneof(
  fc.record({ what: fc.constantFrom('arrived' as const, 'passed' as const), id, at }),
  fc.record({ what: fc.constantFrom('sent' as const, 'refused' as const) }),
  fc.record({ what: fc.constant('made' as const), id, at }),
);

it('asks from no later than each pending change, the mark of each own change of unknown outcome, its last request', () => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const mark = changeMark();
      mark.begin(10);
      const waiting = new Map<string, number>();
      const made = new Map<string, number>();
      const own: { readonly change: OwnChange; readonly from: number }[] = [];
      let passed = 10;
      for (const step of steps) {
        switch (step.what) {
          case 'sent':
            own.push({ change: mark.hold(), from: passed });
            break;
          case 'refused':
            own.shift()?.change.refused();
            break;
          case 'made': {
            const first = own.shift();
            first?.change.made(step.id, step.at);
            if (first !== undefined) made.set(`${step.id} ${String(step.at)}`, first.from);
            break;
          }
          default: {
            mark[step.what](step.id, step.at);
            const version = `${step.id} ${String(step.at)}`;
            if (step.what === 'arrived') waiting.set(version, step.at);
            else {
              made.delete(version);
              if (waiting.delete(version)) passed = Math.max(passed, step.at);
            }
          }
        }
      }
      const expected = Math.min(passed, ...waiting.values(), ...made.values(), ...own.map(({ from }) => from));
      expect(mark.since()).toBe(expected);
      expect(mark.since()).toBe(expected);
    }),
  );
});

it('does not ask at the first login because of a change that was refused for want of a session', () => {
  const mark = changeMark();
  mark.hold();
  expect(mark.since()).toBeUndefined();
});
