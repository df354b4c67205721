import { randomBytes } from 'node:crypto';
import { either as E, function as F } from 'fp-ts';
import * as t from 'io-ts';
import { parseJson, type ConversationInfo, type ServerCommand } from '../../codecs/index.js';
import type { App } from '../app.js';
import { Refusal } from '../refusal.js';
import type { Session } from '../session.js';
import type { StoredMessage } from '../store/store.js';
import type { CommandOf, Handler } from './handler.js';

type Direct = CommandOf<'direct'>;

/** The conversation, if this client may speak in it. */
export const ownConversation = async (app: App, { clientId }: Session, id: string): Promise<ConversationInfo> => {
  const [conversation] = await app.store.conversations([id]);
  if (conversation?.members?.includes(clientId) !== true)
    throw new Refusal(4401, 'there is no such conversation, or you are not a member of it');
  return conversation;
};

const Typed = t.type({ _lctype: t.number });

/** The message type's number, where the body is of a type. */
export const typeOf = (msg = ''): { readonly type?: number } =>
  F.pipe(
    parseJson(msg),
    E.match(
      () => ({}),
      (body) => (Typed.is(body) ? { type: body._lctype } : {}),
    ),
  );

const bytesOf = ({ msg, binaryMsg, pushData = '' }: Direct['directMessage']): number =>
  Buffer.byteLength(msg ?? '') + (binaryMsg?.length ?? 0) + Buffer.byteLength(pushData);

/** Nobody sees it out of order: it is not before the newest stored message, though the clock may be. */
const transientMessage = (
  content: Omit<StoredMessage, 'id' | 'timestamp'>,
  now: number,
  { lastMessageAt = 0 }: ConversationInfo,
): StoredMessage => ({
  ...content,
  id: randomBytes(16).toString('base64url'),
  timestamp: Math.max(now, lastMessageAt),
});

const push = (message: StoredMessage, transient: boolean): ServerCommand => {
  const { id, conversationId, from, timestamp, receipt, mentions, mentionsAll, msg, binaryMsg } = message;
  return {
    cmd: 'direct',
    directMessage: {
      id,
      cid: conversationId,
      fromPeerId: from,
      timestamp,
      ...(msg === undefined ? {} : { msg }),
      ...(binaryMsg === undefined ? {} : { binaryMsg }),
      ...(receipt ? { r: true } : {}),
      ...(transient ? { transient } : {}),
      ...(mentions.length === 0 ? {} : { mentionPids: [...mentions] }),
      ...(mentionsAll ? { mentionAll: true } : {}),
    },
  };
};

/** Takes a message: stores it unless it is transient, acknowledges it, and hands it to every other session of every member. */
export const direct: Handler<Direct> = async ({ app, session }, { directMessage: wire }) => {
  const { store, bus, clock, limits, inOrder } = app;
  const sender = session();
  const bytes = bytesOf(wire);
  if (bytes > limits.messageBytes) throw new Refusal(4109, `a message has at most ${limits.messageBytes} bytes, this one has ${bytes}`);
  if (wire.will === true) throw new Refusal(4200, 'this server does not keep wills');
  const transient = wire.transient === true;

  return inOrder(wire.cid, async () => {
    const conversation = await ownConversation(app, sender, wire.cid);
    const content = {
      conversationId: wire.cid,
      from: sender.clientId,
      receipt: wire.r === true,
      mentions: wire.mentionPids ?? [],
      mentionsAll: wire.mentionAll === true,
      ...typeOf(wire.msg),
      ...(wire.msg === undefined ? {} : { msg: wire.msg }),
      ...(wire.binaryMsg === undefined ? {} : { binaryMsg: wire.binaryMsg }),
    };
    const { message, repeated } = transient
      ? { message: transientMessage(content, clock.now(), conversation), repeated: false }
      : await store.append({ ...content, ...(wire.dt === undefined ? {} : { token: wire.dt }), now: clock.now() });
    if (!repeated) {
      bus.publish(conversation.members ?? [], { _tag: 'Push', command: push(message, transient), except: sender.id });
    }
    return { answer: { cmd: 'ack', ackMessage: { uid: message.id, t: message.timestamp } } };
  });
};
