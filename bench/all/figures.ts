import { median } from '../rounds.js';

/** What the benchmarks print last, as numbers, and how these are compared. */

/** The figures of a benchmark by their paths: `{ "a": { "b": 1 } }` has the path `a.b`. */
export type Figures = ReadonlyMap<string, number>;

const collect = (value: unknown, path: string, into: Map<string, number>): void => {
  if (typeof value === 'number') into.set(path, value);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) collect(inner, path === '' ? key : `${path}.${key}`, into);
  }
};

/** Reads the last line of an output, which is JSON. Undefined if it is not. */
export const figuresIn = (output: string): Figures | undefined => {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  try {
    const figures = new Map<string, number>();
    collect(JSON.parse(line), '', figures);
    return figures.size > 0 ? figures : undefined;
  } catch {
    return undefined;
  }
};

export type Wanted = { readonly atLeast: number } | { readonly atMost: number };

/** A line of the table. */
export interface Row {
  readonly label: string;
  /** The benchmark and its options: `inbound --mixed` is `npm run bench:inbound -- --mixed`. */
  readonly bench: string;
  /** The path of the figure. */
  readonly figure: string;
  /** The path of another figure, by which it is divided. */
  readonly by?: string;
  readonly wanted?: Wanted;
}

/** The value of a row. NaN if a benchmark did not give its figures. */
export const valueOf = ({ figure, by }: Row, figures: Figures): number =>
  (figures.get(figure) ?? NaN) / (by === undefined ? 1 : (figures.get(by) ?? NaN));

/** False for NaN: what was not measured is not reached. */
export const isReached = (value: number, wanted: Wanted): boolean =>
  'atLeast' in wanted ? value >= wanted.atLeast : value <= wanted.atMost;

const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
/** Three digits are more than a noisy machine can tell. */
export const shown = (value: number): string => (Number.isNaN(value) ? 'not measured' : number.format(value));

const wantedText = (wanted: Wanted | undefined): string => {
  if (wanted === undefined) return '';
  return 'atLeast' in wanted ? `>= ${shown(wanted.atLeast)}` : `<= ${shown(wanted.atMost)}`;
};

const commandOf = (bench: string): string => {
  const [name = '', ...options] = bench.split(' ');
  return [`bench:${name}`, ...(options.length > 0 ? ['--', ...options] : [])].join(' ');
};

/** The table as Markdown. What is wanted and missed is bold. */
export const table = (rows: readonly Row[], measured: ReadonlyMap<string, Figures>): string => {
  const cells = [
    ['', 'measured', 'wanted', 'command'],
    ...rows.map((row) => {
      const value = valueOf(row, measured.get(row.bench) ?? new Map());
      const isMissed = row.wanted !== undefined && !isReached(value, row.wanted);
      return [
        row.label,
        isMissed ? `**${shown(value)}**` : shown(value),
        wantedText(row.wanted),
        `\`${commandOf(row.bench)}\``,
      ];
    }),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  return [lines[0], `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines.slice(1)].join('\n');
};

/** The median of each figure over several runs. */
export const medians = (runs: readonly Figures[]): Figures => {
  const paths = new Set(runs.flatMap((run) => [...run.keys()]));
  return new Map([...paths].map((path) => [path, median(runs.flatMap((run) => run.get(path) ?? []))]));
};

/** New to old, for each figure that both have. */
export const compared = (now: Figures, before: Figures): readonly (readonly [path: string, ratio: number])[] =>
  [...now].flatMap(([path, value]) => {
    const old = before.get(path);
    return old === undefined ? [] : [[path, value / old] as const];
  });
