/** Messages between sessions. A bus over a network encodes them with the codec `Notice`. */
import { either as E } from 'fp-ts';
import type * as t from 'io-ts';
import * as c from '../codecs/type.js';
import { ServerCommand, decodeServerFrame, encodeFrame, record, subprotocols } from '../codecs/index.js';

/**
 * The priority of a chat room's message. If a receiver is slow, messages with a higher number are dropped first: 1
 * high, 2 normal, 3 low.
 */
export type RoomPriority = 1 | 2 | 3;
const RoomPriority: t.Type<RoomPriority> = c.union([c.literal(1), c.literal(2), c.literal(3)], 'RoomPriority');

/** A command as a frame of the base64 subprotocol. The frame is text even if the command contains bytes. */
const CommandAsText = new c.Type<ServerCommand, string>(
  'CommandAsText',
  (input): input is ServerCommand => ServerCommand.is(input) && input.cmd !== 'unsupported',
  (input, context) => {
    const command = typeof input === 'string' ? decodeServerFrame(input) : E.left(undefined);
    return E.isRight(command) && command.right.cmd !== 'unsupported'
      ? c.success(command.right)
      : c.failure(input, context);
  },
  (command) => String(encodeFrame(command, subprotocols.base64)),
);

/** The place of a stored message in its conversation: its time, and the time of the message before it. */
const StoredPlace = record('StoredPlace', { conversationId: c.string, at: c.number, prev: c.number }, {});

/**
 * A push. The session with the id `except` does not get it, because it has it already; nor do the sessions of the
 * client `exceptClient`. The session with the id `cause` gets it too, but after the answer to its command. A push with
 * a priority may be dropped if a receiver is slow. With `inRoom`, only sessions get it that are in this chat room. With
 * `outlined`, only sessions get it that have been shown an outline of this conversation. `stored` is set if it is a
 * stored message: a bus between several processes finds by it what was lost. `prev`: ms; 0 if there is no message
 * before it, negative if that is not known.
 */
const PushNotice = record(
  'PushNotice',
  { _tag: c.literal('Push'), command: CommandAsText },
  {
    except: c.string,
    exceptClient: c.string,
    cause: c.string,
    priority: RoomPriority,
    inRoom: c.string,
    outlined: c.string,
    stored: StoredPlace,
  },
);
/** Ends these sessions: a later login with the same tag has taken their place. */
const DisplaceNotice = record(
  'DisplaceNotice',
  { _tag: c.literal('Displace'), sessions: c.readonlyArray(c.string) },
  {},
);
/** Ends what is left of this session without a message to the client: the session goes on over another socket. */
const ResumeNotice = record('ResumeNotice', { _tag: c.literal('Resume'), session: c.string }, {});
/** Ends all sessions of a client with this code. */
const KickNotice = record('KickNotice', { _tag: c.literal('Kick'), code: c.number, reason: c.string }, {});
/** Takes the sessions that get it out of this chat room. */
const ExitNotice = record('ExitNotice', { _tag: c.literal('Exit'), roomId: c.string }, {});

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
export const Notice: t.Type<Notice, object> = c.union(
  [PushNotice, DisplaceNotice, ResumeNotice, KickNotice, ExitNotice],
  'Notice',
);
