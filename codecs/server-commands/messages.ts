/**
 * The commands of a server about messages: messages, acknowledgements, receipts, unread counts, history, and changes.
 */
import type * as t from 'io-ts';
import * as c from '../type.js';
import { command } from '../commands/envelope.js';
import { bodyFields, change, mentions, target } from '../commands/message-fields.js';
import { Bytes, Int32, SafeInteger } from '../primitives.js';
import { record } from '../record.js';

const directPush = command(
  'direct',
  undefined,
  {
    directMessage: record(
      'DirectPushMessage',
      { cid: c.string, id: c.string, fromPeerId: c.string, timestamp: SafeInteger },
      {
        ...bodyFields,
        ...mentions,
        transient: c.boolean,
        r: c.boolean,
        offline: c.boolean,
        hasMore: c.boolean,
        patchTimestamp: SafeInteger,
        convType: Int32,
      },
    ),
  },
  {},
);
/** A message that has arrived. */
export interface DirectPush extends t.TypeOf<typeof directPush> {}
export const DirectPush: t.Type<DirectPush> = directPush;

const ackSent = command(
  'ack',
  undefined,
  {
    ackMessage: record(
      'AckSentMessage',
      {},
      { uid: c.string, t: SafeInteger, cid: c.string, code: Int32, reason: c.string, appCode: Int32, appMsg: c.string },
    ),
  },
  {},
);
/** The answer to `DirectSend`: the message was accepted (`uid`, `t`) or, with `code`, refused. */
export interface AckSent extends t.TypeOf<typeof ackSent> {}
export const AckSent: t.Type<AckSent> = ackSent;

const rcp = command(
  'rcp',
  undefined,
  {
    rcpMessage: record(
      'RcpMessage',
      { cid: c.string },
      { id: c.string, t: SafeInteger, read: c.boolean, from: c.string },
    ),
  },
  {},
);
/** A message that asked for a receipt was delivered, or (with `read`) read, at time `t`. */
export interface Rcp extends t.TypeOf<typeof rcp> {}
export const Rcp: t.Type<Rcp> = rcp;

const unreadTuple = record(
  'UnreadTuple',
  { cid: c.string, unread: Int32 },
  {
    mid: c.string,
    timestamp: SafeInteger,
    from: c.string,
    data: c.string,
    binaryMsg: Bytes,
    patchTimestamp: SafeInteger,
    mentioned: c.boolean,
    convType: Int32,
  },
);
/** The number of unread messages of one conversation, and the last of these messages. */
export interface UnreadTuple extends t.TypeOf<typeof unreadTuple> {}
export const UnreadTuple: t.Type<UnreadTuple> = unreadTuple;

const unread = command(
  'unread',
  undefined,
  { unreadMessage: record('UnreadMessage', {}, { convs: c.array(UnreadTuple), notifTime: SafeInteger }) },
  {},
);
/** Absolute unread counts, each with the conversation's last message. */
export interface UnreadCommand extends t.TypeOf<typeof unread> {}
export const UnreadCommand: t.Type<UnreadCommand> = unread;

const logItem = record(
  'LogItem',
  { msgId: c.string, timestamp: SafeInteger, from: c.string },
  {
    ...mentions,
    data: c.string,
    bin: c.boolean,
    ackAt: SafeInteger,
    readAt: SafeInteger,
    patchTimestamp: SafeInteger,
    convType: Int32,
  },
);
/** One stored message. With `bin`, `data` is bytes in base64. */
export interface LogItem extends t.TypeOf<typeof logItem> {}
export const LogItem: t.Type<LogItem> = logItem;

const logs = command(
  'logs',
  undefined,
  { logsMessage: record('LogsMessage', {}, { cid: c.string, l: Int32, logs: c.array(LogItem) }) },
  {},
);
/**
 * The answer to `LogsQuery`: a page of history, oldest first. `l` is there if the page was too long for one answer: it
 * is the number of messages that came, and the rest of the page has to be asked for.
 */
export interface Logs extends t.TypeOf<typeof logs> {}
export const Logs: t.Type<Logs> = logs;

const patchModified = command(
  'patch',
  'modified',
  { patchMessage: record('patch/modified message', {}, { lastPatchTime: SafeInteger }) },
  {},
);
/** The answer to `PatchModify`. `lastPatchTime` is the time of the change, ms. */
export interface PatchModified extends t.TypeOf<typeof patchModified> {}
export const PatchModified: t.Type<PatchModified> = patchModified;

const patchItem = record('PatchItem', target, {
  ...change,
  patchTimestamp: SafeInteger,
  from: c.string,
  /**
   * Why the service changed the message, if the sender did not: a negative code of the service itself, or a positive
   * one of a hook of the application.
   */
  patchCode: SafeInteger,
  patchReason: c.string,
});
/** One changed message, in the form that the clients with that message get. */
export interface PatchItem extends t.TypeOf<typeof patchItem> {}
export const PatchItem: t.Type<PatchItem> = patchItem;

const patchPush = command(
  'patch',
  'modify',
  { patchMessage: record('patch/modify message', {}, { patches: c.array(PatchItem), lastPatchTime: SafeInteger }) },
  {},
);
/** Without a serial: messages were changed or recalled. */
export interface PatchPush extends t.TypeOf<typeof patchPush> {}
export const PatchPush: t.Type<PatchPush> = patchPush;

/** A command of a server about messages. */
export type ServerMessageCommand = DirectPush | AckSent | Rcp | UnreadCommand | Logs | PatchModified | PatchPush;
