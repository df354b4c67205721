/** A sorted list that changes often. */
import { firstThat } from '../first-that.js';

export interface SortedList<T> {
  /** Adds an item, after those that are equal. */
  readonly add: (item: T) => void;
  /** Removes the first item that is equal, if there is one. */
  readonly remove: (item: T) => void;
  /** The items in their order: `count` of them, after the first `skip`. */
  readonly page: (skip: number, count: number) => readonly T[];
}

/** A block with more items is split. */
const BLOCK = 512;

/**
 * Keeps the items in blocks: a change shifts the items of one block, and not all that come later. To find a page costs
 * one step for each block before it.
 */
export const sortedList = <T>(items: Iterable<T>, compare: (a: T, b: T) => number): SortedList<T> => {
  const blocks: T[][] = [];
  const all = [...items].sort(compare);
  for (let start = 0; start < all.length; start += BLOCK / 2) blocks.push(all.slice(start, start + BLOCK / 2));

  /** The first block whose last item passes a test. All later ones pass it, too. */
  const firstBlock = (test: (item: T) => boolean): number =>
    firstThat(blocks, (block) => {
      const last = block.at(-1);
      return last !== undefined && test(last);
    });

  return {
    add: (item) => {
      const isLater = (other: T): boolean => compare(other, item) > 0;
      // What is later than all others goes to the end of the last block.
      const index = Math.max(0, Math.min(firstBlock(isLater), blocks.length - 1));
      const block = blocks[index] ?? [];
      block.splice(firstThat(block, isLater), 0, item);
      if (block.length > BLOCK) blocks.splice(index, 1, block.splice(0, BLOCK / 2), block);
      else blocks[index] = block;
    },

    remove: (item) => {
      const isNotEarlier = (other: T): boolean => compare(other, item) >= 0;
      const index = firstBlock(isNotEarlier);
      const block = blocks[index] ?? [];
      const place = firstThat(block, isNotEarlier);
      const found = block[place];
      if (found === undefined || compare(found, item) !== 0) return;
      block.splice(place, 1);
      if (block.length === 0) blocks.splice(index, 1);
    },

    page: (skip, count) => {
      const page: T[] = [];
      let before = skip;
      for (const block of blocks) {
        if (page.length >= count) break;
        page.push(...block.slice(before, before + count - page.length));
        before = Math.max(0, before - block.length);
      }
      return page;
    },
  };
};
