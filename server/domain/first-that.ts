/**
 * The first index from which on all items pass the test: a binary search in a sorted list. The length, if there is
 * none.
 */
export const firstThat = <T>(items: readonly T[], passes: (item: T) => boolean): number => {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && passes(item)) high = middle;
    else low = middle + 1;
  }
  return low;
};
