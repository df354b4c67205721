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
type Value<F extends Field> = NonNullable<ConversationRecord[F]>;

export interface ConversationRecords {
  readonly find: (id: string) => ConversationRecord | undefined;
  /** One field of all records, as a map. */
  readonly field: <F extends Field>(field: F) => Fields<Value<F>>;
  readonly cursors: Cursors;
}

type Fields<V> = Slots<V> & Pick<Map<string, V>, 'values'> & { readonly delete: (id: string) => void };

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

  const field = <F extends Field>(name: F): Fields<Value<F>> => {
    const filled = (): Map<string, Value<F>> => {
      const all = new Map<string, Value<F>>();
      for (const { id, [name]: value } of records.values()) if (value !== undefined) all.set(id, value);
      return all;
    };
    return {
      get: (id) => find(id)?.[name] as Value<F> | undefined,
      set: (id, value) => {
        made(id)[name] = value;
      },
      delete: (id) => {
        const record = find(id);
        if (record) record[name] = undefined;
      },
      keys: () => filled().keys(),
      values: () => filled().values(),
    };
  };

  /** The number of cursors. None is ever deleted. */
  let size = 0;
  return {
    find,
    field,
    cursors: {
      ...field('cursor'),
      // Every message passes here: the name of a field that varies would be slower.
      get: (id) => find(id)?.cursor,
      set: (id, cursor) => {
        const record = made(id);
        if (record.cursor === undefined) size += 1;
        record.cursor = cursor;
      },
      get size() {
        return size;
      },
    },
  };
};
