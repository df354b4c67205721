/** Messages that are being sent, and their entries in the log. */
import { Observable, type Subscription } from 'rxjs';
import type { Body, OutgoingBody } from '../../../codecs/index.js';
import type { ConversationEvent, Message, Outgoing as OutgoingEvent } from '../../../streams/index.js';
import type { Clock } from '../../clock.js';
import { Discarded, type RealtimeError } from '../../errors.js';
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

/**
 * Where an entry of the log keeps the attempt that it is about. Applications don't see it. A WeakMap costs ten times as
 * much.
 */
const ATTEMPT = Symbol('attempt');

export const attemptOf = (event: OutgoingEvent & { readonly [ATTEMPT]?: Attempt }): Attempt | undefined =>
  event[ATTEMPT];

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

export const SENDING = { _tag: 'sending' } as const;

type Step = SendStep | { readonly _tag: 'stored' };

/** Hears of the progress of a send. Nothing is heard any more when it is closed. */
export interface Progressing<S> {
  /** Writes to the log only. `next` does that for all steps but `uploading`. */
  readonly tell: (progress: Progress) => void;
  readonly next: (step: S) => void;
  readonly failed: (error: RealtimeError) => void;
  /** Ends with the send. What is added to it ends, too. */
  readonly until: Subscription;
}

/**
 * Cold: runs a send; each of its steps is written to the log. Completes after `sent`, and after `stored`: then the
 * message with its body is a send of its own. `again` sends the message once more. `since` is the time at which an
 * earlier client accepted the message, ms since 1970. `first` is told at once: a message that is sent again can be
 * discarded before the storage has answered, and nobody sends it twice.
 */
export const telling = <S extends Step>(
  request: SendRequest<OutgoingEvent['body']>,
  log: SendLog,
  run: (progressing: Progressing<S>) => void,
  again: () => Observable<SendStep>,
  since?: number,
  first?: Progress,
): Observable<S> =>
  new Observable((subscriber) => {
    let isOver = false;
    // One object for both: thousands of messages may be in flight.
    const sending: Progressing<S> & Attempt = {
      until: subscriber,
      again,
      tell: (progress) => {
        isOver = progress._tag === 'failed';
        if (isPassing(request)) return;
        const at = (isOver ? undefined : since) ?? log.clock.now();
        const { conversationId, token, body } = request;
        const event: OutgoingEvent = { _tag: 'Outgoing', conversationId, token, body, at, progress };
        log.tell(Object.defineProperty(event, ATTEMPT, { value: sending }));
      },
      next: (step) => {
        if (subscriber.closed) return;
        const told: Step = step;
        if (told._tag === 'sending') {
          if (first !== SENDING) sending.tell(SENDING);
        } else if (told._tag !== 'uploading') {
          isOver = true;
          if (told._tag === 'sent') tellSent(request, log, told.message);
        }
        subscriber.next(step);
        if (isOver) subscriber.complete();
      },
      failed: (error) => {
        if (subscriber.closed) return;
        sending.tell(error._tag === 'Discarded' ? { _tag: 'failed' } : { _tag: 'failed', error });
        subscriber.error(error);
      },
      discard: () => {
        sending.failed(new Discarded(request.token));
      },
    };
    if (first !== undefined) sending.tell(first);
    run(sending);
    // The send was unsubscribed: nobody waits for the message any more.
    subscriber.add(() => {
      if (!isOver) sending.tell({ _tag: 'failed' });
    });
  });
