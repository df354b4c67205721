/** The errors that docs/errors.md explains, compared with the error classes. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { DecodeFailed } from '../../codecs/index.js';
import * as errors from '../../src/errors.js';

const tags = [DecodeFailed, ...Object.values(errors)].flatMap((value) =>
  'prototype' in value && value.prototype instanceof Error ? [value.name] : [],
);

describe('the table of errors', () => {
  it('has every member of the union, once, and no other', async () => {
    const text = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8');
    const [, table = ''] = /^\| `_tag` .*\n((?:\|.*\n)+)/m.exec(text) ?? [];
    const explained = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, tag]) => tag);
    expect(explained.toSorted()).toEqual(tags.toSorted());
  });
});
