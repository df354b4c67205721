/** How diagrams of tests become text. */
import fc from 'fast-check';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import type { Diagram, Line } from '../../marble-tests/drawing/diagram.js';
import { inWords } from '../../marble-tests/drawing/in-words.js';
import { marbles } from '../../marble-tests/marbles.js';
import { message } from '../../marble-tests/streams/log.js';
import { blockOf } from '../../scripts/docs/block.js';
import { captionOf } from '../../scripts/docs/caption.js';
import { linedUp, piecesOf } from '../../scripts/docs/frames.js';
import { filled, placeholdersOf } from '../../scripts/docs/placeholders.js';

const line = (marbles: string, values: Line['values'] = {}, subscriptions: readonly string[] = []): Line => ({
  marbles,
  values,
  subscriptions,
});
const drawing = (inputs: readonly Line[], ...outputs: readonly Line[]): Diagram => ({
  inputs: inputs.map((each) => ({ ...each, kind: 'hot' })),
  outputs,
});

describe('diagrams below each other', () => {
  it('have what happens at a time in one column: where time is skipped, too', () => {
    expect(linedUp(['10s d 2s u', '(ico) 9995ms s 999ms (rs) 1996ms (ro)', '   --a'])).toEqual([
      ' 10s         d 2s         u',
      '(ico) 9995ms s 999ms (rs) 1996ms (ro)',
      '--a',
    ]);
  });

  it('are as the test has them where no time is skipped, but for the spaces', () => {
    expect(linedUp(['   -a-(bc|)', '--  d'])).toEqual(['-a-(bc|)', '--d']);
  });

  it('have each value in the frame in which RxJS has it', () => {
    const part = fc.oneof(
      fc.constantFrom('-', 'a', 'b', ' ', '(ab)', '(a)', ' 1s '),
      fc.integer({ min: 1, max: 50 }).map((ms) => ` ${ms}ms `),
    );
    marbles(() => {
      fc.assert(
        fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
          const drawn = parts.join('');
          const expected = TestScheduler.parseMarbles(drawn, undefined, undefined, undefined, true).map(
            ({ frame }) => frame,
          );
          const found = piecesOf(drawn).flatMap(({ text, from }) => [...text.matchAll(/[ab]/g)].map(() => from));
          expect(found).toEqual(expected);
        }),
      );
    });
  });
});

describe('the text of a diagram', () => {
  const names = { inputs: ['log$'], outputs: ['count$'] };

  it('names each line, shows when it is subscribed to, and says what letters mean', () => {
    const diagram = drawing([line('-a-', { a: 'Message m11 of Jerry' })], line('-1-', {}, ['^--!']));
    expect(blockOf(diagram, names)).toBe('log$     -a-\ncount$   -1-\n         ^--!\n\na  Message m11 of Jerry');
  });

  it('says it line by line where a letter means two things', () => {
    const diagram = drawing([line('a', { a: 'one' })], line('ab', { a: 'two', b: 'three' }));
    expect(blockOf(diagram, names)).toBe(
      'log$     a\ncount$   ab\n\nlog$     a  one\ncount$   a  two\n         b  three',
    );
  });
});

describe('the caption of a diagram', () => {
  const placeholder = {
    line: 1,
    testFile: 'marble-tests/a.test.ts',
    test: 'rate > N5: emits <all> of items$',
    names: { inputs: [], outputs: ['rate$'] },
  };

  it('is the sentence of the titles of its test, without the number of a feature', () => {
    expect(captionOf({ ...placeholder, caption: undefined }, 'docs/streams.md')).toBe(
      '_rate emits \\<all\\> of `items$`_ ([test](../marble-tests/a.test.ts))',
    );
  });

  it('is that of the page, if the page is in another language', () => {
    expect(captionOf({ ...placeholder, caption: '发出 items$ 的全部' }, 'docs/zh/streams.md')).toBe(
      '发出 `items$` 的全部（[测试](../../marble-tests/a.test.ts)）',
    );
  });
});

describe('a value in words', () => {
  it.each([
    [message({ timestamp: 11 }), 'Message m11 of Jerry'],
    [{ _tag: 'Receipt', conversationId: 'c', kind: 'read', at: 9, from: 'Tom' }, 'Receipt: read at 9 by Tom'],
    [{ _tag: 'schedule', attempt: 0, delay: 1_000 }, 'schedule: attempt 0, delay 1000'],
    [new Map([['a', { count: 2 }]]), 'Map { a: { count: 2 } }'],
    [new Set(), 'Set {}'],
    [Object.assign(new Error('long words'), { _tag: 'Overflow', bound: 4 }), 'Overflow: bound 4'],
    [new Error('oops'), 'Error "oops"'],
    [expect.objectContaining({ code: 4315 }), '{ code: 4315 }'],
    ['', '(empty)'],
  ])('is short: %#', (value, words) => {
    expect(inWords(value)).toBe(words);
  });

  it('is cut where it gets long', () => {
    expect(inWords('x'.repeat(100))).toBe(`${'x'.repeat(71)}…`);
  });
});

describe('the places for diagrams in a page', () => {
  const place = '<!-- diagram: a.test.ts > rate > slides: on | items$, every$ -> rate$ -->';

  it('name a test, and what its streams are called', () => {
    expect(placeholdersOf(`# Page\n\n${place}\nold\n<!-- /diagram -->\n`, 'page.md')).toEqual([
      {
        line: 3,
        testFile: 'a.test.ts',
        test: 'rate > slides: on',
        names: { inputs: ['items$', 'every$'], outputs: ['rate$'] },
        caption: undefined,
      },
    ]);
  });

  it('have the title of the test in the language of the page, if that is another one', () => {
    const translated = place.replace('rate$ -->', 'rate$ | 每个 items$ 都算 -->');
    const [found] = placeholdersOf(`${translated}\n<!-- /diagram -->\n`, 'page.md');
    expect(found).toMatchObject({ names: { outputs: ['rate$'] }, caption: '每个 items$ 都算' });
  });

  it('are filled in place, as often as one likes', () => {
    const once = filled(`${place}\nold\n<!-- /diagram -->\n`, ['new']);
    expect(once).toBe(`${place}\n\nnew\n\n<!-- /diagram -->\n`);
    expect(filled(once, ['new'])).toBe(once);
  });

  it('are refused, with the line, where they can’t be read or have no end', () => {
    expect(() => placeholdersOf('\n<!-- diagram: a.test.ts -->\n<!-- /diagram -->', 'page.md')).toThrow(
      /^page\.md:2: should be/,
    );
    expect(() => placeholdersOf(`${place}\n`, 'page.md')).toThrow('page.md:1: a diagram without its <!-- /diagram -->');
  });
});
