/** The changes of a conversation's messages, in memory. */
import { firstThat } from '../first-that.js';

/** A change of a message. */
export interface Change {
  readonly position: number;
  /** When it was changed, ms. */
  readonly at: number;
  /** The latest time of this change and all before it, so that changes can be searched by it. */
  readonly upTo: number;
}

/** The index before which no change was made at `since` or later. */
export const firstChange = (changes: readonly Change[], since: number): number =>
  firstThat(changes, ({ upTo }) => upTo >= since);
