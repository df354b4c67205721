/**
 * All commands that a server sends. A new command is one codec in a file beside this one, a name in its union, and
 * one line in the list here.
 */
import type * as t from 'io-ts';
import { Echo } from '../commands/echo.js';
import { commandByKind, type UnsupportedCommand } from '../commands/envelope.js';
import {
  ConvAdded,
  ConvJoined,
  ConvLeft,
  ConvMaxReadResult,
  ConvMembersJoined,
  ConvMembersLeft,
  ConvRemoved,
  ConvResult,
  ConvResults,
  ConvStarted,
  ConvUpdated,
  type ServerConvCommand,
} from './conversation.js';
import {
  AckSent,
  DirectPush,
  Logs,
  PatchModified,
  PatchPush,
  Rcp,
  UnreadCommand,
  type ServerMessageCommand,
} from './messages.js';
import {
  BlacklistBlocked,
  BlacklistCheckResult,
  BlacklistQueryResult,
  BlacklistUnblocked,
  ConvBlocked,
  ConvCheckResult,
  ConvMemberInfoChanged,
  ConvMemberInfoUpdated,
  ConvMembersBlocked,
  ConvMembersShutuped,
  ConvMembersUnblocked,
  ConvMembersUnshutuped,
  ConvShutupAdded,
  ConvShutupRemoved,
  ConvShutupResult,
  ConvShutuped,
  ConvUnblocked,
  ConvUnshutuped,
  type ServerRoleCommand,
} from './roles.js';
import {
  SessionClosedCommand,
  SessionOpened,
  SessionQueryResult,
  SessionRefreshed,
  type ServerSessionCommand,
} from './session.js';
import { ErrorAnswer, Goaway, ReportUploaded, ServiceLoggedIn, type ServerSystemCommand } from './system.js';

/** One codec for each kind of command that a server sends. */
export const serverCommands = [
  SessionOpened,
  SessionClosedCommand,
  SessionRefreshed,
  SessionQueryResult,
  ConvStarted,
  ConvResults,
  ConvJoined,
  ConvLeft,
  ConvMembersJoined,
  ConvMembersLeft,
  ConvAdded,
  ConvRemoved,
  ConvResult,
  ConvMaxReadResult,
  ConvUpdated,
  ConvMemberInfoUpdated,
  ConvMemberInfoChanged,
  ConvShutupAdded,
  ConvShutupRemoved,
  ConvShutupResult,
  ConvCheckResult,
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
  BlacklistCheckResult,
  DirectPush,
  AckSent,
  Rcp,
  UnreadCommand,
  Logs,
  PatchModified,
  PatchPush,
  ErrorAnswer,
  Goaway,
  ServiceLoggedIn,
  ReportUploaded,
  Echo,
] as const;

/**
 * A command of a server, discriminated by `cmd` and `op`. The codec decodes a kind that is not listed to an
 * `UnsupportedCommand`.
 */
export type ServerCommand =
  ServerSessionCommand | ServerConvCommand | ServerRoleCommand | ServerMessageCommand | ServerSystemCommand;
export const ServerCommand: t.Type<ServerCommand | UnsupportedCommand> = commandByKind('ServerCommand', serverCommands);
