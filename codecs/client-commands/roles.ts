/**
 * The requests of a client about the rights of members: roles, silencing, block lists (protocol: ConvMemberInfo,
 * shutup, BlacklistCommand).
 */
import type * as t from 'io-ts';
import * as c from '../type.js';
import { blacklist } from '../commands/blacklist.js';
import { conv, MemberInfo, people } from '../commands/conv.js';
import { signature } from '../commands/signature.js';
import { Int32 } from '../primitives.js';

const convMemberInfoUpdate = conv(
  'member_info_update',
  { cid: c.string, info: MemberInfo },
  { targetClientId: c.string },
);
/** Gives a member another role. Answered by `ConvMemberInfoUpdated`. */
export interface ConvMemberInfoUpdate extends t.TypeOf<typeof convMemberInfoUpdate> {}
export const ConvMemberInfoUpdate: t.Type<ConvMemberInfoUpdate> = convMemberInfoUpdate;

const page = { limit: Int32, next: c.string };

const convAddShutup = conv('add_shutup', { cid: c.string }, people);
/** Silences the members `m`: they may not send messages. Answered by `ConvShutupAdded`. */
export interface ConvAddShutup extends t.TypeOf<typeof convAddShutup> {}
export const ConvAddShutup: t.Type<ConvAddShutup> = convAddShutup;

const convRemoveShutup = conv('remove_shutup', { cid: c.string }, people);
/** Lets the members `m` send messages again. Answered by `ConvShutupRemoved`. */
export interface ConvRemoveShutup extends t.TypeOf<typeof convRemoveShutup> {}
export const ConvRemoveShutup: t.Type<ConvRemoveShutup> = convRemoveShutup;

const convQueryShutup = conv('query_shutup', { cid: c.string }, page);
/** Asks for the silenced members. `next` is the end of the previous page. Answered by `ConvShutupResult`. */
export interface ConvQueryShutup extends t.TypeOf<typeof convQueryShutup> {}
export const ConvQueryShutup: t.Type<ConvQueryShutup> = convQueryShutup;

const convCheckShutup = conv('check_shutup', { cid: c.string }, people);
/** Asks which of the members `m` are silenced. Answered by `ConvCheckResult`. */
export interface ConvCheckShutup extends t.TypeOf<typeof convCheckShutup> {}
export const ConvCheckShutup: t.Type<ConvCheckShutup> = convCheckShutup;

const blocking = { toPids: c.array(c.string), ...signature };

const blacklistBlock = blacklist('block', { srcCid: c.string }, blocking);
/** Blocks the clients `toPids`: they can't be members of `srcCid`. Answered by `BlacklistBlocked`. */
export interface BlacklistBlock extends t.TypeOf<typeof blacklistBlock> {}
export const BlacklistBlock: t.Type<BlacklistBlock> = blacklistBlock;

const blacklistUnblock = blacklist('unblock', { srcCid: c.string }, blocking);
/** Unblocks the clients `toPids`: they can be members of `srcCid` again. Answered by `BlacklistUnblocked`. */
export interface BlacklistUnblock extends t.TypeOf<typeof blacklistUnblock> {}
export const BlacklistUnblock: t.Type<BlacklistUnblock> = blacklistUnblock;

const blacklistQuery = blacklist('query', { srcCid: c.string }, page);
/** Asks for the blocked clients. `next` is the end of the previous page. Answered by `BlacklistQueryResult`. */
export interface BlacklistQuery extends t.TypeOf<typeof blacklistQuery> {}
export const BlacklistQuery: t.Type<BlacklistQuery> = blacklistQuery;

const blacklistCheckBlock = blacklist('check_block', { srcCid: c.string }, { toPids: c.array(c.string) });
/** Asks which of the clients `toPids` are blocked. Answered by `BlacklistCheckResult`. */
export interface BlacklistCheckBlock extends t.TypeOf<typeof blacklistCheckBlock> {}
export const BlacklistCheckBlock: t.Type<BlacklistCheckBlock> = blacklistCheckBlock;

/** A request of a client about the rights of members. */
export type ClientRoleCommand =
  | ConvMemberInfoUpdate
  | ConvAddShutup
  | ConvRemoveShutup
  | ConvQueryShutup
  | ConvCheckShutup
  | BlacklistBlock
  | BlacklistUnblock
  | BlacklistQuery
  | BlacklistCheckBlock;
