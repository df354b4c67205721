import { randomBytes } from 'node:crypto';
import type { ConversationInfo, ServerCommand } from '../../codecs/index.js';
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

const bytesOf = ({ msg, binaryMsg, pushData = '' }: Direct['directMessage']): number =>
  Buffer.byteLength(msg ?? '') + (binaryMsg?.length ?? 0) + Buffer.byteLength(pushData);

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
  const transient = wire.transient === true;

  return inOrder(wire.cid, async () => {
    const { members = [] } = await ownConversation(app, sender, wire.cid);
    const content = {
      conversationId: wire.cid,
      from: sender.clientId,
      receipt: wire.r === true,
      mentions: wire.mentionPids ?? [],
      mentionsAll: wire.mentionAll === true,
      ...(wire.msg === undefined ? {} : { msg: wire.msg }),
      ...(wire.binaryMsg === undefined ? {} : { binaryMsg: wire.binaryMsg }),
    };
    const { message, repeated } = transient
      ? { message: { ...content, id: randomBytes(16).toString('base64url'), timestamp: clock.now() }, repeated: false }
      : await store.append({ ...content, ...(wire.dt === undefined ? {} : { token: wire.dt }), now: clock.now() });
    if (!repeated) {
      const notice = { _tag: 'Push', command: push(message, transient), except: sender.id } as const;
      for (const member of members) bus.publish(member, notice);
    }
    return { answer: { cmd: 'ack', ackMessage: { uid: message.id, t: message.timestamp } } };
  });
};
