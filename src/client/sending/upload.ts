/** Files of messages. A file is stored first, then the message is sent with its address. */
import { Observable, catchError, defer, from, map, switchMap, takeWhile, throwError, type ObservableInput } from 'rxjs';
import type { OutgoingBody, StoredFile } from '../../../codecs/index.js';
import { defined } from '../../../codecs/defined.js';
import type { LocalFile } from '../../../streams/index.js';
import type { Fetch } from '../../connection/fetch.js';
import { InvalidArgument, toRealtimeError } from '../../errors.js';
import { apiUrl, type HttpApiOptions } from '../../http-api.js';
import { describeFile, type DescribeFile } from './file-metadata.js';

/** How far an upload has come, from 0 to 1. */
export interface UploadProgress {
  /** From 0 to 1. */
  readonly progress: number;
}

/** What a function that stores files gets beside the file. */
export interface UploadContext {
  /** Aborted when the send is unsubscribed. */
  readonly signal: AbortSignal;
  /** The address of the application's HTTP API, with `http:` or `https:`. */
  readonly api?: string;
  /** The token of the client's session. Send it to your own servers only, and only over TLS. */
  readonly sessionToken?: string;
  /** The realtime's `fetch` option. */
  readonly fetch?: Fetch;
}

/**
 * Stores a file: emits its progress if it can, then the stored file. The `metaData` of the stored file has priority
 * over what was read from the file.
 */
export type UploadFile = (file: LocalFile, context: UploadContext) => ObservableInput<StoredFile | UploadProgress>;

/** The function of the application, which gets the address of the API and the token of the session, too. */
export const withSession = (
  store: UploadFile | undefined,
  api: HttpApiOptions,
  token: () => string | undefined,
): UploadFile | undefined =>
  store &&
  ((file, context) =>
    store(file, { ...context, api: apiUrl(api, ''), ...defined({ sessionToken: token(), fetch: api.fetch }) }));

/**
 * The progress of a message with a file. `progress` from 0 to 1: the file is being stored. Then the file is stored,
 * and `body` can be sent.
 */
export type UploadStep<B extends OutgoingBody = OutgoingBody> =
  { readonly _tag: 'progress'; readonly progress: number } | { readonly _tag: 'stored'; readonly body: B };

/** A message whose file is not stored yet. */
export interface Upload<B extends OutgoingBody = OutgoingBody> {
  readonly _tag: 'Upload';
  /** The file to store. */
  readonly file: LocalFile;
  /**
   * Cold: stores the file. Emits its progress, then the body to send, then completes. `send` runs it with the
   * realtime's `upload` option. Errors with `InvalidArgument` if that option is missing, if the upload fails, or if
   * it emits something that is not a stored file. `copy` is stored instead of the file: its bytes don't change.
   */
  readonly steps: (store: UploadFile | undefined, copy?: LocalFile) => Observable<UploadStep<B>>;
}

/** Options of `upload`. */
export interface UploadMessageOptions {
  /** Reads metadata from the content of the file, which receivers get. Default: they get its name and size only. */
  readonly describe?: DescribeFile;
}

const isProgress = (step: StoredFile | UploadProgress): step is UploadProgress => 'progress' in step;

const clamp = (progress: number): number => Math.min(1, Math.max(0, progress));

/** Runs the function of the application. Its signal is aborted on unsubscribe. */
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

const uploading = <B extends OutgoingBody>(
  file: LocalFile,
  toBody: (stored: StoredFile) => B,
  store: UploadFile | undefined,
  describe: DescribeFile | undefined,
): Observable<UploadStep<B>> => {
  if (store === undefined)
    return throwError(
      () => new InvalidArgument('a file can only be sent with a store: give the realtime an upload option'),
    );
  return describeFile(file, describe).pipe(
    switchMap((metaData) =>
      running(store, file).pipe(
        map((answer): UploadStep<B> => {
          if (isProgress(answer)) return { _tag: 'progress', progress: clamp(answer.progress) };
          if (isStored(answer))
            return { _tag: 'stored', body: toBody({ ...answer, metaData: { ...metaData, ...answer.metaData } }) };
          throw new InvalidArgument('the upload option should answer with { url }, or with { progress } on the way');
        }),
      ),
    ),
    takeWhile(({ _tag }) => _tag !== 'stored', true),
    catchError((thrown: unknown) => throwError(() => toRealtimeError(thrown))),
  );
};

/**
 * Makes a message with a file. `send` first stores the file with the realtime's `upload` option, then sends the
 * message with its address. The option `describe` reads width, height or duration from the file: use `describeMedia`
 * of `rx-realtime/media`.
 *
 * @example
 * conversation.send(upload({ data: input.files[0] }, (stored) => image(stored, { text: 'The cat' }))).subscribe();
 */
export const upload = <B extends OutgoingBody>(
  file: LocalFile,
  toBody: (stored: StoredFile) => B,
  { describe }: UploadMessageOptions = {},
): Upload<B> =>
  Object.freeze({
    _tag: 'Upload',
    file,
    steps: (store: UploadFile | undefined, copy: LocalFile = file) => uploading(copy, toBody, store, describe),
  });
