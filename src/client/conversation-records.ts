/** What a client knows of each conversation that messages change: one record, so that a message looks up one thing. */
import type { ConversationEvent, Message, UnreadState } from '../../streams/index.js';
import type { Slots } from '../../streams/keyed-state.js';
import type { Relay } from '../../streams/relay.js';

/** Changed in place. */
interface ConversationRecord {
  readonly id: string;
  lastMessage: Message | undefined;
  unread: UnreadState | undefined;
  /** The streams that somebody watches. */
  events: Relay<ConversationEvent> | undefined;
  messages: Relay<Message> | undefined;
}

type Field = Exclude<keyof ConversationRecord, 'id'>;

export interface ConversationRecords {
  readonly find: (id: string) => ConversationRecord | undefined;
  /** One field of all records, as a map. */
  readonly field: <F extends Field>(field: F) => Fields<NonNullable<ConversationRecord[F]>>;
}

type Fields<V> = Slots<V> & Pick<Map<string, V>, 'delete' | 'values'>;

/** A record stays, as the position of its conversation does. */
export const conversationRecords = (): ConversationRecords => {
  const records = new Map<string, ConversationRecord>();
  /** All parts look the same conversation up, one after the other. */
  let last: ConversationRecord | undefined;

  const find = (id: string): ConversationRecord | undefined => {
    if (last?.id === id) return last;
    last = records.get(id);
    return last;
  };

  return {
    find,
    field: <F extends Field>(field: F): Fields<NonNullable<ConversationRecord[F]>> => {
      type V = NonNullable<ConversationRecord[F]>;
      const filled = (): [string, V][] =>
        [...records.values()].flatMap(({ id, [field]: value }) =>
          value === undefined ? [] : [[id, value] satisfies [string, V]],
        );
      return {
        get: (id) => find(id)?.[field] as V | undefined,
        set: (id, value) => {
          last = find(id) ?? { id, lastMessage: undefined, unread: undefined, events: undefined, messages: undefined };
          last[field] = value;
          records.set(id, last);
        },
        delete: (id) => {
          const record = find(id);
          if (record !== undefined) record[field] = undefined;
          return true;
        },
        keys: () => new Map(filled()).keys(),
        values: () => new Map(filled()).values(),
      };
    },
  };
};
