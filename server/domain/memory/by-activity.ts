/** The conversations of members in the order of their activity, for members that have asked for it. */
import type { ConversationInfo } from '../../../codecs/index.js';

export interface ByActivity {
  /** The ids of a member's conversations, the latest activity first: `limit` of them, after the first `skip`. */
  readonly page: (clientId: string, skip: number, limit: number) => readonly string[];
  /** There may be something new in a conversation for these members, for example that they are its members. */
  readonly touch: (id: string, members: ReadonlySet<string>) => void;
}

interface Options {
  /** The conversations of a member. */
  readonly of: (clientId: string) => ReadonlySet<string>;
  /** A conversation as it is now, and when it ends, ms; undefined if it does not count. */
  readonly look: (id: string) => readonly [info: ConversationInfo, end: number] | undefined;
  readonly now: () => number;
}

interface Entry {
  readonly id: string;
  readonly activeAt: number;
  readonly createdAt: number;
}

interface Index {
  entries: readonly Entry[];
  readonly byId: Map<string, Entry>;
  /** Conversations that may have changed since. */
  readonly touched: Set<string>;
  /** Before this time none of the conversations ends, ms. */
  until: number;
}

/** How many conversations are kept in all indexes. The index that was asked for longest ago goes first. */
const KEPT = 200_000;
/** If more than this part of an index has changed, it is sorted anew. */
const FEW = 16;

/** Latest activity first, then the latest creation, as the lists of clients ask for it. */
const compare = (a: Entry, b: Entry): number =>
  b.activeAt - a.activeAt || b.createdAt - a.createdAt || (a.id < b.id ? -1 : Number(a.id > b.id));

const placeOf = (entries: readonly Entry[], entry: Entry): number => {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = entries[middle];
    if (other !== undefined && compare(other, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** A page costs what it has, and what has changed since the page before. */
export const byActivity = ({ of, look, now }: Options): ByActivity => {
  /** By member; the one that was asked for last is the last one. */
  const indexes = new Map<string, Index>();
  let kept = 0;

  const drop = (clientId: string): void => {
    kept -= indexes.get(clientId)?.byId.size ?? 0;
    indexes.delete(clientId);
  };

  const entryOf = (index: Index, id: string): Entry | undefined => {
    const looked = look(id);
    if (looked === undefined) return undefined;
    const [{ lastMessageAt, createdAt = 0 }, end] = looked;
    index.until = Math.min(index.until, end);
    return { id, activeAt: lastMessageAt ?? createdAt, createdAt };
  };

  const build = (clientId: string): Index => {
    const index: Index = { entries: [], byId: new Map(), touched: new Set(), until: Infinity };
    for (const id of of(clientId)) {
      const entry = entryOf(index, id);
      if (entry !== undefined) index.byId.set(id, entry);
    }
    index.entries = [...index.byId.values()].sort(compare);
    return index;
  };

  /** Puts what has changed into its place. */
  const renew = (clientId: string, index: Index): void => {
    const entries = index.entries.slice();
    const members = of(clientId);
    for (const id of index.touched) {
      const before = index.byId.get(id);
      if (before !== undefined) entries.splice(placeOf(entries, before), 1);
      index.byId.delete(id);
      const after = members.has(id) ? entryOf(index, id) : undefined;
      if (after === undefined) continue;
      entries.splice(placeOf(entries, after), 0, after);
      index.byId.set(id, after);
    }
    index.touched.clear();
    index.entries = entries;
  };

  return {
    page: (clientId, skip, limit) => {
      let index = indexes.get(clientId);
      drop(clientId);
      if (index === undefined || index.until <= now() || index.touched.size > index.byId.size / FEW)
        index = build(clientId);
      else if (index.touched.size > 0) renew(clientId, index);
      indexes.set(clientId, index);
      kept += index.byId.size;
      for (const oldest of indexes.keys()) {
        if (kept <= KEPT || oldest === clientId) break;
        drop(oldest);
      }
      return index.entries.slice(skip, skip + limit).map(({ id }) => id);
    },
    touch: (id, members) => {
      if (indexes.size < members.size) {
        for (const [clientId, { touched, byId }] of indexes) if (members.has(clientId) || byId.has(id)) touched.add(id);
      } else for (const member of members) indexes.get(member)?.touched.add(id);
    },
  };
};

/** Whether an order of conversations is the one that the index has. */
export const isByActivity = (sort: string): boolean => sort === '-lm' || sort === '-lm,-createdAt';
