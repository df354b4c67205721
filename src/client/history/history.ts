/** A page of a conversation's history. */
import { defer, map, mergeMap, type Observable } from 'rxjs';
import { Logs, type MessageType } from '../../../codecs/index.js';
import { defined } from '../../../codecs/defined.js';
import type { Message, Position } from '../../../streams/index.js';
import { InvalidArgument } from '../../errors.js';
import { readHistory } from '../../session/push-events.js';
import type { MissedPage } from '../../session/catch-up.js';
import type { MessageReader } from '../../session/message-reader.js';
import { refuse, type Link } from '../link.js';

/** A place in history: a message (or its position), or a time in ms since 1970. */
export type Place = Position | number;

/** Which stretch of history, and which way. */
export interface HistoryRange {
  /** Only what is older. */
  readonly before?: Place;
  /** Also what is there itself. Default false. */
  readonly beforeIncluded?: boolean;
  /** Only what is newer. */
  readonly after?: Place;
  /** Also what is there itself. Default false. */
  readonly afterIncluded?: boolean;
  /**
   * Where to start: with the newest of the stretch (`backward`), or with the oldest. Default: `forward` where only
   * `after` is given.
   */
  readonly direction?: 'backward' | 'forward';
  /** Only messages of this type. */
  readonly type?: MessageType;
}

export interface HistoryOptions extends HistoryRange {
  /** How many messages at most: 1 to 1,000. Default 20. */
  readonly limit?: number;
}

export const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1_000;
const DIRECTIONS = { backward: 1, forward: 2 } as const;

export const directionOf = ({ before, after, direction }: HistoryRange): 'backward' | 'forward' =>
  direction ?? (after !== undefined && before === undefined ? 'forward' : 'backward');

const timeOf = (place: Place): number => (typeof place === 'number' ? place : place.timestamp);

const idOf = (place: Place): string | undefined =>
  typeof place === 'number' || place.id === '' ? undefined : place.id;

const problemWith = ({ limit = DEFAULT_LIMIT, before, after }: HistoryOptions): string | undefined => {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    return `a page of history should have from 1 to ${String(MAX_LIMIT)} messages, but is to have ${String(limit)}`;
  const wrong = [before, after]
    .filter((place) => place !== undefined)
    .find((place) => !Number.isSafeInteger(timeOf(place)));
  return wrong === undefined ? undefined : 'a place in history should be a message, or a time in whole ms since 1970';
};

/** The bounds as the protocol has them: where the query starts, and where it ends. */
const boundsOf = (range: HistoryRange): object => {
  const { before, beforeIncluded = false, after, afterIncluded = false } = range;
  const [start, startIncluded, end, endIncluded] =
    directionOf(range) === 'backward'
      ? [before, beforeIncluded, after, afterIncluded]
      : [after, afterIncluded, before, beforeIncluded];
  return {
    ...(start === undefined ? {} : { t: timeOf(start), tIncluded: startIncluded }),
    ...(end === undefined ? {} : { tt: timeOf(end), ttIncluded: endIncluded }),
    ...defined({ mid: start === undefined ? undefined : idOf(start), tmid: end === undefined ? undefined : idOf(end) }),
  };
};

/** Cold: one page, oldest message first, then completes (protocol: logs). */
export const historyPage = (
  link: Link,
  reader: MessageReader,
  conversationId: string,
  options: HistoryOptions,
): Observable<readonly Message[]> =>
  defer(() => {
    const problem = problemWith(options);
    if (problem !== undefined) return refuse(new InvalidArgument(problem));
    const { limit = DEFAULT_LIMIT, type } = options;
    return link
      .request(
        {
          cmd: 'logs',
          logsMessage: {
            cid: conversationId,
            l: limit,
            direction: DIRECTIONS[directionOf(options)],
            ...boundsOf(options),
            ...defined({ lctype: type?.type }),
          },
        },
        Logs,
      )
      .pipe(mergeMap(({ logsMessage: { logs = [] } }) => readHistory(reader, conversationId, logs)));
  });

/**
 * Cold: up to `limit` messages after a position, oldest first; where it is a time alone, those of that very
 * millisecond are among them. The message at the position is asked for as well, since its absence says that the
 * server has forgotten what was there.
 */
export const messagesAfter = (
  link: Link,
  reader: MessageReader,
  conversationId: string,
  after: Position,
  limit: number,
): Observable<MissedPage> =>
  after.id === ''
    ? historyPage(link, reader, conversationId, { after, afterIncluded: true, limit }).pipe(
        map((messages) => ({ messages, isWhole: true })),
      )
    : historyPage(link, reader, conversationId, { after, afterIncluded: true, limit: limit + 1 }).pipe(
        map((messages) =>
          messages[0]?.id === after.id
            ? { messages: messages.slice(1), isWhole: true }
            : { messages: messages.slice(0, limit), isWhole: false },
        ),
      );
