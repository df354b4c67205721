/** What a client knows of each conversation that messages change: one record, so that a message looks up one thing. */
import type { Subject } from 'rxjs';
import type { ConversationEvent, Message, UnreadState } from '../../streams/index.js';
import type { Slots } from '../../streams/keyed-state.js';

/** Changed in place. */
export interface ConversationRecord {
  readonly id: string;
  lastMessage: Message | undefined;
  unread: UnreadState | undefined;
  /** The streams that somebody watches. */
  events: Subject<ConversationEvent> | undefined;
  messages: Subject<Message> | undefined;
}

type Field = Exclude<keyof ConversationRecord, 'id'>;

export interface ConversationRecords {
  readonly find: (id: string) => ConversationRecord | undefined;
  /** One field of all records, as a map. Removing the last field removes the record. */
  readonly field: <F extends Field>(field: F) => Fields<NonNullable<ConversationRecord[F]>>;
}

type Fields<V> = Slots<V> & Pick<Map<string, V>, 'delete' | 'values'>;

export const conversationRecords = (): ConversationRecords => {
  const records = new Map<string, ConversationRecord>();
  /** All parts look the same conversation up, one after the other. */
  let last: ConversationRecord | undefined;

  const find = (id: string): ConversationRecord | undefined => {
    if (last?.id === id) return last;
    const found = records.get(id);
    if (found !== undefined) last = found;
    return found;
  };

  const at = (id: string): ConversationRecord => {
    const found = find(id);
    if (found !== undefined) return found;
    last = { id, lastMessage: undefined, unread: undefined, events: undefined, messages: undefined };
    records.set(id, last);
    return last;
  };

  const isEmpty = ({ lastMessage, unread, events, messages }: ConversationRecord): boolean =>
    lastMessage === undefined && unread === undefined && events === undefined && messages === undefined;

  return {
    find,
    field: <F extends Field>(field: F): Fields<NonNullable<ConversationRecord[F]>> => {
      type V = NonNullable<ConversationRecord[F]>;
      function* filled<T>(pick: (record: ConversationRecord, value: V) => T): MapIterator<T> {
        for (const record of records.values()) {
          const value = record[field];
          if (value !== undefined) yield pick(record, value);
        }
      }
      return {
        get: (id) => find(id)?.[field] as V | undefined,
        set: (id, value) => {
          at(id)[field] = value;
        },
        delete: (id) => {
          const record = find(id);
          if (record?.[field] === undefined) return false;
          record[field] = undefined;
          if (isEmpty(record)) {
            records.delete(id);
            last = undefined;
          }
          return true;
        },
        keys: () => filled(({ id }) => id),
        values: () => filled((_, value) => value),
      };
    },
  };
};
