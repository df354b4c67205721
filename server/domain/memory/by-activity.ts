/** The conversations of members in the order of their activity, for members that have asked for it. */
import { sortedList, type SortedList } from './sorted-list.js';

export interface ByActivity {
  /** The ids of a member's conversations, the latest activity first: `limit` of them, after the first `skip`. */
  readonly page: (clientId: string, skip: number, limit: number) => readonly string[];
  /** There may be something new in a conversation for these members, for example that they are its members. */
  readonly touch: (id: string, members: ReadonlySet<string>) => void;
}

interface Options {
  /** The conversations of a member. */
  readonly of: (clientId: string) => ReadonlySet<string>;
  /** A conversation as it is now; undefined if it does not count. */
  readonly look: (id: string) => Activity | undefined;
  readonly now: () => number;
}

/** When a conversation was active last, was created, and will end, ms. */
interface Activity {
  readonly activeAt: number;
  readonly createdAt: number;
  readonly end: number;
}

interface Entry extends Activity {
  readonly id: string;
}

interface Index {
  readonly entries: SortedList<Entry>;
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

/** A page costs what it has, and what has changed since the page before. */
export const byActivity = ({ of, look, now }: Options): ByActivity => {
  /** By member; the one that was asked for last is the last one. */
  const indexes = new Map<string, Index>();
  let kept = 0;

  const drop = (clientId: string): void => {
    kept -= indexes.get(clientId)?.byId.size ?? 0;
    indexes.delete(clientId);
  };

  /** Adds what is known of a conversation, if it counts. */
  const note = ({ byId }: Pick<Index, 'byId'>, id: string): Entry | undefined => {
    const activity = look(id);
    if (activity === undefined) return undefined;
    const entry = { id, ...activity };
    byId.set(id, entry);
    return entry;
  };

  const build = (clientId: string): Index => {
    const byId = new Map<string, Entry>();
    let until = Infinity;
    for (const id of of(clientId)) until = Math.min(until, note({ byId }, id)?.end ?? Infinity);
    return { entries: sortedList(byId.values(), compare), byId, touched: new Set(), until };
  };

  /** Puts what has changed into its place. */
  const renew = (clientId: string, index: Index): void => {
    const { entries, byId, touched } = index;
    const members = of(clientId);
    for (const id of touched) {
      const before = byId.get(id);
      if (before !== undefined) entries.remove(before);
      byId.delete(id);
      const after = members.has(id) ? note(index, id) : undefined;
      if (after === undefined) continue;
      entries.add(after);
      index.until = Math.min(index.until, after.end);
    }
    touched.clear();
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
      return index.entries.page(skip, limit).map(({ id }) => id);
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
