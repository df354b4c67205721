/** Aligns marble diagrams, so that everything at the same time is in the same column. */

/** A part of a diagram that takes time as a whole: a character, a group, or a number of ms. */
export interface Piece {
  readonly text: string;
  /** Start and end, ms. */
  readonly from: number;
  readonly to: number;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };
const PROGRESSION = /^(\d+(?:\.\d+)?)(ms|s|m) /;

/** The parts of a diagram, as RxJS reads them in run mode. */
export const piecesOf = (marbles: string): readonly Piece[] => {
  const pieces: Piece[] = [];
  let now = 0;
  const add = (text: string, frames: number): void => {
    pieces.push({ text, from: now, to: now + frames });
    now += frames;
  };
  for (let index = 0; index < marbles.length;) {
    const rest = marbles.slice(index);
    const isAtWord = index === 0 || marbles[index - 1] === ' ';
    const [progression, amount = '', unit = ''] = (isAtWord ? PROGRESSION.exec(rest) : null) ?? [];
    const [group] = /^\([^)]*\)/.exec(rest) ?? [];
    if (progression !== undefined) {
      add(` ${amount}${unit} `, Number(amount) * (UNITS[unit] ?? 1));
      index += progression.length;
    } else if (group !== undefined) {
      const text = group.replaceAll(/\s/g, '');
      add(text, text.length);
      index += group.length;
    } else {
      const [character = ''] = rest;
      if (character.trim() !== '') add(character, 1);
      index += 1;
    }
  }
  return pieces;
};

/** The column of each time at which a part begins or ends. */
const columnsOf = (pieces: readonly Piece[]): ReadonlyMap<number, number> => {
  const columns = new Map([[0, 0]]);
  let [moment, column] = [0, 0];
  for (const { text, from, to } of pieces.toSorted((a, b) => a.to - b.to)) {
    // A later time is further right, even if nothing is written between the two.
    column = Math.max(column + Number(to > moment), (columns.get(from) ?? 0) + text.length);
    moment = to;
    columns.set(to, column);
  }
  return columns;
};

/** The aligned diagrams. Only the number of spaces changes. */
export const linedUp = (diagrams: readonly string[]): readonly string[] => {
  const lines = diagrams.map(piecesOf);
  const columns = columnsOf(lines.flat());
  return lines.map((pieces) =>
    pieces
      .map(({ text, from, to }) =>
        text.padEnd((columns.get(to) ?? 0) - (columns.get(from) ?? 0), text === '-' ? '-' : ' '),
      )
      .join('')
      .trimEnd(),
  );
};
