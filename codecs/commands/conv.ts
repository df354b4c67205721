/** Conversations: create, query, and the notices about members and attributes (protocol: ConvCommand). */
import * as t from 'io-ts';
import { Int32, SafeInteger } from '../primitives.js';
import { record } from '../record.js';
import { command } from './envelope.js';

/** JSON travels as text inside a message of its own. */
export const JsonText = record('JsonText', { data: t.string }, {});

/** The codec of a `conv` command. */
export const conv = <O extends string, R extends t.Props, P extends t.Props>(op: O, required: R, optional: P) =>
  command('conv', op, { convMessage: record(`conv/${op} message`, required, optional) }, {});

/**
 * Client to server: a conversation is wanted, with the members `m` and, in `attr`, the attributes (`name` among them).
 * `unique`: the one that exists with just these members, if one does; `transient`: a chat room.
 */
export const ConvStart = conv(
  'start',
  {},
  {
    m: t.array(t.string),
    attr: JsonText,
    transient: t.boolean,
    unique: t.boolean,
    tempConv: t.boolean,
    tempConvTTL: Int32,
    t: SafeInteger,
    n: t.string,
    s: t.string,
  },
);

/** The answer to `ConvStart`: the conversation exists, `cdate` is its creation in ISO 8601, `tempConvTTL` its lifetime in seconds. */
export const ConvStarted = conv(
  'started',
  { cid: t.string },
  { cdate: t.string, tempConvTTL: Int32, m: t.array(t.string), uniqueId: t.string },
);

/** Client to server: conversations by a `where` of operators, or temporary ones by id. `flag`: 1 leaves members out, 2 adds the last message. */
export const ConvQuery = conv(
  'query',
  {},
  { where: JsonText, flag: Int32, sort: t.string, skip: Int32, limit: Int32, tempConvIds: t.array(t.string) },
);

/** `results.data` is a JSON array of conversations. */
export const ConvResults = conv('results', { results: JsonText }, {});

/** Who did what is told. */
export const byWhom = { initBy: t.string };
const notice = <O extends string>(op: O) => conv(op, { cid: t.string }, byWhom);
const memberNotice = <O extends string>(op: O) => conv(op, { cid: t.string }, { ...byWhom, m: t.array(t.string) });

/** The receiver was added. */
export const ConvJoined = notice('joined');
/** The receiver was removed. */
export const ConvLeft = notice('left');
/** Members `m` were added, `initBy` whom. */
export const ConvMembersJoined = memberNotice('members_joined');
/** Members `m` were removed, `initBy` whom. */
export const ConvMembersLeft = memberNotice('members_left');

const signed = { t: SafeInteger, n: t.string, s: t.string };
const people = { m: t.array(t.string) };

/** Client to server: members `m` are to be added; the client itself joins. */
export const ConvAdd = conv('add', { cid: t.string }, { ...people, ...signed });
/** Client to server: members `m` are to be removed; the client itself leaves. */
export const ConvRemove = conv('remove', { cid: t.string }, { ...people, ...signed });

/** Why a change did not come about for some members. */
export const MemberFailure = record(
  'MemberFailure',
  { code: Int32, reason: t.string },
  { detail: t.string, appCode: Int32, pids: t.array(t.string) },
);

const outcome = { cid: t.string, allowedPids: t.array(t.string), failedPids: t.array(MemberFailure) };
/** The answer to `ConvAdd`: for whom it came about, and for whom not. */
export const ConvAdded = conv('added', {}, outcome);
/** The answer to `ConvRemove`: for whom it came about, and for whom not. */
export const ConvRemoved = conv('removed', {}, outcome);

/** Client to server: how many members are there. */
export const ConvCount = conv('count', { cid: t.string }, {});
/** The answer to `ConvCount`. */
export const ConvResult = conv('result', { count: Int32 }, { cid: t.string });

/** Client to server: `attr.data` holds the attributes to change; keys may have dots. The answer is `ConvUpdated`. */
export const ConvUpdate = conv('update', { cid: t.string, attr: JsonText }, {});
/** Client to server: no push notifications of this conversation, please. The answer is `ConvUpdated`. */
export const ConvMute = conv('mute', { cid: t.string }, {});
/** Client to server: push notifications again. The answer is `ConvUpdated`. */
export const ConvUnmute = conv('unmute', { cid: t.string }, {});

/** Client to server: how far have the others received and read; with `queryAllMembers`, each of them. */
export const ConvMaxRead = conv('max_read', { cid: t.string }, { queryAllMembers: t.boolean });

/** How far one member has received and read, ms. */
export const MaxReadTuple = record('MaxReadTuple', { pid: t.string }, { maxAckTimestamp: SafeInteger, maxReadTimestamp: SafeInteger });

/** The answer to `ConvMaxRead`: times in ms, of all others together or of each member. */
export const ConvMaxReadResult = conv(
  'max_read',
  {},
  { cid: t.string, maxAckTimestamp: SafeInteger, maxReadTimestamp: SafeInteger, maxReadTuples: t.array(MaxReadTuple) },
);

/** Without a serial: another member changed attributes, `attr.data` holds the changed ones. With one, an answer: `udate` is when, in ISO 8601. */
export const ConvUpdated = conv('updated', {}, { cid: t.string, ...byWhom, attr: JsonText, attrModified: JsonText, udate: t.string });
