/** The ordered truth about one conversation, from a stored position on. */
import { EMPTY, NEVER, concat, defer, endWith, switchMap, takeWhile, tap, type Observable } from 'rxjs';
import { logEntries, type ConversationEvent, type LogEntry, type Position } from '../../../streams/index.js';
import { missed } from '../../session/catch-up.js';
import type { Conversation } from '../conversation/conversation.js';
import type { Room } from '../rooms/room.js';
import { ofConversation, type ConversationInternals } from '../internals.js';

/** Where a log starts. */
export interface LogOptions {
  /**
   * Behind this position, which an entry of the log had; from a time on, ms since 1970 by the server's clock, where
   * its `id` is empty. Default: only what comes from now on.
   */
  readonly since?: Position;
}

/** What is missing, from where it was reached: a break only delays it, and the end of the client leaves it open. */
const missing = ({ client, id }: ConversationInternals, since: Position): Observable<ConversationEvent> =>
  defer(() => {
    let from = since;
    const loading$ = client.open$.pipe(
      switchMap((open): Observable<ConversationEvent | undefined> =>
        open
          ? defer(() => missed({ ...client.catchUp, conversationId: id, from, to: client.serverTime() })).pipe(
              endWith(undefined),
            )
          : EMPTY,
      ),
    );
    return concat(loading$, NEVER).pipe(
      takeWhile((event) => event !== undefined),
      tap((event) => {
        if (event._tag === 'Message') from = event.message;
      }),
    );
  });

/**
 * The ordered truth about this conversation, and the position that each entry reaches: messages, edits, recalls,
 * gaps, changes of members and attributes. Cold; with `since`, what is missing behind a stored position is fetched
 * first, across breaks, and put before what is live, each message once; without it, it starts now. What can't be had
 * is one `Gap`. Edits and recalls are told to who is logged in, and after a break: those of messages before `since`
 * that happened while nobody was are in history only. Never errors for a conversation of this package, completes with
 * the client.
 *
 * The position moves before its entry is emitted. `atMostOnce` stores it before, `atLeastOnce` after an entry was
 * handled.
 *
 * @example log(conversation, { since: load() }).pipe(atLeastOnce({ project: archive, commit: store })).subscribe();
 */
export const log = (conversation: Conversation | Room, { since }: LogOptions = {}): Observable<LogEntry> =>
  ofConversation(conversation, (internals) =>
    defer(() => {
      const { client, id, events$ } = internals;
      return events$.pipe(
        logEntries(
          since === undefined
            ? { since: client.state.lastMessages.get(id) ?? { timestamp: client.serverTime(), id: '' } }
            : { since, missing$: missing(internals, since) },
        ),
      );
    }),
  );
