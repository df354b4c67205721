/** What changed between two readings of a server's figures, for the log: one line, however much happened. */
import type { ServerStats } from '../stats.js';
import type { Fields } from './log.js';

type Counted = Readonly<Record<string, number>>;

const more = (before: Counted, after: Counted): Counted | undefined => {
  const grown = Object.entries(after)
    .map(([key, count]) => [key, count - (before[key] ?? 0)] as const)
    .filter(([, count]) => count > 0);
  return grown.length === 0 ? undefined : Object.fromEntries(grown);
};

/** What was refused and lost between two readings; undefined if there was nothing. */
export const lossesBetween = (before: ServerStats, after: ServerStats): Fields | undefined => {
  const found = Object.entries({
    refusals: more(before.counts.refusals, after.counts.refusals),
    refusedConnections: more(before.counts.refusedConnections, after.counts.refusedConnections),
    droppedRoomMessages: more({ ...before.dropped }, { ...after.dropped }),
    hookCalls: more(
      { dropped: before.hooks.dropped, failed: before.hooks.failed },
      { dropped: after.hooks.dropped, failed: after.hooks.failed },
    ),
  }).filter(([, counts]) => counts !== undefined);
  return found.length === 0 ? undefined : Object.fromEntries(found);
};
