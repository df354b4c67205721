/** Messages that are not stored. */

/**
 * The time of a message that is not stored. It is never before the newest stored message, even if the clock says so.
 */
export const transientTime = (
  now: number,
  { lastMessageAt = -Infinity }: { readonly lastMessageAt?: number },
): number => Math.max(now, lastMessageAt);
