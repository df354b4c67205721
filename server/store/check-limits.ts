/** The limits of a store, as they are given. */
import { KINDS, type Retention, type RetentionByKind } from '../domain/memory/retention.js';
import { checkNumbers } from '../numbers.js';

const NAMES: ReadonlySet<string> = new Set<keyof Retention>(['historyDays', 'historyMessages', 'conversationDays']);

/** Refuses limits that are no numbers, and kinds and limits of kinds that do not exist, with a `RangeError`. */
export const checkLimits = (
  where: string,
  { retention = {}, ...numbers }: Readonly<Record<string, unknown>> & { readonly retention?: RetentionByKind },
): void => {
  checkNumbers(where, numbers);
  for (const [kind, limits] of Object.entries(retention)) {
    const place = `${where}.retention.${kind}`;
    if (!(KINDS as readonly string[]).includes(kind))
      throw new RangeError(`${place}: there is no such kind; take ${KINDS.join(', ')}`);
    checkNumbers(place, limits);
    const unknown = Object.keys(limits).find((name) => !NAMES.has(name));
    if (unknown !== undefined)
      throw new RangeError(`${place}.${unknown}: there is no such limit; take ${[...NAMES].join(', ')}`);
  }
};
