import { catchError, map, of, startWith, type OperatorFunction } from 'rxjs';
import type { Message } from '../../../streams/index.js';
import { toRealtimeError, type RealtimeError } from '../../errors.js';
import type { SendProgress } from './send.js';

/**
 * Why a send has failed. `never-left`: the message did not reach the server. `rejected`: the server refused it.
 * `unconfirmed`: it may or may not have arrived.
 */
export type SendFailure = 'never-left' | 'rejected' | 'unconfirmed';

/** The progress of a message as a value for a view. `progress` is from 0 to 1; `at` is in ms since 1970. */
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

const toStatus = ({ token: _same, ...status }: SendProgress): MessageStatus => status;

/**
 * Turns the progress of `trackSend` into values for a view. Starts with `none`. An error becomes the value `failed`,
 * then the stream completes. Never errors.
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
