/** Writes a recorded diagram as a block of text. */
import type { Diagram, Line } from '../../marble-tests/drawing/diagram.js';
import { linedUp } from './frames.js';
import type { Names } from './placeholders.js';

interface NamedLine extends Line {
  readonly name: string;
  readonly note: string;
}

interface Row {
  readonly name: string;
  readonly marbles: string;
  readonly note: string;
}

/** The values of the letters: written once if each letter means the same in all lines, otherwise line by line. */
const legendOf = (lines: readonly NamedLine[], width: number): readonly string[] => {
  const entries = lines.map(({ name, values }) => ({
    name,
    meanings: Object.entries(values).map(([letter, meaning]) => `${letter}  ${meaning}`),
  }));
  const all = [...new Set(entries.flatMap(({ meanings }) => meanings))];
  if (new Set(all.map((meaning) => meaning.charAt(0))).size === all.length) return all;
  const told = new Set<string>();
  return entries.flatMap(({ name, meanings }) => {
    const rows = meanings.map((meaning, index) => `${(index === 0 ? name : '').padEnd(width)}${meaning}`);
    const isKnown = told.has(rows.join());
    told.add(rows.join());
    return isKnown ? [] : rows;
  });
};

const named = (
  lines: readonly Line[],
  names: readonly string[],
  noteOf: (line: Line) => string,
): readonly NamedLine[] => lines.map((line, index) => ({ ...line, name: names[index] ?? '', note: noteOf(line) }));

/**
 * The block: inputs, then outputs, each with its name and, below it, its subscriptions; then the values of the
 * letters.
 */
export const blockOf = ({ inputs, outputs }: Diagram, names: Names): string => {
  const lines = [
    ...named(inputs, names.inputs, (line) => ('kind' in line && line.kind === 'cold' ? '  cold' : '')),
    ...named(outputs, names.outputs, () => ''),
  ];
  const rows = lines.flatMap(({ name, marbles, note, subscriptions }): readonly Row[] => [
    { name, marbles, note },
    ...subscriptions.map((subscription) => ({ name: '', marbles: subscription, note: '' })),
  ]);
  const width = Math.max(...rows.map(({ name }) => name.length)) + 3;
  const drawn = linedUp(rows.map(({ marbles }) => marbles));
  const legend = legendOf(lines, width);
  return [
    ...rows.map(({ name, note }, index) => `${name.padEnd(width)}${drawn[index] ?? ''}${note}`.trimEnd()),
    ...(legend.length === 0 ? [] : ['', ...legend]),
  ].join('\n');
};
