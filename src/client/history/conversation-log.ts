/** The ordered truth about one conversation, from a stored position on. */
import { EMPTY, NEVER, concat, defer, endWith, switchMap, takeWhile, tap, type Observable } from 'rxjs';
import { logEntries, type ConversationEvent, type LogEntry, type Position } from '../../../streams/index.js';
import { missed, type CatchUpOptions } from '../../session/catch-up.js';

/** Where a log starts. */
export interface LogOptions {
  /** Behind this position, which an entry of the log had; from a time on, ms since 1970 by the server's clock, where its `id` is empty. Default: only what comes from now on. */
  readonly since?: Position;
}

export interface LogSource {
  readonly conversationId: string;
  /** The conversation's log as it comes. */
  readonly events$: Observable<ConversationEvent>;
  /** Whether the session is open; repeats nothing. */
  readonly open$: Observable<boolean>;
  readonly catchUp: CatchUpOptions;
  /** The server's time, ms since 1970, as well as it is known. */
  readonly serverTime: () => number;
  /** The last message that is known. */
  readonly last: () => Position | undefined;
}

/** What is missing, from where it was reached: a break only delays it, and the end of the client leaves it open. */
const missing = ({ conversationId, open$, catchUp, serverTime }: LogSource, since: Position): Observable<ConversationEvent> =>
  defer(() => {
    let from = since;
    const loading$ = open$.pipe(
      switchMap((open): Observable<ConversationEvent | undefined> =>
        open ? defer(() => missed({ ...catchUp, conversationId, from, to: serverTime() })).pipe(endWith(undefined)) : EMPTY,
      ),
    );
    return concat(loading$, NEVER).pipe(
      takeWhile((event) => event !== undefined),
      tap((event) => {
        if (event._tag === 'Message') from = event.message;
      }),
    );
  });

/** Cold: the log from a position on, or from now on. Never errors; completes with the client. */
export const conversationLog = (source: LogSource, { since }: LogOptions): Observable<LogEntry> =>
  defer(() =>
    source.events$.pipe(
      logEntries(
        since === undefined
          ? { since: source.last() ?? { timestamp: source.serverTime(), id: '' } }
          : { since, missing$: missing(source, since) },
      ),
    ),
  );
