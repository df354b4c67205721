/**
 * The conversations of each client in the order of their newest messages, and what may be new in them. It is kept when
 * messages come and are read, so that a login costs what it brings, and not what the client has.
 */

/** The newest message of a conversation. All members share it. */
interface Newest {
  readonly id: string;
  /** The time of the message, ms. */
  readonly at: number;
}

/** What is known of a client. */
interface Client {
  /** In the order of time. Those that are not the newest of their conversation any more are deleted now and then. */
  recent: Newest[];
  /** How many of them there were when those were deleted. */
  kept: number;
  /** The conversations that may have unread messages, and those that may have changed messages. */
  readonly unread: Set<string>;
  readonly changed: Set<string>;
  /** System conversations: too many clients subscribe to them to tell each one of a message. */
  readonly crowded: Set<string>;
  /** When an unread count was last lowered, ms. */
  lessAt: number;
}

/** What there is in a conversation for a new member. */
interface Contents {
  readonly isCrowded: boolean;
  readonly isChanged: boolean;
  /** When its unread count was last lowered, ms; undefined if it never was. */
  readonly lessAt: number | undefined;
}

export interface ByMessage {
  readonly join: (id: string, clientId: string, contents: Contents) => void;
  readonly part: (id: string, clientId: string) => void;
  /** The client is in no conversation any more: nothing is kept for it. */
  readonly forget: (clientId: string) => void;
  /** The conversation is deleted. All members have left it before. */
  readonly remove: (id: string) => void;
  /** A message has come. */
  readonly appended: (id: string, members: Iterable<string>, from: string, at: number) => void;
  /** A message was changed. `unreadBy`: the members for which it counts, or counted. */
  readonly changed: (id: string, members: Iterable<string>, unreadBy: readonly string[], lessAt?: number) => void;
  /** A client has read. `isAll`: nothing is unread. */
  readonly read: (id: string, clientId: string, isAll: boolean, at: number) => void;
  /** Nothing is unread, as somebody has found out. */
  readonly nothingUnread: (id: string, clientId: string) => void;
  /**
   * The conversations that may have unread messages, the newest message first; with `since`, also all whose count may
   * have been lowered at that time or later. System conversations are not among them.
   */
  readonly unread: (clientId: string, since?: number) => Iterable<string>;
  /** The conversations in which messages may have changed. System conversations are not among them. */
  readonly withChanges: (clientId: string) => Iterable<string>;
  readonly crowded: (clientId: string) => ReadonlySet<string>;
  /** How many clients something is kept for. */
  readonly clients: () => number;
}

/** Outdated entries that a client may have beside one for each of its conversations. */
const OUTDATED = 32;

const none: ReadonlySet<string> = new Set();

/** The place after all that are not later. */
const placeAfter = (recent: readonly Newest[], at: number): number => {
  // Most messages are later than all others.
  let [low, high] = [0, recent.length];
  if ((recent.at(-1)?.at ?? -Infinity) <= at) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((recent[middle]?.at ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
};

const insert = (recent: Newest[], one: Newest): void => {
  const place = placeAfter(recent, one.at);
  if (place === recent.length) recent.push(one);
  else recent.splice(place, 0, one);
};

export const byMessage = (): ByMessage => {
  const clients = new Map<string, Client>();
  const newest = new Map<string, Newest>();

  const clientOf = (clientId: string): Client => {
    const known = clients.get(clientId);
    if (known !== undefined) return known;
    const client: Client = {
      recent: [],
      kept: 0,
      unread: new Set(),
      changed: new Set(),
      crowded: new Set(),
      lessAt: -Infinity,
    };
    clients.set(clientId, client);
    return client;
  };

  const isCurrent = (one: Newest): boolean => newest.get(one.id) === one;

  /** Deletes what is outdated, if it is more than the rest. Each message pays for it a little. */
  const tidy = (client: Client): void => {
    if (client.recent.length < 2 * client.kept + OUTDATED) return;
    client.recent = client.recent.filter(isCurrent);
    client.kept = client.recent.length;
  };

  return {
    join: (id, clientId, { isCrowded, isChanged, lessAt = -Infinity }) => {
      const client = clientOf(clientId);
      if (isCrowded) {
        client.crowded.add(id);
        return;
      }
      const one = newest.get(id);
      if (one !== undefined) {
        insert(client.recent, one);
        client.unread.add(id);
      }
      if (isChanged) client.changed.add(id);
      client.lessAt = Math.max(client.lessAt, lessAt);
    },

    part: (id, clientId) => {
      const client = clients.get(clientId);
      if (client === undefined) return;
      for (const ids of [client.unread, client.changed, client.crowded]) ids.delete(id);
      const one = newest.get(id);
      if (one === undefined) return;
      for (let place = placeAfter(client.recent, one.at) - 1; client.recent[place]?.at === one.at; place -= 1)
        if (client.recent[place] === one) {
          client.recent.splice(place, 1);
          break;
        }
    },

    forget: (clientId) => {
      clients.delete(clientId);
    },

    remove: (id) => {
      newest.delete(id);
    },

    appended: (id, members, from, at) => {
      const one = { id, at };
      newest.set(id, one);
      for (const member of members) {
        const client = clientOf(member);
        // Of several messages in a row, the last one is enough.
        if (client.recent.at(-1)?.id === id) client.recent.pop();
        insert(client.recent, one);
        tidy(client);
        if (member !== from) client.unread.add(id);
      }
    },

    changed: (id, members, unreadBy, lessAt = -Infinity) => {
      for (const member of members) {
        const client = clientOf(member);
        client.changed.add(id);
        client.lessAt = Math.max(client.lessAt, lessAt);
      }
      for (const member of unreadBy) clientOf(member).unread.add(id);
    },

    read: (id, clientId, isAll, at) => {
      const client = clients.get(clientId);
      if (client === undefined) return;
      client.lessAt = Math.max(client.lessAt, at);
      if (isAll) client.unread.delete(id);
    },

    nothingUnread: (id, clientId) => {
      clients.get(clientId)?.unread.delete(id);
    },

    unread: function* (clientId, since = Infinity) {
      const client = clients.get(clientId);
      if (client === undefined) return;
      const { recent, unread } = client;
      const isLess = client.lessAt >= since;
      let left = unread.size;
      for (let place = recent.length - 1; place >= 0 && (left > 0 || isLess); place -= 1) {
        const one = recent[place];
        if (one === undefined || !isCurrent(one)) continue;
        const isUnread = unread.has(one.id);
        if (isUnread) left -= 1;
        if (isUnread || isLess) yield one.id;
      }
    },

    withChanges: (clientId) => clients.get(clientId)?.changed ?? none,
    crowded: (clientId) => clients.get(clientId)?.crowded ?? none,
    clients: () => clients.size,
  };
};
