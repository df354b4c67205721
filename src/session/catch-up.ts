/** Brings what was missed in one conversation during a break. */
import { EMPTY, NEVER, catchError, defer, expand, map, mergeMap, of, type Observable } from 'rxjs';
import type { ConversationEvent, Gap, Message, Position } from '../../streams/index.js';
import { toRealtimeError, type RealtimeError } from '../errors.js';

/** Messages after a position. */
export interface MissedPage {
  /** Oldest first; fewer than `pageSize` where there are no more. */
  readonly messages: readonly Message[];
  /**
   * False where the server does not have the message at the position any more: what was between it and the first is
   * gone.
   */
  readonly isWhole: boolean;
}

/** How much is brought. */
export interface CatchUpLimits {
  readonly pageSize: number;
  /**
   * So many messages of one conversation are brought, rounded up to whole pages; where there are more, the rest is a
   * `Gap`.
   */
  readonly catchUpLimit: number;
}

export interface CatchUpOptions extends CatchUpLimits {
  /** A page of messages after a position. */
  readonly pageAfter: (conversationId: string, after: Position) => Observable<MissedPage>;
  /** Hears of what could not be fetched for another reason than that the connection went. */
  readonly onFailure: (conversationId: string, error: RealtimeError) => void;
}

/** The connection is gone, so the next session catches up again, from the same position. */
export const isInterruption = ({ _tag }: RealtimeError): boolean =>
  _tag === 'ConnectionLost' || _tag === 'Unconfirmed' || _tag === 'SessionClosed';

/** How far the catching up of a conversation has come: the next page is the one after `reached`. */
export interface CatchingUp {
  readonly conversationId: string;
  readonly reached: Position;
  /** Server time when the new session was opened, ms since 1970: what is newer is pushed. */
  readonly to: number;
  /** So many messages were brought that were not there already. */
  readonly count: number;
}

/** What a page tells, and where the next page is asked for; nowhere where it was the last. */
export interface PageRead {
  readonly events: readonly ConversationEvent[];
  readonly next: CatchingUp | undefined;
}

const gapFrom = ({ conversationId, reached, to }: CatchingUp, cause: Gap['cause']): Gap => ({
  _tag: 'Gap',
  conversationId,
  from: reached,
  to,
  cause,
});

/** Reads a page. The one behind the limit is only asked for to see whether there is more than may be brought. */
export const readPage = (
  catching: CatchingUp,
  { messages, isWhole }: MissedPage,
  { pageSize, catchUpLimit }: CatchUpLimits,
  isKnown: (message: Message) => boolean,
): PageRead => {
  const { conversationId, count, reached, to } = catching;
  if (count >= catchUpLimit)
    return { events: messages.length === 0 ? [] : [gapFrom(catching, 'limit')], next: undefined };
  const events = messages.map((message): ConversationEvent => ({
    _tag: 'Message',
    conversationId,
    message,
    origin: 'missed',
  }));
  const next = {
    ...catching,
    reached: messages.at(-1) ?? reached,
    count: count + messages.filter((message) => !isKnown(message)).length,
  };
  return {
    events: isWhole ? events : [{ ...gapFrom(catching, 'gone'), to: messages[0]?.timestamp ?? to }, ...events],
    next: messages.length === pageSize ? next : undefined,
  };
};

/** What is not brought, because the server refused it or for another error. */
export const gapAt = (catching: CatchingUp, error: RealtimeError): Gap =>
  gapFrom(catching, error._tag === 'ServerRejected' ? 'refused' : 'failed');

/** Which part of which conversation. */
export interface Missed extends Pick<CatchingUp, 'conversationId' | 'to'> {
  /** The last message that is there. */
  readonly from: Position;
  /** What is there already counts for nothing. Default: nothing is. */
  readonly isKnown?: (message: Message) => boolean;
}

/**
 * Cold: the messages after a position, oldest first, page by page; then completes. What can't be had is one `Gap`: at
 * the start where the server no longer has it, at the end where the limit was reached, the server refused, or it
 * failed. Never errors; where the connection goes it falls silent, until whoever waits gives up on this session.
 */
export const missed = ({
  conversationId,
  from,
  to,
  isKnown = () => false,
  pageAfter,
  onFailure,
  ...limits
}: Missed & CatchUpOptions): Observable<ConversationEvent> => {
  const load = (catching: CatchingUp): Observable<PageRead> =>
    defer(() => pageAfter(conversationId, catching.reached)).pipe(
      map((page) => readPage(catching, page, limits, isKnown)),
      catchError((thrown: unknown) => {
        const error = toRealtimeError(thrown);
        if (isInterruption(error)) return NEVER;
        onFailure(conversationId, error);
        return of({ events: [gapAt(catching, error)], next: undefined });
      }),
    );
  return load({ conversationId, reached: from, to, count: 0 }).pipe(
    expand(({ next }) => (next === undefined ? EMPTY : load(next))),
    mergeMap(({ events }) => events),
  );
};
