/** Messages of all conversations together, for the back end. */
import { breather } from '../breather.js';
import { Refusal } from '../domain/refusal.js';
import type { Bound, MovingStore, Store, StoredMessage } from '../store/store.js';

/** Which messages are wanted. */
export interface AcrossQuery {
  /** Only messages of this sender. Default: of everybody. */
  readonly sender?: string;
  readonly direction: 'old' | 'new';
  readonly from?: Bound;
  readonly to?: Bound;
  readonly limit: number;
}

/** Conversations that are looked at between two turns of others. */
const AT_ONCE = 100;
/** Messages that are looked at for one answer, at most. */
const MOST = 200_000;
/** Messages of a conversation that are read at once, where only those of a sender are wanted. */
const READ_AT_ONCE = 1_000;

const isMoving = (store: Store): store is MovingStore => 'conversationPage' in store;

/** Whether a message is before another one: by its time, then by its id. */
const isBefore = (a: StoredMessage, b: StoredMessage): boolean =>
  a.timestamp === b.timestamp ? a.id < b.id : a.timestamp < b.timestamp;

/**
 * The messages of all conversations that are nearest to the start of a page, oldest first. Each conversation is asked
 * only for messages that are nearer than those that were found. No index has the messages of a sender, so they are
 * looked for; if that takes too long, the query is refused with 4311.
 */
export const messagesAcross = async (
  store: Store,
  { sender, direction, from, to, limit }: AcrossQuery,
): Promise<readonly StoredMessage[]> => {
  if (!isMoving(store)) throw new Refusal(4311, 'this store can not list all conversations');
  const breathe = breather();
  const isOld = direction === 'old';
  /** Those that were found, the nearest first. */
  let found: readonly StoredMessage[] = [];
  let looked = 0;

  const lookAt = async (conversationId: string): Promise<void> => {
    let start = from;
    for (;;) {
      const last = found.length < limit ? undefined : found.at(-1);
      const end = last === undefined ? to : { timestamp: last.timestamp, id: last.id, included: false };
      const many = sender === undefined ? limit : READ_AT_ONCE;
      const page = await store.history({
        ...{ conversationId, direction, limit: many },
        ...(start === undefined ? {} : { from: start }),
        ...(end === undefined ? {} : { to: end }),
      });
      looked += page.length;
      if (looked > MOST)
        throw new Refusal(4311, `more than ${MOST} messages to look at: ask for a shorter time, by both of its ends`);
      const wanted = sender === undefined ? page : page.filter((message) => message.from === sender);
      if (wanted.length > 0)
        found = [...found, ...wanted].sort((a, b) => (isBefore(a, b) === isOld ? 1 : -1)).slice(0, limit);
      const next = isOld ? page[0] : page.at(-1);
      if (sender === undefined || page.length < many || next === undefined) return;
      start = { timestamp: next.timestamp, id: next.id, included: false };
      await breathe();
    }
  };

  let after: string | undefined;
  do {
    const page = await store.conversationPage(AT_ONCE, after);
    for (const { id } of page.conversations) await lookAt(id);
    after = page.next;
    await breathe();
  } while (after !== undefined);
  return isOld ? found.toReversed() : found;
};
