/** Cuts lists that are too long for one answer. */

/**
 * How many items from the start of a list have at most `most` bytes together, but at least one, so that whoever asks
 * for the rest gets on.
 */
export const fitting = (sizes: Iterable<number>, most: number): number => {
  let [count, total] = [0, 0];
  for (const size of sizes) {
    total += size;
    if (count > 0 && total > most) break;
    count += 1;
  }
  return count;
};
