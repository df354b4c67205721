/** The one way into the log: what arrives is read, in the order of each conversation. */
import type { Observable } from 'rxjs';
import { concatMapByKey, type Projected } from '../../streams/index.js';
import { waitsForNothing, type InboxInput } from './inbox-state.js';
import { readEntry, type MessageReader, type RawEntry } from './message-reader.js';

/** What is told to the log. */
export type Told = RawEntry | InboxInput;

/** What waits for the plug-ins holds back what comes behind it of the same conversation. */
const conversationOf = (told: Told): string | undefined =>
  'conversationId' in told && !waitsForNothing(told) ? told.conversationId : undefined;

/**
 * Reads the messages in what is told: at once, or where plug-ins take their time those of one conversation one after the other, with all
 * else that is told of it behind them. What this client does itself waits for nothing.
 */
export const readInOrder =
  (reader: MessageReader) =>
  (told$: Observable<Told>): Observable<InboxInput> =>
    told$.pipe(
      concatMapByKey(conversationOf, (told): Projected<InboxInput> => (told._tag === 'Raw' ? readEntry(reader, told) : { now: told })),
    );
