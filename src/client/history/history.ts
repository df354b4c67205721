/** A page of a conversation's history. */
import { defer, map, mergeMap, type Observable } from 'rxjs';
import { Logs, type MessageType } from '../../../codecs/index.js';
import { defined } from '../../../codecs/defined.js';
import { comparePositions, type Message, type Position } from '../../../streams/index.js';
import { InvalidArgument } from '../../errors.js';
import { readHistory } from '../../session/push-events.js';
import type { MissedPage } from '../../session/catch-up.js';
import type { MessageReader } from '../../session/message-reader.js';
import { refuse, type Link } from '../link.js';

/** A place in the history: a message (or its position), or a time in ms since 1970. */
export type Place = Position | number;

/** A range of the history, and the direction in which to read it. */
export interface HistoryRange {
  /** Only messages that are older than this place. */
  readonly before?: Place;
  /** Includes a message at exactly this place. Default false. */
  readonly beforeIncluded?: boolean;
  /** Only messages that are newer than this place. */
  readonly after?: Place;
  /** Includes a message at exactly this place. Default false. */
  readonly afterIncluded?: boolean;
  /**
   * `backward` takes the newest messages of the range, `forward` the oldest. The page itself always has its oldest
   * message first. Default: `forward` if only `after` is given, otherwise `backward`.
   */
  readonly direction?: 'backward' | 'forward';
  /** Only messages of this type. */
  readonly type?: MessageType;
}

/** Options of `history`: a range of the history, and the number of messages. */
export interface HistoryOptions extends HistoryRange {
  /** The maximum number of messages: 1 to 1,000. Default 20. */
  readonly limit?: number;
}

export const DEFAULT_LIMIT = 20;
export const MAX_LIMIT = 1_000;
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

/** The range in the form of the protocol: where the query starts, and where it ends. */
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

/** Cold: one page, the oldest message first. Emits once, then completes (protocol: logs). */
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
    const direction = directionOf(options);
    const isBackward = direction === 'backward';
    /** A server sends fewer messages than a page has if they are too long for one answer, and says so by `l`. */
    const messagesIn = (range: HistoryRange, wanted: number): Observable<readonly Message[]> =>
      link
        .request(
          {
            cmd: 'logs',
            logsMessage: {
              cid: conversationId,
              l: wanted,
              direction: DIRECTIONS[direction],
              ...boundsOf(range),
              ...defined({ lctype: type?.type }),
            },
          },
          Logs,
        )
        .pipe(
          mergeMap(({ logsMessage: { logs = [], l } }) => {
            const read$ = readHistory(reader, conversationId, logs);
            const last = isBackward ? logs[0] : logs.at(-1);
            const left = wanted - logs.length;
            if (l === undefined || last === undefined || left <= 0) return read$;
            const place = { timestamp: last.timestamp, id: last.msgId };
            const rest = isBackward ? { before: place, beforeIncluded: false } : { after: place, afterIncluded: false };
            return read$.pipe(
              mergeMap((messages) =>
                messagesIn({ ...range, direction, ...rest }, left).pipe(map((others) => messages.concat(others))),
              ),
            );
          }),
        );
    return messagesIn(options, limit).pipe(map((messages) => messages.slice().sort(comparePositions)));
  });

/**
 * The limit of the next page, and where it starts. Servers may give several messages the same time, and order them as
 * they like. So the page starts with the whole millisecond of the last message, of which `same` messages are known.
 * Only if these fill a page does it start with a message.
 */
export const pageBehind = (last: Position, same: number, pageSize: number): readonly [number, Place] => [
  Math.min(pageSize + same, MAX_LIMIT),
  same < MAX_LIMIT ? last.timestamp : last,
];

/**
 * Cold: messages from the millisecond of a position on, by time, then by id; `pageSize` of them, and the `same` known
 * ones of that millisecond. If the message at the position is missing, the server no longer has that part of the
 * history.
 */
export const messagesFrom = (
  link: Link,
  reader: MessageReader,
  conversationId: string,
  { after, same, pageSize }: { readonly after: Position; readonly same: number; readonly pageSize: number },
): Observable<MissedPage> => {
  const [limit, place] = pageBehind(after, same, pageSize);
  return historyPage(link, reader, conversationId, { after: place, afterIncluded: true, limit }).pipe(
    map((messages) => {
      const isLast = messages.length < limit;
      const isCut = !isLast && messages.at(-1)?.timestamp === after.timestamp;
      return {
        messages,
        isLast,
        isWhole: after.id === '' || isCut || messages.some(({ id }) => id === after.id),
      };
    }),
  );
};
