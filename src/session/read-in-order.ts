/** The one way into the log: what arrives is read, in the order of each conversation. */
import { map, type OperatorFunction } from 'rxjs';
import { concatMapByKey, type Projected } from '../../streams/index.js';
import { waitsForNothing, type InboxInput } from './inbox-state.js';
import { readMessage, toMessage, withMessage, type MessageReader, type RawEntry } from './message-reader.js';

/** What is told to the log. */
export type Told = RawEntry | InboxInput;

/** What waits for the plug-ins holds back what comes behind it of the same conversation. */
const conversationOf = (told: Told): string | undefined =>
  'conversationId' in told && !waitsForNothing(told) ? told.conversationId : undefined;

/** Reads at once. */
const readNow =
  (reader: MessageReader) =>
  (told: Told): InboxInput =>
    told._tag === 'Raw' ? withMessage(told, toMessage(reader, told)) : told;

/** Reads through the plug-ins, which may take their time. */
const readLater =
  (reader: MessageReader) =>
  (told: Told): Projected<InboxInput> =>
    told._tag === 'Raw'
      ? { later: readMessage(reader, told).pipe(map((message) => withMessage(told, message))) }
      : { now: told };

/**
 * Reads the messages in what is told: at once, or where plug-ins take their time those of one conversation one after
 * the other, with all else that is told of it behind them. What this client does itself waits for nothing.
 */
export const readInOrder = (reader: MessageReader): OperatorFunction<Told, InboxInput> =>
  reader.pipeline === undefined ? map(readNow(reader)) : concatMapByKey(conversationOf, readLater(reader));
