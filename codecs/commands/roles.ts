/** What members may do: their roles, who is silenced, who is blocked (protocol: ConvMemberInfo, shutup, BlacklistCommand). */
import * as t from 'io-ts';
import { Int32, SafeInteger } from '../primitives.js';
import { record } from '../record.js';
import { byWhom, conv, MemberFailure } from './conv.js';
import { command } from './envelope.js';

/** What a member may do: the owner has made the conversation; managers add, remove, silence and block. */
export const MemberRole = t.keyof({ Owner: null, Manager: null, Member: null }, 'MemberRole');
/** What a member may do: the owner has made the conversation; managers add, remove, silence and block. */
export type MemberRole = t.TypeOf<typeof MemberRole>;

/** A member and its role; a `MemberRole`, or one that only others know. */
const MemberInfo = record('ConvMemberInfo', { pid: t.string }, { role: t.string, infoId: t.string });

/** Client to server: a member is to have another role. */
export const ConvMemberInfoUpdate = conv('member_info_update', { cid: t.string, info: MemberInfo }, { targetClientId: t.string });
/** The answer to `ConvMemberInfoUpdate`. */
export const ConvMemberInfoUpdated = conv('member_info_updated', {}, { cid: t.string });
/** Without a serial: a member has another role, by `initBy`. */
export const ConvMemberInfoChanged = conv('member_info_changed', { cid: t.string, info: MemberInfo }, byWhom);

const people = { m: t.array(t.string) };
const page = { limit: Int32, next: t.string };
const outcome = { allowedPids: t.array(t.string), failedPids: t.array(MemberFailure) };

/** Client to server: members `m` may not send any more. */
export const ConvAddShutup = conv('add_shutup', { cid: t.string }, people);
/** Client to server: members `m` may send again. */
export const ConvRemoveShutup = conv('remove_shutup', { cid: t.string }, people);
/** Client to server: who may not send; `next` is where the page before has ended. */
export const ConvQueryShutup = conv('query_shutup', { cid: t.string }, page);
/** The answer to `ConvAddShutup`. */
export const ConvShutupAdded = conv('shutup_added', {}, { cid: t.string, ...outcome });
/** The answer to `ConvRemoveShutup`. */
export const ConvShutupRemoved = conv('shutup_removed', {}, { cid: t.string, ...outcome });
/** The answer to `ConvQueryShutup`; there is more where it has a `next`. */
export const ConvShutupResult = conv('shutup_result', {}, { cid: t.string, ...people, next: t.string });

const notice = <O extends string>(op: O) => conv(op, { cid: t.string }, byWhom);
const memberNotice = <O extends string>(op: O) => conv(op, { cid: t.string }, { ...byWhom, ...people });

/** The receiver may not send any more. */
export const ConvShutuped = notice('shutuped');
/** The receiver may send again. */
export const ConvUnshutuped = notice('unshutuped');
/** Members `m` may not send any more. */
export const ConvMembersShutuped = memberNotice('members_shutuped');
/** Members `m` may send again. */
export const ConvMembersUnshutuped = memberNotice('members_unshutuped');
/** The receiver can not be a member any more. */
export const ConvBlocked = notice('blocked');
/** The receiver can be a member again. */
export const ConvUnblocked = notice('unblocked');
/** Clients `m` can not be members any more. */
export const ConvMembersBlocked = memberNotice('members_blocked');
/** Clients `m` can be members again. */
export const ConvMembersUnblocked = memberNotice('members_unblocked');

const blacklist = <O extends string, R extends t.Props, P extends t.Props>(op: O, required: R, optional: P) =>
  command('blacklist', op, { blacklistMessage: record(`blacklist/${op} message`, required, optional) }, {});

const blocking = { toPids: t.array(t.string), t: SafeInteger, n: t.string, s: t.string };

/** Client to server: `toPids` can not be members of `srcCid` any more. */
export const BlacklistBlock = blacklist('block', { srcCid: t.string }, blocking);
/** Client to server: `toPids` can be members of `srcCid` again. */
export const BlacklistUnblock = blacklist('unblock', { srcCid: t.string }, blocking);
/** Client to server: who is blocked; `next` is where the page before has ended. */
export const BlacklistQuery = blacklist('query', { srcCid: t.string }, page);
/** The answer to `BlacklistBlock`. */
export const BlacklistBlocked = blacklist('blocked', {}, { srcCid: t.string, ...outcome });
/** The answer to `BlacklistUnblock`. */
export const BlacklistUnblocked = blacklist('unblocked', {}, { srcCid: t.string, ...outcome });
/** The answer to `BlacklistQuery`; there is more where it has a `next`. */
export const BlacklistQueryResult = blacklist('query_result', {}, { srcCid: t.string, blockedPids: t.array(t.string), next: t.string });
