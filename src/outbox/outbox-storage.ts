import * as c from '../../codecs/type.js';
import type { Observable, ObservableInput } from 'rxjs';
import { codecOf, type ValueOf } from '../../codecs/codec.js';
import { JsonObject, SafeInteger, record, type Codec } from '../../codecs/index.js';

const StoredOptions = record(
  'StoredOptions',
  {},
  {
    receipt: c.boolean,
    priority: c.keyof({ high: null, normal: null, low: null }),
    pushData: JsonObject,
    mentions: c.readonlyArray(c.string),
    mentionsAll: c.boolean,
  },
);

const storedSend = codecOf(
  record(
    'StoredSend',
    {
      /** Unique to the message. The server stores one message for each token. */
      token: c.string,
      conversationId: c.string,
      /** When the outbox accepted the message, ms since 1970 by the clock of the client. */
      at: SafeInteger,
      /** The place of the message among those of its owner: smaller numbers are sent first. */
      sequence: SafeInteger,
      /** The body as it is sent. With `bin`, `data` is base64. */
      body: record('StoredBody', {}, { data: c.string, bin: c.boolean }),
      options: StoredOptions,
    },
    {
      /** The messages of a batch are claimed together. Default: the batch of all messages without one. */
      batch: c.string,
    },
  ),
);
/**
 * A message that waits, as a storage keeps it: plain data that goes through JSON and through the structured clone of
 * browsers. What a storage gives back is read by this codec; what it refuses is a fault, and is passed over.
 */
export interface StoredSend extends Readonly<ValueOf<typeof storedSend>> {}
/** The codec of stored messages, for a storage of your own. */
export const StoredSend: Codec<StoredSend> = storedSend;

/**
 * Stores the messages of outboxes, so that they outlive a reload or the end of a process. The SDK has three:
 * `memoryOutbox`, `indexedDbOutbox`, and `fileOutbox` of `rx-realtime/node`. Your own may answer with anything that
 * RxJS accepts as an `ObservableInput`: a promise, an Observable, an array.
 *
 * `owner` is the application and the client id as one text of any length. Several clients may have the same owner at
 * the same time, such as two tabs of a browser. With `claim`, one of them sends a message.
 *
 * @example
 * const storage: OutboxStorage = {
 *   load: async (owner) => Object.values(JSON.parse(localStorage.getItem(owner) ?? '{}')),
 *   put: async (owner, message) => change(owner, (all) => ({ ...all, [message.token]: message })),
 *   remove: async (owner, token) => change(owner, ({ [token]: gone, ...rest }) => rest),
 * };
 */
export interface OutboxStorage {
  /**
   * All messages of an owner, in any order. The first value counts. Called for each login; with `claim`, for each
   * reconnect and for messages whose client has gone, too. No answer within `commandTimeout` is a fault; the next call
   * asks again.
   */
  readonly load: (owner: string) => ObservableInput<readonly unknown[]>;
  /**
   * Stores a message. The outbox accepts the message when this completes. An error, or no answer within
   * `commandTimeout`, fails the send with `StorageFailed`. A message that is stored after that is removed.
   */
  readonly put: (owner: string, message: StoredSend) => ObservableInput<unknown>;
  /**
   * What went wrong in the storage without failing a message. Each value becomes an `Outbox` fault of every client
   * that uses the storage. Hot or cold; it may replay. Default: nothing.
   */
  readonly faults$?: Observable<unknown>;
  /**
   * Claims a batch of messages, by its id, for this client: there may be messages of it, or will be. Emits `true` when
   * the client has the batch, and `false` before, if another client that lives has it. The first messages of a login
   * wait for this answer, so that they don't overtake those of a page that is just being closed. The claim lasts until
   * it is unsubscribed, or until the page or the process has gone; then the next client that waits has it. Never
   * completes. Default: nothing is claimed, so each client sends all messages that it finds. The server stores each of
   * them once, because its token stays the same.
   */
  readonly claim?: (owner: string, batch: string) => Observable<boolean>;
  /** Removes a message that was sent, refused, withdrawn or has expired. Does nothing if there is none. */
  readonly remove: (owner: string, token: string) => ObservableInput<unknown>;
}
