/**
 * The commands of a client about messages: sending, acknowledging, marking as read, asking for history, and changing
 * messages.
 */
import type * as t from 'io-ts';
import * as c from '../type.js';
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
      { cid: c.string },
      {
        ...bodyFields,
        ...mentions,
        dt: c.string,
        r: c.boolean,
        transient: c.boolean,
        will: c.boolean,
        pushData: c.string,
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
      { cid: c.string },
      { mid: c.string, fromts: SafeInteger, tots: SafeInteger, ids: c.array(c.string) },
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
        cid: c.string,
        convs: c.array(record('ReadTuple', { cid: c.string }, { timestamp: SafeInteger, mid: c.string })),
      },
    ),
  },
  {},
);
/** The user has read up to `timestamp`, or up to the message `mid`. Has no answer. */
export interface Read extends t.TypeOf<typeof read> {}
export const Read: t.Type<Read> = read;

/** 1 means towards the past. */
const Direction = c.union([c.literal(1), c.literal(2)], 'QueryDirection');

const logsQuery = command(
  'logs',
  undefined,
  {
    logsMessage: record(
      'LogsQueryMessage',
      { cid: c.string },
      {
        l: Int32,
        t: SafeInteger,
        mid: c.string,
        tIncluded: c.boolean,
        tt: SafeInteger,
        tmid: c.string,
        ttIncluded: c.boolean,
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
      { patches: c.array(record('PatchWish', target, change)), lastPatchTime: SafeInteger },
    ),
  },
  {},
);
/** Edits own messages of the client, or recalls them with `recall`. Answered by `PatchModified`. */
export interface PatchModify extends t.TypeOf<typeof patchModify> {}
export const PatchModify: t.Type<PatchModify> = patchModify;

/** A command of a client about messages. */
export type ClientMessageCommand = DirectSend | AckReceived | Read | LogsQuery | PatchModify;
