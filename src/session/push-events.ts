/** Turns what the server sends into entries of the log. */
import { isLeft } from '../../codecs/either.js';
import {
  decodeAttributes,
  fromStored,
  MemberRole,
  type LogItem,
  type PatchItem,
  type ServerCommand,
  type WireBody,
} from '../../codecs/index.js';
import { EMPTY, concatMap, from, map, mergeMap, of, toArray, type Observable } from 'rxjs';
import type { ClientEvent, Membership, Message, Modification } from '../../streams/index.js';
import type { MessageReader, Pipeline } from './message-reader.js';

const NOBODY: readonly string[] = [];

/** What a recalled message has for a body; some servers leave it to the client. */
const RECALLED = '{"_lctype":-127}';

/** What the two forms of a message on the wire have in common. */
interface WireMessage {
  readonly mentionPids?: readonly string[];
  readonly mentionAll?: boolean;
  readonly timestamp: number;
  readonly patchTimestamp?: number;
  readonly offline?: boolean;
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
  const { timestamp, mentionPids: mentions = NOBODY, mentionAll: mentionsAll = false, patchTimestamp: editedAt, offline } = wire;
  const mentioned = from !== self && (mentionsAll || mentions.includes(self));
  const message = { id, conversationId, from, timestamp, transient, mentions, mentionsAll, body, mentioned };
  if (editedAt === undefined && offline !== true) return message;
  return { ...message, ...(editedAt === undefined ? {} : { editedAt }), ...(offline === true ? { offline } : {}) };
};

type MessageEvent = Extract<ClientEvent, { _tag: 'Message' }>;
type DirectPush = Extract<ServerCommand, { cmd: 'direct' }>;

const fromPush = (reader: MessageReader, { directMessage: wire }: DirectPush, content: WireBody = wire): MessageEvent => {
  const { cid: conversationId, id, fromPeerId, transient = false } = wire;
  const message = toMessage(reader, { conversationId, id, from: fromPeerId, transient }, wire, content);
  return { _tag: 'Message', conversationId, message, origin: 'live' };
};

/** Cold: the messages of a page of history, in its order. */
export const readHistory = (reader: MessageReader, conversationId: string, items: readonly LogItem[]): Observable<readonly Message[]> => {
  const { pipeline } = reader;
  return pipeline === undefined
    ? of(items.map((item) => fromHistory(reader, conversationId, item, fromStored(item))))
    : from(items).pipe(
        concatMap((item) =>
          pipeline.content(fromStored(item)).pipe(
            map((content) => fromHistory(reader, conversationId, item, content)),
            mergeMap(pipeline.message),
          ),
        ),
        toArray(),
      );
};

const fromHistory = (reader: MessageReader, conversationId: string, item: LogItem, content: WireBody): Message =>
  toMessage(reader, { conversationId, id: item.msgId, from: item.from, transient: false }, item, content);

type PatchPush = Extract<ServerCommand, { cmd: 'patch'; op: 'modify' }>;

/** What a recall may come without. */
const contentOf = ({ recall = false, data, binaryMsg }: PatchItem): WireBody =>
  binaryMsg === undefined ? { msg: data ?? (recall ? RECALLED : '') } : { binaryMsg };

const fromPatch = (reader: MessageReader, item: PatchItem, content: WireBody): Modification => {
  const { cid, mid, from: sender = '', recall = false, timestamp = 0, patchTimestamp = timestamp, patchCode, patchReason } = item;
  const head = { conversationId: cid, id: mid, from: sender, transient: false };
  return {
    _tag: recall ? 'Recall' : 'Edit',
    conversationId: cid,
    message: toMessage(reader, head, { ...item, timestamp, patchTimestamp }, content),
    ...(patchCode === undefined ? {} : { reason: { code: patchCode, ...(patchReason === undefined ? {} : { detail: patchReason }) } }),
  };
};

/** The entries of the log for a push of patches. */
const fromPatches = (reader: MessageReader, { patchMessage: { patches = [] } }: PatchPush): readonly ClientEvent[] =>
  patches.map((item) => fromPatch(reader, item, contentOf(item)));

type ConvPush = Extract<ServerCommand, { cmd: 'conv' }>;

/** Roles that only others know have no meaning here. */
export const roleOf = (role: string | undefined): MemberRole => (MemberRole.is(role) ? role : 'Member');

const by = (initBy: string | undefined): { readonly by?: string } => (initBy === undefined ? {} : { by: initBy });

/** Notices about members: those to the one concerned, and those to the others, who are named. */
const MEMBERSHIP = {
  joined: 'Joined',
  left: 'Left',
  shutuped: 'Silenced',
  unshutuped: 'Unsilenced',
  blocked: 'Blocked',
  unblocked: 'Unblocked',
  members_joined: 'Joined',
  members_left: 'Left',
  members_shutuped: 'Silenced',
  members_unshutuped: 'Unsilenced',
  members_blocked: 'Blocked',
  members_unblocked: 'Unblocked',
} as const satisfies Partial<Record<ConvPush['op'], Membership['_tag']>>;

const isMembership = (push: ConvPush): push is Extract<ConvPush, { op: keyof typeof MEMBERSHIP }> => Object.hasOwn(MEMBERSHIP, push.op);

/** Attributes that the server names as changed but does not have any more are gone. */
const fromUpdate = (
  { report }: MessageReader,
  { cid, attr, attrModified, udate, initBy }: Extract<ConvPush, { op: 'updated' }>['convMessage'],
): ClientEvent | undefined => {
  if (cid === undefined || attr === undefined) return undefined;
  const named = decodeAttributes(attr.data);
  const present = decodeAttributes((attrModified ?? attr).data);
  const failed = [named, present].find(isLeft);
  if (failed !== undefined) report({ _tag: 'Frame', error: failed.left });
  if (isLeft(named) || isLeft(present)) return undefined;
  const removed = Object.keys(named.right).filter((key) => !Object.hasOwn(present.right, key));
  const at = Date.parse(udate ?? '');
  return {
    _tag: 'Attributes',
    conversationId: cid,
    changed: present.right,
    ...(removed.length === 0 ? {} : { removed }),
    ...(Number.isNaN(at) ? {} : { at }),
    ...by(initBy),
  };
};

const fromConv = (reader: MessageReader, push: ConvPush): ClientEvent | undefined => {
  if (isMembership(push)) {
    const { cid, initBy } = push.convMessage;
    const { m = [] } = 'm' in push.convMessage ? push.convMessage : {};
    return { _tag: MEMBERSHIP[push.op], conversationId: cid, members: push.op.startsWith('members_') ? m : [reader.self], ...by(initBy) };
  }
  switch (push.op) {
    case 'member_info_changed': {
      const { cid, info, initBy } = push.convMessage;
      return { _tag: 'RoleChanged', conversationId: cid, member: info.pid, role: roleOf(info.role), ...by(initBy) };
    }
    case 'updated':
      return fromUpdate(reader, push.convMessage);
    default:
      return undefined;
  }
};

/** The entry of the log for a push that has one; nothing for what has no place there. */
const toEvent = (reader: MessageReader, push: ServerCommand): ClientEvent | undefined => {
  switch (push.cmd) {
    case 'direct':
      return fromPush(reader, push);
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
      const { cid, id, t, read, from } = push.rcpMessage;
      return {
        _tag: 'Receipt',
        conversationId: cid,
        kind: read === true ? 'read' : 'delivered',
        at: t ?? 0,
        ...(id === undefined ? {} : { messageId: id }),
        ...(from === undefined ? {} : { from }),
      };
    }
    case 'conv':
      return fromConv(reader, push);
    default:
      return undefined;
  }
};

/** Hands the entries of the log for one push to `tell`, at once: no array, no stream, since every message passes here. */
export const tellEvents = (reader: MessageReader, push: ServerCommand, tell: (event: ClientEvent) => void): void => {
  if (push.cmd === 'patch' && push.op === 'modify') {
    fromPatches(reader, push).forEach(tell);
    return;
  }
  const event = toEvent(reader, push);
  if (event !== undefined) tell(event);
};

/** A message, and the same message in an entry of the log. */
const withMessage = <E extends Extract<ClientEvent, { readonly message: Message }>>(event: E, pipeline: Pipeline): Observable<E> =>
  pipeline.message(event.message).pipe(map((message) => ({ ...event, message })));

/** Cold: the same entries, with the bodies and messages in them as the plugins have it. */
export const readEvents = (reader: MessageReader, pipeline: Pipeline, push: ServerCommand): Observable<ClientEvent> => {
  if (push.cmd === 'direct') {
    const { msg, binaryMsg } = push.directMessage;
    const content: WireBody = binaryMsg === undefined ? (msg === undefined ? {} : { msg }) : { binaryMsg };
    return pipeline.content(content).pipe(
      map((changed) => fromPush(reader, push, changed)),
      mergeMap((event) => withMessage(event, pipeline)),
    );
  }
  if (push.cmd === 'patch' && push.op === 'modify') {
    return from(push.patchMessage.patches ?? []).pipe(
      concatMap((item) =>
        pipeline.content(contentOf(item)).pipe(
          map((content) => fromPatch(reader, item, content)),
          mergeMap((event) => withMessage(event, pipeline)),
        ),
      ),
    );
  }
  const event = toEvent(reader, push);
  return event === undefined ? EMPTY : of(event);
};
