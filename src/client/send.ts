import { concat, concatMap, defer, map, of, switchMap, type Observable } from 'rxjs';
import { isLeft } from '../../codecs/either.js';
import {
  AckSent,
  DecodeFailed,
  fromStored,
  plain,
  toStored,
  type Body,
  type BodyCodec,
  type ClientCommand,
  type ConversationKind,
  type OutgoingBody,
  type WireBody,
} from '../../codecs/index.js';
import { messageStatus, type ConversationEvent, type Message } from '../../streams/index.js';
import { InvalidArgument } from '../errors.js';
import type { Ack, Outbox } from '../outbox/outbox.js';
import type { StoredSend } from '../outbox/outbox-storage.js';
import type { KeptEntry } from '../outbox/storage-keeper.js';
import { refuse, type Link } from './link.js';
import { noteSent, noting, type Notes, type Outgoing, type SendProgress } from './outgoing.js';
import { byteLength, MAX_BYTES, utf8Length } from './message-size.js';
import { problemWith, toStoredOptions, toWire } from './send-options.js';
import { isUpload, uploaded, type Upload, type UploadFile } from './upload.js';

/** The same, and then that the other side has received and read it; `at` in ms since 1970. */
export type TrackedProgress =
  SendProgress | { readonly _tag: 'delivered' | 'read'; readonly token: string; readonly message: Message; readonly at: number };

export interface Sender extends Notes {
  readonly link: Link;
  readonly bodies: BodyCodec;
  /** Where messages wait while there is no connection; without it they fail then. */
  readonly outbox: Outbox<KeptEntry> | undefined;
  /** Stores the files of messages. */
  readonly upload: UploadFile | undefined;
  /** What kind of conversation it is, where that is known. */
  readonly kind: ConversationKind | undefined;
}

/** Whether an acknowledgement says what the message has become. */
const isComplete = ({ ackMessage: { uid, t } }: Ack): boolean => uid !== undefined && t !== undefined;

const messageOf = (
  { uid, t }: { readonly uid?: string; readonly t?: number },
  from: string,
  { conversationId, options: { transient = false, mentions = [], mentionsAll = false } }: Outgoing,
  body: Body,
): Message => {
  if (uid === undefined || t === undefined) throw new DecodeFailed('ackMessage.uid', 'the id and time of the stored message', 'undefined');
  return { id: uid, conversationId, from, timestamp: t, body, transient, mentions, mentionsAll, mentioned: false };
};

/** A body, and what it is on the wire. */
interface Content {
  readonly body: Body;
  readonly wire: WireBody;
}

/** Cold: sends what is on the wire already; `age` where it was accepted before, so many ms ago. */
const sendContent = (sender: Sender, outgoing: Outgoing, { body, wire }: Content, age?: number): Observable<SendProgress> => {
  const { link, outbox, clock } = sender;
  const { conversationId, token, options } = outgoing;
  const { envelope, fields } = toWire(options);
  const bytes = byteLength(wire) + utf8Length(fields.pushData ?? '');
  if (bytes > MAX_BYTES) {
    return refuse(
      new InvalidArgument(`a message has at most ${String(MAX_BYTES)} bytes, push data included, but this one has ${String(bytes)}`),
    );
  }
  const command: ClientCommand = { cmd: 'direct', ...envelope, directMessage: { cid: conversationId, dt: token, ...wire, ...fields } };
  const messageIn = ({ ackMessage }: Ack): Message => messageOf(ackMessage, link.clientId, outgoing, body);
  /** What it has become: a server that has forgotten the token stores what is written once more as another message. */
  let stored: string | undefined;
  // Nobody waits for it any more, but it is stored.
  const late = (ack: Ack): void => {
    if (!isComplete(ack) || ack.ackMessage.uid === stored) return;
    stored = ack.ackMessage.uid;
    noteSent(outgoing, sender, messageIn(ack));
  };
  const write = (options?: { readonly timeout: number }) => link.request(command, AckSent, { effectful: true, late, ...options });
  const sending: SendProgress = { _tag: 'sending', token };
  const acknowledged = (ack: Ack): SendProgress => {
    const message = messageIn(ack);
    stored = message.id;
    return { _tag: 'sent', token, message };
  };
  // What is for now, or for the end of this connection, has no use after it.
  if (outbox === undefined || options.transient === true || options.will === true)
    return concat(of(sending), write().pipe(map(acknowledged)));
  const message = { token, conversationId, at: clock.now(), body: toStored(wire), options: toStoredOptions(options) };
  return outbox
    .send({ conversationId, bytes, write$: write({ timeout: Infinity }), message, ...(age === undefined ? {} : { age }) })
    .pipe(map((step) => (step._tag === 'Accepted' ? sending : acknowledged(step.ack))));
};

/** Cold: sends a body that needs no upload any more. */
const sendBody = (sender: Sender, outgoing: Outgoing): Observable<SendProgress> => {
  const { body } = outgoing;
  const encoded = sender.bodies.encode(body);
  return noting(
    outgoing,
    sender,
    isLeft(encoded)
      ? refuse(new InvalidArgument(`this message can't be sent: ${encoded.left.message}`))
      : sendContent(sender, outgoing, { body, wire: encoded.right }),
  );
};

/** A body as one that can be sent: of a type that is registered no more it is the text. */
const outgoingBody = (body: Body): OutgoingBody => {
  if (body._tag === 'Unknown' || body._tag === 'Invalid') return plain(body.raw);
  return body._tag === 'Recalled' ? plain('') : body;
};

/** What an outbox has kept, as what was to be sent; its body is read as that of a message is that arrives. */
const storedOutgoing = (bodies: BodyCodec, { token, conversationId, body, options }: StoredSend): Outgoing => ({
  conversationId,
  body: outgoingBody(bodies.decode(fromStored(body))),
  token,
  options,
});

/** Cold: sends what an outbox has kept, as it was to be written. */
export const sendStored = (sender: Sender, stored: StoredSend): Observable<SendProgress> =>
  defer(() => {
    const wire = fromStored(stored.body);
    const outgoing = storedOutgoing(sender.bodies, stored);
    const age = Math.max(0, sender.clock.now() - stored.at);
    return noting(outgoing, sender, sendContent(sender, outgoing, { body: sender.bodies.decode(wire), wire }, age), stored.at);
  });

/** Cold: sends a message; emits `uploading` where it has a file to store, `sending`, then `sent`, then completes (protocol: direct). */
export const send = (sender: Sender, outgoing: Outgoing<OutgoingBody | Upload>): Observable<SendProgress> =>
  defer(() => {
    const { body, token, options } = outgoing;
    const problem = problemWith(options, sender.kind);
    if (problem !== undefined) return refuse(new InvalidArgument(problem));
    if (!isUpload(body)) return sendBody(sender, { ...outgoing, body });
    return uploaded(body, sender.upload).pipe(
      concatMap((step) =>
        step._tag === 'progress'
          ? of<SendProgress>({ _tag: 'uploading', token, progress: step.progress })
          : sendBody(sender, { ...outgoing, body: step.body }),
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
