/** The budget of a query. A query runs without a pause, and all other clients wait meanwhile. */
import { Refusal } from '../refusal.js';

/** Default number of steps of a query: about 30 ms. */
export const DEFAULT_STEPS = 700_000;

/**
 * The costs of what takes more than one step (about 50 ns each): looking at a conversation, a condition, and
 * comparing two values by their parts.
 */
export const COST = { conversation: 20, comparison: 5, condition: 3 };

/** Takes steps from the budget before they are made. Throws a `Refusal` with 4310 if not enough are left. */
export type Spend = (steps: number) => void;

/** Counts nothing. */
export const unlimited: Spend = () => undefined;

/** The budget of one query. */
export const budgetOf = (steps: number): Spend => {
  let left = steps;
  return (spent) => {
    left -= spent;
    if (left < 0)
      throw new Refusal(
        4310,
        `where: it is too expensive, a query takes at most ${steps} steps: ask for ids or a member, or for less of a $regex`,
      );
  };
};
