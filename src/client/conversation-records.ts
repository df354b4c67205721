/** What a client knows of each conversation that messages change: one record, so that a message looks up one thing. */
import type { Cursor } from '../session/inbox-state.js';
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

/** A field of all records, as a map. */
type Fields<V> = Slots<V> & Pick<Map<string, V>, 'delete' | 'values' | 'size'>;

export interface ConversationRecords {
  readonly find: (id: string) => ConversationRecord | undefined;
  readonly cursors: Fields<Cursor>;
  readonly lastMessages: Fields<Message>;
  readonly unread: Fields<UnreadState>;
  readonly events: Fields<Relay<ConversationEvent>>;
  readonly messages: Fields<Relay<Message>>;
  readonly open: Fields<true>;
}

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

  /** By functions: V8 is slow with the name of a field that varies. */
  const field = <V>(
    read: (record: ConversationRecord) => V | undefined,
    write: (record: ConversationRecord, value: V | undefined) => void,
  ): Fields<V> => {
    let size = 0;
    const filled = (): Map<string, V> => {
      const all = new Map<string, V>();
      for (const record of records.values()) {
        const value = read(record);
        if (value !== undefined) all.set(record.id, value);
      }
      return all;
    };
    return {
      get: (id) => {
        const record = find(id);
        return record && read(record);
      },
      set: (id, value) => {
        const record = made(id);
        if (read(record) === undefined) size += 1;
        write(record, value);
      },
      delete: (id) => {
        const record = find(id);
        if (record === undefined || read(record) === undefined) return false;
        write(record, undefined);
        size -= 1;
        return true;
      },
      keys: () => filled().keys(),
      values: () => filled().values(),
      get size() {
        return size;
      },
    };
  };

  return {
    find,
    cursors: field(
      ({ cursor }) => cursor,
      (record, cursor) => (record.cursor = cursor),
    ),
    lastMessages: field(
      ({ lastMessage }) => lastMessage,
      (record, message) => (record.lastMessage = message),
    ),
    unread: field(
      ({ unread }) => unread,
      (record, unread) => (record.unread = unread),
    ),
    events: field(
      ({ events }) => events,
      (record, events) => (record.events = events),
    ),
    messages: field(
      ({ messages }) => messages,
      (record, messages) => (record.messages = messages),
    ),
    open: field(
      ({ open }) => open,
      (record, open) => (record.open = open),
    ),
  };
};
