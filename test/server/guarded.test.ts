import { expect, it } from 'vitest';
import { stderrReport } from '../../server/guarded.js';

it('a flood of errors is written in part, and its length is told', () => {
  const time = { now: 0 };
  const written: string[] = [];
  const report = stderrReport(
    (text) => written.push(text),
    () => time.now,
  );
  for (let n = 0; n < 1_000; n += 1) report(n);
  expect(written).toHaveLength(101);
  expect(written.slice(0, 2)).toEqual(['0\n', '1\n']);
  expect(written.at(-1)).toContain('only counted');
  time.now = 10_000;
  report(new Error('later'));
  expect(written.at(-2)).toBe('900 more errors were not written\n');
  expect(written.at(-1)).toContain('Error: later');
});
