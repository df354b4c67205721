/** What is known of messages on their way out. */
import { type Observable, catchError, defer, finalize, tap, throwError } from 'rxjs';
import type { OutgoingBody } from '../../codecs/index.js';
import type { Clock } from '../clock.js';
import { toRealtimeError } from '../errors.js';
import type { ConversationEvent, Outgoing as OutgoingEvent } from '../../streams/index.js';
import type { Outgoing, SendProgress } from './send.js';
import { isUpload } from './upload.js';

/** The same send; each step that matters is told to the log. What is for now only, or for the end of the connection, is not. `since` is when it was accepted, ms since 1970, where that was before. */
export const noting = (
  { conversationId, body, token, options }: Outgoing,
  clock: Clock,
  note: (event: ConversationEvent) => void,
  progress$: Observable<SendProgress>,
  since?: number,
): Observable<SendProgress> => {
  if (options.transient === true || options.will === true || isUpload(body)) return progress$;
  return defer(() => {
    let isOver = false;
    const tell = (progress: OutgoingEvent['progress']): void => {
      isOver = progress._tag !== 'sending';
      const at = isOver ? clock.now() : (since ?? clock.now());
      note({ _tag: 'Outgoing', conversationId, token, body: body satisfies OutgoingBody, at, progress });
    };
    return progress$.pipe(
      tap((progress) => {
        if (progress._tag === 'sending') tell({ _tag: 'sending' });
        if (progress._tag === 'sent') tell({ _tag: 'sent', message: progress.message });
      }),
      catchError((thrown: unknown) => {
        const error = toRealtimeError(thrown);
        tell({ _tag: 'failed', error });
        return throwError(() => error);
      }),
      // Nobody waits for it any more.
      finalize(() => {
        if (!isOver) tell({ _tag: 'failed' });
      }),
    );
  });
};
