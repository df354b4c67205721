import { catchError, map, of, startWith, type OperatorFunction } from 'rxjs';
import type { Message } from '../../../streams/index.js';
import { toRealtimeError, type RealtimeError } from '../../errors.js';
import type { SendProgress } from './send.js';

/** Why a message was not sent: it never left, the server refused it, or nobody knows whether it has arrived. */
export type SendFailure = 'never-left' | 'rejected' | 'unconfirmed';

/** How far a message has come, as a value; times are ms since 1970. */
export type MessageStatus =
  | { readonly _tag: 'none' }
  | { readonly _tag: 'uploading'; readonly progress: number }
  | { readonly _tag: 'sending' }
  | { readonly _tag: 'sent'; readonly message: Message }
  | { readonly _tag: 'delivered' | 'read'; readonly message: Message; readonly at: number }
  | { readonly _tag: 'failed'; readonly failure: SendFailure; readonly error: RealtimeError };

const failureOf = (error: RealtimeError): SendFailure => {
  switch (error._tag) {
    case 'ServerRejected':
      return 'rejected';
    case 'ConnectionLost':
    case 'InvalidArgument':
    case 'OutboxFull':
    case 'StorageFailed':
    case 'SignatureFailed':
      return 'never-left';
    default:
      return 'unconfirmed';
  }
};

const toStatus = (progress: SendProgress): MessageStatus => {
  switch (progress._tag) {
    case 'uploading':
      return { _tag: 'uploading', progress: progress.progress };
    case 'sending':
      return { _tag: 'sending' };
    case 'sent':
      return { _tag: 'sent', message: progress.message };
    default:
      return { _tag: progress._tag, message: progress.message, at: progress.at };
  }
};

/**
 * The progress of a send as values for a view: starts with `none`, and what would be an error is `failed`, after
 * which it completes. Never errors.
 *
 * @example
 * conversation.trackSend(text('hello')).pipe(sendStatus()).subscribe(({ _tag }) => icon.set(_tag));
 */
export const sendStatus = (): OperatorFunction<SendProgress, MessageStatus> => (progress$) =>
  progress$.pipe(
    map(toStatus),
    catchError((thrown: unknown) => {
      const error = toRealtimeError(thrown);
      return of<MessageStatus>({ _tag: 'failed', failure: failureOf(error), error });
    }),
    startWith<MessageStatus>({ _tag: 'none' }),
  );
