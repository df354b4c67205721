/** Messages, their acknowledgements, receipts, read marks and history. */
import * as t from 'io-ts';
import { Bytes, Int32, SafeInteger } from '../primitives.js';
import { record } from '../record.js';
import { bodyFields, command } from './envelope.js';

const mentions = { mentionPids: t.array(t.string), mentionAll: t.boolean };

/** Client to server: a message to send. `dt` is the client's token, by which the server knows a repetition. */
export const DirectSend = command(
  'direct',
  undefined,
  {
    directMessage: record(
      'DirectSendMessage',
      { cid: t.string },
      { ...bodyFields, ...mentions, dt: t.string, r: t.boolean, transient: t.boolean, will: t.boolean, pushData: t.string },
    ),
  },
  {},
);

/** Server to client: a message that has arrived. */
export const DirectPush = command(
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

/** Client to server, without an answer: messages of `cid` from `fromts` to `tots` (ms, inclusive), or the one with id `mid`, have arrived. */
export const AckReceived = command(
  'ack',
  undefined,
  {
    ackMessage: record(
      'AckReceivedMessage',
      { cid: t.string },
      { mid: t.string, fromts: SafeInteger, tots: SafeInteger, ids: t.array(t.string) },
    ),
  },
  {},
);

/** Server to client: a sent message was accepted (`uid`, `t`) or, with `code`, refused. */
export const AckSent = command(
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

/** A message that asked for it was delivered, or (with `read`) read, at time `t`. */
export const Rcp = command(
  'rcp',
  undefined,
  { rcpMessage: record('RcpMessage', { cid: t.string }, { id: t.string, t: SafeInteger, read: t.boolean, from: t.string }) },
  {},
);

/** Client to server, without an answer: read up to `timestamp`, or up to the message `mid`. */
export const Read = command(
  'read',
  undefined,
  {
    readMessage: record(
      'ReadMessage',
      {},
      { cid: t.string, convs: t.array(record('ReadTuple', { cid: t.string }, { timestamp: SafeInteger, mid: t.string })) },
    ),
  },
  {},
);

const UnreadTuple = record(
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

/** Absolute unread counts, each with the conversation's last message. */
export const Unread = command(
  'unread',
  undefined,
  { unreadMessage: record('UnreadMessage', {}, { convs: t.array(UnreadTuple), notifTime: SafeInteger }) },
  {},
);

/** 1 is towards the past. */
const Direction = t.union([t.literal(1), t.literal(2)], 'QueryDirection');

/** A page of history is asked for; `l` is its size, `direction` 1 (towards the past, the default) or 2. */
export const LogsQuery = command(
  'logs',
  undefined,
  {
    logsMessage: record(
      'LogsQueryMessage',
      { cid: t.string },
      {
        l: Int32,
        t: SafeInteger,
        mid: t.string,
        tIncluded: t.boolean,
        tt: SafeInteger,
        tmid: t.string,
        ttIncluded: t.boolean,
        direction: Direction,
        lctype: Int32,
      },
    ),
  },
  {},
);

/** One stored message; with `bin`, `data` is base64 of bytes. */
export const LogItem = record(
  'LogItem',
  { msgId: t.string, timestamp: SafeInteger, from: t.string },
  { ...mentions, data: t.string, bin: t.boolean, ackAt: SafeInteger, readAt: SafeInteger, patchTimestamp: SafeInteger, convType: Int32 },
);
/** One stored message. */
export type LogItem = t.TypeOf<typeof LogItem>;

/** A page of history, oldest first. */
export const Logs = command('logs', undefined, { logsMessage: record('LogsMessage', {}, { cid: t.string, logs: t.array(LogItem) }) }, {});
