/** Files of messages: stored first, then sent as an address. */
import { Observable, catchError, defer, from, map, switchMap, takeWhile, throwError, type ObservableInput } from 'rxjs';
import type { OutgoingBody, StoredFile } from '../../codecs/index.js';
import { InvalidArgument, toRealtimeError } from '../errors.js';
import { describeFile, type DescribeFile } from './file-metadata.js';
import type { LocalFile } from './local-file.js';

/** How far an upload has come, from 0 to 1. */
export interface UploadProgress {
  readonly progress: number;
}

/**
 * Stores a file and answers with its address; may tell of its progress before. `signal` aborts where the send is unsubscribed from.
 * What it gives as `metaData` wins over what was read from the file.
 */
export type UploadFile = (file: LocalFile, context: { readonly signal: AbortSignal }) => ObservableInput<StoredFile | UploadProgress>;

/** A message whose file is not stored yet. */
export interface Upload {
  readonly _tag: 'Upload';
  readonly file: LocalFile;
  /** Makes the message when the file has an address. */
  readonly toBody: (stored: StoredFile) => OutgoingBody;
  readonly describe?: DescribeFile;
}

/** How a file is sent. */
export interface UploadHow {
  /** Reads what is in the file, for its receivers. Default: its name and size are all that they are told. */
  readonly describe?: DescribeFile;
}

/**
 * A message with a file of the user's: `send` stores it first, by the realtime's `upload` option. Width, height or duration are read from the file where `describe` reads them: `describeMedia` of `rx-realtime/media` does.
 *
 * @example
 * conversation.send(upload({ data: input.files[0] }, (stored) => image(stored, { text: 'The cat' }))).subscribe();
 */
export const upload = (file: LocalFile, toBody: (stored: StoredFile) => OutgoingBody, { describe }: UploadHow = {}): Upload =>
  Object.freeze({ _tag: 'Upload', file, toBody, ...(describe === undefined ? {} : { describe }) });

export const isUpload = (body: OutgoingBody | Upload): body is Upload => body._tag === 'Upload';

type Step = { readonly _tag: 'progress'; readonly progress: number } | { readonly _tag: 'stored'; readonly body: OutgoingBody };

const isProgress = (step: StoredFile | UploadProgress): step is UploadProgress => 'progress' in step;

const clamp = (progress: number): number => Math.min(1, Math.max(0, progress));

/** Runs the user's function; its signal aborts when nobody waits any more. */
const running = (store: UploadFile, file: LocalFile): Observable<StoredFile | UploadProgress> =>
  new Observable((subscriber) => {
    const abort = new AbortController();
    subscriber.add(() => {
      abort.abort();
    });
    subscriber.add(defer(() => from(store(file, { signal: abort.signal }))).subscribe(subscriber));
  });

const isStored = (answer: unknown): answer is StoredFile =>
  typeof answer === 'object' && answer !== null && 'url' in answer && typeof answer.url === 'string';

/**
 * Cold: stores the file of a message; emits progress, then the message, then completes. Errors with `InvalidArgument` where there is no store, where it fails, or where it
 * answers with something that is no stored file.
 */
export const uploaded = ({ file, toBody, describe }: Upload, store: UploadFile | undefined): Observable<Step> => {
  if (store === undefined)
    return throwError(() => new InvalidArgument('a file can only be sent with a store: give the realtime an upload option'));
  return describeFile(file, describe).pipe(
    switchMap((metaData) =>
      running(store, file).pipe(
        map((answer): Step => {
          if (isProgress(answer)) return { _tag: 'progress', progress: clamp(answer.progress) };
          if (isStored(answer)) return { _tag: 'stored', body: toBody({ ...answer, metaData: { ...metaData, ...answer.metaData } }) };
          throw new InvalidArgument('the upload option should answer with { url }, or with { progress } on the way');
        }),
      ),
    ),
    takeWhile(({ _tag }) => _tag !== 'stored', true),
    catchError((thrown: unknown) => throwError(() => toRealtimeError(thrown))),
  );
};
