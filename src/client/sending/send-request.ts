/** Messages on their way out, and what is told of them. */
import { type Observable, catchError, defer, finalize, tap, throwError } from 'rxjs';
import type { Body, OutgoingBody } from '../../../codecs/index.js';
import type { ConversationEvent, Message, Outgoing as OutgoingEvent } from '../../../streams/index.js';
import type { Clock } from '../../clock.js';
import { toRealtimeError } from '../../errors.js';
import type { SendOptions } from './send-options.js';

/** The steps of sending one message: its file is uploaded, the message is accepted, the server has stored it. */
export type SendStep<B extends Body = Body> =
  | { readonly _tag: 'uploading'; readonly token: string; readonly progress: number }
  | { readonly _tag: 'sending'; readonly token: string }
  | { readonly _tag: 'sent'; readonly token: string; readonly message: Message<B> };

/** A message to send. */
export interface SendRequest<B = OutgoingBody> {
  readonly conversationId: string;
  readonly body: B;
  /** Minted when the command is made, so that subscribing to it again, after an error too, can't double the message (protocol: `dt`). */
  readonly token: string;
  readonly options: SendOptions;
}

/** Who hears of messages on their way. */
export interface Notes {
  readonly clock: Clock;
  /** Puts what becomes of a message into the log, at once. */
  readonly note: (event: ConversationEvent) => void;
  /** Hears of each message that the server has stored, or handed on. */
  readonly sent: (message: Message) => void;
}

/** What is for now only, or for the end of the connection, is on no list of what is on its way. */
const isPassing = ({ options: { transient = false, will = false } }: SendRequest): boolean => transient || will;

/** Tells the log that the server has it: that it is stored before the message itself, so that a view never has both. */
export const noteSent = (request: SendRequest, { clock, note, sent }: Notes, message: Message): void => {
  const { conversationId, token, body, options } = request;
  if (!isPassing(request)) note({ _tag: 'Outgoing', conversationId, token, body, at: clock.now(), progress: { _tag: 'sent', message } });
  if (options.will !== true) sent(message);
};

/**
 * The same send; each step that matters is told to the log.
 * `since` is when it was accepted, ms since 1970, where that was before.
 */
export const noting = <B extends Body>(
  request: SendRequest,
  notes: Notes,
  progress$: Observable<SendStep<B>>,
  since?: number,
): Observable<SendStep<B>> =>
  defer(() => {
    const { conversationId, body, token } = request;
    const { clock, note } = notes;
    let isOver = false;
    const tell = (progress: Exclude<OutgoingEvent['progress'], { readonly _tag: 'sent' }>): void => {
      isOver = progress._tag === 'failed';
      const at = isOver ? clock.now() : (since ?? clock.now());
      if (!isPassing(request)) note({ _tag: 'Outgoing', conversationId, token, body, at, progress });
    };
    return progress$.pipe(
      tap((progress) => {
        if (progress._tag === 'sending') tell({ _tag: 'sending' });
        if (progress._tag !== 'sent') return;
        isOver = true;
        noteSent(request, notes, progress.message);
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
