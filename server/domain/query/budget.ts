/** What a query may cost: it is evaluated in one go, and everybody waits meanwhile. */
import { Refusal } from '../refusal.js';

/**
 * How many steps a query may take where nobody says: some 60 ms, if all of them are those of regular expressions,
 * which are the slowest.
 */
export const DEFAULT_STEPS = 1_000_000;

/**
 * What takes more than one step, of which each is some 50 ns: to look at a conversation, and to compare two values by
 * their parts, or by a key of a sort.
 */
export const COST = { conversation: 20, comparison: 5 };

/** Takes steps off what is left; throws a `Refusal` with 4310 where that is not enough, before they are made. */
export type Spend = (steps: number) => void;

/** Where nothing is counted. */
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
