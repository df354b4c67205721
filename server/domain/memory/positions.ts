/** Positions of messages in their order. */
import { firstNotBelow } from '../messages/history.js';

export const withPosition = (positions: number[], position: number): void => {
  positions.splice(firstNotBelow(positions, position), 0, position);
};

export const withoutPosition = (positions: number[] | undefined, position: number): void => {
  const index = positions === undefined ? -1 : firstNotBelow(positions, position);
  if (positions?.[index] === position) positions.splice(index, 1);
};
