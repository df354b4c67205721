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

/**
 * Selects the candidates that meet a query, one by one, within a number of steps. Each candidate costs steps, whether
 * it matches or not. Throws a `Refusal` with 4310 if the steps are used up.
 *
 * @example
 * select(search, infos.keys(), (id) => infos.get(id));
 */
export const select = (
  { where, sort, skip, limit, seen, needsMembers = false }: ConversationSelection,
  ids: Iterable<string>,
  infoOf: (id: string) => ConversationInfo | undefined,
  steps = DEFAULT_STEPS,
): readonly ConversationInfo[] => {
  const spend = budgetOf(steps);
  const isMatch = matches(where, spend);
  const found: ConversationInfo[] = [];
  for (const id of ids) {
    spend(COST.conversation);
    const info = infoOf(id);
    const shown = info === undefined ? undefined : seen(info);
    if (shown === undefined || (needsMembers && shown.members === undefined)) continue;
    if (isMatch(shown)) found.push(shown);
  }
  return (sort === undefined ? found : sorted(found, sort, spend)).slice(skip, skip + limit);
};
