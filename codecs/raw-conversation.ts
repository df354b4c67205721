/** Conversations in the form that the server writes. Clients only read them. */
import type * as t from 'io-ts';
import * as c from './type.js';
import { toStored } from './bodies/wire-body.js';
import { Fields, validateConversation, type ConversationInfo } from './conversation.js';
import { encodeDates, Timestamp } from './dates.js';
import { decodeFailed, type DecodeFailed } from './decode-failed.js';
import { defined } from './defined.js';
import { chain, mapLeft, type Either } from './either.js';
import { JsonObject, parseJson } from './json.js';
import { Bytes, SafeInteger } from './primitives.js';
import { record } from './record.js';

const toWire = (info: ConversationInfo): JsonObject => {
  const { lastMessage: last } = info;
  const body = last && toStored(last);
  const known: Fields = defined({
    objectId: info.id,
    c: info.creator,
    m: info.members?.slice(),
    mu: info.mutedMembers?.slice(),
    tr: info.kind === 'room' ? true : undefined,
    sys: info.kind === 'system' ? true : undefined,
    unique: info.unique,
    name: info.name,
    ttl: info.ttl,
    lm: info.lastMessageAt,
    createdAt: info.createdAt,
    updatedAt: info.updatedAt,
    msg_mid: last?.id,
    msg_from: last?.from,
    msg_timestamp: last?.timestamp,
    patch_timestamp: last?.patchTimestamp,
    msg: body?.data,
    bin: body?.bin,
  });
  return { ...(encodeDates(info.attributes) as JsonObject), ...(Fields.encode(known) as JsonObject) };
};

const Attributes: t.Type<ConversationInfo['attributes']> = c.guarded(
  'Attributes',
  (input): input is ConversationInfo['attributes'] => JsonObject.is(input),
);

const Time = c.guarded('Time', Timestamp.is);

const Info: t.Type<ConversationInfo> = record(
  'ConversationInfo',
  {
    id: c.string,
    kind: c.keyof({ ordinary: null, room: null, system: null, temporary: null }),
    attributes: Attributes,
  },
  {
    name: c.string,
    creator: c.string,
    members: c.readonlyArray(c.string),
    mutedMembers: c.readonlyArray(c.string),
    unique: c.boolean,
    ttl: c.number,
    createdAt: Time,
    updatedAt: Time,
    lastMessageAt: Time,
    lastMessage: record(
      'LastMessage',
      { id: c.string, from: c.string, timestamp: SafeInteger },
      { patchTimestamp: SafeInteger, msg: c.string, binaryMsg: Bytes },
    ),
  },
);

/**
 * One conversation of `results.data`: known keys become fields, all others become attributes (protocol: appendix C).
 */
export const RawConversation: t.Type<ConversationInfo, JsonObject> = new c.Type(
  'Conversation',
  Info.is,
  validateConversation,
  toWire,
);

const Conversations = c.array(RawConversation, 'Conversations');

/** Reads `results.data`. */
export const decodeConversations = (data: string): Either<DecodeFailed, readonly ConversationInfo[]> =>
  chain(parseJson(data), (json) => mapLeft(Conversations.decode(json), decodeFailed));

/** Writes `results.data`. */
export const encodeConversations = (infos: readonly ConversationInfo[]): string =>
  JSON.stringify(Conversations.encode([...infos]));
