/** The picture of the state machine in docs/connection.md, compared with the transition table. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { table } from '../../src/connection/machine.js';

const arrow = /^ *(\w+) --> (\w+): (.+)$/gm;

const page = await readFile(new URL('../../docs/connection.md', import.meta.url), 'utf8');

/**
 * Every arrow of the picture as `from input to`. An arrow from a composite state counts for each state that is drawn
 * inside it.
 */
const drawn = (): readonly string[] => {
  const picture = /```mermaid\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const [, name = '', inside = ''] = /state (\w+) \{([\s\S]*?)\}/.exec(picture) ?? [];
  const members = new Set([...inside.matchAll(arrow)].flatMap(([, from = '', to = '']) => [from, to]));
  return [...picture.matchAll(arrow)].flatMap(([, from = '', to = '', inputs = '']) =>
    (from === name ? [...members] : [from]).flatMap((state) =>
      inputs.split(', ').map((input) => `${state} ${input} ${to}`),
    ),
  );
};

const inTable = Object.entries(table).flatMap(([from, row]) =>
  Object.entries(row).flatMap(([input, { to }]) =>
    to.filter((state) => state !== from).map((state) => `${from} ${input} ${state}`),
  ),
);

describe('the picture of the state machine', () => {
  it('has every arrow of the transition table, once, and no other', () => {
    expect(drawn().toSorted()).toEqual(inTable.toSorted());
  });
});
