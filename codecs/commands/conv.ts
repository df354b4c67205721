/** Conversations: create, query, and the notices about members and attributes (protocol: ConvCommand). */
import * as t from 'io-ts';
import { Int32, SafeInteger } from '../primitives.js';
import { record } from '../record.js';
import { command } from './envelope.js';

/** JSON travels as text inside a message of its own. */
export const JsonText = record('JsonText', { data: t.string }, {});

const conv = <O extends string, R extends t.Props, P extends t.Props>(op: O, required: R, optional: P) =>
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

const byWhom = { initBy: t.string };
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

/** Without a serial: another member changed attributes, `attr.data` holds the changed ones. */
export const ConvUpdated = conv('updated', {}, { cid: t.string, ...byWhom, attr: JsonText, attrModified: JsonText, udate: t.string });
