/** Delivers messages to their receivers. */
import { randomBytes } from 'node:crypto';
import { defined } from '../../codecs/defined.js';
import type { ConversationInfo, JsonObject, WireBody } from '../../codecs/index.js';
import { exceptActor, type Actor } from '../actor.js';
import type { App } from '../app.js';
import type { Notice } from '../notice.js';
import { asSpeaker, earnedPriority } from '../conversations/access.js';
import { bodyOf, typeOf } from '../domain/messages/body.js';
import { transientTime } from '../domain/messages/transient-time.js';
import { directPush } from '../domain/messages/pushes.js';
import { Refusal } from '../domain/refusal.js';
import type { StoredMessage } from '../store/store.js';
import { checkSize, fromHook, toHook } from './body.js';

/** A message as its sender gives it. */
export interface Outgoing {
  readonly conversationId: string;
  readonly from: string;
  readonly body: WireBody;
  readonly receipt?: boolean;
  readonly transient?: boolean;
  readonly mentions?: readonly string[];
  readonly mentionsAll?: boolean;
  /** The sender's token: two messages of one sender with the same token are the same message. */
  readonly token?: string;
  /** Of a chat room's message: 1 high, 2 normal, 3 low. */
  readonly priority?: number;
  /** The push data for receivers that are offline. */
  readonly pushData?: JsonObject;
  /** In a system conversation: the only clients that get it. */
  readonly to?: readonly string[];
  /** In a system conversation: all clients get it, subscribed or not. */
  readonly broadcast?: boolean;
}

/** Priorities of the protocol. A message without a valid priority is normal. */
const NORMAL = 2;
const priorityOf = (priority = NORMAL): 1 | 2 | 3 => (priority === 1 || priority === 3 ? priority : NORMAL);

const transientMessage = (
  content: Omit<StoredMessage, 'id' | 'timestamp'>,
  now: number,
  info: ConversationInfo,
): StoredMessage => ({
  ...content,
  id: randomBytes(16).toString('base64url'),
  timestamp: transientTime(now, info),
});

/**
 * Sends a notice to everybody who has a message: the members, the clients in the chat room, or in a system
 * conversation all subscribers or the clients that the message is for.
 */
export const publishAbout = (
  { bus }: App,
  info: ConversationInfo,
  { from, to }: Pick<StoredMessage, 'from' | 'to'>,
  notice: Notice,
): void => {
  if (info.kind === 'room') bus.publishRoom(info.id, notice);
  else bus.publish(to === undefined ? (info.members ?? []) : [...new Set([...to, from])], notice);
};

/** The receivers of a message. A message that a user sends to a system conversation is for the back end only. */
const addresseesOf = (info: ConversationInfo, actor: Actor, { to }: Outgoing): { readonly to?: readonly string[] } => {
  if (info.kind !== 'system') return {};
  if (!actor.isBackEnd) return { to: [] };
  return to === undefined ? {} : { to };
};

/** Tells the application about members who are offline and have not muted the conversation. */
const tellOffline = async (
  app: App,
  info: ConversationInfo,
  message: StoredMessage,
  pushData: JsonObject | undefined,
): Promise<void> => {
  if (!app.hooks.hearsOfOffline || info.kind === 'room') return;
  const { members = [], mutedMembers = [] } = info;
  const wanted = (message.to ?? members).filter((member) => member !== message.from && !mutedMembers.includes(member));
  const online = new Set(await app.bus.online(wanted));
  const offlinePeers = wanted.filter((member) => !online.has(member));
  if (offlinePeers.length > 0)
    app.hooks.receiversOffline({ ...hookMessage(info, message, false), offlinePeers, ...defined({ pushData }) });
};

const hookMessage = ({ kind }: ConversationInfo, message: StoredMessage, transient: boolean) => ({
  ...toHook(message),
  fromPeer: message.from,
  convId: message.conversationId,
  msgId: message.id,
  timestamp: message.timestamp,
  transient,
  system: kind === 'system',
  mentionPids: message.mentions,
  mentionAll: message.mentionsAll,
});

/** Refuses a message that can't be sent in this kind of conversation. */
const check = (actor: Actor, { kind }: ConversationInfo, { to, broadcast }: Outgoing): void => {
  if ((to !== undefined || broadcast === true) && (kind !== 'system' || !actor.isBackEnd))
    throw new Refusal(4313, 'only a system conversation has messages for some, or for all clients');
};

/**
 * Handles a message: calls the application's hook, stores the message unless it is transient, and sends it to all
 * other sessions of its receivers.
 */
export const deliver = async (app: App, actor: Actor, outgoing: Outgoing): Promise<StoredMessage> =>
  app.inOrder(outgoing.conversationId, async () => {
    const { store, clock, hooks } = app;
    const {
      conversationId,
      from,
      transient = false,
      receipt = false,
      mentions = [],
      mentionsAll = false,
      token,
      broadcast = false,
    } = outgoing;
    const info = await asSpeaker(app, actor, conversationId);
    check(actor, info, outgoing);
    const { members = [] } = info;
    const asked = await hooks.messageReceived({
      ...toHook(outgoing.body),
      fromPeer: from,
      convId: conversationId,
      toPeers: info.kind === 'ordinary' || info.kind === 'temporary' ? members : [],
      timestamp: clock.now(),
      transient,
      receipt,
      system: info.kind === 'system',
      mentionPids: mentions,
      mentionAll: mentionsAll,
    });
    const before = toHook(outgoing.body);
    const isChanged = asked.content !== before.content || asked.bin !== before.bin;
    const body = isChanged ? fromHook(asked) : bodyOf(outgoing.body);
    // Mentioned clients count in the size if a client has sent the message.
    if (isChanged) checkSize(body, actor.isBackEnd ? '' : mentions.join(''), app.limits.messageBytes);
    const content = {
      conversationId,
      from,
      receipt,
      mentions,
      mentionsAll,
      ...addresseesOf(info, actor, outgoing),
      ...typeOf(body.msg),
      ...body,
    };
    const { message, repeated } = transient
      ? { message: transientMessage(content, clock.now(), info), repeated: false }
      : await store.append({ ...content, ...defined({ token }), now: clock.now() });
    if (repeated) return message;
    const priority = await earnedPriority(app, actor, info, priorityOf(outgoing.priority));
    const notice: Notice = {
      _tag: 'Push',
      command: directPush(message, {
        transient,
        ...defined({ priority: outgoing.priority === undefined ? undefined : priority }),
      }),
      ...(info.kind === 'room' ? { priority } : {}),
      ...exceptActor(actor),
    };
    if (broadcast) app.bus.publishAll(notice);
    else publishAbout(app, info, message, notice);
    hooks.messageSent(hookMessage(info, message, transient));
    if (!transient) void tellOffline(app, info, message, outgoing.pushData).catch(app.report);
    return message;
  });
