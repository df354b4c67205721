/**
 * The commands of a server about messages: messages, acknowledgements, receipts, unread counts, history, and changes.
 */
import * as t from 'io-ts';
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
      { cid: t.string, id: t.string, fromPeerId: t.string, timestamp: SafeInteger },
      {
        ...bodyFields,
        ...mentions,
        transient: t.boolean,
        r: t.boolean,
        offline: t.boolean,
        hasMore: t.boolean,
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
      { uid: t.string, t: SafeInteger, cid: t.string, code: Int32, reason: t.string, appCode: Int32, appMsg: t.string },
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
      { cid: t.string },
      { id: t.string, t: SafeInteger, read: t.boolean, from: t.string },
    ),
  },
  {},
);
/** A message that asked for a receipt was delivered, or (with `read`) read, at time `t`. */
export interface Rcp extends t.TypeOf<typeof rcp> {}
export const Rcp: t.Type<Rcp> = rcp;

const unreadTuple = record(
  'UnreadTuple',
  { cid: t.string, unread: Int32 },
  {
    mid: t.string,
    timestamp: SafeInteger,
    from: t.string,
    data: t.string,
    binaryMsg: Bytes,
    patchTimestamp: SafeInteger,
    mentioned: t.boolean,
    convType: Int32,
  },
);
/** The number of unread messages of one conversation, and the last of these messages. */
export interface UnreadTuple extends t.TypeOf<typeof unreadTuple> {}
export const UnreadTuple: t.Type<UnreadTuple> = unreadTuple;

const unread = command(
  'unread',
  undefined,
  { unreadMessage: record('UnreadMessage', {}, { convs: t.array(UnreadTuple), notifTime: SafeInteger }) },
  {},
);
/** Absolute unread counts, each with the conversation's last message. */
export interface UnreadCommand extends t.TypeOf<typeof unread> {}
export const UnreadCommand: t.Type<UnreadCommand> = unread;

const logItem = record(
  'LogItem',
  { msgId: t.string, timestamp: SafeInteger, from: t.string },
  {
    ...mentions,
    data: t.string,
    bin: t.boolean,
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
  { logsMessage: record('LogsMessage', {}, { cid: t.string, l: Int32, logs: t.array(LogItem) }) },
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
  from: t.string,
  /**
   * Why the service changed the message, if the sender did not: a negative code of the service itself, or a positive
   * one of a hook of the application.
   */
  patchCode: SafeInteger,
  patchReason: t.string,
});
/** One changed message, in the form that the clients with that message get. */
export interface PatchItem extends t.TypeOf<typeof patchItem> {}
export const PatchItem: t.Type<PatchItem> = patchItem;

const patchPush = command(
  'patch',
  'modify',
  { patchMessage: record('patch/modify message', {}, { patches: t.array(PatchItem), lastPatchTime: SafeInteger }) },
  {},
);
/** Without a serial: messages were changed or recalled. */
export interface PatchPush extends t.TypeOf<typeof patchPush> {}
export const PatchPush: t.Type<PatchPush> = patchPush;

/** A command of a server about messages. */
export type ServerMessageCommand = DirectPush | AckSent | Rcp | UnreadCommand | Logs | PatchModified | PatchPush;
