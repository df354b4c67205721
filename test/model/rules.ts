/** The rules of delivery: what a device was told, compared with what the server has stored. */
import * as t from 'io-ts';
import type { StoredMessage } from '../../server/index.js';
import type { LogEntry, MessageStatus } from '../../src/index.node.js';
import { comparePositions, type Position } from '../../streams/index.js';
import type { Place } from './histories.js';

/** A rule that was broken. Three of them are counted. */
export interface Broken {
  readonly as?: 'lost' | 'duplicated' | 'reordered';
  readonly problem: string;
}

/** A message that a device has sent, and what it was told of it last. */
export interface Send {
  readonly words: string;
  readonly where: Place;
  status: MessageStatus;
}

/**
 * Whether a gap covers a position: from the message before the gap to its end, or to the next message if that is
 * later. An own message may come late and lie within the gap.
 */
const isCovered = (entries: readonly LogEntry[], position: Position): boolean =>
  entries.some((entry, index) => {
    if (entry._tag !== 'Gap' || comparePositions(entry.from, position) >= 0) return false;
    const next = entries.slice(index).find((later) => later._tag === 'Message');
    return position.timestamp <= entry.to || next === undefined || comparePositions(position, next.message) < 0;
  });

const Words = t.type({ _lctext: t.string });

/** The text of a stored message. A recalled message has no text any more. */
export const wordsOf = ({ id, msg = '{}' }: StoredMessage): string => {
  const body: unknown = JSON.parse(msg);
  return Words.is(body) ? body._lctext : `the recalled ${id}`;
};

const bodyText = ({ body }: { readonly body: { readonly _tag: string; readonly text?: string } }): string =>
  body.text ?? body._tag;

/** An entry of a log in short form. */
const short = (entry: LogEntry): string => {
  switch (entry._tag) {
    case 'Message':
      return `${bodyText(entry.message)} ${entry.origin} ${String(entry.message.timestamp % 100_000)}`;
    case 'Gap':
      return `gap ${entry.cause} ${String(entry.from.timestamp % 100_000)}-${String(entry.to % 100_000)}`;
    case 'Edit':
    case 'Recall':
      return `${entry._tag} of ${entry.message.id} at ${String(entry.message.editedAt)}`;
    default:
      return entry._tag;
  }
};

export const shortLog = (entries: readonly LogEntry[]): string => entries.map(short).join(', ');

/** Entries before a place that are shown with a problem, and behind it. */
const NEAR = 4;

/** The part of a log around a message, in short form. */
const logAround = (entries: readonly LogEntry[], id: string): string => {
  const place = entries.findIndex((entry) => entry._tag === 'Message' && entry.message.id === id);
  return shortLog(entries.slice(Math.max(0, place - 2 * NEAR), place + NEAR));
};

/** The messages of a log come in order, and each comes once. */
export const brokenOrder = (name: string, entries: readonly LogEntry[]): readonly Broken[] => {
  const messages = entries.flatMap((entry) => (entry._tag === 'Message' ? [entry.message] : []));
  const seen = new Set<string>();
  return messages.flatMap((message, index) => {
    const broken: Broken[] = [];
    if (seen.has(message.id)) broken.push({ as: 'duplicated', problem: `${name} got ${bodyText(message)} twice` });
    seen.add(message.id);
    const before = messages[index - 1];
    if (before !== undefined && comparePositions(before, message) >= 0)
      broken.push({
        as: 'reordered',
        problem:
          `${name} got ${bodyText(message)} after ${bodyText(before)} ` +
          `(its log: ${logAround(entries, message.id)})`,
      });
    return broken;
  });
};

/** A log has all messages that are stored, or a gap where they are. */
export const missingFrom = (
  name: string,
  entries: readonly LogEntry[],
  stored: readonly StoredMessage[],
): readonly Broken[] => {
  const seen = new Set(entries.flatMap((entry) => (entry._tag === 'Message' ? entry.message.id : [])));
  return stored
    .filter((message) => !seen.has(message.id) && !isCovered(entries, message))
    .map((message) => ({
      as: 'lost',
      problem:
        `${name} never got ${wordsOf(message)} of ${String(message.timestamp % 100_000)} ` +
        `(its log: ${shortLog(entries)})`,
    }));
};

/** The stored messages of which a log has an older version. */
export const olderIn = (entries: readonly LogEntry[], stored: readonly StoredMessage[]): readonly StoredMessage[] => {
  const versions = new Map<string, number>();
  for (const entry of entries)
    if (entry._tag === 'Message' || entry._tag === 'Edit' || entry._tag === 'Recall') {
      const { id, editedAt = 0 } = entry.message;
      versions.set(id, Math.max(editedAt, versions.get(id) ?? 0));
    }
  return stored.filter(({ id, editedAt = 0 }) => (versions.get(id) ?? Infinity) < editedAt);
};

/** Where the messages of a send are stored. An edit begins with the words of the message. */
const placesOf = ({ words, status }: Send, stored: readonly StoredMessage[]): readonly number[] =>
  stored.flatMap((message, index) => {
    const others = wordsOf(message);
    return others === words ||
      others.startsWith(`${words},`) ||
      (status._tag === 'sent' && status.message.id === message.id)
      ? [index]
      : [];
  });

/** The outcome of each send is true: it is stored once, it is not stored, or it is not known. */
export const falseOutcomes = (sends: readonly Send[], stored: readonly StoredMessage[]): readonly Broken[] =>
  sends.flatMap((send) => {
    const { words, status } = send;
    const found = placesOf(send, stored);
    const broken: Broken[] = [];
    if (found.length > 1)
      broken.push({ as: 'duplicated', problem: `${words} is stored ${String(found.length)} times` });
    if (status._tag === 'sent' && found.length === 0)
      broken.push({ as: 'lost', problem: `${words} was said to be sent, but is not stored` });
    if (status._tag === 'failed' && status.failure !== 'unconfirmed' && found.length > 0)
      broken.push({
        problem: `${words} was said not to be sent (${status.failure}: ${status.error.message}), but is stored`,
      });
    return broken;
  });

/**
 * The messages of an outbox are stored in its order. A send that was given up may be delayed on the way, and arrive
 * after a later send.
 */
export const brokenOutboxOrder = (
  name: string,
  sends: readonly Send[],
  stored: readonly StoredMessage[],
): readonly Broken[] => {
  const places = sends.flatMap((send) => (send.status._tag === 'sent' ? placesOf(send, stored).slice(0, 1) : []));
  return places.every((at, index) => index === 0 || at >= (places[index - 1] ?? 0))
    ? []
    : [
        {
          as: 'reordered',
          problem: `the outbox of ${name} did not keep its order (${stored.map(wordsOf).join(', ')})`,
        },
      ];
};
