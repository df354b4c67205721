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

const part = ({ ids, times }: RecentUnread, from: number, to: number): RecentUnread => ({
  ids: ids.slice(from, to),
  times: times.slice(from, to),
  from: 0,
  to: to - from,
});

export const sizeOf = ({ from, to }: RecentUnread): number => to - from;

/** The same messages and a newer one. */
export const withUnread = (
  recent: RecentUnread,
  { id, timestamp, mentioned }: { readonly id: string; readonly timestamp: number; readonly mentioned: boolean },
): RecentUnread => {
  const from = Math.max(recent.from, recent.to - RECENT + 1);
  const isOwn = recent.to > 0 && recent.ids.length === recent.to && from <= RECENT;
  const { ids, times, from: start, to } = isOwn ? { ...recent, from } : part(recent, from, recent.to);
  ids.push(id);
  times.push(mentioned ? -timestamp : timestamp);
  return { ids, times, from: start, to: to + 1 };
};

/** The newest ones. */
export const newest = (recent: RecentUnread, count: number): RecentUnread => ({
  ...recent,
  from: Math.max(recent.from, recent.to - count),
});

/** The messages after a time. */
export const unreadAfter = (recent: RecentUnread, at: number): RecentUnread => {
  const rest: RecentUnread = { ids: [], times: [], from: 0, to: 0 };
  let { to } = rest;
  for (let index = recent.from; index < recent.to; index += 1) {
    const [id = '', time = 0] = [recent.ids[index], recent.times[index]];
    if (Math.abs(time) <= at) continue;
    rest.ids.push(id);
    to = rest.times.push(time);
  }
  return { ...rest, to };
};

export const hasUnread = ({ ids, from, to }: RecentUnread, id: string): boolean => {
  const index = ids.indexOf(id, from);
  return index >= 0 && index < to;
};

export const hasMention = ({ times, from, to }: RecentUnread): boolean =>
  times.slice(from, to).some((time) => time < 0);
