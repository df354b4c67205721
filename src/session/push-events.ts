/** Turns what the server sends into entries of the log. */
import { either as E } from 'fp-ts';
import { decodeAttributes, fromStored, type BodyCodec, type LogItem, type ServerCommand, type WireBody } from '../../codecs/index.js';
import type { ClientEvent, Message } from '../../streams/index.js';
import type { Fault } from '../faults.js';

/** What reading a message needs to know. */
export interface MessageReader {
  /** The client's own id. */
  readonly self: string;
  readonly bodies: BodyCodec;
  readonly report: (fault: Fault) => void;
}

const NOBODY: readonly string[] = [];

/** What the two forms of a message on the wire have in common. */
interface WireMessage {
  readonly mentionPids?: readonly string[];
  readonly mentionAll?: boolean;
  readonly timestamp: number;
  readonly patchTimestamp?: number;
}

/** One literal with all keys: an object that grows by spreads costs more than all the rest of reading a message. */
const toMessage = (
  { self, bodies, report }: MessageReader,
  head: Pick<Message, 'conversationId' | 'id' | 'from' | 'transient'>,
  wire: WireMessage,
  content: WireBody,
): Message => {
  const { conversationId, id, from, transient } = head;
  const body = bodies.decode(content);
  if (body._tag === 'Invalid') report({ _tag: 'Body', clientId: self, conversationId, messageId: id, error: body.failure });
  const { timestamp, mentionPids: mentions = NOBODY, mentionAll: mentionsAll = false, patchTimestamp } = wire;
  const mentioned = from !== self && (mentionsAll || mentions.includes(self));
  return patchTimestamp === undefined
    ? { id, conversationId, from, timestamp, transient, mentions, mentionsAll, body, mentioned }
    : { id, conversationId, from, timestamp, transient, mentions, mentionsAll, body, mentioned, editedAt: patchTimestamp };
};

type DirectPush = Extract<ServerCommand, { cmd: 'direct' }>;

const fromPush = (reader: MessageReader, { directMessage: wire }: DirectPush): Message =>
  toMessage(reader, { conversationId: wire.cid, id: wire.id, from: wire.fromPeerId, transient: wire.transient === true }, wire, wire);

/** A message of history. */
export const fromHistory = (reader: MessageReader, conversationId: string, item: LogItem): Message =>
  toMessage(reader, { conversationId, id: item.msgId, from: item.from, transient: false }, item, fromStored(item));

type ConvPush = Extract<ServerCommand, { cmd: 'conv' }>;

const by = (initBy: string | undefined): { readonly by?: string } => (initBy === undefined ? {} : { by: initBy });

const fromConv = ({ self, report }: MessageReader, push: ConvPush): ClientEvent | undefined => {
  switch (push.op) {
    case 'joined':
      return { _tag: 'Joined', conversationId: push.convMessage.cid, members: [self], ...by(push.convMessage.initBy) };
    case 'left':
      return { _tag: 'Left', conversationId: push.convMessage.cid, members: [self], ...by(push.convMessage.initBy) };
    case 'members_joined':
      return { _tag: 'Joined', conversationId: push.convMessage.cid, members: push.convMessage.m ?? [], ...by(push.convMessage.initBy) };
    case 'members_left':
      return { _tag: 'Left', conversationId: push.convMessage.cid, members: push.convMessage.m ?? [], ...by(push.convMessage.initBy) };
    case 'updated': {
      const { cid, attr, initBy } = push.convMessage;
      if (cid === undefined || attr === undefined) return undefined;
      const changed = decodeAttributes(attr.data);
      if (E.isRight(changed)) return { _tag: 'Attributes', conversationId: cid, changed: changed.right, ...by(initBy) };
      report({ _tag: 'Frame', error: changed.left });
      return undefined;
    }
    default:
      return undefined;
  }
};

/** One entry of the log for one push; nothing for what has no place there. */
export const toEvent = (reader: MessageReader, push: ServerCommand): ClientEvent | undefined => {
  switch (push.cmd) {
    case 'direct': {
      const message = fromPush(reader, push);
      return { _tag: 'Message', conversationId: message.conversationId, message, origin: 'live' };
    }
    case 'unread': {
      const { convs = [], notifTime } = push.unreadMessage;
      return {
        _tag: 'UnreadCounts',
        counts: convs.map(({ cid, unread, mentioned, timestamp }) => ({
          conversationId: cid,
          count: unread,
          mentioned: mentioned === true,
          asOf: timestamp ?? notifTime ?? 0,
        })),
      };
    }
    case 'rcp': {
      const { cid, id, t, read } = push.rcpMessage;
      return {
        _tag: 'Receipt',
        conversationId: cid,
        kind: read === true ? 'read' : 'delivered',
        at: t ?? 0,
        ...(id === undefined ? {} : { messageId: id }),
      };
    }
    case 'conv':
      return fromConv(reader, push);
    default:
      return undefined;
  }
};
