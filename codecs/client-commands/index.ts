/**
 * All commands that a client sends. A new command is one codec in a file beside this one, a name in its union, and
 * one line in the list here.
 */
import type * as t from 'io-ts';
import { Echo } from '../commands/echo.js';
import { commandByKind, type UnsupportedCommand } from '../commands/envelope.js';
import {
  ConvAdd,
  ConvCount,
  ConvIsMember,
  ConvMaxRead,
  ConvMembers,
  ConvMute,
  ConvQuery,
  ConvRemove,
  ConvStart,
  ConvUnmute,
  ConvUpdate,
  type ClientConvCommand,
} from './conversation.js';
import { AckReceived, DirectSend, LogsQuery, PatchModify, Read, type ClientMessageCommand } from './messages.js';
import {
  BlacklistBlock,
  BlacklistCheckBlock,
  BlacklistQuery,
  BlacklistUnblock,
  ConvAddShutup,
  ConvCheckShutup,
  ConvMemberInfoUpdate,
  ConvQueryShutup,
  ConvRemoveShutup,
  type ClientRoleCommand,
} from './roles.js';
import { ReportUpload, ServiceLogin, type ClientServiceCommand } from './service.js';
import { SessionClose, SessionOpen, SessionQuery, SessionRefresh, type ClientSessionCommand } from './session.js';

/** One codec for each kind of command that a client sends. */
export const clientCommands = [
  SessionOpen,
  SessionClose,
  SessionRefresh,
  SessionQuery,
  ConvStart,
  ConvQuery,
  ConvAdd,
  ConvRemove,
  ConvCount,
  ConvMembers,
  ConvIsMember,
  ConvUpdate,
  ConvMute,
  ConvUnmute,
  ConvMaxRead,
  ConvMemberInfoUpdate,
  ConvAddShutup,
  ConvRemoveShutup,
  ConvQueryShutup,
  ConvCheckShutup,
  BlacklistBlock,
  BlacklistUnblock,
  BlacklistQuery,
  BlacklistCheckBlock,
  DirectSend,
  AckReceived,
  Read,
  LogsQuery,
  PatchModify,
  ServiceLogin,
  ReportUpload,
  Echo,
] as const;

/**
 * A command of a client, discriminated by `cmd` and `op`. The codec decodes a kind that is not listed to an
 * `UnsupportedCommand`.
 */
export type ClientCommand =
  ClientSessionCommand | ClientConvCommand | ClientRoleCommand | ClientMessageCommand | ClientServiceCommand | Echo;
export const ClientCommand: t.Type<ClientCommand | UnsupportedCommand> = commandByKind('ClientCommand', clientCommands);
