/** Conversations and messages in the forms that the cloud exports. */
import { either as E } from 'fp-ts';
import type * as t from 'io-ts';
import {
  changedNumber,
  decodeFailed,
  DecodeFailed,
  JsonObject,
  MemberRole,
  preview,
  RawConversation,
  record,
  SafeInteger,
  type Json,
} from '../../codecs/index.js';
import { fromBase64 } from '../../codecs/base64.js';
import { isShallow } from '../../codecs/dates.js';
import { defined } from '../../codecs/defined.js';
import * as c from '../../codecs/type.js';
import { typeOf } from '../domain/messages/body.js';
import type { MovedConversation, MovedMark, MovedStanding, StoredMessage } from '../domain/records.js';
import { uniqueIdOf } from './unique-id.js';

/** What a record is. `notes`: what of it is left out, or is not as it was. */
export type Moving = { readonly notes: readonly string[] } & (
  | { readonly _tag: 'Conversation'; readonly conversation: MovedConversation }
  /** `to`: the one client that it was for, or its conversation. Only system conversations have such messages. */
  | { readonly _tag: 'Message'; readonly message: StoredMessage; readonly to?: string }
  | { readonly _tag: 'Role'; readonly conversationId: string; readonly clientId: string; readonly role: MemberRole }
  | { readonly _tag: 'Standing'; readonly standing: MovedStanding }
);

/** The members of the class have no access lists here: who may do what comes from membership and roles. */
const LEFT_OUT = new Set(['ACL', 'uniqueId', '__v']);

/** Ids are keys of the store's tables, which are not made for long ones. The cloud has none of more than 64. */
const LONGEST_ID = 256;
const Client = c.guarded(
  `a text of at most ${LONGEST_ID} characters`,
  (input): input is string => typeof input === 'string' && input.length <= LONGEST_ID,
);
const Id = c.guarded(
  `a text of 1 to ${LONGEST_ID} characters`,
  (input): input is string => Client.is(input) && input !== '',
);
const Time = c.guarded(
  'a time in ms',
  (input): input is number => SafeInteger.is(input) && input >= 0 && input <= 8.64e15,
);
const Data = c.guarded(
  'a text or a JSON object',
  (input): input is string | JsonObject => typeof input === 'string' || JsonObject.is(input),
);
const Clients = c.array(Client, 'a list of clients');
const To = c.guarded(
  'a client or a list of clients',
  (input): input is string | readonly string[] => Client.is(input) || Clients.is(input),
);

const Message = record(
  'Message',
  { 'msg-id': Id, 'conv-id': Id, from: Client, data: Data, timestamp: Time },
  {
    bin: c.boolean,
    to: To,
    'is-conv': c.boolean,
    'is-room': c.boolean,
    'ack-at': Time,
    'read-at': Time,
    'patch-timestamp': Time,
    'mention-client-ids': Clients,
    'mention-all': c.boolean,
    receipt: c.boolean,
  },
);

const withoutNull = (json: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null));

const bodyIn = ({ data, bin = false }: t.TypeOf<typeof Message>): E.Either<DecodeFailed, Partial<StoredMessage>> => {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  if (!bin) return E.right({ msg: text, ...typeOf(text) });
  const bytes = fromBase64(text);
  return E.isRight(bytes)
    ? E.right({ binaryMsg: bytes.right })
    : E.left(new DecodeFailed('data', 'base64, since bin is true', preview(data)));
};

const messageOf = (json: JsonObject): E.Either<DecodeFailed, Moving> => {
  const decoded = E.mapLeft(decodeFailed)(Message.decode(withoutNull(json)));
  if (E.isLeft(decoded)) return decoded;
  const wire = decoded.right;
  const body = bodyIn(wire);
  if (E.isLeft(body)) return body;
  const { to } = wire;
  const message: StoredMessage = {
    id: wire['msg-id'],
    conversationId: wire['conv-id'],
    from: wire.from,
    timestamp: wire.timestamp,
    receipt: wire.receipt ?? false,
    mentions: wire['mention-client-ids'] ?? [],
    mentionsAll: wire['mention-all'] ?? false,
    ...body.right,
    ...defined({
      to: typeof to === 'string' ? undefined : to,
      deliveredAt: wire['ack-at'],
      readAt: wire['read-at'],
      editedAt: wire['patch-timestamp'],
    }),
  };
  return E.right({ _tag: 'Message', message, notes: [], ...(typeof to === 'string' ? { to } : {}) });
};

/**
 * A conversation has at least one of these. Rows of other classes, such as users, don't: a file in BSON does not say of
 * which class it is.
 */
const SIGNS = ['m', 'c', 'mu', 'tr', 'sys', 'unique', 'lm'];

/** A date as a number of ms, as it is in a database. */
const dated = (value: Json | undefined): Json | undefined =>
  Time.is(value) ? { __type: 'Date', iso: new Date(value).toISOString() } : value;

const everybody = JSON.stringify({ '*': { read: true, write: true } });

const conversationOf = (json: JsonObject, text: string | undefined): E.Either<DecodeFailed, Moving> => {
  const { ACL: acl, uniqueId } = json;
  const own = Object.entries(json).filter(([key]) => !LEFT_OUT.has(key));
  const times = defined({
    createdAt: dated(json['createdAt']),
    updatedAt: dated(json['updatedAt']),
    lm: dated(json['lm']),
  });
  const decoded = RawConversation.decode({ ...Object.fromEntries(own), ...times });
  if (E.isLeft(decoded)) return E.left(decodeFailed(decoded.left));
  const { lastMessage: _, ...info } = decoded.right;
  const { id, createdAt, updatedAt = createdAt } = info;
  if (!Id.is(id)) return E.left(new DecodeFailed('objectId', Id.name, preview(id)));
  for (const [key, clients] of [
    ['c', [info.creator ?? '']],
    ['m', info.members ?? []],
    ['mu', info.mutedMembers ?? []],
  ] as const) {
    const long = clients.find((client): boolean => !Client.is(client));
    if (long !== undefined) return E.left(new DecodeFailed(key, Client.name, preview(long)));
  }
  if (createdAt === undefined || updatedAt === undefined)
    return E.left(new DecodeFailed('createdAt', 'a date', preview(json['createdAt'])));
  if (!SIGNS.some((key) => Object.hasOwn(json, key)))
    return E.left(new DecodeFailed('m', 'a list of clients, in a row of _Conversation', preview(undefined)));
  const deep = own.filter(([, value]) => !isShallow(value)).map(([key]) => key);
  const number = text === undefined ? undefined : changedNumber(text);
  const notes = [
    ...(acl === undefined || acl === null || JSON.stringify(acl) === everybody ? [] : ['its ACL is left out']),
    ...deep.map((key) => `its attribute ${preview(key)} has more than 100 levels, and is left out`),
    ...(number === undefined ? [] : [`its number ${preview(number)} is rounded`]),
  ];
  const isFoundByMembers =
    info.unique === true ? typeof uniqueId !== 'string' || uniqueId === uniqueIdOf(info.members ?? []) : undefined;
  return E.right({
    _tag: 'Conversation',
    conversation: { ...info, createdAt, updatedAt, ...defined({ isFoundByMembers }) },
    notes,
  });
};

/** A row of `_ConversationMemberInfo`: the cloud has one for each member with a role. */
const Role = record('Role', { cid: Id, clientId: Client, role: MemberRole }, {});

/** Attributes of a conversation may have the same names. */
const isRole = (json: JsonObject): boolean =>
  ['cid', 'clientId', 'role'].every((key) => Object.hasOwn(json, key)) &&
  !['m', 'c', 'tr', 'sys'].some((key) => Object.hasOwn(json, key));

const roleOf = (json: JsonObject): E.Either<DecodeFailed, Moving> => {
  const decoded = Role.decode(json);
  if (E.isLeft(decoded)) return E.left(decodeFailed(decoded.left));
  const { cid, clientId, role } = decoded.right;
  return E.right({ _tag: 'Role', conversationId: cid, clientId, role, notes: [] });
};

/** What a server of this package keeps of a client in a conversation. The cloud exports nothing of the kind. */
const Standing = record(
  'Standing',
  { 'conv-id': Id, 'client-id': Client },
  {
    'joined-at': Time,
    'read-up-to': Time,
    'read-at': Time,
    'received-up-to': Time,
    'received-at': Time,
    silenced: c.boolean,
    'silenced-until': Time,
    blocked: c.boolean,
    'was-member': c.boolean,
  },
);
type WireStanding = t.TypeOf<typeof Standing>;

const markOf = (upTo: number | undefined, at = upTo): MovedMark | undefined =>
  upTo === undefined || at === undefined ? undefined : { upTo, at };

const standingOf = (json: JsonObject): E.Either<DecodeFailed, Moving> => {
  const decoded = E.mapLeft(decodeFailed)(Standing.decode(withoutNull(json)));
  if (E.isLeft(decoded)) return decoded;
  const wire = decoded.right;
  const standing: MovedStanding = {
    conversationId: wire['conv-id'],
    clientId: wire['client-id'],
    ...defined({
      joinedAt: wire['joined-at'],
      read: markOf(wire['read-up-to'], wire['read-at']),
      received: markOf(wire['received-up-to'], wire['received-at']),
      silenced: wire.silenced === true ? true : undefined,
      silencedUntil: wire['silenced-until'],
      blocked: wire.blocked === true ? { wasMember: wire['was-member'] === true } : undefined,
    }),
  };
  return E.right({ _tag: 'Standing', standing, notes: [] });
};

/** The times of a record by their keys: those that should be in the past. */
const timesOf = (moving: Moving): Readonly<Record<string, number | undefined>> => {
  switch (moving._tag) {
    case 'Role':
      return {};
    case 'Message':
      return { timestamp: moving.message.timestamp, 'patch-timestamp': moving.message.editedAt };
    case 'Standing': {
      const { joinedAt, read, received } = moving.standing;
      return {
        ...{ 'joined-at': joinedAt, 'read-up-to': read?.upTo, 'read-at': read?.at },
        ...{ 'received-up-to': received?.upTo, 'received-at': received?.at },
      };
    }
    case 'Conversation': {
      const { createdAt, updatedAt, lastMessageAt: lm } = moving.conversation;
      return { createdAt, updatedAt, lm };
    }
  }
};

/** A time that is later than `end`, ms, by its key. It would put everything that comes in front of it. */
export const timeAfter = (moving: Moving, end: number): string | undefined => {
  const times = timesOf(moving);
  return Object.entries(times).find(([, time]) => time !== undefined && time > end)?.[0];
};

const isStanding = (json: JsonObject): boolean => Object.hasOwn(json, 'client-id') && !Object.hasOwn(json, 'msg-id');

/** Reads a record. `text`: the text that it was written in. */
export const decodeMoving = (json: Json, text?: string): E.Either<DecodeFailed, Moving> => {
  if (!JsonObject.is(json)) return E.left(new DecodeFailed('', 'a JSON object', preview(json)));
  if (isStanding(json)) return standingOf(json);
  if (Object.hasOwn(json, 'msg-id') || Object.hasOwn(json, 'conv-id')) return messageOf(json);
  if (isRole(json)) return roleOf(json);
  if (Object.hasOwn(json, 'objectId')) return conversationOf(json, text);
  return E.left(
    new DecodeFailed('', 'a conversation, which has objectId, or a message, which has msg-id', preview(json)),
  );
};

/** What a server keeps of a client in a conversation, in a form of our own. */
export const encodeStanding = (moved: MovedStanding): WireStanding => {
  const { conversationId, clientId, joinedAt, read, received, silenced, silencedUntil, blocked } = moved;
  return {
    'conv-id': conversationId,
    'client-id': clientId,
    ...defined({
      'joined-at': joinedAt,
      'read-up-to': read?.upTo,
      'read-at': read?.at,
      'received-up-to': received?.upTo,
      'received-at': received?.at,
      silenced,
      'silenced-until': silencedUntil,
      blocked: blocked === undefined ? undefined : true,
      'was-member': blocked?.wasMember === true ? true : undefined,
    }),
  };
};

/** A conversation in the form of the cloud's export. */
export const encodeConversation = (moved: MovedConversation): JsonObject => {
  const { isFoundByMembers, ...info } = moved;
  const uniqueId = uniqueIdOf(info.members ?? []);
  return {
    ...RawConversation.encode(info),
    ...(info.unique === true ? { uniqueId: isFoundByMembers === false ? `not-${uniqueId}` : uniqueId } : {}),
  };
};
