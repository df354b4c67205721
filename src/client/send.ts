import { either as E } from 'fp-ts';
import { concat, defer, map, of, tap, type Observable } from 'rxjs';
import { AckSent, DecodeFailed, type BodyCodec, type ClientCommand, type OutgoingBody } from '../../codecs/index.js';
import type { Message } from '../../streams/index.js';
import { InvalidArgument } from '../errors.js';
import type { Outbox } from '../session/outbox.js';
import { refuse, type Link } from './link.js';

export interface SendOptions {
  /** Ask for receipts: the conversation's `receipts$` moves when the other side has received and read. One-to-one conversations only. Default false. */
  readonly receipt?: boolean;
}

/** How far a message has come: taken, then stored by the server. `token` is the same in both, and in every repetition. */
export type SendProgress =
  { readonly _tag: 'sending'; readonly token: string } | { readonly _tag: 'sent'; readonly token: string; readonly message: Message };

export interface Sender {
  readonly link: Link;
  readonly bodies: BodyCodec;
  /** Where messages wait while there is no connection; without it they fail then. */
  readonly outbox: Outbox | undefined;
  /** Hears of each message that the server has stored. */
  readonly sent: (message: Message) => void;
}

/** The protocol's bound for one message, in bytes of UTF-8. */
const MAX_BYTES = 5 * 1_024;

const messageOf = (
  { uid, t }: { readonly uid?: string; readonly t?: number },
  from: string,
  conversationId: string,
  body: OutgoingBody,
): Message => {
  if (uid === undefined || t === undefined) throw new DecodeFailed('ackMessage.uid', 'the id and time of the stored message', 'undefined');
  return { id: uid, conversationId, from, timestamp: t, body, transient: false, mentions: [], mentionsAll: false, mentioned: false };
};

/**
 * Cold: sends a message; emits `sending`, then `sent`, then completes. `token` is minted by the caller when the command is made, so that subscribing again, after an error
 * too, can't double the message (protocol: direct, `dt`).
 */
export const send = (
  { link, bodies, outbox, sent }: Sender,
  conversationId: string,
  body: OutgoingBody,
  token: string,
  { receipt = false }: SendOptions,
): Observable<SendProgress> =>
  defer(() => {
    const encoded = bodies.encode(body);
    if (E.isLeft(encoded)) return refuse(new InvalidArgument(`this message can't be sent: ${encoded.left.message}`));
    const wire = encoded.right;
    const bytes = new TextEncoder().encode(wire.msg ?? '').length;
    if (bytes > MAX_BYTES)
      return refuse(new InvalidArgument(`a message has at most ${String(MAX_BYTES)} bytes, but this one has ${String(bytes)}`));

    const command: ClientCommand = {
      cmd: 'direct',
      directMessage: { cid: conversationId, dt: token, ...wire, ...(receipt ? { r: true } : {}) },
    };
    const write$ = link.request(command, AckSent, { effectful: true });
    return concat(
      of<SendProgress>({ _tag: 'sending', token }),
      (outbox === undefined ? write$ : outbox.send({ bytes, write$ })).pipe(
        map(({ ackMessage }) => messageOf(ackMessage, link.clientId, conversationId, body)),
        tap(sent),
        map((message): SendProgress => ({ _tag: 'sent', token, message })),
      ),
    );
  });
