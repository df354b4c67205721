/** What a login brings of messages and changes that were missed. */
import type { ClientCommand, ServerCommand } from '../../../codecs/index.js';
import type { OfflineMessages, StoredMessage, UnreadSummary } from '../records.js';
import { directPush, patchPush } from './pushes.js';
import { unreadPush } from './unread-push.js';

/** What is pushed, and which of the pushes that came meanwhile are not in it. */
export interface Missed {
  readonly pushes: readonly ServerCommand[];
  readonly keeps: (push: ServerCommand) => boolean;
}

/** By the newest message of each conversation that is in what a login brings. */
const laterThan =
  (newest: ReadonlyMap<string, number>): Missed['keeps'] =>
  (push) =>
    push.cmd !== 'direct' || push.directMessage.timestamp > (newest.get(push.directMessage.cid) ?? -Infinity);

/** Counts of unread messages, for clients that fetch what they have missed. */
export const missedCounts = (unread: readonly UnreadSummary[], now: number): Missed => ({
  pushes: [unreadPush(unread, now)],
  keeps: laterThan(new Map(unread.map(({ conversationId, last }) => [conversationId, last?.timestamp ?? -Infinity]))),
});

/** The messages themselves; the first of a conversation says where there are older ones. */
export const missedMessages = (missed: readonly OfflineMessages[]): Missed => ({
  pushes: missed.flatMap(({ messages, hasMore }) =>
    messages.map((message, index) => directPush(message, { offline: true, hasMore: hasMore && index === 0 })),
  ),
  keeps: laterThan(
    new Map(missed.map(({ conversationId, messages }) => [conversationId, messages.at(-1)?.timestamp ?? -Infinity])),
  ),
});

type Opening = Extract<ClientCommand, { cmd: 'session'; op: 'open' }>['sessionMessage'];

/** The bit of `configBitmap` that says so. */
const UNDERSTANDS_PATCHES = 1;

/** Since when a client has missed changes, ms; undefined where it does not understand them. */
export const changesSince = ({ lastPatchTime, configBitmap = 0 }: Opening): number | undefined =>
  (configBitmap & UNDERSTANDS_PATCHES) === 0 ? undefined : lastPatchTime;

/** Changes that were missed. */
export const missedChanges = (messages: readonly StoredMessage[]): readonly ServerCommand[] =>
  messages.length === 0 ? [] : [patchPush(messages)];
