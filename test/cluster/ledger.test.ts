/** The ledger finds what is wrong; one that finds nothing would prove nothing. */
import { describe, expect, it } from 'vitest';
import type { StoredMessage } from 'rx-realtime/server';
import { judge, lineOf, together, type Account, type Listener } from './ledger.js';

const stored = (line: string, timestamp: number): StoredMessage => ({
  ...{ conversationId: 'c', id: `id of ${line}`, from: line.split(' ')[0] ?? '', timestamp },
  ...{ msg: JSON.stringify({ _lctype: -1, _lctext: line }), receipt: false, mentions: [], mentionsAll: false },
});
const LINES = [lineOf('ann', 0), lineOf('ann', 1), lineOf('ben', 0)];
const ben: Listener = {
  name: 'ben',
  heard: [lineOf('ann', 0), lineOf('ann', 1)],
  connected: [{ from: 0, to: Infinity }],
};
const account = (more: Partial<Account> = {}): Account => ({
  stored: LINES.map((line, index) => stored(line, index + 1)),
  acknowledged: LINES.map((line, index) => ({
    ...{ line, id: `id of ${line}`, sentAt: 10 * index + 1, acknowledgedAt: 10 * index + 5 },
  })),
  followers: [],
  listeners: [ben],
  margin: 100,
  ...more,
});
const numbers = (more: Partial<Account>) => {
  const { lost, duplicated, reordered, gaps } = judge(account(more));
  return { lost, duplicated, reordered, gaps };
};
const NONE = { lost: 0, duplicated: 0, reordered: 0, gaps: 0 };

describe('the ledger of a cluster', () => {
  it('has nothing to say where all is right', () => {
    expect(judge(account())).toEqual({ sends: 3, ...NONE, problems: [] });
  });

  it('finds what was acknowledged and is not stored, or under another id', () => {
    expect(numbers({ stored: account().stored.slice(0, 2) })).toEqual({ ...NONE, lost: 1 });
    const [first] = account().acknowledged;
    expect(numbers({ acknowledged: first === undefined ? [] : [{ ...first, id: 'another' }] })).toEqual({
      ...{ ...NONE, lost: 1 },
    });
  });

  it('finds what is stored twice, and what a sender has said earlier and is stored later', () => {
    expect(numbers({ stored: [...account().stored, stored(lineOf('ann', 1), 9)] })).toMatchObject({ duplicated: 1 });
    const late = [stored(lineOf('ben', 1), 1), stored(lineOf('ben', 0), 2)];
    expect(numbers({ stored: late, acknowledged: [], listeners: [{ ...ben, heard: [] }] })).toEqual({
      ...{ ...NONE, reordered: 1 },
    });
  });

  it('finds what a listener has heard twice, in another order, or not at all', () => {
    const [zero, one] = ben.heard;
    if (zero === undefined || one === undefined) throw new Error('there are two');
    expect(numbers({ listeners: [{ ...ben, heard: [zero, zero, one] }] })).toEqual({ ...NONE, duplicated: 1 });
    expect(numbers({ listeners: [{ ...ben, heard: [one, zero] }] })).toEqual({ ...NONE, reordered: 1 });
    expect(numbers({ listeners: [{ ...ben, heard: [zero] }] })).toEqual({ ...NONE, lost: 1 });
  });

  it('takes it for a gap if a listener was not connected, or may not have been', () => {
    const heard = [lineOf('ann', 0)];
    // `ann 1` is sent at 11 and acknowledged at 15.
    for (const connected of [[{ from: 20, to: Infinity }], [{ from: 0, to: 114 }], [{ from: 12, to: Infinity }]])
      expect(numbers({ listeners: [{ ...ben, heard, connected }] })).toEqual({ ...NONE, gaps: 1 });
    expect(numbers({ listeners: [{ ...ben, heard, connected: [{ from: 0, to: 116 }] }] })).toMatchObject({ lost: 1 });
  });

  it('finds what is missing in a log, what is there twice, and its gaps', () => {
    const empty = { name: 'cid', entries: [], sends: [], hasOutbox: true };
    expect(numbers({ followers: [empty] })).toEqual({ ...NONE, lost: 3 });
    const send = { words: lineOf('cid', 0), where: 'group', status: { _tag: 'none' } } as const;
    const twice = [...account().stored, stored(send.words, 8), stored(send.words, 9)];
    expect(numbers({ stored: twice, listeners: [], followers: [{ ...empty, sends: [send] }] })).toMatchObject({
      duplicated: 2,
    });
  });

  it('adds up', () => {
    const one = judge(account({ stored: account().stored.slice(0, 2) }));
    expect(together([one, one])).toMatchObject({ sends: 4, lost: 2 });
    expect(together([one, one]).problems).toHaveLength(2 * one.problems.length);
  });
});
