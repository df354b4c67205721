/** Times of messages that come from another server, where several messages may have the same time. */

interface Timed {
  readonly timestamp: number;
}

/** A time for each, in the order of what was given, that is not in `taken`. */
const freeTimes = (given: readonly Timed[], step: 1 | -1, taken: ReadonlySet<number>): readonly number[] => {
  const times = given.map(({ timestamp }) => timestamp);
  const inOrder = [...times.entries()].sort(([, a], [, b]) => (a - b) * step);
  let last = -Infinity * step;
  for (const [place, wanted] of inOrder) {
    let time = (wanted - last) * step > 0 ? wanted : last + step;
    while (taken.has(time)) time += step;
    times[place] = last = time;
  }
  return times;
};

/**
 * Gives each message a time that no other message has: its own, or the nearest one that is free. Messages with the
 * same time keep their order: `new` goes from older to newer ones, `old` from newer to older ones. It yields times,
 * and takes those of them that other messages have.
 */
export const timesOfTheirOwn = function* (
  given: readonly Timed[],
  direction: 'old' | 'new',
): Generator<readonly number[], readonly number[], readonly number[]> {
  const step = direction === 'new' ? 1 : -1;
  const [asked, taken] = [new Set<number>(), new Set<number>()];
  for (let width = 1; ; width *= 2) {
    const times = freeTimes(given, step, taken);
    const unknown = times.filter((time) => !asked.has(time));
    if (unknown.length === 0) return times;
    // Where many times are taken, more of them are asked for at once.
    const next = unknown.flatMap((time) => Array.from({ length: Math.min(width, 64) }, (_, far) => time + far * step));
    const wanted = [...new Set(next)].filter((time) => !asked.has(time));
    for (const time of wanted) asked.add(time);
    for (const time of yield wanted) taken.add(time);
  }
};
