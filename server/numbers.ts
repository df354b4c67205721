/**
 * Refuses options that should be numbers and are none, with a `RangeError` that names the first one. Comparisons with
 * such a value are always false, so a limit that was read wrongly, as from the environment, would be no limit at all.
 */
export const checkNumbers = (where: string, options: object): void => {
  for (const [name, value] of Object.entries(options) as Iterable<readonly [string, unknown]>)
    if (value !== undefined && !(typeof value === 'number' && value >= 0))
      throw new RangeError(
        `${where}.${name}: it should be a number of 0 or more, not ${typeof value === 'number' ? value : `a ${typeof value}`}`,
      );
};
