/** Brings messages, and what happens to them, to their receivers. */
import { defined } from '../../codecs/defined.js';
import type { JsonObject } from '../../codecs/index.js';
import type { App } from '../app.js';
import { patchPush, directPush } from '../domain/messages/pushes.js';
import { unreadPush } from '../domain/messages/unread-push.js';
import type { RoomPriority } from '../notice.js';
import type { Notice, PushNotice } from '../notice.js';
import type { Audience, StoredMessage } from '../store/store.js';
import { toHook } from './body.js';

/** Nobody knows which message is before it. */
export const UNKNOWN = -1;

const publish = ({ bus }: App, conversationId: string, { kind, receivers }: Audience, notice: Notice): void => {
  if (kind === 'room') bus.publishRoom(conversationId, notice);
  else bus.publish(receivers, notice);
};

/** How a message is handed out. */
export interface HandingOut {
  readonly transient: boolean;
  /** In a system conversation: all clients get it, subscribed or not. */
  readonly broadcast: boolean;
  readonly priority: RoomPriority;
  /** The priority that it has in a chat room, whatever the sender wants. */
  readonly inRooms: RoomPriority;
  /** The sender has given a priority, so receivers see it. */
  readonly showsPriority: boolean;
  readonly pushData: JsonObject | undefined;
  /** The sender's session. */
  readonly except: string | undefined;
  /** The back end has sent it. */
  readonly byBackEnd: boolean;
  /** The network address of the sender, if it is a client. */
  readonly sourceIP: string | undefined;
  /** Whether the sender's other sessions get it. Undefined: they do, unless the back end sends it to a chat room. */
  readonly toSender: boolean | undefined;
}

/** The client that does not get a message of its own. */
const leftOut = (kind: Audience['kind'], { from }: StoredMessage, how: HandingOut): string | undefined =>
  (how.toSender ?? !(how.byBackEnd && kind === 'room')) || from === '' ? undefined : from;

const hookMessage = (
  kind: Audience['kind'],
  message: StoredMessage,
  { transient, byBackEnd, sourceIP }: HandingOut,
) => ({
  ...toHook(message),
  fromPeer: message.from,
  convId: message.conversationId,
  msgId: message.id,
  timestamp: message.timestamp,
  transient,
  system: kind === 'system',
  mentionPids: message.mentions,
  mentionAll: message.mentionsAll,
  receipt: message.receipt,
  byBackEnd,
  ...defined({ sourceIP }),
});

/** Tells the application about receivers who are offline and have not muted the conversation. */
const tellOffline = async (
  app: App,
  { kind, receivers }: Audience,
  message: StoredMessage,
  how: HandingOut,
): Promise<void> => {
  if (kind === 'room') return;
  const [info] = await app.store.conversations([message.conversationId]);
  const muted = new Set(info?.mutedMembers);
  const wanted = receivers.filter((client) => client !== message.from && !muted.has(client));
  const online = new Set(await app.bus.online(wanted));
  const offlinePeers = wanted.filter((client) => !online.has(client));
  if (offlinePeers.length > 0)
    app.hooks.receiversOffline({
      ...hookMessage(kind, message, how),
      offlinePeers,
      ...defined({ pushData: how.pushData }),
    });
};

/**
 * The place of a message in its conversation. Not every client gets every message of a system conversation, so nobody
 * can see there that one is missing.
 */
const placeOf = (
  kind: Audience['kind'],
  { conversationId, timestamp }: StoredMessage,
  { transient }: HandingOut,
  prev = UNKNOWN,
): PushNotice['stored'] => (transient || kind === 'system' ? undefined : { conversationId, at: timestamp, prev });

/**
 * Sends a message to all sessions of its receivers, except the sender's, and tells the application. `prev`: the time of
 * the message before it, if that is known.
 */
export const handOut = (app: App, audience: Audience, message: StoredMessage, how: HandingOut, prev?: number): void => {
  const { transient, broadcast, showsPriority, except } = how;
  const priority = audience.kind === 'room' ? how.inRooms : how.priority;
  const notice: Notice = {
    _tag: 'Push',
    command: directPush(message, { kind: audience.kind, transient, ...(showsPriority ? { priority } : {}) }),
    ...(audience.kind === 'room' ? { priority } : {}),
    ...defined({
      except,
      exceptClient: leftOut(audience.kind, message, how),
      stored: placeOf(audience.kind, message, how, prev),
    }),
  };
  if (!transient) app.handedOut.add(message.id);
  if (broadcast) app.bus.publishAll(notice);
  else publish(app, message.conversationId, audience, notice);
  if (app.hooks.hearsOfMessages)
    app.hooks.messageSent(hookMessage(audience.kind, message, how), () =>
      audience.receivers.filter((client) => client !== message.from),
    );
  if (!transient && app.hooks.hearsOfOffline) void tellOffline(app, audience, message, how).catch(app.report);
};

/** A change of a message, and how it is handed out. */
export interface Change {
  readonly message: StoredMessage;
  /** The clients for which it was unread, if it was recalled. */
  readonly unreadBy: readonly string[];
  /** In a chat room. */
  readonly priority: RoomPriority;
  /** The session that has made the change. */
  readonly except: string | undefined;
}

/**
 * Tells the receivers of a message that it was changed. If it was recalled, clients for which it was unread get the
 * new count.
 */
export const handOutChange = async (
  app: App,
  audience: Audience,
  { message, unreadBy, priority, except }: Change,
): Promise<void> => {
  const { store, bus, clock } = app;
  const { conversationId } = message;
  publish(app, conversationId, audience, {
    _tag: 'Push',
    command: patchPush([message]),
    ...(audience.kind === 'room' ? { priority } : {}),
    ...defined({ except }),
  });
  if (unreadBy.length === 0 || audience.kind === 'room') return;
  try {
    for (const [client, summary] of await store.unreadOf(conversationId, unreadBy))
      bus.publish([client], { _tag: 'Push', command: unreadPush([summary], clock.now()) });
  } catch (error) {
    // The change is made, and everybody has been told of it. The counts are right again at the next login.
    app.report(error);
  }
};
