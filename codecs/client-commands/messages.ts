/**
 * The commands of a client about messages: sending, acknowledging, marking as read, asking for history, and changing
 * messages.
 */
import * as t from 'io-ts';
import { command } from '../commands/envelope.js';
import { bodyFields, change, mentions, target } from '../commands/message-fields.js';
import { Int32, SafeInteger } from '../primitives.js';
import { record } from '../record.js';

const directSend = command(
  'direct',
  undefined,
  {
    directMessage: record(
      'DirectSendMessage',
      { cid: t.string },
      {
        ...bodyFields,
        ...mentions,
        dt: t.string,
        r: t.boolean,
        transient: t.boolean,
        will: t.boolean,
        pushData: t.string,
      },
    ),
  },
  {},
);
/**
 * A message to send. `dt` is a token of the client: the server recognizes a repeated message by it. Answered by
 * `AckSent`.
 */
export interface DirectSend extends t.TypeOf<typeof directSend> {}
export const DirectSend: t.Type<DirectSend> = directSend;

const ackReceived = command(
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
/**
 * Acknowledges that the messages of `cid` from `fromts` to `tots` (ms, inclusive), or the message `mid`, have
 * arrived. Has no answer.
 */
export interface AckReceived extends t.TypeOf<typeof ackReceived> {}
export const AckReceived: t.Type<AckReceived> = ackReceived;

const read = command(
  'read',
  undefined,
  {
    readMessage: record(
      'ReadMessage',
      {},
      {
        cid: t.string,
        convs: t.array(record('ReadTuple', { cid: t.string }, { timestamp: SafeInteger, mid: t.string })),
      },
    ),
  },
  {},
);
/** The user has read up to `timestamp`, or up to the message `mid`. Has no answer. */
export interface Read extends t.TypeOf<typeof read> {}
export const Read: t.Type<Read> = read;

/** 1 means towards the past. */
const Direction = t.union([t.literal(1), t.literal(2)], 'QueryDirection');

const logsQuery = command(
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
/**
 * Asks for a page of history. `l` is the page size; `direction` is 1 (towards the past, the default) or 2 (towards
 * the present). Answered by `Logs`.
 */
export interface LogsQuery extends t.TypeOf<typeof logsQuery> {}
export const LogsQuery: t.Type<LogsQuery> = logsQuery;

const patchModify = command(
  'patch',
  'modify',
  {
    patchMessage: record(
      'patch/modify message',
      {},
      { patches: t.array(record('PatchWish', target, change)), lastPatchTime: SafeInteger },
    ),
  },
  {},
);
/** Edits own messages of the client, or recalls them with `recall`. Answered by `PatchModified`. */
export interface PatchModify extends t.TypeOf<typeof patchModify> {}
export const PatchModify: t.Type<PatchModify> = patchModify;

/** A command of a client about messages. */
export type ClientMessageCommand = DirectSend | AckReceived | Read | LogsQuery | PatchModify;
