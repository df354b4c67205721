/** Reads arriving entries in the order of their conversation. All entries take this way into the log. */
import { map, type OperatorFunction } from 'rxjs';
import { concatMapByKey, type Projected } from '../../streams/index.js';
import { waitsForNothing, type InboxInput } from './inbox-state.js';
import { readMessage, toMessage, withMessage, type MessageReader, type RawEntry } from './message-reader.js';

/** An entry on its way into the log. */
export type Told = RawEntry | InboxInput;

/**
 * The conversation of an entry. An entry that waits for plugins holds back later entries of the same conversation.
 */
const conversationOf = (told: Told): string | undefined =>
  'conversationId' in told && !waitsForNothing(told) ? told.conversationId : undefined;

/** Reads synchronously. */
const readNow =
  (reader: MessageReader) =>
  (told: Told): InboxInput =>
    told._tag === 'Raw' ? withMessage(told, toMessage(reader, told)) : told;

/** Reads with the plugins, which may be asynchronous. */
const readLater =
  (reader: MessageReader) =>
  (told: Told): Projected<InboxInput> =>
    told._tag === 'Raw'
      ? { later: readMessage(reader, told).pipe(map((message) => withMessage(told, message))) }
      : { now: told };

/**
 * Decodes the messages in the entries. Without plugins it is synchronous. With plugins, the messages of one
 * conversation are read one after the other, and its other entries wait behind them. Actions of this client don't
 * wait.
 */
export const readInOrder = (reader: MessageReader): OperatorFunction<Told, InboxInput> =>
  reader.pipeline === undefined ? map(readNow(reader)) : concatMapByKey(conversationOf, readLater(reader));
