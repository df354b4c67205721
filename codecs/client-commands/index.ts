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
  ConvMaxRead,
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
  BlacklistQuery,
  BlacklistUnblock,
  ConvAddShutup,
  ConvMemberInfoUpdate,
  ConvQueryShutup,
  ConvRemoveShutup,
  type ClientRoleCommand,
} from './roles.js';
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
  ConvUpdate,
  ConvMute,
  ConvUnmute,
  ConvMaxRead,
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

/**
 * A command of a client, discriminated by `cmd` and `op`. The codec decodes a kind that is not listed to an
 * `UnsupportedCommand`.
 */
export type ClientCommand = ClientSessionCommand | ClientConvCommand | ClientRoleCommand | ClientMessageCommand | Echo;
export const ClientCommand: t.Type<ClientCommand | UnsupportedCommand> = commandByKind('ClientCommand', clientCommands);
