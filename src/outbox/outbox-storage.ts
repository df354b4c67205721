import * as t from 'io-ts';
import type { ObservableInput } from 'rxjs';
import { codecOf, type ValueOf } from '../../codecs/codec.js';
import { JsonObject, SafeInteger, record, type Codec } from '../../codecs/index.js';

const StoredOptions = record(
  'StoredOptions',
  {},
  {
    receipt: t.boolean,
    priority: t.keyof({ high: null, normal: null, low: null }),
    pushData: JsonObject,
    mentions: t.readonlyArray(t.string),
    mentionsAll: t.boolean,
  },
);

const storedSend = codecOf(
  record(
    'StoredSend',
    {
      /** Unique to the message; the server stores it once for each token. */
      token: t.string,
      conversationId: t.string,
      /** When it was accepted, ms since 1970 by the client's clock. */
      at: SafeInteger,
      /** Its place among those of its owner: smaller ones go out first. */
      sequence: SafeInteger,
      /** The body as the wire has it; with `bin`, `data` is base64 of bytes. */
      body: record('StoredBody', {}, { data: t.string, bin: t.boolean }),
      options: StoredOptions,
    },
    {},
  ),
);
/**
 * A message that waits, as a storage keeps it: plain data that goes through JSON and through the structured clone of browsers.
 * What a storage gives back is read by this codec; what it refuses is a fault, and is passed over.
 */
export interface StoredSend extends Readonly<ValueOf<typeof storedSend>> {}
export const StoredSend: Codec<StoredSend> = storedSend;

/**
 * Keeps the messages of outboxes beyond a reload, or the end of a process. `memoryOutbox`, `indexedDbOutbox` and `fileOutbox` (of `rx-realtime/node`) are three; one's own answers as whatever RxJS takes: a promise, an Observable, an array.
 *
 * `owner` names whose messages they are: an application and a client id, as text of any length. Two processes with one owner at a time both send what is kept; the token sees to it that the server stores it once.
 *
 * @example
 * const storage: OutboxStorage = {
 *   load: async (owner) => Object.values(JSON.parse(localStorage.getItem(owner) ?? '{}')),
 *   put: async (owner, message) => change(owner, (all) => ({ ...all, [message.token]: message })),
 *   remove: async (owner, token) => change(owner, ({ [token]: gone, ...rest }) => rest),
 * };
 */
export interface OutboxStorage {
  /** All that is kept of an owner, in any order; the first value counts. Asked once for each login; where there is none within `commandTimeout`, that is a fault, and the next login asks again. */
  readonly load: (owner: string) => ObservableInput<readonly unknown[]>;
  /** Keeps a message. It is accepted when this completes, not before; an error, or no answer within `commandTimeout`, fails its send with `StorageFailed`; what is kept after that is removed. */
  readonly put: (owner: string, message: StoredSend) => ObservableInput<unknown>;
  /** Forgets a message that was sent, refused, expired or withdrawn; nothing happens where there is none. */
  readonly remove: (owner: string, token: string) => ObservableInput<unknown>;
}
