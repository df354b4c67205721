/** `npm run bench`: its lines, and how it compares figures. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compared, figuresIn, isReached, medians, table, valueOf } from '../../bench/all/figures.js';
import { rows } from '../../bench/all/rows.js';

const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

describe('the figures of a benchmark', () => {
  it('are the numbers in the last line of its output, by their paths', () => {
    expect(figuresIn('some text\n{"a":1,"b":{"c":2.5,"d":"text"},"e":[3,4]}\n')).toEqual(
      new Map([
        ['a', 1],
        ['b.c', 2.5],
        ['e.0', 3],
        ['e.1', 4],
      ]),
    );
  });

  it('are not there if the last line is not JSON with a number', () => {
    for (const output of ['', 'text', '{"a":1}\ntext', '{"a":"b"}', 'null']) expect(figuresIn(output)).toBeUndefined();
  });

  it('are compared as new to old by the medians of several runs, where both have them', () => {
    const now = [3, 9, 5].map(
      (value) =>
        new Map([
          ['a', value],
          ['new', 1],
        ]),
    );
    const before = [10, 8].map(
      (value) =>
        new Map([
          ['a', value],
          ['gone', 1],
        ]),
    );
    expect(compared(medians(now), medians(before))).toEqual([['a', 5 / 9]]);
  });
});

describe('the table of the benchmarks', () => {
  it('has a value, what is wanted, and the command, and marks what is missed or was not measured', () => {
    const measured = new Map([
      [
        'inbound --mixed',
        new Map([
          ['ours', 9],
          ['peer', 3],
        ]),
      ],
    ]);
    const row = { label: 'speed', bench: 'inbound --mixed', figure: 'ours', by: 'peer' };
    expect(
      table(
        [
          { ...row, wanted: { atLeast: 3 } },
          { ...row, wanted: { atMost: 2 } },
          { ...row, figure: 'absent', wanted: { atMost: 2 } },
          row,
        ],
        measured,
      )
        .split('\n')
        .slice(2)
        .map((line) =>
          line
            .split('|')
            .slice(1, -1)
            .map((cell) => cell.trim()),
        ),
    ).toEqual([
      ['speed', '3', '>= 3', '`bench:inbound -- --mixed`'],
      ['speed', '**3**', '<= 2', '`bench:inbound -- --mixed`'],
      ['speed', '**not measured**', '<= 2', '`bench:inbound -- --mixed`'],
      ['speed', '3', '', '`bench:inbound -- --mixed`'],
    ]);
  });

  it('counts a figure that is missing as not reached', () => {
    expect(isReached(valueOf({ label: '', bench: '', figure: 'a' }, new Map()), { atMost: 1 })).toBe(false);
  });

  it('has a line for each benchmark of package.json, and no other', () => {
    const benches = Object.keys(scripts).flatMap((name) => /^bench:(.+)$/.exec(name)?.[1] ?? []);
    expect(new Set(rows.map(({ bench }) => bench.split(' ')[0]))).toEqual(new Set(benches));
  });
});
