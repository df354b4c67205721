/** Delivers messages to their receivers. */
import { defined } from '../../codecs/defined.js';
import type { ConversationInfo, JsonObject, WireBody } from '../../codecs/index.js';
import { exceptActor, type Actor } from '../actor.js';
import type { App } from '../app.js';
import { asSpeaker, earnedPriority, hasPriority, speakerOf } from '../conversations/access.js';
import { mayNotSpeak } from '../domain/conversations/access.js';
import { bodyOf, typeOf } from '../domain/messages/body.js';
import { audienceOf } from '../domain/messages/history.js';
import { transientTime } from '../domain/messages/transient-time.js';
import { Refusal } from '../domain/refusal.js';
import type { RoomPriority } from '../notice.js';
import { randomIds } from '../random-ids.js';
import type { Appended, NewMessage, StoredMessage } from '../store/store.js';
import { asUnknown, OutcomeUnknown, type Settlement } from '../unsettled.js';
import { checkSize, fromHook, toHook } from './body.js';
import type { Session } from '../session.js';
import { handOut, UNKNOWN, type HandingOut } from './handing-out.js';

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
  /** Of a message of the back end: whether the sender's sessions get it. */
  readonly toSender?: boolean;
  /** It is sent although the session of its sender was given up. */
  readonly isWill?: boolean;
}

const newId = randomIds(16);

/** Priorities of the protocol. A message without a valid priority is normal. */
const NORMAL = 2;
const priorityOf = (priority = NORMAL): RoomPriority => (priority === 1 || priority === 3 ? priority : NORMAL);

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
    ...defined({ sourceIP: actor.session?.address }),
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
  const content = { conversationId, from, receipt, mentions, mentionsAll, ...typeOf(body.msg), ...body };
  return to === undefined ? content : { to, ...content };
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
    id: newId(),
    timestamp: transientTime(app.clock.now(), info),
  };
  handOut(app, audienceOf(info, message), message, how);
  return message;
};

/** A message that is to be stored, and how it is handed out then. */
export interface Posting {
  readonly message: Omit<NewMessage, 'now'> & { readonly token: string };
  readonly how: HandingOut;
  /** The sender's session, if a client has sent it. */
  readonly session: Session | undefined;
}

const postingOf = (
  actor: Actor,
  token: string,
  content: ReturnType<typeof contentOf>,
  how: HandingOut,
  { isWill = false }: Outgoing,
): Posting => ({
  message: { token, ...content, ...defined({ speaker: speakerOf(actor) }) },
  how,
  session: isWill ? undefined : actor.session,
});

/** Of a message that is not stored any more, since its sender's session was given up. Nobody waits for it. */
const GIVEN_UP: Posted = { result: { _tag: 'NoConversation' }, answered: () => undefined };

/** What became of a message. Nobody gets it, nor a later message of its conversation, before `answered` is called. */
export interface Posted {
  readonly result: Appended;
  /** The sender has its answer. */
  readonly answered: () => void;
}

/**
 * How far the clock of a store may be behind this one, ms. What was handed out in this time is remembered by its id.
 */
const SKEW = 60_000;

/** When the sender of a message has everything that is before it. */
const turnOf = ({ bus }: App, result: Appended, except: string | undefined): Promise<void> | undefined => {
  if (bus.storing === undefined || !('message' in result)) return undefined;
  const { message, kind } = result;
  if (kind === undefined || kind === 'system') return undefined;
  const { conversationId, timestamp: at, from } = message;
  const { prev = UNKNOWN, receivers } = result._tag === 'Appended' ? result : { receivers: [] };
  const isRoom = kind === 'room';
  const isRepeated = result._tag === 'Repeated';
  return bus.storing({ conversationId, at, prev, from, except, receivers, isRoom, isRepeated });
};

/**
 * Stores messages of one conversation by one call. Then, one message after the other, it answers the sender and sends
 * the message to its receivers: whoever is the sender of one and a receiver of another has both in their order. It is
 * called in the conversation's order.
 *
 * If the store fails, it may have stored the messages all the same. If it could not be reached, the senders get no
 * answer, neither a good nor a bad one: their sockets are closed, and they send again. The store is asked for the
 * messages later, and the receivers get them then: a sender that repeats a message is answered with the stored one, and
 * nobody would get it otherwise.
 */
const postAll = async (
  app: App,
  conversationId: string,
  postings: readonly Posting[],
  answer: (index: number, posted: Posted) => void,
): Promise<void> => {
  const { store, clock } = app;
  const now = clock.now();
  const settlementOf = ({ message: { from, token }, how }: Posting): Settlement => ({
    id: token,
    except: how.except,
    settle: async (except) => {
      const message = await store.message(conversationId, { from, token });
      if (message === undefined) return false;
      // An earlier attempt has stored it. Receivers have it, and some clients would show it twice.
      if (message.timestamp < now - SKEW || app.handedOut.has(message.id)) return true;
      const [info] = await store.conversations([conversationId]);
      if (info !== undefined) handOut(app, audienceOf(info, message), message, { ...how, except });
      return true;
    },
  });
  const results = await app
    .attempt(
      conversationId,
      async () => {
        const stored = await store.append(postings.map(({ message }) => ({ now, ...message })));
        if (stored.length === postings.length) return stored;
        throw new TypeError(`the store has taken ${stored.length} of ${postings.length} messages`);
      },
      ...postings.map(settlementOf),
    )
    .catch((error: unknown) => {
      // Nothing that their senders have sent later may be stored before these are sent again.
      if (error instanceof OutcomeUnknown) for (const { session } of postings) session?.giveUp();
      throw error;
    });
  const turns = results.map((result, index) => turnOf(app, result, postings[index]?.how.except));
  for (const [index, { how }] of postings.entries()) {
    const result = results[index];
    if (result === undefined) continue;
    await turns[index];
    await new Promise<void>((answered) => {
      answer(index, { result, answered });
    });
    if (result._tag !== 'Appended') continue;
    try {
      handOut(app, result, result.message, how, result.prev);
    } catch (error) {
      app.report(error);
    }
  }
};

const isGivenUp = ({ session }: Posting): boolean => session?.isGivenUp() === true;

/**
 * As `postAll`, without the messages of sessions that were given up: their clients may have sent these, and those
 * before them, to another process meanwhile.
 */
export const post: typeof postAll = async (app, conversationId, postings, answer) => {
  if (!postings.some(isGivenUp)) return postAll(app, conversationId, postings, answer);
  const open = [...postings.entries()].filter(([, posting]) => !isGivenUp(posting));
  for (const [index, posting] of postings.entries()) if (isGivenUp(posting)) answer(index, GIVEN_UP);
  const answerOpen: typeof answer = (place, posted) => {
    answer(open[place]?.[0] ?? place, posted);
  };
  const rest = open.map(([, posting]) => posting);
  if (rest.length > 0) await postAll(app, conversationId, rest, answerOpen);
};

/** A message that was sent. Receivers get it when `answered` is called. */
export interface Delivered {
  readonly message: StoredMessage;
  readonly answered: () => void;
}

const deliveredOf = (conversationId: string, { result, answered }: Posted): Delivered => {
  if (result._tag === 'Appended' || result._tag === 'Repeated') return { message: result.message, answered };
  answered();
  throw mayNotSpeak(conversationId, result);
};

/** How a message is handed out, if its sender may have the priority that it wants. `inRooms`: what it has earned. */
const handingOutOf = (actor: Actor, outgoing: Outgoing, inRooms: RoomPriority): HandingOut => {
  const { transient = false, broadcast = false, priority, pushData, toSender } = outgoing;
  return {
    transient,
    broadcast,
    priority: priorityOf(priority),
    inRooms,
    showsPriority: priority !== undefined,
    pushData,
    except: exceptActor(actor).except,
    byBackEnd: actor.isBackEnd,
    sourceIP: actor.session?.address,
    toSender,
  };
};

/**
 * What the store says before a client's message is stored. If it fails, that says nothing about an earlier attempt of
 * the same message.
 */
const lookedAt = <R>({ session }: Actor, look: Promise<R>): Promise<R> =>
  session === undefined
    ? look
    : look.catch((error: unknown) => {
        throw asUnknown(error);
      });

/** Handles a message that needs a look at its conversation before it is stored, or that is not stored. */
const deliverChecked = async (
  app: App,
  actor: Actor,
  outgoing: Outgoing,
  token: string,
  answer: (delivered: Delivered | Promise<Delivered>) => void,
): Promise<void> => {
  const { conversationId, transient = false, priority } = outgoing;
  const wanted = priorityOf(priority);
  const inRooms = await lookedAt(actor, earnedPriority(app, actor, conversationId, wanted));
  const how = handingOutOf(actor, outgoing, inRooms);
  const info = await lookedAt(actor, asSpeaker(app, actor, conversationId));
  check(actor, info, outgoing);
  const body = app.hooks.decidesOnMessages ? await askedBody(app, actor, info, outgoing) : bodyOf(outgoing.body);
  const content = contentOf(outgoing, body);
  if (transient) answer({ message: sendNow(app, actor, info, content, how), answered: () => undefined });
  else
    await post(app, conversationId, [postingOf(actor, token, content, how, outgoing)], (_, posted) => {
      // The store may refuse what was allowed before the hook was asked: that is an answer, too.
      answer(
        new Promise((resolve) => {
          resolve(deliveredOf(conversationId, posted));
        }),
      );
    });
};

/**
 * Handles a message: calls the application's hook, stores the message unless it is transient, and sends it to all
 * other sessions of its receivers. Without a hook, all stored messages that wait for their conversation take one call
 * of the store together. It resolves before the receivers have the message: the sender is answered first.
 */
export const deliver = async (app: App, actor: Actor, outgoing: Outgoing): Promise<Delivered> => {
  const { conversationId, transient = false, to, broadcast = false } = outgoing;
  // A message without a token of its sender gets one, so that the store can be asked for it.
  const token = outgoing.token ?? newId();
  if (outgoing.token !== undefined) app.repeat(conversationId, token, exceptActor(actor).except);
  if (!transient && !app.hooks.decidesOnMessages && to === undefined && !broadcast) {
    const content = contentOf(outgoing, bodyOf(outgoing.body));
    const wanted = priorityOf(outgoing.priority);
    // Messages keep the order in which they are given. So there is nothing to wait for, if possible.
    const inRooms = hasPriority(actor, wanted)
      ? wanted
      : await lookedAt(actor, earnedPriority(app, actor, conversationId, wanted));
    const how = handingOutOf(actor, outgoing, inRooms);
    return deliveredOf(conversationId, await app.post(conversationId, postingOf(actor, token, content, how, outgoing)));
  }
  return new Promise((resolve, reject) => {
    app.inOrder(conversationId, () => deliverChecked(app, actor, outgoing, token, resolve)).catch(reject);
  });
};

/** As `deliver`, for a sender that gets no answer on a socket. */
export const deliverUnasked = async (app: App, actor: Actor, outgoing: Outgoing): Promise<StoredMessage> => {
  const { message, answered } = await deliver(app, actor, outgoing);
  answered();
  return message;
};
