/** Stretches of a conversation's messages. Messages are sorted by time. */
import { isSignalType, type ConversationInfo } from '../../../codecs/index.js';
import type { Audience, Bound, HistoryQuery, StoredMessage } from '../records.js';

/** The number of the type that a recalled message has (protocol: `_lctype`). */
export const RECALLED = -127;

/** The first index from which on all messages pass the test. Messages are sorted, so this is a binary search. */
export const firstThat = (messages: readonly StoredMessage[], passes: (message: StoredMessage) => boolean): number => {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const message = messages[middle];
    if (message !== undefined && passes(message)) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** The index of the first message that is later than a time. */
export const firstAfter = (messages: readonly StoredMessage[], timestamp: number): number =>
  firstThat(messages, (message) => message.timestamp > timestamp);

const isBefore = (message: StoredMessage, { timestamp, id, included }: Bound): boolean => {
  if (message.timestamp !== timestamp) return message.timestamp < timestamp;
  if (id === undefined || message.id === id) return included;
  return message.id < id;
};

const isAfter = (message: StoredMessage, { timestamp, id, included }: Bound): boolean => {
  if (message.timestamp !== timestamp) return message.timestamp > timestamp;
  if (id === undefined || message.id === id) return included;
  return message.id > id;
};

/**
 * Whether a client gets a message. A message of a system conversation may be for some clients only; its sender gets
 * it too.
 */
export const isFor = ({ to, from }: StoredMessage, clientId: string | undefined): boolean =>
  to === undefined || clientId === undefined || from === clientId || to.includes(clientId);

/**
 * Whether a message counts for a client: another client has sent it, it is for this client, it was not recalled, and
 * it is no signal, which clients exchange behind the scenes.
 */
export const concerns = (message: StoredMessage, clientId: string): boolean =>
  message.from !== clientId && message.type !== RECALLED && !isSignalType(message.type) && isFor(message, clientId);

/** Who gets a message, and what happens to it. */
export const audienceOf = (
  { kind, members = [] }: Pick<ConversationInfo, 'kind' | 'members'>,
  { from, to }: Pick<StoredMessage, 'from' | 'to'>,
): Audience => ({
  kind,
  receivers: kind === 'room' ? [] : to === undefined ? members : [...new Set([...to, from])],
});

/** Positions of messages, ascending. Each of them is `base` above the index of its message. */
export interface Positions {
  readonly all: readonly number[];
  readonly base: number;
}

/** The first index of a sorted list whose number is not below `number`. */
export const firstNotBelow = (numbers: readonly number[], number: number): number => {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? Infinity) >= number) high = middle;
    else low = middle + 1;
  }
  return low;
};

/**
 * A page of history, oldest first, without messages before `since` (ms). `only`: the messages of the type that is
 * asked for; no others are looked at. Default: all messages are looked at.
 */
export const pageOf = (
  messages: readonly StoredMessage[],
  { viewer, direction, from, to, type, limit }: HistoryQuery,
  since: number,
  only?: Positions,
): readonly StoredMessage[] => {
  const isOld = direction === 'old';
  const [oldest, newest] = isOld ? [to, from] : [from, to];
  const start = Math.max(
    firstAfter(messages, since - 1),
    oldest === undefined ? 0 : firstThat(messages, (message) => isAfter(message, oldest)),
  );
  const end = newest === undefined ? messages.length : firstThat(messages, (message) => !isBefore(message, newest));
  const [low, high] =
    only === undefined
      ? [start, end]
      : [firstNotBelow(only.all, start + only.base), firstNotBelow(only.all, end + only.base)];
  const indexAt = (place: number): number => (only === undefined ? place : (only.all[place] ?? -1) - only.base);
  const page: StoredMessage[] = [];
  for (let step = 0; step < high - low && page.length < limit; step += 1) {
    const message = messages[indexAt(isOld ? high - 1 - step : low + step)];
    if (message === undefined || !isFor(message, viewer)) continue;
    if (type === undefined || message.type === type) page.push(message);
  }
  return isOld ? page.reverse() : page;
};
