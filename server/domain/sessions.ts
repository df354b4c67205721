/** Sessions end, and are taken up again. */
import type { ServerCommand } from '../../codecs/index.js';
import type { StoredSession } from './records.js';

/** How long a chat room waits for somebody whose connection broke, ms. */
const ROOM_KEPT = 30 * 60_000;

/** Whether who comes back finds himself in the chat room that he was in. */
export const isRoomKept = ({ leftAt }: NonNullable<StoredSession['room']>, now: number): boolean =>
  leftAt === undefined || now - leftAt <= ROOM_KEPT;

/** A session has ended, by the server. */
export const closedCommand = (peerId: string, code: number, reason: string): ServerCommand => ({
  cmd: 'session',
  op: 'closed',
  peerId,
  sessionMessage: { code, reason },
});
