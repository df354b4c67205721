/** The picture of the state machine in the READMEs against the transition table. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { table } from '../../src/connection/machine.js';

const arrow = /^ *(\w+) --> (\w+): (.+)$/gm;

/** Every arrow of the picture as `from input to`; one from a composite state starts at each state that is drawn in it. */
const drawn = async (readme: string): Promise<readonly string[]> => {
  const picture = /```mermaid\n([\s\S]*?)```/.exec(await readFile(new URL(`../../${readme}`, import.meta.url), 'utf8'))?.[1] ?? '';
  const [, name = '', inside = ''] = /state (\w+) \{([\s\S]*?)\}/.exec(picture) ?? [];
  const members = new Set([...inside.matchAll(arrow)].flatMap(([, from = '', to = '']) => [from, to]));
  return [...picture.matchAll(arrow)].flatMap(([, from = '', to = '', inputs = '']) =>
    (from === name ? [...members] : [from]).flatMap((state) => inputs.split(', ').map((input) => `${state} ${input} ${to}`)),
  );
};

const inTable = Object.entries(table).flatMap(([from, row]) =>
  Object.entries(row).flatMap(([input, { to }]) => to.filter((state) => state !== from).map((state) => `${from} ${input} ${state}`)),
);

describe('the picture of the state machine', () => {
  it.each(['README.md', 'README.zh-CN.md'])('in %s has every arrow of the transition table, once, and no other', async (readme) => {
    expect((await drawn(readme)).toSorted()).toEqual(inTable.toSorted());
  });
});
