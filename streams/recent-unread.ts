/** How many unread messages are remembered, to know what remains after a read mark. */
const RECENT = 100;

/**
 * The unread messages that have come to a client: at most the newest 100. Immutable from outside, although several
 * values share their lists: each uses only the part from `from` to `to`, the oldest first. Only the longest of them may
 * append to a list; the others copy it first. So a message copies nothing, and makes no object for itself.
 */
export interface RecentUnread {
  readonly ids: string[];
  /** The times, ms since 1970. Those of messages that mention the user are negative. */
  readonly times: number[];
  readonly from: number;
  readonly to: number;
}

export const NONE_RECENT: RecentUnread = { ids: [], times: [], from: 0, to: 0 };

export const sizeOf = ({ from, to }: RecentUnread): number => to - from;

/** The same messages and a newer one. */
export const withUnread = (
  recent: RecentUnread,
  { id, timestamp, mentioned }: { readonly id: string; readonly timestamp: number; readonly mentioned: boolean },
): RecentUnread => {
  let { ids, times, to } = recent;
  let from = Math.max(recent.from, to - RECENT + 1);
  if (to === 0 || ids.length > to || from > RECENT)
    [ids, times, from, to] = [ids.slice(from, to), times.slice(from, to), 0, to - from];
  ids.push(id);
  times.push(mentioned ? -timestamp : timestamp);
  return { ids, times, from, to: to + 1 };
};

/** The newest ones. */
export const newest = (recent: RecentUnread, count: number): RecentUnread => ({
  ...recent,
  from: Math.max(recent.from, recent.to - count),
});

/** The messages after a time. */
export const unreadAfter = (recent: RecentUnread, at: number): RecentUnread => {
  const { ids, times } = recent;
  let rest = NONE_RECENT;
  for (let index = recent.from; index < recent.to; index += 1) {
    const [id = '', time = 0] = [ids[index], times[index]];
    if (Math.abs(time) > at) rest = withUnread(rest, { id, timestamp: Math.abs(time), mentioned: time < 0 });
  }
  return rest;
};

export const hasUnread = ({ ids, from, to }: RecentUnread, id: string): boolean => ids.slice(from, to).includes(id);

export const hasMention = ({ times, from, to }: RecentUnread): boolean =>
  times.slice(from, to).some((time) => time < 0);
