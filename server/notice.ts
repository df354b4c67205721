/** Messages between sessions. A bus over a network encodes them with the codec `Notice`. */
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { ServerCommand, decodeServerFrame, encodeFrame, record, subprotocols } from '../codecs/index.js';

/**
 * The priority of a chat room's message. If a receiver is slow, messages with a higher number are dropped first: 1
 * high, 2 normal, 3 low.
 */
export type RoomPriority = 1 | 2 | 3;
const RoomPriority: t.Type<RoomPriority> = t.union([t.literal(1), t.literal(2), t.literal(3)], 'RoomPriority');

/** A command as a frame of the base64 subprotocol. The frame is text even if the command contains bytes. */
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
 * A push. The session with the id `except` does not get it, because it has it already. A push with a priority may be
 * dropped if a receiver is slow. With `inRoom`, only sessions get it that are in this chat room.
 */
const PushNotice = record(
  'PushNotice',
  { _tag: t.literal('Push'), command: CommandAsText },
  { except: t.string, priority: RoomPriority, inRoom: t.string },
);
/** Ends these sessions: a later login with the same tag has taken their place. */
const DisplaceNotice = record(
  'DisplaceNotice',
  { _tag: t.literal('Displace'), sessions: t.readonlyArray(t.string) },
  {},
);
/** Ends what is left of this session without a message to the client: the session goes on over another socket. */
const ResumeNotice = record('ResumeNotice', { _tag: t.literal('Resume'), session: t.string }, {});
/** Ends all sessions of a client with this code. */
const KickNotice = record('KickNotice', { _tag: t.literal('Kick'), code: t.number, reason: t.string }, {});
/** Takes the sessions that get it out of this chat room. */
const ExitNotice = record('ExitNotice', { _tag: t.literal('Exit'), roomId: t.string }, {});

export interface PushNotice extends t.TypeOf<typeof PushNotice> {}
export interface DisplaceNotice extends t.TypeOf<typeof DisplaceNotice> {}
export interface ResumeNotice extends t.TypeOf<typeof ResumeNotice> {}
export interface KickNotice extends t.TypeOf<typeof KickNotice> {}
export interface ExitNotice extends t.TypeOf<typeof ExitNotice> {}

/** A message to sessions. */
export type Notice = PushNotice | DisplaceNotice | ResumeNotice | KickNotice | ExitNotice;

/**
 * A codec between notices and JSON, for a bus over a network. A command in a notice is written as text.
 *
 * @example
 * redis.publish(channel, JSON.stringify(Notice.encode(notice)));
 */
export const Notice: t.Type<Notice, object> = t.union(
  [PushNotice, DisplaceNotice, ResumeNotice, KickNotice, ExitNotice],
  'Notice',
);
