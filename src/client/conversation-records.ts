/** What a client knows of each conversation that messages change: one record, so that a message looks up one thing. */
import type { Cursor, Cursors } from '../session/inbox-state.js';
import type { ConversationEvent, Message, UnreadState } from '../../streams/index.js';
import type { Slots } from '../../streams/keyed-state.js';
import type { Relay } from '../../streams/relay.js';

/** Changed in place. */
interface ConversationRecord {
  readonly id: string;
  cursor: Cursor | undefined;
  lastMessage: Message | undefined;
  unread: UnreadState | undefined;
  /** The streams that somebody watches. */
  events: Relay<ConversationEvent> | undefined;
  messages: Relay<Message> | undefined;
  /** No messages are held any more. */
  open: true | undefined;
}

type Field = Exclude<keyof ConversationRecord, 'id'>;

export interface ConversationRecords {
  readonly find: (id: string) => ConversationRecord | undefined;
  /** One field of all records, as a map. */
  readonly field: <F extends Field>(field: F) => Fields<NonNullable<ConversationRecord[F]>>;
  /** The cursors of all records, as a map. */
  readonly cursors: Cursors;
}

type Fields<V> = Slots<V> & Pick<Map<string, V>, 'delete' | 'values' | 'size'>;

/** A record stays, as the position of its conversation does. */
export const conversationRecords = (): ConversationRecords => {
  const records = new Map<string, ConversationRecord>();
  /** All parts look the same conversation up, one after the other. */
  let last: ConversationRecord | undefined;

  const find = (id: string): ConversationRecord | undefined => (last?.id === id ? last : (last = records.get(id)));

  const made = (id: string): ConversationRecord => {
    const found = find(id);
    if (found !== undefined) return found;
    last = {
      id,
      cursor: undefined,
      lastMessage: undefined,
      unread: undefined,
      events: undefined,
      messages: undefined,
      open: undefined,
    };
    records.set(id, last);
    return last;
  };

  const fieldOf = <F extends Field>(field: F): Fields<NonNullable<ConversationRecord[F]>> => {
    type V = NonNullable<ConversationRecord[F]>;
    let size = 0;
    const filled = (): [string, V][] =>
      [...records.values()].flatMap(({ id, [field]: value }) =>
        value === undefined ? [] : [[id, value] satisfies [string, V]],
      );
    return {
      get: (id) => find(id)?.[field] as V | undefined,
      set: (id, value) => {
        const record = made(id);
        if (record[field] === undefined) size += 1;
        record[field] = value;
      },
      delete: (id) => {
        const record = find(id);
        if (record?.[field] === undefined) return false;
        record[field] = undefined;
        size -= 1;
        return true;
      },
      keys: () => new Map(filled()).keys(),
      values: () => new Map(filled()).values(),
      get size() {
        return size;
      },
    };
  };

  const cursors = fieldOf('cursor');
  return {
    find,
    field: fieldOf,
    // Without the name of the field, which is faster.
    cursors: Object.assign(cursors, { get: (id: string) => find(id)?.cursor }),
  };
};
