/** Fetches the messages that one conversation missed during a break. */
import { EMPTY, NEVER, catchError, defer, expand, map, mergeMap, of, type Observable } from 'rxjs';
import type { ConversationEvent, Gap, Message, Position } from '../../streams/index.js';
import { toRealtimeError, type RealtimeError } from '../errors.js';

/** Messages from the millisecond of a position on. */
export interface MissedPage {
  /** By time, then by id. Messages of that millisecond come again: several messages may have the same time. */
  readonly messages: readonly Message[];
  /** Whether there are no more messages after these. */
  readonly isLast: boolean;
  /**
   * False if the server no longer has the message at the position: then the messages between it and the first one of
   * the page are lost.
   */
  readonly isWhole: boolean;
}

/** How many messages are fetched. */
export interface CatchUpLimits {
  readonly pageSize: number;
  /**
   * The maximum number of messages for one conversation, rounded up to whole pages. If there are more, the rest is a
   * `Gap`.
   */
  readonly catchUpLimit: number;
}

export interface CatchUpOptions extends CatchUpLimits {
  /**
   * Fetches a page of messages from the millisecond of a position on. `same` is the number of known messages of that
   * millisecond, which come again.
   */
  readonly pageAfter: (conversationId: string, after: Position, same: number) => Observable<MissedPage>;
  /** Called with errors, except for a lost connection. */
  readonly onFailure: (conversationId: string, error: RealtimeError) => void;
}

/**
 * Whether the error means that the connection is lost: then the next session catches up again, from the same
 * position.
 */
export const isInterruption = ({ _tag }: RealtimeError): boolean =>
  _tag === 'ConnectionLost' || _tag === 'Unconfirmed' || _tag === 'SessionClosed';

/** The progress of catching up in one conversation. The next page starts with the millisecond of `reached`. */
export interface CatchingUp {
  readonly conversationId: string;
  readonly reached: Position;
  /** The messages of the millisecond of `reached` that need not be read again, by id. */
  readonly same: ReadonlySet<string>;
  /** Server time when the new session was opened, ms since 1970. Newer messages are pushed. */
  readonly to: number;
  /** The number of fetched messages that were not known already. */
  readonly count: number;
}

/** The events of a page, and the state for the next page; `undefined` after the last one. */
export interface PageRead {
  readonly events: readonly ConversationEvent[];
  readonly next: CatchingUp | undefined;
}

/**
 * The server gives each of many messages at once a later time, so their times may be ahead of its clock. `last` is such
 * a message that is missing.
 */
const gapFrom = ({ conversationId, reached, to }: CatchingUp, cause: Gap['cause'], last?: Position): Gap => ({
  _tag: 'Gap',
  conversationId,
  from: reached,
  to: Math.max(to, reached.timestamp, last?.timestamp ?? 0),
  cause,
});

/** The start of catching up behind a position. `also`: other messages of its millisecond that are known. */
export const catchingUp = (
  conversationId: string,
  reached: Position,
  to: number,
  also: readonly string[] = [],
): CatchingUp => ({
  conversationId,
  reached,
  same: new Set(reached.id === '' ? also : [reached.id, ...also]),
  to,
  count: 0,
});

/** What is known of the millisecond of the last message, after one more page. */
const sameAs = (
  { timestamp }: Position,
  messages: readonly Message[],
  { reached, same }: CatchingUp,
): ReadonlySet<string> => {
  const ids = messages.filter((message) => message.timestamp === timestamp).map(({ id }) => id);
  return new Set(timestamp === reached.timestamp ? [...same, ...ids] : ids);
};

/** Reads a page. The page after the limit is fetched only to see whether there are more messages. */
export const readPage = (
  catching: CatchingUp,
  { messages, isWhole, isLast }: MissedPage,
  { catchUpLimit }: CatchUpLimits,
  isKnown: (message: Message) => boolean,
): PageRead => {
  const { conversationId, count, reached, same, to } = catching;
  const fresh = messages.filter(({ id, timestamp }) => timestamp !== reached.timestamp || !same.has(id));
  if (count >= catchUpLimit)
    return { events: fresh.length === 0 ? [] : [gapFrom(catching, 'limit', fresh.at(-1))], next: undefined };
  const events = fresh.map((message): ConversationEvent => ({
    _tag: 'Message',
    conversationId,
    message,
    origin: 'missed',
  }));
  const { timestamp, id } = messages.at(-1) ?? reached;
  const next = {
    ...catching,
    reached: { timestamp, id },
    same: sameAs({ timestamp, id }, messages, catching),
    count: count + fresh.filter((message) => !isKnown(message)).length,
  };
  return {
    events: isWhole ? events : [{ ...gapFrom(catching, 'gone'), to: fresh[0]?.timestamp ?? to }, ...events],
    next: isLast ? undefined : next,
  };
};

/** The gap for the messages that could not be fetched, because the server refused or another error happened. */
export const gapAt = (catching: CatchingUp, error: RealtimeError): Gap =>
  gapFrom(catching, error._tag === 'ServerRejected' ? 'refused' : 'failed');

/** The part of a conversation that was missed. */
export interface Missed extends Pick<CatchingUp, 'conversationId' | 'to'> {
  /** The last known message. */
  readonly from: Position;
  /** The other known messages of the same millisecond, by id. */
  readonly also?: readonly string[];
  /** Messages that are known already do not count towards the limit. Default: all messages are new. */
  readonly isKnown?: (message: Message) => boolean;
}

/**
 * Cold: fetches the messages after a position page by page, the oldest first, then completes. Messages that can't be
 * fetched are one `Gap`: at the start if the server no longer has them; at the end if the limit was reached, the
 * server refused, or the request failed. Never errors. If the connection is lost, it emits nothing more, until it is
 * unsubscribed.
 */
export const missed = ({
  conversationId,
  from,
  also,
  to,
  isKnown = () => false,
  pageAfter,
  onFailure,
  ...limits
}: Missed & CatchUpOptions): Observable<ConversationEvent> => {
  const load = (catching: CatchingUp): Observable<PageRead> =>
    defer(() => pageAfter(conversationId, catching.reached, catching.same.size)).pipe(
      map((page) => readPage(catching, page, limits, isKnown)),
      catchError((thrown: unknown) => {
        const error = toRealtimeError(thrown);
        if (isInterruption(error)) return NEVER;
        onFailure(conversationId, error);
        return of({ events: [gapAt(catching, error)], next: undefined });
      }),
    );
  return load(catchingUp(conversationId, from, to, also)).pipe(
    expand(({ next }) => (next === undefined ? EMPTY : load(next))),
    mergeMap(({ events }) => events),
  );
};
