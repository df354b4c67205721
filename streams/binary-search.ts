/**
 * The index of an item in an ascending list, or the index at which it belongs: the first index whose item does not
 * come before it. O(log n).
 */
export const placeOf = <T>(items: readonly T[], isBefore: (item: T) => boolean): number => {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && isBefore(item)) low = middle + 1;
    else high = middle;
  }
  return low;
};
