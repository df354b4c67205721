/** Pages of ids that have no order of their own. */

export interface PageOfIds {
  readonly ids: string[];
  /** Set if there are more. */
  readonly next?: string;
}

/**
 * A page of ids in their order, after the id `after`. There may be very many ids, and few are wanted: only those of the
 * page are sorted.
 */
export const pageOfIds = (all: readonly string[], limit: number, after = ''): PageOfIds => {
  if (limit === 0) return { ids: [] };
  /** The smallest ids so far, sorted, with one more than wanted. */
  let kept: string[] = [];
  let waiting: string[] = [];
  let bound: string | undefined;
  const take = (): void => {
    kept = [...kept, ...waiting].sort().slice(0, limit + 1);
    waiting = [];
    bound = kept.length > limit ? kept.at(-1) : undefined;
  };
  for (const id of all) {
    if (id <= after || (bound !== undefined && id >= bound)) continue;
    waiting.push(id);
    if (waiting.length > limit) take();
  }
  take();
  const ids = kept.slice(0, limit);
  const last = ids.at(-1);
  return kept.length > limit && last !== undefined ? { ids, next: last } : { ids };
};
