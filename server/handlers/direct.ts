import { randomBytes } from 'node:crypto';
import { either as E, function as F } from 'fp-ts';
import * as t from 'io-ts';
import { JsonObject, parseJson, type ConversationInfo, type ServerCommand } from '../../codecs/index.js';
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

/** A message as its receivers get it. */
export const directPush = (
  message: StoredMessage,
  how: { readonly transient?: boolean; readonly offline?: boolean; readonly hasMore?: boolean; readonly priority?: number } = {},
): ServerCommand => {
  const { id, conversationId, from, timestamp, editedAt, receipt, mentions, mentionsAll, msg, binaryMsg } = message;
  const { priority, ...flags } = how;
  return {
    cmd: 'direct',
    ...(priority === undefined ? {} : { priority }),
    directMessage: {
      id,
      cid: conversationId,
      fromPeerId: from,
      timestamp,
      ...(editedAt === undefined ? {} : { patchTimestamp: editedAt }),
      ...(msg === undefined ? {} : { msg }),
      ...(binaryMsg === undefined ? {} : { binaryMsg }),
      ...(receipt ? { r: true } : {}),
      ...Object.fromEntries(Object.entries(flags).filter(([, set]) => set)),
      ...(mentions.length === 0 ? {} : { mentionPids: [...mentions] }),
      ...(mentionsAll ? { mentionAll: true } : {}),
    },
  };
};

/** What is to be pushed to those who are not online. */
const pushDataOf = ({ pushData }: Direct['directMessage']): JsonObject | undefined => {
  if (pushData === undefined) return undefined;
  const data = parseJson(pushData);
  if (E.isLeft(data) || !JsonObject.is(data.right)) throw new Refusal(4114, 'pushData should be a JSON object');
  return data.right;
};

/** Tells the application of a message for members who are not online, but for those who have muted the conversation; it is not waited for. */
const tellOffline = async (
  { bus, onOffline }: App,
  message: StoredMessage,
  { members = [], mutedMembers = [] }: ConversationInfo,
  pushData: JsonObject | undefined,
): Promise<void> => {
  const wanted = members.filter((member) => member !== message.from && !mutedMembers.includes(member));
  const online = new Set(await bus.online(wanted));
  const away = wanted.filter((member) => !online.has(member));
  if (away.length > 0) await onOffline(message, away, pushData);
};

/** Takes a message: stores it unless it is transient, hands it to every other session of every member, and gives its id and time. */
const deliver = async (app: App, sender: Session, { directMessage: wire, priority }: Direct): Promise<StoredMessage> =>
  app.inOrder(wire.cid, async () => {
    const { store, bus, clock } = app;
    const transient = wire.transient === true;
    const conversation = await ownConversation(app, sender, wire.cid);
    const { members = [] } = conversation;
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
    if (repeated) return message;
    bus.publish(members, {
      _tag: 'Push',
      command: directPush(message, { transient, ...(priority === undefined ? {} : { priority }) }),
      except: sender.id,
    });
    if (!transient) void tellOffline(app, message, conversation, pushDataOf(wire)).catch(app.report);
    return message;
  });

/**
 * A message is sent; or, as a will, kept until the connection of its sender breaks. A will is acknowledged with an id and a time of its own, since it has no other yet, and checked now, so that
 * its sender hears of what is wrong with it.
 */
export const direct: Handler<Direct> = async ({ app, session }, command) => {
  const { directMessage: wire } = command;
  const { clock, limits } = app;
  const sender = session();
  const bytes = bytesOf(wire);
  if (bytes > limits.messageBytes) throw new Refusal(4109, `a message has at most ${limits.messageBytes} bytes, this one has ${bytes}`);
  pushDataOf(wire);
  if (wire.will === true) {
    await ownConversation(app, sender, wire.cid);
    sender.setWill(async () => {
      await deliver(app, sender, command);
    });
    return { answer: { cmd: 'ack', ackMessage: { uid: randomBytes(16).toString('base64url'), t: clock.now() } } };
  }
  const { id, timestamp } = await deliver(app, sender, command);
  return { answer: { cmd: 'ack', ackMessage: { uid: id, t: timestamp } } };
};
