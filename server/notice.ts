/** What sessions are told by one another. A bus over a network writes notices with the codec. */
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { ServerCommand, decodeServerFrame, encodeFrame, record, subprotocols } from '../codecs/index.js';

/** Which of a chat room's messages go first when a receiver is slow: 1 high, 2 normal, 3 low. */
export type RoomPriority = 1 | 2 | 3;
const RoomPriority: t.Type<RoomPriority> = t.union([t.literal(1), t.literal(2), t.literal(3)], 'RoomPriority');

/** A command as a frame of the base64 subprotocol: text, whatever bytes are in it. */
const CommandAsText = new t.Type<ServerCommand, string>(
  'CommandAsText',
  (input): input is ServerCommand => ServerCommand.is(input) && input.cmd !== 'unsupported',
  (input, context) => {
    const command = typeof input === 'string' ? decodeServerFrame(input) : E.left(undefined);
    return E.isRight(command) && command.right.cmd !== 'unsupported'
      ? t.success(command.right)
      : t.failure(input, context);
  },
  (command) => String(encodeFrame(command, subprotocols.base64)),
);

/**
 * A push; the session with the id `except` has it already. With a priority it may be dropped where a receiver is slow.
 */
const PushNotice = record(
  'PushNotice',
  { _tag: t.literal('Push'), command: CommandAsText },
  { except: t.string, priority: RoomPriority },
);
/** These sessions have lost their place to a later login with their tag: they end. */
const DisplaceNotice = record(
  'DisplaceNotice',
  { _tag: t.literal('Displace'), sessions: t.readonlyArray(t.string) },
  {},
);
/** This session goes on over another socket: what is left of it ends without a word. */
const ResumeNotice = record('ResumeNotice', { _tag: t.literal('Resume'), session: t.string }, {});
/** All sessions of a client end, with this code. */
const KickNotice = record('KickNotice', { _tag: t.literal('Kick'), code: t.number, reason: t.string }, {});
/** Out of this chat room, for who is in it. */
const ExitNotice = record('ExitNotice', { _tag: t.literal('Exit'), roomId: t.string }, {});

export interface PushNotice extends t.TypeOf<typeof PushNotice> {}
export interface DisplaceNotice extends t.TypeOf<typeof DisplaceNotice> {}
export interface ResumeNotice extends t.TypeOf<typeof ResumeNotice> {}
export interface KickNotice extends t.TypeOf<typeof KickNotice> {}
export interface ExitNotice extends t.TypeOf<typeof ExitNotice> {}

/** What is sent to sessions. */
export type Notice = PushNotice | DisplaceNotice | ResumeNotice | KickNotice | ExitNotice;

/**
 * Notices to and from JSON, for a bus over a network: a command in a notice is written as text.
 *
 * @example
 * redis.publish(channel, JSON.stringify(Notice.encode(notice)));
 */
export const Notice: t.Type<Notice, object> = t.union(
  [PushNotice, DisplaceNotice, ResumeNotice, KickNotice, ExitNotice],
  'Notice',
);
