/**
 * The commands of a server about the rights of members: roles, silencing, block lists (protocol: ConvMemberInfo,
 * shutup, BlacklistCommand).
 */
import type * as t from 'io-ts';
import * as c from '../type.js';
import { blacklist } from '../commands/blacklist.js';
import { conv, MemberInfo, people } from '../commands/conv.js';
import { memberNotice, notice } from './notice.js';
import { outcome } from './outcome.js';

const convMemberInfoUpdated = conv('member_info_updated', {}, { cid: c.string });
/** The answer to `ConvMemberInfoUpdate`. */
export interface ConvMemberInfoUpdated extends t.TypeOf<typeof convMemberInfoUpdated> {}
export const ConvMemberInfoUpdated: t.Type<ConvMemberInfoUpdated> = convMemberInfoUpdated;

const convMemberInfoChanged = conv('member_info_changed', { cid: c.string, info: MemberInfo }, { initBy: c.string });
/** Without a serial: `initBy` gave a member another role. */
export interface ConvMemberInfoChanged extends t.TypeOf<typeof convMemberInfoChanged> {}
export const ConvMemberInfoChanged: t.Type<ConvMemberInfoChanged> = convMemberInfoChanged;

const convShutupAdded = conv('shutup_added', {}, { cid: c.string, ...outcome });
/** The answer to `ConvAddShutup`. */
export interface ConvShutupAdded extends t.TypeOf<typeof convShutupAdded> {}
export const ConvShutupAdded: t.Type<ConvShutupAdded> = convShutupAdded;

const convShutupRemoved = conv('shutup_removed', {}, { cid: c.string, ...outcome });
/** The answer to `ConvRemoveShutup`. */
export interface ConvShutupRemoved extends t.TypeOf<typeof convShutupRemoved> {}
export const ConvShutupRemoved: t.Type<ConvShutupRemoved> = convShutupRemoved;

const convShutupResult = conv('shutup_result', {}, { cid: c.string, ...people, next: c.string });
/** The answer to `ConvQueryShutup`. If it has `next`, there are more pages. */
export interface ConvShutupResult extends t.TypeOf<typeof convShutupResult> {}
export const ConvShutupResult: t.Type<ConvShutupResult> = convShutupResult;

const convCheckResult = conv('check_result', {}, { cid: c.string, ...people });
/** The answer to `ConvCheckShutup`: those that are silenced. */
export interface ConvCheckResult extends t.TypeOf<typeof convCheckResult> {}
export const ConvCheckResult: t.Type<ConvCheckResult> = convCheckResult;

const convShutuped = notice('shutuped');
/** The receiver may not send messages any more. */
export interface ConvShutuped extends t.TypeOf<typeof convShutuped> {}
export const ConvShutuped: t.Type<ConvShutuped> = convShutuped;

const convUnshutuped = notice('unshutuped');
/** The receiver may send messages again. */
export interface ConvUnshutuped extends t.TypeOf<typeof convUnshutuped> {}
export const ConvUnshutuped: t.Type<ConvUnshutuped> = convUnshutuped;

const convMembersShutuped = memberNotice('members_shutuped');
/** The members `m` may not send messages any more. */
export interface ConvMembersShutuped extends t.TypeOf<typeof convMembersShutuped> {}
export const ConvMembersShutuped: t.Type<ConvMembersShutuped> = convMembersShutuped;

const convMembersUnshutuped = memberNotice('members_unshutuped');
/** The members `m` may send messages again. */
export interface ConvMembersUnshutuped extends t.TypeOf<typeof convMembersUnshutuped> {}
export const ConvMembersUnshutuped: t.Type<ConvMembersUnshutuped> = convMembersUnshutuped;

const convBlocked = notice('blocked');
/** The receiver can't be a member any more. */
export interface ConvBlocked extends t.TypeOf<typeof convBlocked> {}
export const ConvBlocked: t.Type<ConvBlocked> = convBlocked;

const convUnblocked = notice('unblocked');
/** The receiver can be a member again. */
export interface ConvUnblocked extends t.TypeOf<typeof convUnblocked> {}
export const ConvUnblocked: t.Type<ConvUnblocked> = convUnblocked;

const convMembersBlocked = memberNotice('members_blocked');
/** Clients `m` can't be members any more. */
export interface ConvMembersBlocked extends t.TypeOf<typeof convMembersBlocked> {}
export const ConvMembersBlocked: t.Type<ConvMembersBlocked> = convMembersBlocked;

const convMembersUnblocked = memberNotice('members_unblocked');
/** Clients `m` can be members again. */
export interface ConvMembersUnblocked extends t.TypeOf<typeof convMembersUnblocked> {}
export const ConvMembersUnblocked: t.Type<ConvMembersUnblocked> = convMembersUnblocked;

const blacklistBlocked = blacklist('blocked', {}, { srcCid: c.string, ...outcome });
/** The answer to `BlacklistBlock`. */
export interface BlacklistBlocked extends t.TypeOf<typeof blacklistBlocked> {}
export const BlacklistBlocked: t.Type<BlacklistBlocked> = blacklistBlocked;

const blacklistUnblocked = blacklist('unblocked', {}, { srcCid: c.string, ...outcome });
/** The answer to `BlacklistUnblock`. */
export interface BlacklistUnblocked extends t.TypeOf<typeof blacklistUnblocked> {}
export const BlacklistUnblocked: t.Type<BlacklistUnblocked> = blacklistUnblocked;

const blacklistQueryResult = blacklist(
  'query_result',
  {},
  { srcCid: c.string, blockedPids: c.array(c.string), next: c.string },
);
/** The answer to `BlacklistQuery`. If it has `next`, there are more pages. */
export interface BlacklistQueryResult extends t.TypeOf<typeof blacklistQueryResult> {}
export const BlacklistQueryResult: t.Type<BlacklistQueryResult> = blacklistQueryResult;

const blacklistCheckResult = blacklist('check_result', {}, { srcCid: c.string, blockedPids: c.array(c.string) });
/** The answer to `BlacklistCheckBlock`: those that are blocked. */
export interface BlacklistCheckResult extends t.TypeOf<typeof blacklistCheckResult> {}
export const BlacklistCheckResult: t.Type<BlacklistCheckResult> = blacklistCheckResult;

/** A command of a server about the rights of members. */
export type ServerRoleCommand =
  | ConvMemberInfoUpdated
  | ConvMemberInfoChanged
  | ConvShutupAdded
  | ConvShutupRemoved
  | ConvShutupResult
  | ConvCheckResult
  | ConvShutuped
  | ConvUnshutuped
  | ConvMembersShutuped
  | ConvMembersUnshutuped
  | ConvBlocked
  | ConvUnblocked
  | ConvMembersBlocked
  | ConvMembersUnblocked
  | BlacklistBlocked
  | BlacklistUnblocked
  | BlacklistQueryResult
  | BlacklistCheckResult;
