/**
 * One rule for all operators: what a function of the application throws goes to the error channel, and the
 * subscription to the source ends.
 */
import { NEVER, Subject, finalize, ignoreElements, map, merge, of, tap, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { text } from '../../codecs/index.js';
import * as streams from '../../streams/index.js';
import { arrived, conversation, snapshot } from './log.js';

type Functions<T> = { [K in keyof T]: T[K] extends (...args: never) => unknown ? K : never }[keyof T];

const failure = new Error('thrown by the application');
const throwing = (): never => {
  throw failure;
};

/** A stream that calls the function of the application, which throws, for each item of the source. */
type Case = (source$: Observable<number>) => Observable<unknown>;

const { consume, dropOldest, conflate, expire, batch } = streams;
const every = (): Observable<number> => of(1);
const placed = (): { readonly position: streams.Position } => ({ position: { timestamp: 1, id: 'm' } });

/**
 * What each function of the entry does with functions of the application: a case for each of them, or why there is
 * none.
 */
const table: Readonly<
  Record<Functions<typeof streams>, Readonly<Record<string, Case>> | 'takes no function' | 'passes over what fails'>
> = {
  concatMapByKey: {
    keyOf: (source$) => source$.pipe(streams.concatMapByKey(throwing, () => ({ now: 1 }))),
    project: (source$) => source$.pipe(streams.concatMapByKey(() => 'key', throwing)),
    'project, for an item that has waited': (source$) => {
      const projections = [{ later: of(1) }];
      return source$.pipe(
        streams.concatMapByKey(
          () => 'key',
          () => projections.pop() ?? throwing(),
        ),
      );
    },
  },
  keyedState: {
    'reduce, seen by a key': (source$) => streams.keyedState(source$, throwing)[0].at('key'),
    'reduce, seen by all': (source$) => streams.keyedState(source$, throwing)[0].all$,
  },
  demultiplex: { keyOf: (source$) => streams.demultiplex(source$, throwing)[0]('key') },
  rate: { key: (source$) => source$.pipe(streams.rate({ key: throwing, every$: NEVER })) },
  top: { key: (source$) => source$.pipe(streams.top({ key: throwing, every$: NEVER })) },
  atMostOnce: { save: (source$) => source$.pipe(map(placed)).pipe(streams.atMostOnce(throwing)) },
  atLeastOnce: {
    project: (source$) => source$.pipe(map(placed)).pipe(streams.atLeastOnce({ project: throwing, commit: every })),
    commit: (source$) => source$.pipe(map(placed)).pipe(streams.atLeastOnce({ project: every, commit: throwing })),
  },
  consume: { project: (source$) => source$.pipe(dropOldest(1), consume(throwing)) },
  conflate: {
    key: (source$) => source$.pipe(conflate<number>(throwing), consume(every)),
    merge: (source$) =>
      source$.pipe(
        conflate<number>(() => 'key', { merge: throwing }),
        consume(() => NEVER),
      ),
  },
  dropByPriority: { rank: (source$) => source$.pipe(streams.dropByPriority<number>(1, throwing), consume(every)) },
  expire: {
    since: (source$) => source$.pipe(expire<number>(1, { since: throwing }), consume(every)),
    now: (source$) => source$.pipe(expire(1, { now: throwing }), consume(every)),
  },
  batch: { rank: (source$) => source$.pipe(dropOldest(5), batch<number>({ rank: throwing }), consume(every)) },
  danmaku: { rank: (source$) => source$.pipe(streams.danmaku<number>({ ready$: NEVER, rank: throwing })) },
  dropOldest: { now: (source$) => source$.pipe(dropOldest(1, { now: throwing }), consume(every)) },
  dropNewest: { now: (source$) => source$.pipe(streams.dropNewest(1, { now: throwing }), consume(every)) },
  lossless: {
    now: (source$) => source$.pipe(streams.lossless({ high: 1, now: throwing }), consume(every)),
    hold: (source$) =>
      source$.pipe(
        streams.lossless({ high: 1, hold: throwing }),
        consume(() => NEVER),
      ),
  },
  recentConversations: {
    turn: (source$) => {
      const nothing = streams.keyedState<never, never>(NEVER, () => undefined)[0];
      const conversations = { ...nothing, get: () => conversation() };
      return source$.pipe(
        map(() => snapshot()),
        streams.recentConversations({
          self: 'Tom',
          conversations,
          lastMessages: nothing,
          unread: nothing,
          turn: throwing,
        }),
      );
    },
  },
  outgoing: {
    // A map is made for subscribers only: they have to be there before the log begins.
    after: (source$) => {
      const log = new Subject<streams.ClientEvent>();
      const progress = { _tag: 'sending' } as const;
      const begun$ = source$.pipe(
        map((at) => ({ _tag: 'Outgoing', conversationId: 'c', token: 't', body: text('x'), at, progress }) as const),
        tap(log),
        ignoreElements(),
      );
      return merge(streams.outgoing(log, throwing)[0].outbox$.pipe(ignoreElements()), begun$);
    },
  },
  unreadReducer: {
    counts: (source$) =>
      streams.keyedState(source$.pipe(map(() => arrived())), streams.unreadReducer('Tom', throwing))[0].all$,
  },
  sample: { now: (source$) => source$.pipe(streams.sample(NEVER, { now: throwing })) },
  // A question that fails leaves what is known as it is.
  presenceByPolling: 'passes over what fails',
  comparePositions: 'takes no function',
  conversationsReducer: 'takes no function',
  isConversationEvent: 'takes no function',
  lastMessagesReducer: 'takes no function',
  latency: 'takes no function',
  latestVersion: 'takes no function',
  logEntries: 'takes no function',
  membership: 'takes no function',
  messageStatus: 'takes no function',
  messages: 'takes no function',
  modifications: 'takes no function',
  ofType: 'takes no function',
  receiptsReducer: 'takes no function',
  shareLatest: 'takes no function',
  timelineReducer: 'takes no function',
  toAsyncIterable: 'takes no function',
  toReadableStream: 'takes no function',
  toTimeline: 'takes no function',
  totalUnread: 'takes no function',
  versions: 'takes no function',
  withActivity: 'takes no function',
  withAttributes: 'takes no function',
  withMemberReceipt: 'takes no function',
  withReceipt: 'takes no function',
  withRole: 'takes no function',
};

const cases = Object.entries(table).flatMap(([name, own]) =>
  typeof own === 'string' ? [] : Object.entries<Case>(own).map(([what, build]) => [name, what, build] as const),
);

describe('a function of the application that throws', () => {
  it('is in the list for each function of the entry', () => {
    const names = Object.entries(streams).flatMap(([name, value]) =>
      typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value)) ? [name] : [],
    );
    expect(Object.keys(table).sort()).toEqual(names.sort());
  });

  it.each(cases)('is an error of %s (%s), and ends the subscription to the source', (_name, _what, build) => {
    const source = new Subject<number>();
    let ended = 0;
    const heard: unknown[] = [];
    const stream$ = build(
      source.pipe(
        finalize(() => {
          ended += 1;
        }),
      ),
    );
    stream$.subscribe({ error: (error: unknown) => heard.push(error), complete: () => heard.push('complete') });
    source.next(1);
    source.next(2);
    source.next(3);
    expect(heard).toEqual([failure]);
    expect(source.observed).toBe(false);
    expect(ended).toBeGreaterThan(0);
  });

  it.each(cases)('is an error of %s (%s) too where the source gives everything at once', (_name, _what, build) => {
    const heard: unknown[] = [];
    build(of(1, 2, 3)).subscribe({
      error: (error: unknown) => heard.push(error),
      complete: () => heard.push('complete'),
    });
    expect(heard).toEqual([failure]);
  });
});
