/** The pictures of the state machine, in docs/connection.md and on the site, compared with the transition table. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { table } from '../../src/connection/machine.js';
import { drawingOf } from '../../scripts/docs/site/markdown.js';
import { root } from './markdown.js';

const arrow = /^ *(\w+) --> (\w+): (.+)$/gm;

/** An arrow for each input, as `from input to`. */
const arrowsOf = (from: readonly string[], inputs: string, to: string): readonly string[] =>
  from.flatMap((state) => inputs.split(', ').map((input) => `${state} ${input} ${to}`));

/** The states that are drawn inside of the composite state of a page's picture. */
const composite = (picture: string): readonly [name: string, members: readonly string[]] => {
  const [, name = '', inside = ''] = /state (\w+) \{([\s\S]*?)\}/.exec(picture) ?? [];
  return [name, [...new Set([...inside.matchAll(arrow)].flatMap(([, from = '', to = '']) => [from, to]))]];
};

const pictureOf = async (path: string): Promise<string> =>
  /```mermaid\n([\s\S]*?)```/.exec(await readFile(`${root}${path}`, 'utf8'))?.[1] ?? '';

const pages = ['docs/connection.md', 'docs/zh/connection.md'];

const inTable = Object.entries(table).flatMap(([from, row]) =>
  Object.entries(row).flatMap(([input, { to }]) =>
    to.filter((state) => state !== from).map((state) => `${from} ${input} ${state}`),
  ),
);

describe('the picture of the state machine', () => {
  it.each(pages)('of %s has every arrow of the transition table, once, and no other', async (path) => {
    const picture = await pictureOf(path);
    const [name, members] = composite(picture);
    const drawn = [...picture.matchAll(arrow)].flatMap(([, from = '', to = '', inputs = '']) =>
      arrowsOf(from === name ? members : [from], inputs, to),
    );
    expect(drawn.toSorted()).toEqual(inTable.toSorted());
  });

  it('has the same arrows as the drawing that the site shows in its place', async () => {
    const [name, members] = composite(await pictureOf('docs/connection.md'));
    const drawn = [
      ...drawingOf(root, 'docs/connection.md').matchAll(
        /data-from="([\w ]+)" data-to="(\w+)" d="[^"]+" \/>\s*<text [^>]+>([\w, ]+)<\/text>/g,
      ),
    ].flatMap(([, from = '', to = '', inputs = '']) => arrowsOf(from === name ? members : from.split(' '), inputs, to));
    expect(drawn.toSorted()).toEqual(inTable.toSorted());
  });

  it('has to be drawn for the site', () => {
    expect(() => drawingOf(root, 'docs/none.md')).toThrow('draw it as site/drawings/none.svg');
  });
});
