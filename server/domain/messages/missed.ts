/** What a client gets at login: missed messages and changes. */
import type { ClientCommand, ServerCommand } from '../../../codecs/index.js';
import type { OfflineMessages, StoredMessage, UnreadSummary } from '../records.js';
import { fitting } from '../cut.js';
import { directPush, patchPush } from './pushes.js';
import { unreadPush } from './unread-push.js';

/** The pushes of what was missed, and a test for live pushes that came meanwhile and are not among them. */
export interface Missed {
  readonly pushes: readonly ServerCommand[];
  readonly keeps: (push: ServerCommand) => boolean;
}

/**
 * Keeps a pushed message only if it is later than the newest message of its conversation in the login, or another one
 * of the same time: a store may give several messages the same time.
 */
const laterThan =
  (login: ReadonlyMap<string, readonly StoredMessage[]>): Missed['keeps'] =>
  (push) => {
    if (push.cmd !== 'direct') return true;
    const { cid, id, timestamp } = push.directMessage;
    const brought = login.get(cid) ?? [];
    const newest = brought.at(-1)?.timestamp ?? -Infinity;
    return timestamp > newest || (timestamp === newest && brought.every((message) => message.id !== id));
  };

/** Counts of unread messages, for clients that fetch what they have missed. */
export const missedCounts = (unread: readonly UnreadSummary[], now: number): Missed => ({
  pushes: [unreadPush(unread, now)],
  keeps: laterThan(
    new Map(unread.map(({ conversationId, last }) => [conversationId, last === undefined ? [] : [last]])),
  ),
});

/** The missed messages themselves. The first message of a conversation says whether there are older ones. */
export const missedMessages = (missed: readonly OfflineMessages[]): Missed => ({
  pushes: missed.flatMap(({ kind, messages, hasMore }) =>
    messages.map((message, index) => directPush(message, { kind, offline: true, hasMore: hasMore && index === 0 })),
  ),
  keeps: laterThan(new Map(missed.map(({ conversationId, messages }) => [conversationId, messages]))),
});

/**
 * The missed messages that are not too long for a login. The conversations come in the given order; each has its newest
 * message at least, and says if there are older ones.
 */
export const withinBytes = (
  missed: readonly OfflineMessages[],
  bytesOf: (message: StoredMessage) => number,
  most: number,
): readonly OfflineMessages[] => {
  let left = most;
  return missed.map(({ messages, hasMore, ...of }) => {
    const sizes = messages.toReversed().map(bytesOf);
    const count = fitting(sizes, left);
    left -= sizes.slice(0, count).reduce((sum, size) => sum + size, 0);
    return {
      ...of,
      messages: messages.slice(messages.length - count),
      hasMore: hasMore || count < messages.length,
    };
  });
};

type Opening = Extract<ClientCommand, { cmd: 'session'; op: 'open' }>['sessionMessage'];

/** The bit of `configBitmap` which says that the client understands patches. */
const UNDERSTANDS_PATCHES = 1;

/** The time from which on a client has missed changes, ms; undefined if the client does not understand them. */
export const changesSince = ({ lastPatchTime, configBitmap = 0 }: Opening): number | undefined =>
  (configBitmap & UNDERSTANDS_PATCHES) === 0 ? undefined : lastPatchTime;

/** The push of missed changes. */
export const missedChanges = (messages: readonly StoredMessage[]): readonly ServerCommand[] =>
  messages.length === 0 ? [] : [patchPush(messages)];
