/** How audiences talk: rates and bursts like those of real rooms. */

/** Comments a second at a time (ms since the start). */
export type Rate = (elapsed: number) => number;

const within = (elapsed: number, period: number, part: number): boolean => elapsed % period < part;

export const audiences = {
  /** A video of an evening: two a second, and a burst of 35 in a second now and then. */
  quiet: (elapsed) => (within(elapsed, 45_000, 1_000) ? 35 : 2),
  /** A stream with many viewers: 7 a second, up to 19. */
  lively: (elapsed) => (within(elapsed, 10_000, 2_000) ? 18 : 6),
  /** A stream in its best minutes: clusters of 40 each 2.7 s, and a wave of 108 in a second. */
  bursts: (elapsed) => (within(elapsed, 40_000, 1_000) ? 108 : within(elapsed, 2_700, 500) ? 78 : 1),
  flood: () => 500,
  silence: () => 0,
} as const satisfies Record<string, Rate>;

export type Audience = keyof typeof audiences;

export const isAudience = (name: string): name is Audience => Object.hasOwn(audiences, name);
