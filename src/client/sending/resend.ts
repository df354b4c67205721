/** Messages that were not sent: sends them again, or gives them up. */
import { defer, map, of, type Observable } from 'rxjs';
import type { Message, Outgoing } from '../../../streams/index.js';
import { InvalidArgument } from '../../errors.js';
import type { Conversation } from '../conversation/conversation.js';
import { nothing } from '../nothing.js';
import { ofConversation, type ClientInternals } from '../internals.js';
import { refuse } from '../link.js';
import type { Room } from '../rooms/room.js';
import { attemptOf, type Attempt } from './send-request.js';
import { storedMessage } from './send.js';

/** Runs a function with the message of this token, if it is being sent or has failed in this conversation. */
const withOutgoing = <T>(
  conversation: Conversation | Room,
  token: string,
  then: (event: Outgoing, attempt: Attempt, client: ClientInternals) => Observable<T>,
): Observable<T> =>
  ofConversation(conversation, ({ client, id }) =>
    defer(() => {
      const event = client.state.outgoing.get(token);
      const attempt = event?.conversationId === id ? attemptOf(event) : undefined;
      return event === undefined || attempt === undefined
        ? refuse(
            new InvalidArgument(
              `no message with the token ${token} waits or has failed in conversation ${id}: it was stored or discarded`,
            ),
          )
        : then(event, attempt, client);
    }),
  );

/**
 * Cold: sends a message again that has failed, as it was: with its body, its options and its token, so the server
 * stores it once, even if the first attempt has arrived. Emits the stored message, then completes. In a timeline the
 * entry stays in its place, without its error. A file that is not stored yet is uploaded again, as it was.
 *
 * Errors as `send` does; also with `InvalidArgument` if no message of this token has failed in this conversation, or
 * if it is being sent already. Of the failed messages, a client keeps the latest 1,000 until it ends, and of their
 * files those of the latest messages, up to 64 MiB together.
 *
 * @example resend(conversation, entry.token).subscribe({ error: () => undefined }); // the timeline shows the error
 */
export const resend = (conversation: Conversation | Room, token: string): Observable<Message> =>
  withOutgoing(conversation, token, ({ progress }, { again }) =>
    progress._tag === 'failed'
      ? again().pipe(storedMessage)
      : refuse(new InvalidArgument(`the message with the token ${token} is being sent already`)),
  );

/**
 * Cold: gives up a message that has failed, or one that still waits, also one of an earlier process. The message is
 * gone from the timeline and from `outbox$` at once. Emits `undefined` when it is gone from the storage, too, then
 * completes: from then on it is final. The send of a message that waits or is being uploaded errors with `Discarded`.
 * A message that was written already may still arrive; then it is in the timeline, in its place.
 *
 * Errors with `InvalidArgument` if no message of this token waits or has failed in this conversation. Errors with
 * `StorageFailed` if the storage can't remove it: then a later login may send it.
 *
 * @example discard(conversation, entry.token).subscribe();
 */
export const discard = (conversation: Conversation | Room, token: string): Observable<void> =>
  withOutgoing(conversation, token, (event, attempt, { tell, clock, outbox }) => {
    if (event.progress._tag === 'failed') tell({ ...event, at: clock.now(), progress: { _tag: 'failed' } });
    else attempt.discard();
    return (outbox?.gone(token) ?? of(undefined)).pipe(map(nothing));
  });
