/** The table of limits in docs/server.md has every limit, with its default. */
import { describe, expect, it } from 'vitest';
import { defaultLimits } from 'rx-realtime/server';
import { pageAt } from './markdown.js';

const shown = (limit: number): string => (limit === Infinity ? 'no bound' : limit.toLocaleString('en'));

/** The rows of the table below the heading "Limits", each as its cells. */
const rows = (): readonly (readonly string[])[] => {
  const text = pageAt('docs/server.md').text.split('\n## Limits\n')[1]?.split('\n## ')[0] ?? '';
  return [...text.matchAll(/^\| `.*\|$/gm)].map(([row]) => row.split('|').map((cell) => cell.trim()));
};

describe('the table of limits', () => {
  it('has every limit once, with its default', () => {
    const documented = rows().map(([, name = '', , value = '']) => [name.replaceAll('`', ''), value]);
    expect(documented.toSorted()).toEqual(
      Object.entries<number>({ ...defaultLimits })
        .map(([name, limit]) => [name, shown(limit)])
        .toSorted(),
    );
  });

  it('says what happens beyond each limit', () => {
    for (const [, name, , , beyond = ''] of rows()) expect(beyond, name).not.toBe('');
  });
});
