/**
 * The requests of a client about conversations: create, find, join, leave and change them (protocol: ConvCommand).
 */
import type * as t from 'io-ts';
import * as c from '../type.js';
import { conv, JsonText, people } from '../commands/conv.js';
import { signature } from '../commands/signature.js';
import { Int32 } from '../primitives.js';

const convStart = conv(
  'start',
  {},
  {
    ...people,
    attr: JsonText,
    transient: c.boolean,
    unique: c.boolean,
    tempConv: c.boolean,
    tempConvTTL: Int32,
    ...signature,
  },
);
/**
 * Creates a conversation with the members `m`. `attr` holds its attributes, including `name`. With `unique`, the
 * server answers with the existing conversation that has exactly these members, if there is one. With `transient`, it
 * creates a chat room. Answered by `ConvStarted`.
 */
export interface ConvStart extends t.TypeOf<typeof convStart> {}
export const ConvStart: t.Type<ConvStart> = convStart;

const convQuery = conv(
  'query',
  {},
  { where: JsonText, flag: Int32, sort: c.string, skip: Int32, limit: Int32, tempConvIds: c.array(c.string) },
);
/**
 * Asks for conversations, either by `where` (conditions with operators) or, for temporary ones, by id. `flag`: 1
 * leaves the members out, 2 adds the last message. Answered by `ConvResults`.
 */
export interface ConvQuery extends t.TypeOf<typeof convQuery> {}
export const ConvQuery: t.Type<ConvQuery> = convQuery;

const convAdd = conv('add', { cid: c.string }, { ...people, ...signature });
/** Adds the members `m`. A client that adds itself joins. Answered by `ConvAdded`. */
export interface ConvAdd extends t.TypeOf<typeof convAdd> {}
export const ConvAdd: t.Type<ConvAdd> = convAdd;

const convRemove = conv('remove', { cid: c.string }, { ...people, ...signature });
/** Removes the members `m`. A client that removes itself leaves. Answered by `ConvRemoved`. */
export interface ConvRemove extends t.TypeOf<typeof convRemove> {}
export const ConvRemove: t.Type<ConvRemove> = convRemove;

const convCount = conv('count', { cid: c.string }, {});
/** Asks for the number of members. Answered by `ConvResult`. */
export interface ConvCount extends t.TypeOf<typeof convCount> {}
export const ConvCount: t.Type<ConvCount> = convCount;

const convMembers = conv('members', { cid: c.string }, { limit: Int32, next: c.string });
/**
 * Asks for a page of the members, or of the clients that are in a chat room now. `next` is the end of the previous
 * page. Answered by `ConvResult`.
 */
export interface ConvMembers extends t.TypeOf<typeof convMembers> {}
export const ConvMembers: t.Type<ConvMembers> = convMembers;

const convIsMember = conv('is_member', {}, { cids: c.array(c.string) });
/**
 * Asks of which of the conversations `cids` the client is a member: which it has subscribed to, or in which chat room
 * it is. Answered by `ConvResults`, whose `results.data` is a JSON object with true or false by id.
 */
export interface ConvIsMember extends t.TypeOf<typeof convIsMember> {}
export const ConvIsMember: t.Type<ConvIsMember> = convIsMember;

const convUpdate = conv('update', { cid: c.string }, { attr: JsonText });
/**
 * Changes the attributes in `attr.data`. Keys may contain dots. A value may be an operation on what is there, such as
 * `{"__op":"Increment","amount":1}`. Answered by `ConvUpdated`.
 */
export interface ConvUpdate extends t.TypeOf<typeof convUpdate> {}
export const ConvUpdate: t.Type<ConvUpdate> = convUpdate;

const convMute = conv('mute', { cid: c.string }, {});
/** Turns push notifications of this conversation off. Answered by `ConvUpdated`. */
export interface ConvMute extends t.TypeOf<typeof convMute> {}
export const ConvMute: t.Type<ConvMute> = convMute;

const convUnmute = conv('unmute', { cid: c.string }, {});
/** Turns push notifications of this conversation on again. Answered by `ConvUpdated`. */
export interface ConvUnmute extends t.TypeOf<typeof convUnmute> {}
export const ConvUnmute: t.Type<ConvUnmute> = convUnmute;

const convMaxRead = conv('max_read', { cid: c.string }, { queryAllMembers: c.boolean });
/**
 * Asks up to which time the other members have received and read messages. With `queryAllMembers`, the answer has the
 * times of each member. Answered by `ConvMaxReadResult`.
 */
export interface ConvMaxRead extends t.TypeOf<typeof convMaxRead> {}
export const ConvMaxRead: t.Type<ConvMaxRead> = convMaxRead;

/** A request of a client about conversations. */
export type ClientConvCommand =
  | ConvStart
  | ConvQuery
  | ConvAdd
  | ConvRemove
  | ConvCount
  | ConvMembers
  | ConvIsMember
  | ConvUpdate
  | ConvMute
  | ConvUnmute
  | ConvMaxRead;
