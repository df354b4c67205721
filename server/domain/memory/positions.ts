/** Positions of messages in their order. */
import { firstNotBelow } from '../messages/history.js';

export const withPosition = (positions: number[], position: number): void => {
  positions.splice(firstNotBelow(positions, position), 0, position);
};

export const withoutPosition = (positions: number[] | undefined, position: number): void => {
  const index = positions === undefined ? -1 : firstNotBelow(positions, position);
  if (positions?.[index] === position) positions.splice(index, 1);
};

/** A stretch of positions that become higher or lower. `to`: the position after the last one. `by`: 1 or -1. */
export interface Move {
  readonly from: number;
  readonly to: number;
  readonly by: number;
}

export const movedPosition = (position: number, { from, to, by }: Move): number =>
  position >= from && position < to ? position + by : position;

/** The end of a stretch, which is the position after its last one, when a gap beside the moved positions is closed. */
export const movedEnd = (end: number, { from, to, by }: Move): number => {
  if (by < 0) return end >= from ? end - 1 : end;
  return end > from && end <= to ? end + 1 : end;
};

/** Moves those of ascending positions that are in the stretch. They stay ascending. */
export const movePositions = (positions: number[], move: Move): void => {
  for (let index = firstNotBelow(positions, move.from); index < positions.length; index += 1) {
    const position = positions[index] ?? move.to;
    if (position >= move.to) return;
    positions[index] = position + move.by;
  }
};
