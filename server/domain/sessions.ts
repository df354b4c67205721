/** The end of sessions, and how they are resumed. */
import type { ServerCommand } from '../../codecs/index.js';
import type { StoredSession } from './records.js';

/** How long a chat room keeps the place of a client whose connection broke, ms. */
const ROOM_KEPT = 30 * 60_000;

/** Whether a client that comes back is still in the chat room that it was in. */
export const isRoomKept = ({ leftAt }: NonNullable<StoredSession['room']>, now: number): boolean =>
  leftAt === undefined || now - leftAt <= ROOM_KEPT;

/** Tells a client that the server has ended its session. */
export const closedCommand = (peerId: string, code: number, reason: string): ServerCommand => ({
  cmd: 'session',
  op: 'closed',
  peerId,
  sessionMessage: { code, reason },
});
