/** Messages that are not stored. */

/**
 * When a message was that is not stored: nobody sees it before the newest stored message, though the clock may say so.
 */
export const transientTime = (
  now: number,
  { lastMessageAt = -Infinity }: { readonly lastMessageAt?: number },
): number => Math.max(now, lastMessageAt);
