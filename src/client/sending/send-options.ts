/** The options of a send, and which of them can't be combined. */
import { defined } from '../../../codecs/defined.js';
import { isRight } from '../../../codecs/either.js';
import { JsonObject, parseJson, type ClientCommand, type ConversationKind } from '../../../codecs/index.js';
import { isClientId } from '../client-id.js';
import type { Mentions } from './modify.js';

/**
 * The priority of a message in a chat room. A busy room drops `low` messages first, then `normal` ones, and `high`
 * ones last.
 */
export type Priority = 'high' | 'normal' | 'low';

/** Options of `send`. All of them are optional; by default the message is stored and sent to all members. */
export interface SendOptions extends Mentions {
  /**
   * Asks for receipts: the conversation's `receipts$` moves when the other side has received and read the message.
   * Not allowed in chat rooms, nor with `transient` or `will`. Default false.
   */
  readonly receipt?: boolean;
  /**
   * Sends the message only to clients that are online now: it is not stored, not counted as unread, not pushed, and
   * never waits in the outbox. Default false.
   */
  readonly transient?: boolean;
  /**
   * Makes the message a will: the server keeps it, and sends it when this client's connection breaks or falls silent,
   * but not when the client logs out. A client has one will; a new one replaces it. A will ends with its connection,
   * so send it again after a reconnect. `sent` means that the server has accepted the will; it gets its id and time
   * as a message later, when the server sends it. Default false.
   */
  readonly will?: boolean;
  /** The priority. Only in chat rooms. Default: the server decides, which means `normal`. */
  readonly priority?: Priority;
  /**
   * The push notification for members who are offline, as a JSON object. It counts towards the 5 KB of the message.
   * Not allowed in chat rooms, nor with `transient`.
   */
  readonly pushData?: JsonObject;
}

const PRIORITIES = { high: 1, normal: 2, low: 3 } as const;

/** Whether it can be written as a JSON object: no cycle, no `bigint`. */
const isJsonObject = (value: unknown): boolean => {
  try {
    return JsonObject.is(JSON.parse(JSON.stringify(value)));
  } catch {
    return false;
  }
};

/**
 * The problem with the options, as a text; `undefined` if there is none. `kind` is the kind of conversation, if it is
 * known.
 */
export const problemWith = (options: SendOptions, kind: ConversationKind | undefined): string | undefined => {
  const { receipt = false, transient = false, will = false, priority, pushData, mentions = [] } = options;
  const inRoom = kind === 'room';
  if (receipt && inRoom) return 'a chat room knows no receipts; leave out receipt';
  if (receipt && transient)
    return 'a transient message is not stored and has no receipts; leave out receipt or transient';
  if (receipt && will) return 'a will has no receipts; leave out receipt or will';
  if (priority !== undefined && !Object.hasOwn(PRIORITIES, priority))
    return `priority should be high, normal or low, but is ${priority}`;
  if (priority !== undefined && kind !== undefined && !inRoom)
    return 'a priority is for chat rooms: all messages of other conversations are delivered';
  if (pushData !== undefined && inRoom) return 'a chat room pushes nothing; leave out pushData';
  if (pushData !== undefined && transient) return 'a transient message is not pushed; leave out pushData or transient';
  if (pushData !== undefined && !isJsonObject(pushData)) return 'pushData should be a JSON object';
  const wrong = mentions.filter((id) => !isClientId(id));
  return wrong.length === 0
    ? undefined
    : `mentions should be client ids of 1 to 64 characters, but not so ${JSON.stringify(wrong)}`;
};

/** A copy: the application may change its objects while the message waits. */
export const copyOf = ({ mentions, pushData, ...options }: SendOptions): SendOptions => {
  const copied = pushData && parseJson(JSON.stringify(pushData));
  return {
    ...options,
    ...defined({
      mentions: mentions?.slice(),
      pushData: copied && isRight(copied) && JsonObject.is(copied.right) ? copied.right : undefined,
    }),
  };
};

type Direct = Extract<ClientCommand, { cmd: 'direct' }>;

/** The options in the form of the protocol: fields of the envelope, and fields beside the body. */
export const toWire = ({
  receipt = false,
  transient = false,
  will = false,
  priority,
  pushData,
  mentions = [],
  mentionsAll = false,
}: SendOptions): {
  readonly envelope: Pick<Direct, 'priority'>;
  readonly fields: Partial<Direct['directMessage']>;
} => ({
  envelope: priority === undefined ? {} : { priority: PRIORITIES[priority] },
  fields: defined({
    r: receipt || undefined,
    transient: transient || undefined,
    will: will || undefined,
    pushData: pushData && JSON.stringify(pushData),
    mentionPids: mentions.length === 0 ? undefined : mentions.slice(),
    mentionAll: mentionsAll || undefined,
  }),
});
