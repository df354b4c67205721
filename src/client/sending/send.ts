import { isLeft } from '../../../codecs/either.js';
import { defer, filter, map, of, switchMap, type Observable } from 'rxjs';
import {
  AckSent,
  DecodeFailed,
  fromStored,
  plain,
  type Body,
  type BodyCodec,
  type ClientCommand,
  type ConversationKind,
  type OutgoingBody,
  type WireBody,
} from '../../../codecs/index.js';
import { defined } from '../../../codecs/defined.js';
import type { DeliveryStatus, Message, Position } from '../../../streams/index.js';
import { InvalidArgument } from '../../errors.js';
import type { Reply } from '../../connection/connection.js';
import type { Ack } from '../../outbox/outbox.js';
import type { StoredSend } from '../../outbox/outbox-storage.js';
import type { ClientOutbox } from '../create-outbox.js';
import type { ClientInternals } from '../internals.js';
import { refuse, type Link } from '../link.js';
import {
  SENDING,
  tellSent,
  telling,
  type Progressing,
  type SendLog,
  type SendRequest,
  type SendStep,
} from './send-request.js';
import { byteLength, MAX_BYTES, utf8Length } from './message-size.js';
import { copyOf, problemWith, toWire, type SendOptions } from './send-options.js';
import type { Upload, UploadFile, UploadSession } from './upload.js';

/**
 * The progress of a message: its file is uploaded (`progress` from 0 to 1), the message is accepted, stored by the
 * server, delivered, read. `token` is the same in all steps and in every repetition. `at` is in ms since 1970.
 */
export type SendProgress<B extends Body = Body> =
  | SendStep<B>
  | { readonly _tag: 'delivered' | 'read'; readonly token: string; readonly message: Message<B>; readonly at: number };

export interface Sender extends SendLog {
  readonly link: Link;
  readonly bodies: BodyCodec;
  /** Keeps messages while there is no connection. Without an outbox they fail then. */
  readonly outbox: Pick<ClientOutbox, 'send'> | undefined;
  /** Stores the files of messages. */
  readonly upload: UploadFile | undefined;
  readonly session?: UploadSession;
  /** The kind of conversation, if it is known. */
  readonly kind: ConversationKind | undefined;
}

/** The sender of a client in a conversation. */
export const senderIn = (
  { link, reader, outbox, clock, upload, api, token, state, tell }: ClientInternals,
  id: string,
): Sender => ({
  link,
  bodies: reader.bodies,
  outbox,
  clock,
  tell,
  upload,
  session: { api, token },
  kind: state.conversations.get(id)?.kind,
});

/** The stored message; `undefined` if the acknowledgement lacks its id or its time. */
const messageOf = <B extends Body>(
  { ackMessage: { uid, t } }: Ack,
  from: string,
  { conversationId, options: { transient = false, mentions = [], mentionsAll = false } }: SendRequest,
  body: B,
): Message<B> | undefined =>
  uid === undefined || t === undefined
    ? undefined
    : { id: uid, conversationId, from, timestamp: t, body, transient, mentions, mentionsAll, mentioned: false };

/** A body, and its form on the wire. */
interface Content<B extends Body> {
  readonly body: B;
  readonly wire: WireBody;
}

/** Sends an encoded body. `age`: an earlier client accepted the message so many ms ago. */
const sendContent = <B extends Body>(
  sender: Sender,
  request: SendRequest,
  { body, wire }: Content<B>,
  { next, failed, until }: Progressing<SendStep<B>>,
  age?: number,
): void => {
  const { link, outbox } = sender;
  const { conversationId, token, options } = request;
  const { envelope, fields } = toWire(options);
  const bytes = byteLength(wire) + utf8Length(fields.pushData ?? '');
  if (bytes > MAX_BYTES) {
    failed(
      new InvalidArgument(
        `a message has at most ${String(MAX_BYTES)} bytes, push data included, but this one has ${String(bytes)}`,
      ),
    );
    return;
  }
  const command: ClientCommand = {
    cmd: 'direct',
    directMessage: { cid: conversationId, dt: token, ...wire, ...fields },
    ...envelope,
  };
  const messageIn = (ack: Ack): Message<B> | undefined => messageOf(ack, link.clientId, request, body);
  /**
   * The id of the stored message. A server that has forgotten the token stores a repeated write as another message,
   * with another id.
   */
  let stored: string | undefined;
  // The acknowledgement came after the command had ended, but the message is stored.
  const late = (ack: Ack): void => {
    const message = messageIn(ack);
    if (message === undefined || message.id === stored) return;
    stored = message.id;
    tellSent(request, sender, message);
  };
  // A transient message or a will belongs to this connection, so it does not wait for the next one.
  const waits = outbox !== undefined && options.transient !== true && options.will !== true;
  const writing = { effectful: true, isUnlimited: waits, late };
  const write = (reply: Reply<Ack>): (() => void) => link.ask(command, AckSent, reply, writing);
  const accepted = (): void => {
    next({ _tag: 'sending', token });
  };
  const reply: Reply<Ack> = {
    answered: (ack) => {
      const message = messageIn(ack);
      if (message === undefined) {
        failed(new DecodeFailed('ackMessage.uid', 'the id and time of the stored message', 'undefined'));
        return;
      }
      stored = message.id;
      next({ _tag: 'sent', token, message });
    },
    failed,
  };
  if (waits) {
    const entry = { conversationId, token, bytes, write, wire, options, ...defined({ age }) };
    outbox.send(entry, { ...reply, accepted }, until);
    return;
  }
  accepted();
  if (!until.closed) until.add(write(reply));
};

/** Whether nobody can change the body: `text` makes such bodies. */
const isFixed = (body: OutgoingBody): boolean =>
  body._tag === 'Text' && body.attributes === undefined && Object.isFrozen(body);

/** The body as it was sent. The caller may change its own body, its fields or its bytes, while the message waits. */
const asSent = <B extends OutgoingBody>(bodies: BodyCodec, body: B, wire: WireBody): B => {
  if (isFixed(body)) return body;
  const copy = bodies.decode(wire.binaryMsg === undefined ? wire : { binaryMsg: wire.binaryMsg.slice() });
  return copy._tag === body._tag ? (copy as B) : body;
};

/**
 * Cold: sends a body without a file to upload, as it is at the moment of the subscription. `first` is told to the log
 * at once.
 */
export const sendBody = <B extends OutgoingBody>(
  sender: Sender,
  given: SendRequest<B>,
  first?: { readonly _tag: 'sending' },
): Observable<SendStep<B>> => {
  const { bodies } = sender;
  const encoded = bodies.encode(given.body);
  const body = isLeft(encoded) ? given.body : asSent(bodies, given.body, encoded.right);
  const request = { ...given, body };
  const sending = (told: typeof first): Observable<SendStep<B>> =>
    telling<SendStep<B>>(
      request,
      sender,
      (progressing) => {
        if (isLeft(encoded))
          progressing.failed(new InvalidArgument(`this message can't be sent: ${encoded.left.message}`));
        else sendContent(sender, request, { body, wire: encoded.right }, progressing);
      },
      () => sending(SENDING),
      undefined,
      told,
    );
  return sending(first);
};

/**
 * Makes a body that was read from the storage sendable. If its type is no longer registered, its raw text is sent.
 */
const outgoingBody = (body: Body): OutgoingBody => {
  if (body._tag === 'Unknown' || body._tag === 'Invalid' || body._tag === 'Signal') return plain(body.raw);
  return body._tag === 'Recalled' ? plain('') : body;
};

/**
 * Turns a stored message into the request that it came from. Its body is decoded like the body of an arriving
 * message.
 */
const storedRequest = (bodies: BodyCodec, { token, conversationId, body, options }: StoredSend): SendRequest => ({
  conversationId,
  body: outgoingBody(bodies.decode(fromStored(body))),
  token,
  options,
});

/** Cold: sends a message that an outbox has stored, with exactly the stored body. */
export const sendStored = (sender: Sender, stored: StoredSend): Observable<SendStep> =>
  defer(() => {
    const wire = fromStored(stored.body);
    const request = storedRequest(sender.bodies, stored);
    const sending = (since?: number): Observable<SendStep> =>
      telling(
        request,
        sender,
        (progressing) => {
          const age = since === undefined ? undefined : Math.max(0, sender.clock.now() - since);
          sendContent(sender, request, { body: sender.bodies.decode(wire), wire }, progressing, age);
        },
        sending,
        since,
        since === undefined ? SENDING : undefined,
      );
    return sending(stored.at);
  });

/**
 * Cold: sends a message. Emits `uploading` if it has a file, `sending`, then `sent`, then completes (protocol:
 * direct).
 */
export const sendSteps = <B extends OutgoingBody>(
  sender: Sender,
  given: SendRequest<B | Upload<B>>,
): Observable<SendStep<B>> =>
  defer((): Observable<SendStep<B>> => {
    const { body } = given;
    const problem = problemWith(given.options, sender.kind);
    if (problem !== undefined) return refuse(new InvalidArgument(problem));
    const request = { ...given, options: copyOf(given.options) };
    return body._tag === 'Upload' ? body.send(sender, request) : sendBody(sender, { ...request, body });
  });

/** Cold: sends a message. Its token is made now, once for all subscriptions. */
export const sendIn = <B extends OutgoingBody>(
  client: ClientInternals,
  conversationId: string,
  body: B | Upload<B>,
  options: SendOptions,
): Observable<SendStep<B>> => {
  const request = { conversationId, body, token: client.mint(), options };
  return defer(() => sendSteps(senderIn(client, conversationId), request));
};

/** Emits only the stored message: a command emits one value. */
export const storedMessage = <B extends Body>(steps$: Observable<SendStep<B>>): Observable<Message<B>> =>
  steps$.pipe(
    filter((step) => step._tag === 'sent'),
    map(({ message }) => message),
  );

/**
 * Follows a message that was sent with a receipt from `sent` on to `delivered` and `read`. Completes after `read`.
 */
export const track =
  (statusOf: (message: Position) => Observable<DeliveryStatus>) =>
  <B extends Body>(steps$: Observable<SendStep<B>>): Observable<SendProgress<B>> =>
    steps$.pipe(
      switchMap((step): Observable<SendProgress<B>> => {
        if (step._tag !== 'sent') return of(step);
        const { token, message } = step;
        return statusOf(message).pipe(
          map((status): SendProgress<B> => (status._tag === 'sent' ? step : { ...status, token, message })),
        );
      }),
    );
