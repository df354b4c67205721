/** Where comments fly. Pure: no canvas, no clock. */

/** Something that flies from the right edge to the left one. All of a lane are equally fast: none overtakes another. */
export interface Flying {
  readonly lane: number;
  readonly width: number;
  /** The left edge, px. */
  x: number;
}

/** The last one of each lane; undefined if none has flown there yet. */
export type Lanes = readonly (Flying | undefined)[];

/** The lanes from one on, up to another one that is left out. */
export interface Lines {
  readonly from: number;
  readonly to: number;
}

/** Space between two comments of a lane, px. */
export const SPACE = 28;

const end = (last: Flying | undefined): number => (last === undefined ? -Infinity : last.x + last.width + SPACE);

/** The lanes whose last comment has come in wholly. */
export const freeLanes = (lanes: Lanes, { from, to }: Lines, stage: number): readonly number[] =>
  Array.from({ length: to - from }, (_, index) => from + index).filter((lane) => end(lanes[lane]) <= stage);

/** One of the free lanes, by a random number from 0 to 1; else the one that will be free next. */
export const laneFor = (lanes: Lanes, lines: Lines, stage: number, random: number): number => {
  const free = freeLanes(lanes, lines, stage);
  const chosen = free[Math.floor(random * free.length)];
  if (chosen !== undefined) return chosen;
  const ends = lanes.slice(lines.from, lines.to).map(end);
  return lines.from + Math.max(0, ends.indexOf(Math.min(...ends)));
};
