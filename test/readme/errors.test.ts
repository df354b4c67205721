/** The errors that the READMEs explain against those that there are. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { DecodeFailed } from '../../codecs/index.js';
import * as errors from '../../src/errors.js';

const tags = [DecodeFailed, ...Object.values(errors)].flatMap((value) =>
  'prototype' in value && value.prototype instanceof Error ? [value.name] : [],
);

describe('the table of errors', () => {
  it.each(['README.md', 'README.zh-CN.md'])('in %s has every member of the union, once, and no other', async (readme) => {
    const text = await readFile(new URL(`../../${readme}`, import.meta.url), 'utf8');
    const [, table = ''] = /^\| `_tag` .*\n((?:\|.*\n)+)/m.exec(text) ?? [];
    const explained = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, tag]) => tag);
    expect(explained.toSorted()).toEqual(tags.toSorted());
  });
});
