/** The complete log of one conversation, starting at a stored position. */
import { EMPTY, NEVER, concat, defer, endWith, switchMap, takeWhile, tap, type Observable } from 'rxjs';
import { logEntries, type ConversationEvent, type LogEntry, type LogPosition } from '../../../streams/index.js';
import { missed } from '../../session/catch-up.js';
import type { Conversation } from '../conversation/conversation.js';
import type { Room } from '../rooms/room.js';
import { carryingEvents } from '../held-messages.js';
import { ofConversation, type ConversationInternals } from '../internals.js';

/** Options of `log`. */
export interface LogOptions {
  /**
   * The log starts after this position, which an earlier entry of the log had. If its `id` is empty, the log starts
   * at its time, ms since 1970 by the server's clock. Of the messages of that millisecond, those that the position
   * does not name are emitted. Default: the log starts now.
   */
  readonly since?: LogPosition;
}

/**
 * Fetches the missed entries after a position. A break only delays it. When the client is closed, it stops without
 * completing.
 */
const missing = ({ client, id }: ConversationInternals, since: LogPosition): Observable<ConversationEvent> =>
  defer(() => {
    let { also = [], ...from } = since;
    const loading$ = client.open$.pipe(
      switchMap((open): Observable<ConversationEvent | undefined> =>
        open
          ? defer(() => missed({ ...client.catchUp, conversationId: id, from, also, to: client.serverTime() })).pipe(
              endWith(undefined),
            )
          : EMPTY,
      ),
    );
    return concat(loading$, NEVER).pipe(
      takeWhile((event) => event !== undefined),
      tap((event) => {
        if (event._tag !== 'Message') return;
        const { timestamp, id: reached } = event.message;
        also = timestamp === from.timestamp ? [...also, from.id] : [];
        from = { timestamp, id: reached };
      }),
    );
  });

/**
 * The complete log of a conversation: messages, edits, recalls, gaps, and changes of members and attributes, in
 * order, each with the position that it reaches. Use it to copy a conversation into a store of your own.
 *
 * Cold. With `since`, the messages after a stored position are fetched first, even across breaks; live entries
 * follow, and each message comes once. Without `since`, the log starts now. Messages that can't be fetched are
 * reported as one `Gap`. Edits and recalls arrive while the client is logged in, and after a break. Changes of
 * messages before `since` that happened while no client was logged in are only in the history. The log of a chat room
 * is a lease of the room, and errors as described for `Room`. Otherwise it never errors for a conversation of this
 * package. Completes with the client.
 *
 * The position moves before its entry is emitted. `atMostOnce` stores the position before an entry is handled,
 * `atLeastOnce` afterwards.
 *
 * @example log(conversation, { since: load() }).pipe(atLeastOnce({ project: archive, commit: store })).subscribe();
 */
export const log = (conversation: Conversation | Room, { since }: LogOptions = {}): Observable<LogEntry> =>
  ofConversation(conversation, (internals) =>
    defer(() => {
      const { client, id, events$, leased$ = events$ } = internals;
      const last = client.state.lastMessages.get(id) ?? { timestamp: client.serverTime(), id: '' };
      return carryingEvents(client, { id, events$: leased$ }).pipe(
        logEntries(
          since === undefined
            ? { since: { timestamp: last.timestamp, id: last.id } }
            : { since, missing$: missing(internals, since) },
        ),
      );
    }),
  );
