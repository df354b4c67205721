import fc from 'fast-check';
import { map, scan, startWith } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { text } from '../../codecs/index.js';
import {
  comparePositions,
  latestVersion,
  timelineReducer,
  toTimeline,
  type Gap,
  type Message,
  type Outgoing,
  type TimelineInput,
  type TimelineState,
} from '../../streams/index.js';
import { emptyTimeline } from '../../streams/timeline.js';
import { marbles } from '../marbles.js';
import { arrived, message } from './log.js';

const out = (token: string, progress: Outgoing['progress']): Outgoing => ({
  _tag: 'Outgoing',
  conversationId: 'c',
  token,
  body: text(token),
  at: 1,
  progress,
});

const gap = (from: number, to: number): Gap => ({
  _tag: 'Gap',
  conversationId: 'c',
  from: { timestamp: from, id: `m${from}` },
  to,
  cause: 'limit',
});

const edited = (timestamp: number, editedAt: number): TimelineInput => ({
  _tag: 'Edit',
  conversationId: 'c',
  message: message({ timestamp, editedAt }),
});
const older = (...timestamps: number[]): TimelineInput => ({
  _tag: 'Older',
  messages: timestamps.map((timestamp) => message({ timestamp })),
  hasOlder: timestamps.length > 1,
});

/**
 * The list in short: times of messages, with `'` where they were edited, `~` for a gap, tokens of what is on its way,
 * with `!` where it has failed.
 */
const short = (inputs: readonly TimelineInput[], window = 100): string => {
  const { entries, hasOlder } = toTimeline(inputs.reduce(timelineReducer(window), emptyTimeline));
  const shown = entries.map((entry) => {
    if (entry._tag === 'Message') return `${entry.message.timestamp}${entry.message.editedAt === undefined ? '' : "'"}`;
    return entry._tag === 'Gap' ? '~' : `${entry.token}${entry.error === undefined ? '' : '!'}`;
  });
  return `${hasOlder ? '…' : ''}${shown.join(' ')}`;
};

/** Draws a timeline in short, over what moves it. */
const diagram = (
  inputs: string,
  values: Readonly<Record<string, TimelineInput>>,
  expected: string,
  shown: Readonly<Record<string, string>>,
): void => {
  marbles(({ hot, expectObservable }) => {
    const timeline$ = hot(inputs, values).pipe(
      scan((all: readonly TimelineInput[], input) => [...all, input], []),
      startWith([]),
      map((all) => short(all)),
    );
    expectObservable(timeline$).toBe(expected, shown);
  });
};

describe('a timeline', () => {
  it('applies the entries of the log and pages: sorted, each message once', () => {
    diagram(
      '-a-p-e-l-d',
      { a: arrived({ timestamp: 5 }), p: older(3, 4), e: edited(4, 9), l: older(2), d: arrived({ timestamp: 5 }) },
      'sa-p-e-l-d',
      { s: '…', a: '…5', p: '…3 4 5', e: "…3 4' 5", l: "2 3 4' 5", d: "2 3 4' 5" },
    );
  });

  it('shows messages that are being sent at the end; they move to their place once, when they are stored', () => {
    const sending = out('x', { _tag: 'sending' });
    const sent = out('x', { _tag: 'sent', message: message({ timestamp: 4 }) });
    diagram(
      '-a-x-b-s',
      { a: arrived({ timestamp: 3 }), x: sending, b: arrived({ timestamp: 5 }), s: sent },
      'na-x-b-s',
      {
        n: '…',
        a: '…3',
        x: '…3 x',
        b: '…3 5 x',
        s: '…3 4 5',
      },
    );
    expect(short([sending, sent, arrived({ timestamp: 4 }, 'sent')])).toBe('…4');
  });

  it('shows a failed message with its error until it is sent again, and removes a withdrawn one', () => {
    const [sending, failed] = [out('x', { _tag: 'sending' }), out('x', { _tag: 'failed', error: new Error('no') })];
    diagram('-s-f-s-w', { s: sending, f: failed, w: out('x', { _tag: 'failed' }) }, 'ns-f-s-n', {
      n: '…',
      s: '…x',
      f: '…x!',
    });
  });

  it('shows a gap behind the message before it, and fills it page by page', () => {
    const rest = gap(4, 9);
    diagram(
      '-a-g-b-p-q',
      {
        a: arrived({ timestamp: 1 }),
        g: gap(1, 9),
        b: arrived({ timestamp: 9 }),
        p: { _tag: 'Filled', gap: gap(1, 9), messages: [message({ timestamp: 3 }), message({ timestamp: 4 })], rest },
        q: { _tag: 'Filled', gap: rest, messages: [message({ timestamp: 5 })] },
      },
      'na-g-b-p-q',
      { n: '…', a: '…1', g: '…1 ~', b: '…1 ~ 9', p: '…1 3 4 ~ 9', q: '…1 3 4 5 9' },
    );
  });

  it('keeps at most its window of messages; the oldest are dropped and can be loaded again', () => {
    expect(short([older(1), arrived({ timestamp: 2 }), arrived({ timestamp: 3 })], 2)).toBe('…2 3');
  });

  it('keeps at most its window of failed messages; messages that are being sent stay', () => {
    const [w, x, y, z] = ['w', 'x', 'y', 'z'].map((token) => out(token, { _tag: 'sending' }));
    const failed = (token: string) => out(token, { _tag: 'failed', error: new Error('no') });
    expect(
      short(
        [w, x, failed('x'), y, failed('y'), z].filter((input) => input !== undefined),
        3,
      ),
    ).toBe('…w y! z');
  });

  it('ignores edits of messages that it does not have, and messages that are not stored', () => {
    expect(short([edited(4, 9), arrived({ timestamp: 5, transient: true })])).toBe('…');
  });

  it('leaves out signals, which are no messages for people', () => {
    const signal = arrived({ timestamp: 6, body: { _tag: 'Signal', type: -101, raw: '{}' } });
    expect(short([arrived({ timestamp: 5 }), signal, arrived({ timestamp: 7 })])).toBe('…5 7');
  });

  it('returns the same state if nothing has changed', () => {
    const reduce = timelineReducer(10);
    const state = [arrived({ timestamp: 1 }), edited(1, 9)].reduce(reduce, emptyTimeline);
    for (const input of [arrived({ timestamp: 1 }), edited(1, 8), edited(7, 9), out('y', { _tag: 'failed' })])
      expect(reduce(state, input)).toBe(state);
  });

  it('always equals the result of sorting everything again', () => {
    const time = fc.integer({ min: 1, max: 12 });
    const input: fc.Arbitrary<TimelineInput> = fc.oneof(
      time.map((timestamp) => arrived({ timestamp })),
      fc.tuple(time, fc.integer({ min: 20, max: 30 })).map(([timestamp, at]) => edited(timestamp, at)),
      fc.array(time, { maxLength: 4 }).map((times) => older(...times)),
    );
    fc.assert(
      fc.property(fc.array(input, { maxLength: 30 }), (inputs) => {
        const known = new Map<string, Message>();
        for (const each of inputs) {
          const messages = each._tag === 'Older' ? each.messages : each._tag === 'Message' ? [each.message] : [];
          for (const one of messages) known.set(one.id, latestVersion(known.get(one.id) ?? one, one));
          const before = each._tag === 'Edit' ? known.get(each.message.id) : undefined;
          if (before !== undefined && each._tag === 'Edit') known.set(before.id, latestVersion(before, each.message));
        }
        const { entries } = toTimeline(inputs.reduce(timelineReducer(100), emptyTimeline));
        const shown = entries.flatMap((entry) => (entry._tag === 'Message' ? [entry.message] : []));
        expect(shown).toEqual([...known.values()].sort(comparePositions));
      }),
    );
  });

  it('shows own messages in the order in which they were first sent, whatever happens to them', () => {
    const window = 5;
    const token = fc.integer({ min: 1, max: 9 }).map(String);
    const input = fc.oneof(
      token.map((one) => out(one, { _tag: 'sending' })),
      token.map((one) => out(one, { _tag: 'failed', error: new Error('no') })),
      token.map((one) => out(one, { _tag: 'failed' })),
    );
    fc.assert(
      fc.property(fc.array(input, { maxLength: 60 }), (inputs) => {
        const expected = new Map<string, boolean>();
        for (const { token: own, progress } of inputs) {
          const isNew = !expected.has(own);
          if (progress._tag === 'failed' && progress.error === undefined) expected.delete(own);
          else expected.set(own, progress._tag === 'failed');
          const [oldest] = [...expected].find(([, isFailed]) => isFailed) ?? [];
          if (isNew && expected.size > window && oldest !== undefined) expected.delete(oldest);
        }
        const shown = [...expected].map(([own, isFailed]) => `${own}${isFailed ? '!' : ''}`);
        expect(short(inputs, window)).toBe(`…${shown.join(' ')}`);
      }),
    );
  });

  it('shows what it was made of, also when a long list is read after later inputs', () => {
    const reduce = timelineReducer(2_000);
    const inputs = Array.from({ length: 2_003 }, (_, index) => arrived({ timestamp: index + 1 }));
    let state: TimelineState | undefined;
    const timelines = inputs.map((input) => toTimeline((state = reduce(state, input))));
    for (const index of [0, 999, 1_000, 1_999, 2_002]) {
      const { entries } = timelines[index] ?? toTimeline(undefined);
      expect(entries).toHaveLength(Math.min(index + 1, 2_000));
      expect(entries.at(-1)).toMatchObject({ message: { timestamp: index + 1 } });
      expect(timelines[index]?.entries).toBe(entries);
    }
  });

  it('keeps its array while its entries stay the same', () => {
    const reduce = timelineReducer(1_000);
    for (const count of [3, 150]) {
      const messages = Array.from({ length: count }, (_, index) => message({ timestamp: index + 1 }));
      const newest: TimelineInput = { _tag: 'Newest', messages, hasOlder: true };
      const state = reduce(undefined, newest);
      const { entries } = toTimeline(state);
      const inputs: readonly TimelineInput[] = [{ _tag: 'Older', messages: [], hasOlder: false }, newest];
      for (const input of inputs) expect(toTimeline(reduce(state, input)).entries).toBe(entries);
    }
  });

  it('can be read through a proxy that makes proxies of what it finds, as a view does', () => {
    const deep = <T extends object>(target: T): T =>
      new Proxy(target, {
        get: (from, key, receiver): unknown => {
          const value: unknown = Reflect.get(from, key, receiver);
          return typeof value === 'object' && value !== null ? deep(value) : value;
        },
      });
    const messages = Array.from({ length: 150 }, (_, index) => message({ timestamp: index + 1 }));
    const state = timelineReducer(1_000)(undefined, { _tag: 'Newest', messages, hasOlder: true });
    expect(deep(toTimeline(state)).entries).toHaveLength(150);
    expect({ ...toTimeline(state) }.entries).toHaveLength(150);
  });
});
