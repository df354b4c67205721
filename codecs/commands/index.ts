/** All commands of each direction. A new command is one codec in a file beside this one, and one line in a list here. */
import type * as t from 'io-ts';
import {
  ConvAdd,
  ConvAdded,
  ConvCount,
  ConvJoined,
  ConvLeft,
  ConvMaxRead,
  ConvMaxReadResult,
  ConvMembersJoined,
  ConvMembersLeft,
  ConvMute,
  ConvQuery,
  ConvRemove,
  ConvRemoved,
  ConvResult,
  ConvResults,
  ConvStart,
  ConvStarted,
  ConvUnmute,
  ConvUpdate,
  ConvUpdated,
} from './conv.js';
import { commandByKind } from './envelope.js';
import { AckReceived, AckSent, DirectPush, DirectSend, Logs, LogsQuery, Rcp, Read, Unread } from './messages.js';
import { PatchModified, PatchModify, PatchPush } from './patch.js';
import {
  BlacklistBlock,
  BlacklistBlocked,
  BlacklistQuery,
  BlacklistQueryResult,
  BlacklistUnblock,
  BlacklistUnblocked,
  ConvAddShutup,
  ConvBlocked,
  ConvMemberInfoChanged,
  ConvMemberInfoUpdate,
  ConvMemberInfoUpdated,
  ConvMembersBlocked,
  ConvMembersShutuped,
  ConvMembersUnblocked,
  ConvMembersUnshutuped,
  ConvQueryShutup,
  ConvRemoveShutup,
  ConvShutupAdded,
  ConvShutupRemoved,
  ConvShutupResult,
  ConvShutuped,
  ConvUnblocked,
  ConvUnshutuped,
} from './roles.js';
import {
  SessionClose,
  SessionClosed,
  SessionOpen,
  SessionOpened,
  SessionQuery,
  SessionQueryResult,
  SessionRefresh,
  SessionRefreshed,
} from './session.js';
import { Echo, ErrorAnswer, Goaway } from './system.js';

export {
  JsonText,
  ConvStart,
  ConvStarted,
  ConvQuery,
  ConvResults,
  ConvJoined,
  ConvLeft,
  ConvMembersJoined,
  ConvMembersLeft,
  ConvAdd,
  ConvRemove,
  MemberFailure,
  ConvAdded,
  ConvRemoved,
  ConvCount,
  ConvResult,
  ConvUpdate,
  ConvMute,
  ConvUnmute,
  ConvMaxRead,
  MaxReadTuple,
  ConvMaxReadResult,
  ConvUpdated,
} from './conv.js';
export type { UnsupportedCommand } from './envelope.js';
export * from './messages.js';
export * from './patch.js';
export * from './roles.js';
export * from './session.js';
export * from './system.js';

/** One codec for each kind that a client sends. */
export const clientCommands = [
  SessionOpen,
  SessionClose,
  SessionRefresh,
  SessionQuery,
  ConvStart,
  ConvQuery,
  ConvMaxRead,
  ConvAdd,
  ConvRemove,
  ConvCount,
  ConvUpdate,
  ConvMute,
  ConvUnmute,
  ConvMemberInfoUpdate,
  ConvAddShutup,
  ConvRemoveShutup,
  ConvQueryShutup,
  BlacklistBlock,
  BlacklistUnblock,
  BlacklistQuery,
  DirectSend,
  AckReceived,
  Read,
  LogsQuery,
  PatchModify,
  Echo,
] as const;

/** One codec for each kind that a server sends. */
export const serverCommands = [
  SessionOpened,
  SessionClosed,
  SessionRefreshed,
  SessionQueryResult,
  ConvStarted,
  ConvResults,
  ConvUpdated,
  ConvMaxReadResult,
  ConvAdded,
  ConvRemoved,
  ConvResult,
  ConvJoined,
  ConvLeft,
  ConvMembersJoined,
  ConvMembersLeft,
  ConvMemberInfoUpdated,
  ConvMemberInfoChanged,
  ConvShutupAdded,
  ConvShutupRemoved,
  ConvShutupResult,
  ConvShutuped,
  ConvUnshutuped,
  ConvMembersShutuped,
  ConvMembersUnshutuped,
  ConvBlocked,
  ConvUnblocked,
  ConvMembersBlocked,
  ConvMembersUnblocked,
  BlacklistBlocked,
  BlacklistUnblocked,
  BlacklistQueryResult,
  DirectPush,
  AckSent,
  Rcp,
  Unread,
  Logs,
  PatchModified,
  PatchPush,
  Echo,
  ErrorAnswer,
  Goaway,
] as const;

/** What a client sends, discriminated by `cmd` and `op`. */
export type ClientCommand = t.TypeOf<(typeof clientCommands)[number]>;

/** What a server sends, discriminated by `cmd` and `op`. */
export type ServerCommand = t.TypeOf<(typeof serverCommands)[number]>;

/** The codec of everything a client sends; a kind that is not listed decodes to an `UnsupportedCommand`. */
export const ClientCommand = commandByKind('ClientCommand', clientCommands);
/** The codec of everything a server sends; a kind that is not listed decodes to an `UnsupportedCommand`. */
export const ServerCommand = commandByKind('ServerCommand', serverCommands);
