/** Looks for conversations with the steps of a query, a page at a time. */
import type { ConversationInfo, ConversationKind } from '../../../codecs/index.js';
import { breather } from '../../breather.js';
import { DEFAULT_STEPS } from '../../domain/query/budget.js';
import { selecting } from '../../domain/query/select.js';
import { whereIds, whereKind, whereMember, withoutMember } from '../../domain/query/where.js';
import type { ConversationSearch } from '../../domain/records.js';
import type { MemoryStoreOptions } from '../memory.js';
import type { Store } from '../store.js';
import type { ConversationCursor, ReadCalls, ResultOf } from './calls.js';

/** Conversations that a query reads at once. */
const READ_AT_ONCE = 50;
/** Conversations whose ids a query reads at once. */
const IDS_AT_ONCE = 1_000;

/** A read, on whichever connection. */
export type Read = <N extends keyof ReadCalls>(name: N, ...args: Parameters<ReadCalls[N]>) => Promise<ResultOf<N>>;

/** The ids of the newest conversations of some kinds, at most so many of each. */
const newestIds = async function* (
  read: Read,
  kinds: readonly (ConversationKind | undefined)[],
  atMost: number,
): AsyncGenerator<string> {
  for (const kind of kinds) {
    let after: ConversationCursor | undefined;
    for (let left = atMost; left > 0;) {
      const page: readonly ConversationCursor[] = await read(
        'conversationIds',
        kind,
        after,
        Math.min(left, IDS_AT_ONCE),
      );
      for (const { id } of page) yield id;
      after = page.at(-1);
      left -= page.length;
      if (page.length < IDS_AT_ONCE) break;
    }
  }
};

/** The conversations that a query without ids and members looks at: see `visible` of the store in memory. */
const visibleIds = async function* (
  read: Read,
  { where, viewer }: ConversationSearch,
  atMost: number,
): AsyncGenerator<string> {
  const kind = whereKind(where);
  if (viewer === undefined) {
    yield* newestIds(read, [kind], Infinity);
    return;
  }
  const seen = new Set(kind === undefined ? await read('idsOfMember', viewer.clientId) : []);
  yield* seen;
  const others = viewer.seesOrdinary
    ? (['ordinary', 'temporary', 'room', 'system'] as const)
    : (['room', 'system'] as const);
  for await (const id of newestIds(read, kind === undefined ? others : [kind], atMost)) if (!seen.has(id)) yield id;
};

export const finding = (
  read: Read,
  { querySteps = DEFAULT_STEPS, queriedConversations = 5_000 }: MemoryStoreOptions,
): Store['find'] => {
  /** Looks at conversations one after the other, and lets others have their turn in between. */
  const select = async (
    search: ConversationSearch & { readonly needsMembers?: boolean },
    ids: AsyncIterable<string> | Iterable<string>,
  ): Promise<readonly ConversationInfo[]> => {
    const selection = selecting(search, querySteps);
    const breathe = breather();
    // The members of a system conversation are shown to the back end only, and may be many.
    const but = search.viewer === undefined ? undefined : 'system';
    let some: string[] = [];
    const look = async (): Promise<void> => {
      const wanted = some;
      some = [];
      selection.spend(wanted.length);
      for (const info of await read('conversations', wanted, but)) selection.add(info);
      await breathe();
    };
    for await (const id of ids) if (some.push(id) >= READ_AT_ONCE) await look();
    await look();
    return selection.result();
  };

  return async (search) => {
    const { where } = search;
    const [ids, member] = [whereIds(where), whereMember(where)];
    if (ids !== undefined || member === undefined)
      return select(search, ids ?? visibleIds(read, search, queriedConversations));
    // All of these have the member, so their lists of members need not be searched.
    const rest = { ...search, where: withoutMember(where, member), needsMembers: true };
    return select(rest, await read('idsOfMember', member));
  };
};
