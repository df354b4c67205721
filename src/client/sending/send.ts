import { isLeft } from '../../../codecs/either.js';
import { concat, concatMap, defer, filter, map, of, switchMap, type Observable } from 'rxjs';
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
} from '../../../codecs/index.js';
import { defined } from '../../../codecs/defined.js';
import { messageStatus, type ConversationEvent, type Message } from '../../../streams/index.js';
import { InvalidArgument } from '../../errors.js';
import type { Ack, Outbox } from '../../outbox/outbox.js';
import type { StoredSend } from '../../outbox/outbox-storage.js';
import type { KeptEntry } from '../../outbox/storage-keeper.js';
import type { ClientInternals } from '../internals.js';
import { refuse, type Link } from '../link.js';
import { tellSent, telling, type SendLog, type SendRequest, type SendStep } from './send-request.js';
import { byteLength, MAX_BYTES, utf8Length } from './message-size.js';
import { problemWith, toStoredOptions, toWire } from './send-options.js';
import type { Upload, UploadFile } from './upload.js';

/**
 * How far a message has come: its file is uploaded (`progress` from 0 to 1), the message is accepted, stored by the
 * server, delivered, read. `token` is the same in all steps and in every repetition; `at` is in ms since 1970.
 */
export type SendProgress<B extends Body = Body> =
  | SendStep<B>
  | { readonly _tag: 'delivered' | 'read'; readonly token: string; readonly message: Message<B>; readonly at: number };

export interface Sender extends SendLog {
  readonly link: Link;
  readonly bodies: BodyCodec;
  /** Where messages wait while there is no connection; without it they fail then. */
  readonly outbox: Outbox<KeptEntry> | undefined;
  /** Stores the files of messages. */
  readonly upload: UploadFile | undefined;
  /** What kind of conversation it is, where that is known. */
  readonly kind: ConversationKind | undefined;
}

/** The sender of a client in a conversation. */
export const senderIn = (
  { link, reader, outbox, clock, upload, state, tell }: ClientInternals,
  id: string,
): Sender => ({
  link,
  bodies: reader.bodies,
  outbox,
  clock,
  tell,
  upload,
  kind: state.conversations.get(id)?.kind,
});

/** Whether an acknowledgement says what the message has become. */
const isComplete = ({ ackMessage: { uid, t } }: Ack): boolean => uid !== undefined && t !== undefined;

const messageOf = <B extends Body>(
  { uid, t }: { readonly uid?: string; readonly t?: number },
  from: string,
  { conversationId, options: { transient = false, mentions = [], mentionsAll = false } }: SendRequest,
  body: B,
): Message<B> => {
  if (uid === undefined || t === undefined)
    throw new DecodeFailed('ackMessage.uid', 'the id and time of the stored message', 'undefined');
  return { id: uid, conversationId, from, timestamp: t, body, transient, mentions, mentionsAll, mentioned: false };
};

/** A body, and what it is on the wire. */
interface Content<B extends Body> {
  readonly body: B;
  readonly wire: WireBody;
}

/** Cold: sends what is on the wire already; `age` where it was accepted before, so many ms ago. */
const sendContent = <B extends Body>(
  sender: Sender,
  request: SendRequest,
  { body, wire }: Content<B>,
  age?: number,
): Observable<SendStep<B>> => {
  const { link, outbox, clock } = sender;
  const { conversationId, token, options } = request;
  const { envelope, fields } = toWire(options);
  const bytes = byteLength(wire) + utf8Length(fields.pushData ?? '');
  if (bytes > MAX_BYTES) {
    return refuse(
      new InvalidArgument(
        `a message has at most ${String(MAX_BYTES)} bytes, push data included, but this one has ${String(bytes)}`,
      ),
    );
  }
  const command: ClientCommand = {
    cmd: 'direct',
    ...envelope,
    directMessage: { cid: conversationId, dt: token, ...wire, ...fields },
  };
  const messageIn = ({ ackMessage }: Ack): Message<B> => messageOf(ackMessage, link.clientId, request, body);
  /** What it has become: a server that has forgotten the token stores what is written once more as another message. */
  let stored: string | undefined;
  // Nobody waits for it any more, but it is stored.
  const late = (ack: Ack): void => {
    if (!isComplete(ack) || ack.ackMessage.uid === stored) return;
    stored = ack.ackMessage.uid;
    tellSent(request, sender, messageIn(ack));
  };
  const write = (options?: { readonly timeout: number }) =>
    link.request(command, AckSent, { effectful: true, late, ...options });
  const sending: SendStep<B> = { _tag: 'sending', token };
  const acknowledged = (ack: Ack): SendStep<B> => {
    const message = messageIn(ack);
    stored = message.id;
    return { _tag: 'sent', token, message };
  };
  // What is for now, or for the end of this connection, has no use after it.
  if (outbox === undefined || options.transient === true || options.will === true)
    return concat(of(sending), write().pipe(map(acknowledged)));
  const message = { token, conversationId, at: clock.now(), body: toStored(wire), options: toStoredOptions(options) };
  return outbox
    .send({ conversationId, bytes, write$: write({ timeout: Infinity }), message, ...defined({ age }) })
    .pipe(map((step) => (step._tag === 'Accepted' ? sending : acknowledged(step.ack))));
};

/** Cold: sends a body that needs no upload any more. */
const sendBody = <B extends OutgoingBody>(sender: Sender, request: SendRequest<B>): Observable<SendStep<B>> => {
  const { body } = request;
  const encoded = sender.bodies.encode(body);
  return telling(
    request,
    sender,
    isLeft(encoded)
      ? refuse(new InvalidArgument(`this message can't be sent: ${encoded.left.message}`))
      : sendContent(sender, request, { body, wire: encoded.right }),
  );
};

/** A body as one that can be sent: of a type that is registered no more it is the text. */
const outgoingBody = (body: Body): OutgoingBody => {
  if (body._tag === 'Unknown' || body._tag === 'Invalid') return plain(body.raw);
  return body._tag === 'Recalled' ? plain('') : body;
};

/** What an outbox has kept, as what was to be sent; its body is read as that of a message is that arrives. */
const storedRequest = (bodies: BodyCodec, { token, conversationId, body, options }: StoredSend): SendRequest => ({
  conversationId,
  body: outgoingBody(bodies.decode(fromStored(body))),
  token,
  options,
});

/** Cold: sends what an outbox has kept, as it was to be written. */
export const sendStored = (sender: Sender, stored: StoredSend): Observable<SendStep> =>
  defer(() => {
    const wire = fromStored(stored.body);
    const request = storedRequest(sender.bodies, stored);
    const age = Math.max(0, sender.clock.now() - stored.at);
    return telling(
      request,
      sender,
      sendContent(sender, request, { body: sender.bodies.decode(wire), wire }, age),
      stored.at,
    );
  });

/**
 * Cold: sends a message; emits `uploading` where it has a file to store, `sending`, then `sent`, then completes
 * (protocol: direct).
 */
export const sendSteps = <B extends OutgoingBody>(
  sender: Sender,
  request: SendRequest<B | Upload<B>>,
): Observable<SendStep<B>> =>
  defer((): Observable<SendStep<B>> => {
    const { body, token, options } = request;
    const problem = problemWith(options, sender.kind);
    if (problem !== undefined) return refuse(new InvalidArgument(problem));
    if (body._tag !== 'Upload') return sendBody(sender, { ...request, body });
    return body
      .steps(sender.upload)
      .pipe(
        concatMap((step) =>
          step._tag === 'progress'
            ? of<SendStep<B>>({ _tag: 'uploading', token, progress: step.progress })
            : sendBody(sender, { ...request, body: step.body }),
        ),
      );
  });

/** The message once it is stored: the one value of a send that is a command. */
export const storedMessage = <B extends Body>(steps$: Observable<SendStep<B>>): Observable<Message<B>> =>
  steps$.pipe(
    filter((step) => step._tag === 'sent'),
    map(({ message }) => message),
  );

/** Follows a message that is sent with a receipt beyond `sent`, to `delivered` and `read`; completes with `read`. */
export const track =
  (events$: Observable<ConversationEvent>) =>
  <B extends Body>(steps$: Observable<SendStep<B>>): Observable<SendProgress<B>> =>
    steps$.pipe(
      switchMap((step): Observable<SendProgress<B>> => {
        if (step._tag !== 'sent') return of(step);
        const { token, message } = step;
        return events$.pipe(
          messageStatus(message),
          map((status): SendProgress<B> => (status._tag === 'sent' ? step : { ...status, token, message })),
        );
      }),
    );
