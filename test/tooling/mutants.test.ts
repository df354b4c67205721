/** The mutants of delivery change what is there: a rule that is written anew takes its mutant along. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mutants } from '../../scripts/mutants/delivery.js';

describe('the mutants of delivery', () => {
  it.each(mutants.map(({ rule, ...mutant }) => [rule, mutant] as const))(
    'find their place: %s',
    (_, { file, from, to }) => {
      const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
      expect(source.split(from)).toHaveLength(2);
      expect(to).not.toBe(from);
    },
  );
});
