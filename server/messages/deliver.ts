/** Delivers messages to their receivers. */
import { randomBytes } from 'node:crypto';
import { defined } from '../../codecs/defined.js';
import type { ConversationInfo, JsonObject, WireBody } from '../../codecs/index.js';
import { exceptActor, type Actor } from '../actor.js';
import type { App } from '../app.js';
import { asSpeaker, earnedPriority, speakerOf } from '../conversations/access.js';
import { mayNotSpeak } from '../domain/conversations/access.js';
import { bodyOf, typeOf } from '../domain/messages/body.js';
import { audienceOf } from '../domain/messages/history.js';
import { transientTime } from '../domain/messages/transient-time.js';
import { Refusal } from '../domain/refusal.js';
import type { StoredMessage } from '../store/store.js';
import { checkSize, fromHook, toHook } from './body.js';
import { handOut, type HandingOut } from './handing-out.js';

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

/** Refuses a message that can't be sent in this kind of conversation. */
const check = (actor: Actor, { kind }: ConversationInfo, { to, broadcast }: Outgoing): void => {
  if ((to !== undefined || broadcast === true) && (kind !== 'system' || !actor.isBackEnd))
    throw new Refusal(4313, 'only a system conversation has messages for some, or for all clients');
};

/** The body that the application wants to be sent. */
const askedBody = async (
  { hooks, clock, limits }: App,
  actor: Actor,
  { kind, members = [] }: ConversationInfo,
  outgoing: Outgoing,
): Promise<WireBody> => {
  const { from, conversationId, transient = false, receipt = false, mentions = [], mentionsAll = false } = outgoing;
  const before = toHook(outgoing.body);
  const asked = await hooks.messageReceived({
    ...before,
    fromPeer: from,
    convId: conversationId,
    toPeers: kind === 'ordinary' || kind === 'temporary' ? members : [],
    timestamp: clock.now(),
    transient,
    receipt,
    system: kind === 'system',
    mentionPids: mentions,
    mentionAll: mentionsAll,
  });
  if (asked.content === before.content && asked.bin === before.bin) return bodyOf(outgoing.body);
  const body = fromHook(asked);
  // Mentioned clients count in the size if a client has sent the message.
  checkSize(body, actor.isBackEnd ? '' : mentions.join(''), limits.messageBytes);
  return body;
};

/** What is kept of a message. */
const contentOf = (outgoing: Outgoing, body: WireBody) => {
  const { conversationId, from, receipt = false, mentions = [], mentionsAll = false, to } = outgoing;
  return { conversationId, from, receipt, mentions, mentionsAll, ...defined({ to }), ...typeOf(body.msg), ...body };
};

/** Sends a message to who is online now. It is not stored. */
const sendNow = (
  app: App,
  actor: Actor,
  info: ConversationInfo,
  content: ReturnType<typeof contentOf>,
  how: HandingOut,
): StoredMessage => {
  const message: StoredMessage = {
    ...content,
    // What a client sends to a system conversation is for the back end only.
    ...(info.kind === 'system' && !actor.isBackEnd ? { to: [] } : {}),
    id: randomBytes(16).toString('base64url'),
    timestamp: transientTime(app.clock.now(), info),
  };
  handOut(app, audienceOf(info, message), message, how);
  return message;
};

/**
 * Stores a message and sends it to its receivers. If the store fails, it may have stored the message all the same. So
 * it is asked for the message later, and the receivers get it then: a sender that repeats the message is answered
 * with the stored one, and nobody would get it otherwise.
 */
const sendStored = async (
  app: App,
  actor: Actor,
  { token, ...content }: ReturnType<typeof contentOf> & { readonly token: string },
  how: HandingOut,
): Promise<StoredMessage> => {
  const { store, clock } = app;
  const { conversationId, from } = content;
  const now = clock.now();
  const result = await app.attempt(
    conversationId,
    () => store.append({ ...content, token, ...defined({ speaker: speakerOf(actor) }), now }),
    {
      id: token,
      except: how.except,
      settle: async (except) => {
        const message = await store.message(conversationId, { from, token });
        if (message === undefined) return false;
        // An earlier attempt has stored it. Receivers have it, and some clients would show it twice.
        if (message.timestamp < now || app.handedOut.has(message.id)) return true;
        const [info] = await store.conversations([conversationId]);
        if (info !== undefined) handOut(app, audienceOf(info, message), message, { ...how, except });
        return true;
      },
    },
  );
  if (result._tag === 'Appended') handOut(app, result, result.message, how);
  else if (result._tag !== 'Repeated') throw mayNotSpeak(conversationId, result);
  return result.message;
};

/**
 * Handles a message: calls the application's hook, stores the message unless it is transient, and sends it to all
 * other sessions of its receivers. Without a hook, a stored message takes one call of the store.
 */
export const deliver = async (app: App, actor: Actor, outgoing: Outgoing): Promise<StoredMessage> => {
  const { conversationId, transient = false, to, broadcast = false, priority, pushData } = outgoing;
  const { except } = exceptActor(actor);
  // A message without a token of its sender gets one, so that the store can be asked for it.
  const token = outgoing.token ?? randomBytes(16).toString('base64url');
  if (outgoing.token !== undefined) app.repeat(conversationId, token, except);
  return app.inOrder(conversationId, async () => {
    const wanted = priorityOf(priority);
    const how: HandingOut = {
      transient,
      broadcast,
      priority: wanted,
      inRooms: await earnedPriority(app, actor, conversationId, wanted),
      showsPriority: priority !== undefined,
      pushData,
      except,
    };
    const isAsked = app.hooks.decidesOnMessages;
    if (!transient && !isAsked && to === undefined && !broadcast)
      return sendStored(app, actor, { ...contentOf(outgoing, bodyOf(outgoing.body)), token }, how);
    const info = await asSpeaker(app, actor, conversationId);
    check(actor, info, outgoing);
    const body = isAsked ? await askedBody(app, actor, info, outgoing) : bodyOf(outgoing.body);
    const content = contentOf(outgoing, body);
    return transient ? sendNow(app, actor, info, content, how) : sendStored(app, actor, { ...content, token }, how);
  });
};
