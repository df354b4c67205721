/** Reads arriving entries in the order of their conversation. All entries take this way into the log. */
import { Subject, defer, filter, finalize, map, type OperatorFunction } from 'rxjs';
import { concatMapByKey, type Projected } from '../../streams/index.js';
import { waitsForNothing, type InboxInput, type Policy, type Task } from './inbox-state.js';
import { readMessage, toMessage, withMessage, type MessageReader, type RawEntry } from './message-reader.js';
import { weightOf } from './weight.js';

type Limits = Pick<Policy['limits'], 'waiting' | 'waitingBytes'>;

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

/** An entry, and how much it counts while it waits. */
interface Waiting {
  readonly told: Told;
  readonly weight: number;
}

const weightIn = (told: Told): number => {
  if (told._tag === 'Raw') return told.id.length + (told.content.msg ?? told.content.binaryMsg ?? '').length;
  return 'conversationId' in told && told._tag !== 'Lost' && !waitsForNothing(told) ? weightOf(told as Task) : 0;
};

/** Own messages and barriers are few, and somebody waits for them. */
const isDroppable = (told: Told): boolean =>
  told._tag !== 'Barrier' && !(told._tag === 'Message' && told.origin === 'sent');

const timeOf = (told: Told): number =>
  told._tag === 'Raw' && told.becomes === 'Message' && !told.transient ? told.wire.timestamp : -Infinity;

/** Reads with the plugins, which may be asynchronous. What does not fit is dropped, until the conversation is read. */
const readLater =
  (reader: MessageReader, limits: Limits): OperatorFunction<Told, InboxInput> =>
  (told$) =>
    defer(() => {
      let [count, bytes] = [0, 0];
      /** By conversation. Each one waits in its place. */
      const lost = new Map<string, Extract<InboxInput, { _tag: 'Lost' }>>();
      const leave = (weight: number): void => {
        count -= 1;
        bytes -= weight;
      };
      const enter = (told: Told): Waiting | undefined => {
        const id = conversationOf(told);
        const weight = weightIn(told);
        const before = lost.get(id ?? '');
        const isFull = count >= limits.waiting || bytes + weight > limits.waitingBytes;
        if (id === undefined || !isDroppable(told) || !(isFull || before)) {
          count += 1;
          bytes += weight;
          return { told, weight };
        }
        const now = before ?? { _tag: 'Lost', conversationId: id, upTo: -Infinity };
        now.upTo = Math.max(now.upTo, timeOf(told));
        if (before) return undefined;
        lost.set(id, now);
        count += 1;
        return { told: now, weight: 0 };
      };
      return told$.pipe(
        map(enter),
        filter((waiting) => waiting !== undefined),
        concatMapByKey(
          ({ told }) => conversationOf(told),
          ({ told, weight }): Projected<InboxInput> => {
            if (told._tag === 'Raw')
              return {
                later: readMessage(reader, told).pipe(
                  map((message) => withMessage(told, message)),
                  finalize(() => leave(weight)),
                ),
              };
            leave(weight);
            if (told._tag === 'Lost') lost.delete(told.conversationId);
            return { now: told };
          },
        ),
      );
    });

/**
 * Decodes the messages in the entries. Without plugins it is synchronous. With plugins, the messages of one
 * conversation are read one after the other, and its other entries wait behind them, as many as the limits say. Actions
 * of this client don't wait.
 */
export const readInOrder = (reader: MessageReader, limits: Limits): OperatorFunction<Told, InboxInput> =>
  reader.pipeline === undefined ? map(readNow(reader)) : readLater(reader, limits);

/** The same by calls: reads an entry that is told, and passes it on. The second result ends the plugins' work. */
export const readingInOrder = (
  reader: MessageReader,
  limits: Limits,
  pass: (input: InboxInput) => void,
): readonly [(told: Told) => void, () => void] => {
  if (reader.pipeline === undefined) {
    const read = readNow(reader);
    return [(told) => pass(read(told)), () => undefined];
  }
  const told = new Subject<Told>();
  const reading = told.pipe(readLater(reader, limits)).subscribe(pass);
  return [(entry) => told.next(entry), () => reading.unsubscribe()];
};
