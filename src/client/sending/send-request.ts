/** Messages that are being sent, and their entries in the log. */
import { Observable, tap } from 'rxjs';
import type { Body, OutgoingBody } from '../../../codecs/index.js';
import type { ConversationEvent, Message, Outgoing as OutgoingEvent } from '../../../streams/index.js';
import type { Clock } from '../../clock.js';
import { Discarded, toRealtimeError } from '../../errors.js';
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
  /**
   * Made once, when the command is made. Subscribing again, even after an error, uses the same token, so the server
   * stores the message only once (protocol: `dt`).
   */
  readonly token: string;
  readonly options: SendOptions;
}

/** What can be done with a message that is being sent or has failed. */
export interface Attempt {
  /** Cold: sends the message again as it was, with the same token. */
  readonly again: () => Observable<SendStep>;
  /** Gives the message up: its send errors with `Discarded`. */
  readonly discard: () => void;
}

/** The attempt that an entry of the log is about. It is kept as long as the entry. */
const attempts = new WeakMap<OutgoingEvent, Attempt>();

export const attemptOf = (event: OutgoingEvent): Attempt | undefined => attempts.get(event);

/** Writes to the log what happens to messages that are being sent. */
export interface SendLog {
  readonly clock: Clock;
  /** The one way into the log. */
  readonly tell: (event: ConversationEvent) => void;
}

/** Whether the message is transient or a will. Those do not appear in `outbox$`. */
const isPassing = ({ options: { transient = false, will = false } }: SendRequest<unknown>): boolean =>
  transient || will;

/**
 * Writes to the log that the server has stored the message. The progress comes before the message itself, so that a
 * view never shows both.
 */
export const tellSent = (
  request: SendRequest<OutgoingEvent['body']>,
  { clock, tell }: SendLog,
  message: Message,
): void => {
  const { conversationId, token, body, options } = request;
  if (!isPassing(request))
    tell({ _tag: 'Outgoing', conversationId, token, body, at: clock.now(), progress: { _tag: 'sent', message } });
  if (options.will !== true) tell({ _tag: 'Message', conversationId, message, origin: 'sent' });
};

type Progress = OutgoingEvent['progress'];

/**
 * The same send; each of its steps is written to the log. After `stored`, the message with its body is a send of its
 * own. `again` sends the message once more. `since` is the time at which an earlier client accepted the message, ms
 * since 1970. `first` is told at once: a message that is sent again can be discarded before the storage has answered,
 * and nobody sends it twice.
 */
export const telling = <S extends SendStep | { readonly _tag: 'stored' }>(
  request: SendRequest<OutgoingEvent['body']>,
  log: SendLog,
  progress$: Observable<S>,
  again: () => Observable<SendStep>,
  since?: number,
  first?: Progress,
): Observable<S> =>
  new Observable((subscriber) => {
    const { conversationId, body, token } = request;
    let isOver = false;
    let discard = (): void => undefined;
    const tellProgress = (progress: Progress): void => {
      isOver = progress._tag === 'failed';
      const at = isOver ? log.clock.now() : (since ?? log.clock.now());
      if (isPassing(request)) return;
      const event: OutgoingEvent = { _tag: 'Outgoing', conversationId, token, body, at, progress };
      attempts.set(event, {
        again,
        discard: () => {
          discard();
        },
      });
      log.tell(event);
    };
    const discardable$ = new Observable<S>((sending) => {
      discard = () => {
        sending.error(new Discarded(token));
      };
      return progress$.subscribe(sending);
    });
    if (first !== undefined) tellProgress(first);
    let percent = 0;
    return discardable$
      .pipe(
        tap({
          next: (emitted) => {
            const step: SendStep | { readonly _tag: 'stored' } = emitted;
            if (step._tag === 'sending') {
              if (first?._tag !== 'sending') tellProgress({ _tag: 'sending' });
            } else if (step._tag === 'uploading') {
              const { progress } = step;
              const before = percent;
              percent = Math.floor(progress * 100);
              // A store may report each packet.
              if (percent !== before) tellProgress({ _tag: 'uploading', progress });
            } else {
              isOver = true;
              if (step._tag === 'sent') tellSent(request, log, step.message);
            }
          },
          error: (thrown: unknown) => {
            const error = toRealtimeError(thrown);
            tellProgress(error._tag === 'Discarded' ? { _tag: 'failed' } : { _tag: 'failed', error });
          },
          // The send was unsubscribed: nobody waits for the message any more.
          finalize: () => {
            if (!isOver) tellProgress({ _tag: 'failed' });
          },
        }),
      )
      .subscribe(subscriber);
  });
