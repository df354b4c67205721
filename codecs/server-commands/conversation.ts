/**
 * The commands of a server about conversations: its answers, and the notices about members and attributes (protocol:
 * ConvCommand).
 */
import type * as t from 'io-ts';
import * as c from '../type.js';
import { conv, JsonText, people } from '../commands/conv.js';
import { Int32, SafeInteger } from '../primitives.js';
import { memberNotice, notice } from './notice.js';
import { outcome } from './outcome.js';
import { record } from '../record.js';

const convStarted = conv(
  'started',
  { cid: c.string },
  { cdate: c.string, tempConvTTL: Int32, ...people, uniqueId: c.string },
);
/**
 * The answer to `ConvStart`: the conversation exists. `cdate` is the time of its creation in ISO 8601, `tempConvTTL`
 * is its lifetime in seconds.
 */
export interface ConvStarted extends t.TypeOf<typeof convStarted> {}
export const ConvStarted: t.Type<ConvStarted> = convStarted;

const convResults = conv('results', { results: JsonText }, { limit: Int32 });
/**
 * The answer to `ConvQuery`: `results.data` is a JSON array of conversations. `limit` is there if they were too long
 * for one answer: it is the number of conversations that came, and the rest has to be asked for.
 *
 * The answer to `ConvIsMember`: `results.data` is a JSON object with true or false by id.
 */
export interface ConvResults extends t.TypeOf<typeof convResults> {}
export const ConvResults: t.Type<ConvResults> = convResults;

const joining = { initBy: c.string, udate: c.string, tempConv: c.boolean, tempConvTTL: Int32 };

const convJoined = conv('joined', { cid: c.string }, joining);
/** The receiver was added. A temporary conversation is marked, with its lifetime in seconds. */
export interface ConvJoined extends t.TypeOf<typeof convJoined> {}
export const ConvJoined: t.Type<ConvJoined> = convJoined;

const convLeft = notice('left');
/** The receiver was removed. */
export interface ConvLeft extends t.TypeOf<typeof convLeft> {}
export const ConvLeft: t.Type<ConvLeft> = convLeft;

const convMembersJoined = conv('members_joined', { cid: c.string }, { ...joining, ...people });
/** Members `m` were added, by `initBy`. A temporary conversation is marked, as above. */
export interface ConvMembersJoined extends t.TypeOf<typeof convMembersJoined> {}
export const ConvMembersJoined: t.Type<ConvMembersJoined> = convMembersJoined;

const convMembersLeft = memberNotice('members_left');
/** Members `m` were removed, by `initBy`. */
export interface ConvMembersLeft extends t.TypeOf<typeof convMembersLeft> {}
export const ConvMembersLeft: t.Type<ConvMembersLeft> = convMembersLeft;

const convAdded = conv('added', {}, { cid: c.string, udate: c.string, ...outcome });
/** The answer to `ConvAdd`: which members were added, and which were not. */
export interface ConvAdded extends t.TypeOf<typeof convAdded> {}
export const ConvAdded: t.Type<ConvAdded> = convAdded;

const convRemoved = conv('removed', {}, { cid: c.string, udate: c.string, ...outcome });
/** The answer to `ConvRemove`: which members were removed, and which were not. */
export interface ConvRemoved extends t.TypeOf<typeof convRemoved> {}
export const ConvRemoved: t.Type<ConvRemoved> = convRemoved;

const convResult = conv('result', { count: Int32 }, { cid: c.string, ...people, next: c.string });
/**
 * The answer to `ConvCount`, and to `ConvMembers`, with a page of the members. If it has `next`, there are more pages.
 */
export interface ConvResult extends t.TypeOf<typeof convResult> {}
export const ConvResult: t.Type<ConvResult> = convResult;

const maxReadTuple = record(
  'MaxReadTuple',
  { pid: c.string },
  { maxAckTimestamp: SafeInteger, maxReadTimestamp: SafeInteger },
);
/** The times up to which one member has received and read messages, ms. */
export interface MaxReadTuple extends t.TypeOf<typeof maxReadTuple> {}
export const MaxReadTuple: t.Type<MaxReadTuple> = maxReadTuple;

const convMaxReadResult = conv(
  'max_read',
  {},
  { cid: c.string, maxAckTimestamp: SafeInteger, maxReadTimestamp: SafeInteger, maxReadTuples: c.array(MaxReadTuple) },
);
/** The answer to `ConvMaxRead`: times in ms, for all other members together or for each member. */
export interface ConvMaxReadResult extends t.TypeOf<typeof convMaxReadResult> {}
export const ConvMaxReadResult: t.Type<ConvMaxReadResult> = convMaxReadResult;

const convUpdated = conv(
  'updated',
  {},
  { cid: c.string, initBy: c.string, attr: JsonText, attrModified: JsonText, udate: c.string },
);
/**
 * Without a serial: another member changed attributes; `attr.data` holds the changed ones. With a serial: the answer
 * to `ConvUpdate`, `ConvMute` or `ConvUnmute`; `udate` is the time of the change in ISO 8601.
 */
export interface ConvUpdated extends t.TypeOf<typeof convUpdated> {}
export const ConvUpdated: t.Type<ConvUpdated> = convUpdated;

/** A command of a server about conversations. */
export type ServerConvCommand =
  | ConvStarted
  | ConvResults
  | ConvJoined
  | ConvLeft
  | ConvMembersJoined
  | ConvMembersLeft
  | ConvAdded
  | ConvRemoved
  | ConvResult
  | ConvMaxReadResult
  | ConvUpdated;
