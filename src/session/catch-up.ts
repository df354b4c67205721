/** Brings what was missed in one conversation during a break. */
import { EMPTY, NEVER, catchError, defer, expand, map, mergeMap, of, tap, type Observable } from 'rxjs';
import type { ConversationEvent, Gap, Message, Position } from '../../streams/index.js';
import { toRealtimeError, type RealtimeError } from '../errors.js';

/** Messages after a position. */
export interface MissedPage {
  /** Oldest first; fewer than `pageSize` where there are no more. */
  readonly messages: readonly Message[];
  /** False where the server does not have the message at the position any more: what was between it and the first is gone. */
  readonly isWhole: boolean;
}

export interface CatchUpOptions {
  /** A page of messages after a position. */
  readonly pageAfter: (conversationId: string, after: Position) => Observable<MissedPage>;
  readonly pageSize: number;
  /** So many messages of one conversation are brought, rounded up to whole pages; where there are more, the rest is a `Gap`. */
  readonly catchUpLimit: number;
  /** Hears of what could not be fetched for another reason than that the connection went. */
  readonly onFailure: (conversationId: string, error: RealtimeError) => void;
}

/** The connection is gone, so the next session catches up again, from the same position. */
export const isInterruption = ({ _tag }: RealtimeError): boolean =>
  _tag === 'ConnectionLost' || _tag === 'Unconfirmed' || _tag === 'SessionClosed';

interface Loaded {
  readonly messages: readonly Message[];
  readonly gone: Gap | undefined;
  /** It was fetched only to see whether there is more than may be brought. */
  readonly isBeyond: boolean;
}

/** Which part of which conversation. */
export interface Missed {
  readonly conversationId: string;
  /** The last message that is there. */
  readonly from: Position;
  /** Server time when the new session was opened, ms since 1970: what is newer is pushed. */
  readonly to: number;
  /** What is there already counts for nothing. Default: nothing is. */
  readonly isKnown?: (message: Message) => boolean;
}

/**
 * Cold: the messages after a position, oldest first, page by page; then completes. What can't be had is one `Gap`: at the start where the server no longer has it, at the end where the limit was reached,
 * the server refused, or it failed. Never errors; where the connection goes it falls silent, until whoever waits gives up on this session.
 */
export const missed = ({
  conversationId,
  from,
  to,
  isKnown = () => false,
  pageAfter,
  pageSize,
  catchUpLimit,
  onFailure,
}: Missed & CatchUpOptions): Observable<ConversationEvent> =>
  defer(() => {
    let reached = from;
    let count = 0;
    const gap = (cause: Gap['cause']): Gap => ({ _tag: 'Gap', conversationId, from: reached, to, cause });

    const load = (after: Position): Observable<Loaded> =>
      pageAfter(conversationId, after).pipe(
        map(({ messages, isWhole }) => ({
          messages,
          gone: isWhole ? undefined : { ...gap('gone'), to: messages[0]?.timestamp ?? to },
          isBeyond: count >= catchUpLimit,
        })),
        tap(({ messages, isBeyond }) => {
          if (isBeyond) return;
          reached = messages.at(-1) ?? reached;
          count += messages.filter((message) => !isKnown(message)).length;
        }),
      );

    return load(from).pipe(
      expand(({ messages, isBeyond }) => (messages.length === pageSize && !isBeyond ? load(reached) : EMPTY)),
      mergeMap(({ messages, gone, isBeyond }): readonly ConversationEvent[] => {
        if (isBeyond) return messages.length === 0 ? [] : [gap('limit')];
        const events = messages.map((message): ConversationEvent => ({ _tag: 'Message', conversationId, message, origin: 'missed' }));
        return gone === undefined ? events : [gone, ...events];
      }),
      catchError((thrown: unknown) => {
        const error = toRealtimeError(thrown);
        if (isInterruption(error)) return NEVER;
        onFailure(conversationId, error);
        return of(gap(error._tag === 'ServerRejected' ? 'refused' : 'failed'));
      }),
    );
  });
