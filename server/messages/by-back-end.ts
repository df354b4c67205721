/** Messages that the application's back end sends and changes. */
import { either as E, function as F } from 'fp-ts';
import { defined } from '../../codecs/defined.js';
import { bodyCodec, type Custom, type JsonObject, type OutgoingBody, type WireBody } from '../../codecs/index.js';
import type { App } from '../app.js';
import type { RoomPriority } from '../notice.js';
import { checkMembers, checkNumber } from '../domain/conversations/members.js';
import { Refusal } from '../domain/refusal.js';
import type { StoredMessage } from '../store/store.js';
import { checkSize } from './body.js';
import { deliverUnasked } from './deliver.js';
import { modify } from './modify.js';

/**
 * The body of a message: a text, which is sent as it is and may be the JSON of a custom message type; bytes; or what
 * `text`, `image` and others of `rx-realtime/codecs` make.
 */
export type BackEndBody = string | Uint8Array | Exclude<OutgoingBody, Custom>;

/** The new content of a message. */
export interface BackEndEdit {
  readonly body: BackEndBody;
  /** At most 20 clients; more are refused with 4114. Default: no client. */
  readonly mentions?: readonly string[];
  readonly mentionsAll?: boolean;
}

/** A message of the back end. */
export interface BackEndMessage extends BackEndEdit {
  /** The sender. The client need not be a member, and is not asked. Default: no sender, an empty id. */
  readonly from?: string;
  /** Only clients that are online get it, and it is not stored. Default false. */
  readonly transient?: boolean;
  /** Push data for the hook `receiversOffline`. */
  readonly pushData?: JsonObject;
  /** In a chat room: 1 high, 2 normal, 3 low. Default 2. */
  readonly priority?: RoomPriority;
  /** Whether the sender's own devices get the message. Default true, except in chat rooms. */
  readonly toSender?: boolean;
}

/** A message of the back end that may be for some clients only. */
export interface SystemMessage extends BackEndMessage {
  /**
   * In a system conversation: the only clients that get it, subscribed or not. Other kinds of conversations refuse it
   * with 4313. Default: all subscribers.
   */
  readonly to?: readonly string[];
}

const MAX_MENTIONS = 20;

const bodies = bodyCodec();

const wireOf = (body: BackEndBody): WireBody => {
  if (typeof body === 'string') return { msg: body };
  if (body instanceof Uint8Array) return { binaryMsg: body };
  return F.pipe(
    bodies.encode(body),
    E.getOrElse(({ message }): WireBody => {
      throw new Refusal(4114, message);
    }),
  );
};

/** The push data as text, to measure its length. Data with cycles is refused. */
const written = (pushData: JsonObject | undefined): string => {
  try {
    return pushData === undefined ? '' : JSON.stringify(pushData);
  } catch {
    throw new Refusal(4114, 'pushData can not be written as JSON');
  }
};

const checkMentions = (mentions: readonly string[]): void => {
  checkMembers(mentions);
  if (mentions.length > MAX_MENTIONS)
    throw new Refusal(4114, `a message of the back end mentions at most ${MAX_MENTIONS} clients`);
};

/** Sends a message, in the name of its sender if it has one. */
export const send = async (
  app: App,
  conversationId: string,
  message: SystemMessage,
  broadcast: boolean,
): Promise<StoredMessage> => {
  const {
    from,
    body,
    mentions = [],
    mentionsAll = false,
    transient = false,
    pushData,
    priority,
    to,
    toSender,
  } = message;
  checkNumber(to ?? [], app.limits.clientIds);
  checkMembers([...(from === undefined ? [] : [from]), ...(to ?? [])]);
  checkMentions(mentions);
  const wire = wireOf(body);
  checkSize(wire, written(pushData), app.limits.messageBytes);
  return deliverUnasked(
    app,
    { isBackEnd: true, ...defined({ clientId: from }) },
    {
      conversationId,
      from: from ?? '',
      body: wire,
      mentions,
      mentionsAll,
      transient,
      broadcast,
      ...defined({ pushData, priority, to, toSender }),
    },
  );
};

/** Replaces the body of a message of any sender. */
export const edit = async (
  app: App,
  conversationId: string,
  messageId: string,
  message: BackEndEdit,
): Promise<StoredMessage> => {
  const { body, mentions = [], mentionsAll = false } = message;
  checkMentions(mentions);
  return modify(
    app,
    { isBackEnd: true },
    { conversationId, messageId, recall: false, body: wireOf(body), mentions, mentionsAll },
  );
};
