/** Marks that a client sends without waiting for an answer: that messages have arrived, and that they were read. */
import { concatMap, filter, map, type Observable, type OperatorFunction } from 'rxjs';
import type { ClientCommand } from '../../codecs/index.js';
import type { ClientEvent } from '../../streams/index.js';
import type { Clock } from '../clock.js';
import { coalesce } from './coalesce.js';

export interface MarkOptions {
  /** Whether the session is open. */
  readonly open$: Observable<boolean>;
  readonly clock: Clock;
}

/** At most one batch a second, as the protocol's own clients do. In ms. */
const PERIOD = 1_000;

/** Changed in place, because one message after the other extends it. */
interface Range {
  readonly conversationId: string;
  from: number;
  to: number;
}

const reaching = (range: Range, from: number, to: number): Range => {
  if (from < range.from) range.from = from;
  if (to > range.to) range.to = to;
  return range;
};
const join = (range: Range, { from, to }: Range): Range => reaching(range, from, to);

type Arrival = Extract<ClientEvent, { _tag: 'Message' }>;

/**
 * Acknowledges the messages of a log: stored messages from others, as ranges of time for each conversation (protocol:
 * ack).
 *
 * @param self the client's own id
 * @param acknowledged false for conversations without acknowledgements, which are chat rooms
 */
export const acknowledgements =
  (
    self: string,
    acknowledged: (conversationId: string) => boolean,
    { open$, clock }: MarkOptions,
  ): OperatorFunction<ClientEvent, ClientCommand> =>
  (log$) =>
    log$.pipe(
      filter((event) => event._tag === 'Message'),
      coalesce<Arrival, Range>({
        keyOf: ({ conversationId, message }) =>
          message.from === self || message.transient ? undefined : conversationId,
        fold: (range, { conversationId, message: { timestamp } }) =>
          range === undefined
            ? { conversationId, from: timestamp, to: timestamp }
            : reaching(range, timestamp, timestamp),
        join,
        open$,
        period: PERIOD,
        clock,
      }),
      concatMap((ranges) =>
        ranges
          .filter(({ conversationId }) => acknowledged(conversationId))
          .map(({ conversationId, from, to }): ClientCommand => ({
            cmd: 'ack',
            ackMessage: { cid: conversationId, fromts: from, tots: to },
          })),
      ),
    );

type ReadMark = Extract<ClientEvent, { _tag: 'ReadMark' }>;

const later = (a: ReadMark | undefined, b: ReadMark): ReadMark => (a !== undefined && a.at > b.at ? a : b);

/** The read marks of a log as commands. One command has all conversations of a batch (protocol: read). */
export const readMarks =
  ({ open$, clock }: MarkOptions): OperatorFunction<ClientEvent, ClientCommand> =>
  (log$) =>
    log$.pipe(
      filter((event) => event._tag === 'ReadMark'),
      coalesce<ReadMark, ReadMark>({
        keyOf: ({ conversationId }) => conversationId,
        fold: later,
        join: later,
        open$,
        period: PERIOD,
        clock,
      }),
      map((marks): ClientCommand => ({
        cmd: 'read',
        readMessage: { convs: marks.map(({ conversationId, at }) => ({ cid: conversationId, timestamp: at })) },
      })),
    );
