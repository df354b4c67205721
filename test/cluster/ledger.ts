/**
 * Who must have received what: what senders were told, compared with what the database has and with what receivers
 * have heard. Everything here is data of one conversation.
 */
import type { StoredMessage } from 'rx-realtime/server';
import type { LogEntry } from '../../src/index.node.js';
import {
  brokenOrder,
  brokenOutboxOrder,
  falseOutcomes,
  missingFrom,
  wordsOf,
  type Broken,
  type Send,
} from '../model/rules.js';

/** A message that was acknowledged. Times are those of `performance.now()`. */
export interface Acknowledged {
  readonly line: string;
  readonly id: string;
  readonly sentAt: number;
  readonly acknowledgedAt: number;
}

/** A time in which a client was connected. `to` is Infinity while it is. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A receiver that has a log: it fetches what it has missed. */
export interface Follower {
  readonly name: string;
  readonly entries: readonly LogEntry[];
  readonly sends: readonly Send[];
  readonly hasOutbox: boolean;
}

/** A receiver that hears what is pushed while it is connected, and fetches nothing. */
export interface Listener {
  readonly name: string;
  readonly heard: readonly string[];
  readonly connected: readonly Span[];
}

export interface Account {
  /** In the order of the conversation. */
  readonly stored: readonly StoredMessage[];
  readonly acknowledged: readonly Acknowledged[];
  readonly followers: readonly Follower[];
  readonly listeners: readonly Listener[];
  /**
   * A connection that ends may have been dead for so long, ms: what was said in that time, a listener need not have
   * heard.
   */
  readonly margin: number;
}

export interface Verdict {
  readonly sends: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  /** Messages that a receiver has not got, where the protocol allows it. */
  readonly gaps: number;
  readonly problems: readonly string[];
}

/** Characters of a problem that are shown. */
const LONGEST = 1_000;

const senderOf = (line: string): string => line.split(' ')[0] ?? '';

/** How a line is made: the number says in which order a sender has said its lines. */
export const lineOf = (sender: string, number: number): string => `${sender} ${number}`;

const storedTwice = (stored: readonly StoredMessage[]): readonly Broken[] => {
  const seen = new Set<string>();
  return stored.map(wordsOf).flatMap((line) => {
    if (seen.has(line)) return [{ as: 'duplicated' as const, problem: `${line} is stored twice` }];
    seen.add(line);
    return [];
  });
};

const lostFrom = (stored: readonly StoredMessage[], acknowledged: readonly Acknowledged[]): readonly Broken[] => {
  const ids = new Map(stored.map((message) => [wordsOf(message), message.id]));
  return acknowledged
    .filter(({ line, id }) => ids.get(line) !== id)
    .map(({ line, id }) => ({
      as: 'lost',
      problem: `${line} was acknowledged as ${id}, but is ${String(ids.get(line))}`,
    }));
};

/** Each listener says its next line when the one before is acknowledged. */
const storedOutOfOrder = (name: string, stored: readonly StoredMessage[]): readonly Broken[] => {
  const own = stored.map(wordsOf).filter((line) => senderOf(line) === name);
  return own.flatMap((line, index) => {
    const before = own[index - 1];
    return before !== undefined && Number(before.split(' ')[1]) > Number(line.split(' ')[1])
      ? [{ as: 'reordered' as const, problem: `${line} is stored after ${before}` }]
      : [];
  });
};

const heardBy = (
  { name, heard, connected }: Listener,
  { stored, acknowledged, margin }: Account,
): { readonly broken: readonly Broken[]; readonly gaps: number } => {
  const broken: Broken[] = storedOutOfOrder(name, stored).slice();
  const places = new Map(stored.map((message, place) => [wordsOf(message), place]));
  const seen = new Set<string>();
  let last = -1;
  for (const line of heard) {
    const place = places.get(line);
    if (place === undefined) broken.push({ problem: `${name} heard ${line}, which is not stored` });
    else if (seen.has(line)) broken.push({ as: 'duplicated', problem: `${name} heard ${line} twice` });
    else if (place < last) broken.push({ as: 'reordered', problem: `${name} heard ${line} after a later one` });
    seen.add(line);
    last = Math.max(last, place ?? -1);
  }
  let gaps = 0;
  for (const { line, sentAt, acknowledgedAt } of acknowledged) {
    if (senderOf(line) === name || seen.has(line)) continue;
    const hasToHear = connected.some(({ from, to }) => from < sentAt && to > acknowledgedAt + margin);
    if (hasToHear) broken.push({ as: 'lost', problem: `${name} never heard ${line}, though it was connected` });
    else gaps += 1;
  }
  return { broken, gaps };
};

/** Compares everything. */
export const judge = (account: Account): Verdict => {
  const { stored, acknowledged, followers, listeners } = account;
  const broken: Broken[] = [...storedTwice(stored), ...lostFrom(stored, acknowledged)];
  let gaps = 0;
  for (const { name, entries, sends, hasOutbox } of followers) {
    const own = stored.filter((message) => senderOf(wordsOf(message)) === name);
    broken.push(...brokenOrder(name, entries), ...missingFrom(name, entries, stored), ...falseOutcomes(sends, own));
    if (hasOutbox) broken.push(...brokenOutboxOrder(name, sends, own));
    gaps += entries.filter(({ _tag }) => _tag === 'Gap').length;
  }
  for (const listener of listeners) {
    const heard = heardBy(listener, account);
    broken.push(...heard.broken);
    gaps += heard.gaps;
  }
  const count = (kind: NonNullable<Broken['as']>): number => broken.filter(({ as }) => as === kind).length;
  return {
    sends: stored.length,
    lost: count('lost'),
    duplicated: count('duplicated'),
    reordered: count('reordered'),
    gaps,
    // The log of the whole conversation is too long to be read.
    problems: broken.map(({ problem }) => problem.slice(0, LONGEST)),
  };
};

/** The verdict on several conversations. */
export const together = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.reduce<Verdict>(
    (sum, next) => ({
      sends: sum.sends + next.sends,
      lost: sum.lost + next.lost,
      duplicated: sum.duplicated + next.duplicated,
      reordered: sum.reordered + next.reordered,
      gaps: sum.gaps + next.gaps,
      problems: [...sum.problems, ...next.problems],
    }),
    { sends: 0, lost: 0, duplicated: 0, reordered: 0, gaps: 0, problems: [] },
  );
