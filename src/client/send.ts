import { either as E } from 'fp-ts';
import { concat, concatMap, defer, map, of, switchMap, tap, type Observable } from 'rxjs';
import { AckSent, DecodeFailed, type BodyCodec, type ClientCommand, type ConversationKind, type OutgoingBody } from '../../codecs/index.js';
import { messageStatus, type ConversationEvent, type Message } from '../../streams/index.js';
import { InvalidArgument } from '../errors.js';
import type { Outbox } from '../session/outbox.js';
import { refuse, type Link } from './link.js';
import { byteLength, MAX_BYTES, utf8Length } from './message-size.js';
import { problemWith, toWire, type SendOptions } from './send-options.js';
import { isUpload, uploaded, type Upload, type UploadFile } from './upload.js';

/**
 * How far a message has come: its file is on its way to the store (`progress` from 0 to 1), the message is taken, then stored by the server. `token` is the same in all of them,
 * and in every repetition.
 */
export type SendProgress =
  | { readonly _tag: 'uploading'; readonly token: string; readonly progress: number }
  | { readonly _tag: 'sending'; readonly token: string }
  | { readonly _tag: 'sent'; readonly token: string; readonly message: Message };

/** The same, and then that the other side has received and read it; `at` in ms since 1970. */
export type TrackedProgress =
  SendProgress | { readonly _tag: 'delivered' | 'read'; readonly token: string; readonly message: Message; readonly at: number };

export interface Sender {
  readonly link: Link;
  readonly bodies: BodyCodec;
  /** Where messages wait while there is no connection; without it they fail then. */
  readonly outbox: Outbox | undefined;
  /** Stores the files of messages. */
  readonly upload: UploadFile | undefined;
  /** What kind of conversation it is, where that is known. */
  readonly kind: ConversationKind | undefined;
  /** Hears of each message that the server has stored, or handed on. */
  readonly sent: (message: Message) => void;
}

/** A message to send. */
export interface Outgoing {
  readonly conversationId: string;
  readonly body: OutgoingBody | Upload;
  /** Minted when the command is made, so that subscribing to it again, after an error too, can't double the message (protocol: `dt`). */
  readonly token: string;
  readonly options: SendOptions;
}

const messageOf = (
  { uid, t }: { readonly uid?: string; readonly t?: number },
  from: string,
  { conversationId, options: { transient = false, mentions = [], mentionsAll = false } }: Outgoing,
  body: OutgoingBody,
): Message => {
  if (uid === undefined || t === undefined) throw new DecodeFailed('ackMessage.uid', 'the id and time of the stored message', 'undefined');
  return { id: uid, conversationId, from, timestamp: t, body, transient, mentions, mentionsAll, mentioned: false };
};

/** Cold: sends a body that needs no upload any more. */
const sendBody = ({ link, bodies, outbox, sent }: Sender, outgoing: Outgoing, body: OutgoingBody): Observable<SendProgress> => {
  const { conversationId, token, options } = outgoing;
  const encoded = bodies.encode(body);
  if (E.isLeft(encoded)) return refuse(new InvalidArgument(`this message can't be sent: ${encoded.left.message}`));
  const wire = encoded.right;
  const { envelope, fields } = toWire(options);
  const bytes = byteLength(wire) + utf8Length(fields.pushData ?? '');
  if (bytes > MAX_BYTES) {
    return refuse(
      new InvalidArgument(`a message has at most ${String(MAX_BYTES)} bytes, push data included, but this one has ${String(bytes)}`),
    );
  }
  const command: ClientCommand = { cmd: 'direct', ...envelope, directMessage: { cid: conversationId, dt: token, ...wire, ...fields } };
  const write$ = link.request(command, AckSent, { effectful: true });
  // What is for now, or for the end of this connection, has no use after it.
  const waits = outbox !== undefined && options.transient !== true && options.will !== true;
  return concat(
    of<SendProgress>({ _tag: 'sending', token }),
    (waits ? outbox.send({ bytes, write$ }) : write$).pipe(
      map(({ ackMessage }) => messageOf(ackMessage, link.clientId, outgoing, body)),
      tap((message) => {
        if (options.will !== true) sent(message);
      }),
      map((message): SendProgress => ({ _tag: 'sent', token, message })),
    ),
  );
};

/** Cold: sends a message; emits `uploading` where it has a file to store, `sending`, then `sent`, then completes (protocol: direct). */
export const send = (sender: Sender, outgoing: Outgoing): Observable<SendProgress> =>
  defer(() => {
    const { body, token, options } = outgoing;
    const problem = problemWith(options, sender.kind);
    if (problem !== undefined) return refuse(new InvalidArgument(problem));
    if (!isUpload(body)) return sendBody(sender, outgoing, body);
    return uploaded(body, sender.upload).pipe(
      concatMap((step) =>
        step._tag === 'progress'
          ? of<SendProgress>({ _tag: 'uploading', token, progress: step.progress })
          : sendBody(sender, outgoing, step.body),
      ),
    );
  });

/**
 * Follows a message that is sent with a receipt beyond `sent`, to `delivered` and `read`; completes with `read`.
 * A command of its own, not an option of `send`: that completes when the message is stored, so that it can be awaited; this one may never complete.
 */
export const track =
  (events$: Observable<ConversationEvent>) =>
  (progress$: Observable<SendProgress>): Observable<TrackedProgress> =>
    progress$.pipe(
      switchMap((progress): Observable<TrackedProgress> => {
        if (progress._tag !== 'sent') return of(progress);
        const { token, message } = progress;
        return events$.pipe(
          messageStatus(message),
          map((status): TrackedProgress => (status._tag === 'sent' ? progress : { ...status, token, message })),
        );
      }),
    );
