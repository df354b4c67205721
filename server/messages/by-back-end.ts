/** Messages that the application's back end sends and changes. */
import { either as E, function as F } from 'fp-ts';
import { defined } from '../../codecs/defined.js';
import { bodyCodec, type Custom, type JsonObject, type OutgoingBody, type WireBody } from '../../codecs/index.js';
import type { App } from '../app.js';
import type { RoomPriority } from '../notice.js';
import { checkMembers } from '../domain/conversations/members.js';
import { Refusal } from '../domain/refusal.js';
import type { StoredMessage } from '../store/store.js';
import { checkSize } from './body.js';
import { deliver } from './deliver.js';
import { modify } from './modify.js';

/**
 * A body: text that is sent as it is, which may be the JSON of a message of the application's own type; bytes; or
 * what `text`, `image` and others of `rx-realtime/codecs` make.
 */
export type BackEndBody = string | Uint8Array | Exclude<OutgoingBody, Custom>;

/** What becomes of a message. */
export interface BackEndEdit {
  readonly body: BackEndBody;
  /** At most 20 clients; 4114 beyond. Default: nobody. */
  readonly mentions?: readonly string[];
  readonly mentionsAll?: boolean;
}

/** A message of the back end. */
export interface BackEndMessage extends BackEndEdit {
  /** The client that it is from, who need not be a member, and is not asked. Default: nobody, an empty id. */
  readonly from?: string;
  /** Those who are online get it, and it is not stored. Default false. */
  readonly transient?: boolean;
  /** What the hook `receiversOffline` is told with. */
  readonly pushData?: JsonObject;
  /** In a chat room: 1 high, 2 normal, 3 low. Default 2. */
  readonly priority?: RoomPriority;
}

/** A message of the back end that may be for some only. */
export interface SystemMessage extends BackEndMessage {
  /**
   * In a system conversation: the only clients that get it, subscribed or not. Elsewhere it is refused with 4313.
   * Default: all subscribers.
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

/** As text, for its length; what has cycles can't be pushed. */
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

/** Sends a message, in the name of its sender where it has one. */
export const send = async (
  app: App,
  conversationId: string,
  message: SystemMessage,
  broadcast: boolean,
): Promise<StoredMessage> => {
  const { from, body, mentions = [], mentionsAll = false, transient = false, pushData, priority, to } = message;
  checkMembers([...(from === undefined ? [] : [from]), ...(to ?? [])]);
  checkMentions(mentions);
  const wire = wireOf(body);
  checkSize(wire, written(pushData), app.limits.messageBytes);
  return deliver(
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
      ...defined({ pushData, priority, to }),
    },
  );
};

/** Gives a message another body, whoever has sent it. */
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
