/** Turns pushes of the server into entries of the log, with one handler for each kind of push. */
import { alteredNumber } from '../../codecs/conversation.js';
import { isLeft } from '../../codecs/either.js';
import { concatMap, from, toArray, type Observable } from 'rxjs';
import {
  DecodeFailed,
  decodeAttributes,
  fromStored,
  MemberRole,
  preview,
  type Attribute,
  type LogItem,
  type PatchItem,
  type ServerCommand,
  type WireBody,
} from '../../codecs/index.js';
import type { ClientEvent, Membership, Message } from '../../streams/index.js';
import { readMessage, type MessageReader, type RawEntry } from './message-reader.js';

/** The body of a recalled message. Some servers leave it out. */
const RECALLED = '{"_lctype":-127}';

type Attributes = Readonly<Record<string, Attribute>>;

/** Takes an entry of the log. */
type Tell = (entry: ClientEvent | RawEntry) => void;

/** Handlers are synchronous and return no array or stream, because every message passes here. */
type Handler<C> = (reader: MessageReader, push: C, tell: Tell) => void;

/** The kind of a command, as in `conv/joined`. */
type KindOf<C extends ServerCommand> = C extends { readonly op: infer O extends string }
  ? `${C['cmd']}/${O}`
  : C['cmd'];

/** Kinds that make no entries: answers to requests, and commands for the connection or the session. */
type Ignored =
  | 'ack'
  | 'blacklist/blocked'
  | 'blacklist/check_result'
  | 'blacklist/query_result'
  | 'blacklist/unblocked'
  | 'conv/added'
  | 'conv/check_result'
  | 'conv/max_read'
  | 'conv/member_info_updated'
  | 'conv/removed'
  | 'conv/result'
  | 'conv/results'
  | 'conv/shutup_added'
  | 'conv/shutup_removed'
  | 'conv/shutup_result'
  | 'conv/started'
  | 'echo'
  | 'error'
  | 'goaway'
  | 'loggedin'
  | 'logs'
  | 'patch/modified'
  | 'report/uploaded'
  | 'session/closed'
  | 'session/opened'
  | 'session/query_result'
  | 'session/refreshed';

/** Every other kind has a handler. The compiler checks that no kind is missing. */
type Handlers = { readonly [C in ServerCommand as Exclude<KindOf<C>, Ignored>]: Handler<C> };

type PushOf<Kind extends keyof Handlers> = Parameters<Handlers[Kind]>[1];

/** The longest id of a message. Thousands of them are remembered. */
const MAX_ID = 512;

/** Whether the id is short enough. A longer one is reported. */
const isShort = ({ report }: MessageReader, id: string): boolean => {
  if (id.length <= MAX_ID) return true;
  report({ _tag: 'Frame', error: new DecodeFailed('id', `at most ${String(MAX_ID)} characters`, preview(id)) });
  return false;
};

const direct: Handler<PushOf<'direct'>> = (reader, { directMessage: wire }, tell) => {
  const { cid: conversationId, id, fromPeerId, transient = false } = wire;
  if (!isShort(reader, id)) return;
  tell({ _tag: 'Raw', becomes: 'Message', conversationId, id, from: fromPeerId, transient, wire, content: wire });
};

/** The body of a change. A recall may have none. */
const contentOf = ({ recall = false, data, binaryMsg }: PatchItem): WireBody =>
  binaryMsg === undefined ? { msg: data ?? (recall ? RECALLED : '') } : { binaryMsg };

const patched = (item: PatchItem): RawEntry => {
  const {
    cid,
    mid,
    from: sender = '',
    recall = false,
    timestamp = 0,
    patchTimestamp = timestamp,
    patchCode,
    patchReason,
  } = item;
  return {
    _tag: 'Raw',
    becomes: recall ? 'Recall' : 'Edit',
    conversationId: cid,
    id: mid,
    from: sender,
    transient: false,
    wire: { ...item, timestamp, patchTimestamp },
    content: contentOf(item),
    ...(patchCode === undefined
      ? {}
      : { reason: { code: patchCode, ...(patchReason === undefined ? {} : { detail: patchReason }) } }),
  };
};

const by = (initBy: string | undefined): { readonly by?: string } => (initBy === undefined ? {} : { by: initBy });

interface Notice {
  readonly convMessage: { readonly cid: string; readonly initBy?: string };
}

/** A notice to the client whose membership has changed. */
const aboutMe =
  (tag: Membership['_tag']): Handler<Notice> =>
  ({ self }, { convMessage: { cid, initBy } }, tell) => {
    tell({ _tag: tag, conversationId: cid, members: [self], ...by(initBy) });
  };

interface NoticeToOthers {
  readonly convMessage: Notice['convMessage'] & { readonly m?: readonly string[] };
}

/** A notice to the other clients. It names the clients whose membership has changed. */
const aboutOthers =
  (tag: Membership['_tag']): Handler<NoticeToOthers> =>
  (_reader, { convMessage: { cid, initBy, m = [] } }, tell) => {
    tell({ _tag: tag, conversationId: cid, members: m, ...by(initBy) });
  };

/** An unknown role counts as `Member`. */
export const roleOf = (role: string | undefined): MemberRole => (MemberRole.is(role) ? role : 'Member');

/** What is at a key with dots: in nested values, or in one that has the dots in its key. */
const valueAt = (attributes: Attributes, key: string): Attribute | undefined => {
  const find = (place: Attribute | undefined, part: string): Attribute | undefined =>
    typeof place === 'object' && place !== null && Object.hasOwn(place, part) ? (place as Attributes)[part] : undefined;
  return Object.hasOwn(attributes, key)
    ? attributes[key]
    : key.split('.').reduce<Attribute | undefined>(find, attributes);
};

/** Attributes that the server names as changed but does not send were removed. */
const updated: Handler<PushOf<'conv/updated'>> = (
  { report },
  { convMessage: { cid, attr, attrModified, udate, initBy } },
  tell,
) => {
  if (cid === undefined || attr === undefined) return;
  const named = decodeAttributes(attr.data);
  const present = decodeAttributes((attrModified ?? attr).data);
  if (isLeft(named)) {
    report({ _tag: 'Frame', error: named.left });
    return;
  }
  if (isLeft(present)) {
    report({ _tag: 'Frame', error: present.left });
    return;
  }
  for (const error of alteredNumber('attr.data', (attrModified ?? attr).data)) report({ _tag: 'Frame', error });
  const values = Object.keys(named.right).map((key) => [key, valueAt(present.right, key)] as const);
  const removed = values.filter(([, value]) => value === undefined).map(([key]) => key);
  const at = Date.parse(udate ?? '');
  tell({
    _tag: 'Attributes',
    conversationId: cid,
    changed: Object.fromEntries(
      values.filter((entry): entry is readonly [string, Attribute] => entry[1] !== undefined),
    ),
    ...(removed.length === 0 ? {} : { removed }),
    ...(Number.isNaN(at) ? {} : { at }),
    ...by(initBy),
  });
};

const handlers: Handlers = {
  direct,
  'patch/modify': (reader, { patchMessage: { patches = [] } }, tell) => {
    for (const item of patches) if (isShort(reader, item.mid)) tell(patched(item));
  },
  unread: (_reader, { unreadMessage: { convs = [], notifTime } }, tell) => {
    tell({
      _tag: 'UnreadCounts',
      counts: convs.map(({ cid, unread, mentioned, timestamp, mid }) => ({
        conversationId: cid,
        count: unread,
        mentioned: mentioned === true,
        asOf: timestamp ?? notifTime ?? 0,
        ...(mid === undefined || timestamp === undefined ? {} : { lastId: mid }),
      })),
    });
  },
  rcp: (_reader, { rcpMessage: { cid, id, t, read, from: reader } }, tell) => {
    tell({
      _tag: 'Receipt',
      conversationId: cid,
      kind: read === true ? 'read' : 'delivered',
      at: t ?? 0,
      ...(id === undefined ? {} : { messageId: id }),
      ...(reader === undefined ? {} : { from: reader }),
    });
  },
  'conv/joined': aboutMe('Joined'),
  'conv/left': aboutMe('Left'),
  'conv/shutuped': aboutMe('Silenced'),
  'conv/unshutuped': aboutMe('Unsilenced'),
  'conv/blocked': aboutMe('Blocked'),
  'conv/unblocked': aboutMe('Unblocked'),
  'conv/members_joined': aboutOthers('Joined'),
  'conv/members_left': aboutOthers('Left'),
  'conv/members_shutuped': aboutOthers('Silenced'),
  'conv/members_unshutuped': aboutOthers('Unsilenced'),
  'conv/members_blocked': aboutOthers('Blocked'),
  'conv/members_unblocked': aboutOthers('Unblocked'),
  'conv/member_info_changed': (_reader, { convMessage: { cid, info, initBy } }, tell) => {
    tell({ _tag: 'RoleChanged', conversationId: cid, member: info.pid, role: roleOf(info.role), ...by(initBy) });
  },
  'conv/updated': updated,
};

/**
 * Emits the entries of the log for one push, synchronously and in order. A push without a place in the log makes
 * none.
 */
export const readPush = (reader: MessageReader, push: ServerCommand, tell: Tell): void => {
  const kind = 'op' in push ? `${push.cmd}/${push.op}` : push.cmd;
  // The table has the right handler for each kind, but TypeScript can't follow that through the lookup.
  const handler = (handlers as Partial<Record<string, Handler<ServerCommand>>>)[kind];
  handler?.(reader, push, tell);
};

/** Cold: the decoded messages of a page of the history, in the same order. */
export const readHistory = (
  reader: MessageReader,
  conversationId: string,
  items: readonly LogItem[],
): Observable<readonly Message[]> =>
  from(items.filter(({ msgId }) => isShort(reader, msgId))).pipe(
    concatMap((item) => {
      const { msgId: id, from: sender } = item;
      return readMessage(reader, {
        conversationId,
        id,
        from: sender,
        transient: false,
        wire: item,
        content: fromStored(item),
      });
    }),
    toArray(),
  );
