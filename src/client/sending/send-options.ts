/** How a message can be sent, and what can't go together. */
import type { ClientCommand, ConversationKind, JsonObject } from '../../../codecs/index.js';
import { isClientId } from '../client-id.js';
import type { StoredSend } from '../../outbox/outbox-storage.js';
import type { Mentions } from './modify.js';

/** Which messages a chat room gives up first when it is too busy: `low` before `normal`; `high` last. */
export type Priority = 'high' | 'normal' | 'low';

export interface SendOptions extends Mentions {
  /**
   * Ask for receipts: the conversation's `receipts$` moves when the other side has received and read. Not in chat
   * rooms, nor with `transient` or `will`. Default false.
   */
  readonly receipt?: boolean;
  /**
   * For those who are online now: not stored, not counted, not pushed, and it never waits in the outbox. Default false.
   */
  readonly transient?: boolean;
  /**
   * A will: the server keeps it and sends it when this client's connection breaks or falls silent, but not when it
   * logs out. A client has one; the next takes its place. It ends with the connection that it was given on, so it has
   * to be given again after a reconnect. `sent` says that the server has it; its id and time as a message come when
   * it is sent. Default false.
   */
  readonly will?: boolean;
  /** In chat rooms only. Default: the server's, which is normal. */
  readonly priority?: Priority;
  /**
   * What those who are offline get as a push notification: a JSON object; it counts as a part of the message's 5 KB.
   * Not in chat rooms, nor with `transient`.
   */
  readonly pushData?: JsonObject;
}

const PRIORITIES = { high: 1, normal: 2, low: 3 } as const;

const isJsonObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What can't be, in words; `kind` is the kind of conversation, where it is known. */
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

/** What of the options is kept with a message that waits: what is for now only never waits. */
export const toStoredOptions = ({
  transient: _now,
  will: _end,
  mentions,
  ...options
}: SendOptions): StoredSend['options'] => ({
  ...options,
  ...(mentions === undefined ? {} : { mentions }),
});

type Direct = Extract<ClientCommand, { cmd: 'direct' }>;

/** The options as the protocol has them: in the envelope, and beside the body. */
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
  fields: {
    ...(receipt ? { r: true } : {}),
    ...(transient ? { transient } : {}),
    ...(will ? { will } : {}),
    ...(pushData === undefined ? {} : { pushData: JSON.stringify(pushData) }),
    ...(mentions.length === 0 ? {} : { mentionPids: [...mentions] }),
    ...(mentionsAll ? { mentionAll: true } : {}),
  },
});
