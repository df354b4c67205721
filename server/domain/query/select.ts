/** The conversations that a query gives. */
import type { ConversationInfo } from '../../../codecs/index.js';
import type { ConversationSearch } from '../records.js';
import { budgetOf, COST, DEFAULT_STEPS } from './budget.js';
import { matches } from './matches.js';
import { sorted } from './order.js';

/** What is selected. */
export interface ConversationSelection extends ConversationSearch {
  /** Only conversations whose members the client sees. Default false. */
  readonly needsMembers?: boolean;
}

/** A query that is given its candidates bit by bit. */
export interface Selecting {
  /** Takes the steps of looking at so many candidates, whether they exist or not. */
  readonly spend: (candidates: number) => void;
  /** Looks at a candidate. */
  readonly add: (info: ConversationInfo) => void;
  /** The result, when all candidates were looked at. */
  readonly result: () => readonly ConversationInfo[];
}

/** Begins a query. Each of its functions throws a `Refusal` with 4310 if the steps are used up. */
export const selecting = (
  { where, sort, skip, limit, seen, needsMembers = false }: ConversationSelection,
  steps = DEFAULT_STEPS,
): Selecting => {
  const spend = budgetOf(steps);
  const isMatch = matches(where, spend);
  const found: ConversationInfo[] = [];
  return {
    spend: (candidates) => {
      spend(COST.conversation * candidates);
    },
    add: (info) => {
      const shown = seen(info);
      if (shown === undefined || (needsMembers && shown.members === undefined)) return;
      if (isMatch(shown)) found.push(shown);
    },
    result: () => (sort === undefined ? found : sorted(found, sort, spend)).slice(skip, skip + limit),
  };
};

/**
 * Selects the candidates that meet a query, one by one, within a number of steps. Each candidate costs steps, whether
 * it matches or not. Throws a `Refusal` with 4310 if the steps are used up.
 *
 * @example
 * select(search, infos.keys(), (id) => infos.get(id));
 */
export const select = (
  search: ConversationSelection,
  ids: Iterable<string>,
  infoOf: (id: string) => ConversationInfo | undefined,
  steps = DEFAULT_STEPS,
): readonly ConversationInfo[] => {
  const selection = selecting(search, steps);
  for (const id of ids) {
    selection.spend(1);
    const info = infoOf(id);
    if (info !== undefined) selection.add(info);
  }
  return selection.result();
};
