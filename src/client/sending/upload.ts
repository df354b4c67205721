/** Files of messages. A file is stored first, then the message is sent with its address. */
import {
  concatMap,
  defer,
  map,
  of,
  switchMap,
  takeWhile,
  throwError,
  type Observable,
  type ObservableInput,
} from 'rxjs';
import type { OutgoingBody, StoredFile } from '../../../codecs/index.js';
import { defined } from '../../../codecs/defined.js';
import type { LocalFile } from '../../../streams/index.js';
import { abortable, type Fetch } from '../../connection/fetch.js';
import { InvalidArgument, toRealtimeError } from '../../errors.js';
import { apiUrl, type HttpApiOptions } from '../../http-api.js';
import { describeFile, type DescribeFile } from './file-metadata.js';
import { sendBody, type Sender } from './send.js';
import { SENDING, telling, type Progressing, type SendRequest, type SendStep } from './send-request.js';

/** How far an upload has come, from 0 to 1. */
export interface UploadProgress {
  /** From 0 to 1. */
  readonly progress: number;
}

/** What a function that stores files gets beside the file. */
export interface UploadContext {
  /** Aborted when the send is unsubscribed. Missing where the platform has no `AbortController`. */
  readonly signal?: AbortSignal;
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

/** The session that sends a message with a file. */
export interface UploadSession {
  /** The application's HTTP API. */
  readonly api: HttpApiOptions;
  /** The current token of the session. */
  readonly token: () => string | undefined;
}

/** What the function of the application gets of the session. */
const contextOf = ({ api, token }: UploadSession): Omit<UploadContext, 'signal'> => ({
  api: apiUrl(api, ''),
  ...defined({ sessionToken: token(), fetch: api.fetch }),
});

/** A message whose file is not stored yet. */
export interface Upload<B extends OutgoingBody = OutgoingBody> {
  readonly _tag: 'Upload';
  /** The file to store. */
  readonly file: LocalFile;
  /** Makes the body to send of the stored file. */
  readonly toBody: (stored: StoredFile) => B;
  /** @internal */
  readonly send: (sender: Sender, request: Omit<SendRequest, 'body'>) => Observable<SendStep<B>>;
}

/** Options of `upload`. */
export interface UploadMessageOptions {
  /** Reads metadata from the content of the file, which receivers get. Default: they get its name and size only. */
  readonly describe?: DescribeFile;
}

const isProgress = (step: StoredFile | UploadProgress): step is UploadProgress => 'progress' in step;

const clamp = (progress: number): number => Math.min(1, Math.max(0, progress));

/** Runs the function of the application. Its signal is aborted on unsubscribe. */
const running = (
  store: UploadFile,
  file: LocalFile,
  session: UploadSession | undefined,
): Observable<StoredFile | UploadProgress> =>
  abortable(({ signal }) => defer(() => store(file, { ...defined({ signal }), ...(session && contextOf(session)) })));

const isStored = (answer: unknown): answer is StoredFile =>
  typeof answer === 'object' && answer !== null && 'url' in answer && typeof answer.url === 'string';

type Step<B> = { readonly _tag: 'progress'; readonly progress: number } | { readonly _tag: 'stored'; readonly body: B };

/**
 * Cold: stores the file. Emits its progress, from 0 to 1, then the body. Errors with `InvalidArgument` if there is no
 * `upload` option, if it fails, or if it emits something that is not a stored file.
 */
const uploading = <B extends OutgoingBody>(
  file: LocalFile,
  { upload: store, session }: Sender,
  toBody: (stored: StoredFile) => B,
  describe: DescribeFile | undefined,
): Observable<Step<B>> => {
  if (store === undefined)
    return throwError(
      () => new InvalidArgument('a file can only be sent with a store: give the realtime an upload option'),
    );
  return describeFile(file, describe).pipe(
    switchMap((metaData) =>
      running(store, file, session).pipe(
        map((answer): Step<B> => {
          if (isProgress(answer)) return { _tag: 'progress', progress: clamp(answer.progress) };
          if (isStored(answer))
            return { _tag: 'stored', body: toBody({ ...answer, metaData: { ...metaData, ...answer.metaData } }) };
          throw new InvalidArgument('the upload option should answer with { url }, or with { progress } on the way');
        }),
      ),
    ),
    takeWhile(({ _tag }) => _tag !== 'stored', true),
  );
};

/**
 * Cold: stores the file as it is at the moment of the subscription, then sends the message. An upload that has failed
 * starts anew when the message is sent again.
 */
const sendFile = <B extends OutgoingBody>(
  sender: Sender,
  request: Omit<SendRequest, 'body'>,
  { data, ...file }: LocalFile,
  toBody: (stored: StoredFile) => B,
  describe: DescribeFile | undefined,
): Observable<SendStep<B>> => {
  const { token } = request;
  // The caller may change its bytes while they are stored.
  const copy = { ...file, data: data instanceof Uint8Array ? data.slice() : data };
  const progressOf = (progress: number) => ({ _tag: 'uploading', token, progress }) as const;
  const store = (progressing: Progressing<SendStep<B> | Extract<Step<B>, { _tag: 'stored' }>>): void => {
    const { until } = progressing;
    let percent = 0;
    const progressed = (progress: number): void => {
      const before = percent;
      percent = Math.floor(progress * 100);
      // A store may report each packet.
      if (percent !== before && !until.closed) progressing.tell({ _tag: 'uploading', progress });
      progressing.next(progressOf(progress));
    };
    until.add(
      uploading(copy, sender, toBody, describe).subscribe({
        next: (step) => {
          if (step._tag === 'progress') progressed(step.progress);
          else progressing.next(step);
        },
        error: (thrown: unknown) => {
          progressing.failed(toRealtimeError(thrown));
        },
      }),
    );
  };
  const sending = (): Observable<SendStep<B>> =>
    telling({ ...request, body: { _tag: 'Upload', file: copy } }, sender, store, sending, undefined, {
      _tag: 'uploading',
      progress: 0,
    }).pipe(
      concatMap((step) =>
        step._tag === 'stored' ? sendBody(sender, { ...request, body: step.body }, SENDING) : of(step),
      ),
    );
  return sending();
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
    toBody,
    send: (sender: Sender, request: Omit<SendRequest, 'body'>) => sendFile(sender, request, file, toBody, describe),
  });
