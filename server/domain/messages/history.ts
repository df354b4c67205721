/** Stretches of a conversation's messages. Messages are sorted by time. */
import { isSignalType, type ConversationInfo } from '../../../codecs/index.js';
import { firstThat } from '../first-that.js';
import type { Audience, Bound, HistoryQuery, StoredMessage } from '../records.js';

/** The number of the type that a recalled message has (protocol: `_lctype`). */
export const RECALLED = -127;

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

/** The indexes from `low` on and below `high`, of messages that may be wanted; the last one first if `isOld`. */
export type IndexesBetween = (low: number, high: number, isOld: boolean) => Iterable<number>;

const allBetween: IndexesBetween = function* (low, high, isOld) {
  if (isOld) for (let index = high - 1; index >= low; index -= 1) yield index;
  else for (let index = low; index < high; index += 1) yield index;
};

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

/** Those indexes that are in one of these ascending lists of positions. A position is `base` above its index. */
export const betweenOf = (lists: readonly (readonly number[])[], base: number): IndexesBetween =>
  function* (low, high, isOld) {
    const rest = lists.map((all) => ({
      all,
      first: firstNotBelow(all, low + base),
      end: firstNotBelow(all, high + base),
    }));
    for (;;) {
      let next: (typeof rest)[number] | undefined;
      let position = 0;
      for (const one of rest) {
        const candidate = one.all[isOld ? one.end - 1 : one.first];
        if (candidate === undefined || one.first >= one.end) continue;
        if (next !== undefined && candidate > position !== isOld) continue;
        [next, position] = [one, candidate];
      }
      if (next === undefined) return;
      if (isOld) next.end -= 1;
      else next.first += 1;
      yield position - base;
    }
  };

/**
 * A page of history, oldest first, without messages before `since` (ms). `between`: which messages are looked at.
 * Default: all.
 */
export const pageOf = (
  messages: readonly StoredMessage[],
  { viewer, direction, from, to, type, limit }: HistoryQuery,
  since: number,
  between: IndexesBetween = allBetween,
): readonly StoredMessage[] => {
  const isOld = direction === 'old';
  const [oldest, newest] = isOld ? [to, from] : [from, to];
  const start = Math.max(
    firstAfter(messages, since - 1),
    oldest === undefined ? 0 : firstThat(messages, (message) => isAfter(message, oldest)),
  );
  const end = newest === undefined ? messages.length : firstThat(messages, (message) => !isBefore(message, newest));
  const page: StoredMessage[] = [];
  if (limit <= 0) return page;
  for (const index of between(start, end, isOld)) {
    const message = messages[index];
    if (message === undefined || !isFor(message, viewer)) continue;
    if (type === undefined || message.type === type) page.push(message);
    if (page.length >= limit) break;
  }
  return isOld ? page.reverse() : page;
};

/** The messages of a client, newest first, with their indexes. `between`: which messages are looked at. */
export const newestFirst = function* (
  messages: readonly StoredMessage[],
  clientId: string,
  between: IndexesBetween = allBetween,
): Iterable<readonly [index: number, message: StoredMessage]> {
  for (const index of between(0, messages.length, true)) {
    const message = messages[index];
    if (message !== undefined && isFor(message, clientId)) yield [index, message];
  }
};
