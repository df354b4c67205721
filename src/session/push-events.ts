/** Turns what the server sends into entries of the log. */
import { either as E } from 'fp-ts';
import { decodeAttributes, type BodyCodec, type LogItem, type ServerCommand, type WireBody } from '../../codecs/index.js';
import { base64 } from '../../codecs/wire.js';
import type { ClientEvent, Message } from '../../streams/index.js';
import type { Fault } from '../faults.js';

/** What reading a message needs to know. */
export interface MessageReader {
  /** The client's own id. */
  readonly self: string;
  readonly bodies: BodyCodec;
  readonly report: (fault: Fault) => void;
}

type Head = Omit<Message, 'body' | 'mentioned' | 'editedAt'>;

const NOBODY: readonly string[] = [];

const toMessage = ({ self, bodies, report }: MessageReader, head: Head, wire: WireBody, editedAt: number | undefined): Message => {
  const body = bodies.decode(wire);
  if (body._tag === 'Invalid') {
    report({ _tag: 'Body', clientId: self, conversationId: head.conversationId, messageId: head.id, error: body.failure });
  }
  const mentioned = head.from !== self && (head.mentionsAll || head.mentions.includes(self));
  return editedAt === undefined ? { ...head, body, mentioned } : { ...head, body, mentioned, editedAt };
};

type DirectPush = Extract<ServerCommand, { cmd: 'direct' }>;

const fromPush = (reader: MessageReader, { directMessage: wire }: DirectPush): Message =>
  toMessage(
    reader,
    {
      id: wire.id,
      conversationId: wire.cid,
      from: wire.fromPeerId,
      timestamp: wire.timestamp,
      transient: wire.transient === true,
      mentions: wire.mentionPids ?? NOBODY,
      mentionsAll: wire.mentionAll === true,
    },
    wire,
    wire.patchTimestamp,
  );

/** A message of history. */
export const fromHistory = (reader: MessageReader, conversationId: string, item: LogItem): Message =>
  toMessage(
    reader,
    {
      id: item.msgId,
      conversationId,
      from: item.from,
      timestamp: item.timestamp,
      transient: false,
      mentions: item.mentionPids ?? NOBODY,
      mentionsAll: item.mentionAll === true,
    },
    item.data === undefined ? {} : item.bin === true ? { binaryMsg: base64.toBytes(item.data) } : { msg: item.data },
    item.patchTimestamp,
  );

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
