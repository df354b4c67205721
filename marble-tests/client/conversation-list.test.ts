import {
  NEVER,
  Subject,
  concat,
  defer,
  filter,
  map,
  mergeMap,
  of,
  take,
  throwError,
  timer,
  type Observable,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  encodeConversations,
  type ClientCommand,
  type ConversationInfo,
  type ServerCommand,
} from '../../codecs/index.js';
import { limitsOf } from '../../src/limits.js';
import { clientState } from '../../src/client/client-state.js';
import { conversationList, type ConversationListOptions } from '../../src/client/queries/conversation-list.js';
import type { SigningLink } from '../../src/client/link.js';
import { ConnectionLost, ServerRejected, type RealtimeError } from '../../src/errors.js';
import type { Fault } from '../../src/faults.js';
import type { ClientEvent, ConversationListItem } from '../../streams/index.js';
import { marbles, virtualClock } from '../marbles.js';
import { linkBy } from '../replies.js';
import { conversation } from '../streams/log.js';
import type { ClientInternals } from '../../src/client/internals.js';
import { clientHandle } from './internals.js';

/** The time that an answer takes, in ms. */
const TRIP = 2;
const readiness = { t: true, f: false };

/** The given number of conversations; the first one has the latest activity. */
const conversations = (count: number): readonly ConversationInfo[] =>
  Array.from({ length: count }, (_, index) => conversation({ id: `c${index + 1}`, createdAt: count - index }));

interface Scene extends ConversationListOptions {
  readonly open$: Observable<boolean>;
  /** The conversations of the server, in its order. `leave` removes one of them. */
  readonly infos: readonly ConversationInfo[];
  /** Replaces the answer to the query with this number. Queries are counted from 1. */
  readonly failures?: Readonly<Record<number, RealtimeError>>;
  /** The ids of conversations that can't be decoded. */
  readonly bad?: readonly string[];
  readonly leave$?: Observable<string>;
}

const results = (infos: readonly ConversationInfo[], bad: readonly string[]): ServerCommand => {
  const items = JSON.parse(encodeConversations(infos)) as readonly { readonly objectId: string }[];
  const data = JSON.stringify(items.map((item) => (bad.includes(item.objectId) ? { ...item, tr: 'room' } : item)));
  return { cmd: 'conv', op: 'results', convMessage: { results: { data } } };
};

/** Tom's list, the queries for it (time and range), and the failures. */
const list = ({ infos, open$, failures = {}, bad = [], leave$, ...options }: Scene) => {
  const asked: string[] = [];
  const failed: string[] = [];
  const log = new Subject<ClientEvent>();
  let there = infos;
  const answer = (command: ClientCommand): Observable<ServerCommand> => {
    if (command.cmd !== 'conv' || command.op !== 'query') throw new Error('only queries are expected');
    const { skip = 0, limit = 0 } = command.convMessage;
    asked.push(`${virtualClock.now()}: ${skip}+${limit}`);
    const failure = failures[asked.length];
    return timer(TRIP).pipe(
      mergeMap(() =>
        failure === undefined ? of(results(there.slice(skip, skip + limit), bad)) : throwError(() => failure),
      ),
    );
  };
  const link: SigningLink = {
    clientId: 'Tom',
    sign: () => of({}),
    ...linkBy((command, kind) =>
      defer(() => answer(command)).pipe(
        filter((given) => kind.is(given)),
        take(1),
      ),
    ),
  };
  const [state] = clientState('Tom', log, { clock: virtualClock, limits: limitsOf(), report: () => undefined });
  leave$?.subscribe((id) => {
    there = there.filter((info) => info.id !== id);
    log.next({ _tag: 'Left', conversationId: id, members: ['Tom'] });
  });
  const tell: ClientInternals['tell'] = (event) => {
    if (event._tag === 'Snapshot') log.next(event);
  };
  const report = (fault: Fault): void => {
    if (fault._tag === 'List') failed.push(`${virtualClock.now()}: ${fault.error._tag}`);
  };
  const client = clientHandle({ link, state, log$: log, open$, tell, report });
  const list$ = conversationList(client, options);
  return { list$, asked, failed };
};

const names = (items: readonly ConversationListItem[]): string =>
  items.map(({ conversation: { id } }) => id.slice(1)).join('');
const refused = new ServerRejected(4310, 'CONVERSATION_QUERY_FAILED');

describe('the list of conversations, page by page', () => {
  it('asks for page 1 at the first subscription and for one more page at each tick, until the last page', () => {
    marbles(({ cold, hot, expectObservable, flush }) => {
      const { list$, asked } = list({
        infos: conversations(5),
        open$: cold('t', readiness),
        pageSize: 2,
        more$: hot('-----m---m---m'),
      });
      expect(asked).toEqual([]);
      expectObservable(list$.pipe(map(names))).toBe('x-a----b---c--', { x: '', a: '12', b: '1234', c: '12345' });
      flush();
      expect(asked).toEqual(['0: 0+2', '5: 2+2', '9: 4+2']);
    });
  });

  it('tells after each page whether there may be more', () => {
    const told: string[] = [];
    marbles(({ cold, hot, flush }) => {
      const { list$ } = list({
        infos: conversations(5),
        open$: cold('t', readiness),
        pageSize: 2,
        more$: hot('-----m---m---m'),
        hasMore: { next: (isMore) => told.push(`${virtualClock.now()}: ${String(isMore)}`) },
      });
      list$.subscribe();
      flush();
    });
    expect(told).toEqual(['2: true', '7: true', '11: false']);
  });

  it('keeps one tick until the first page has arrived, and ignores more ticks until the next page has arrived', () => {
    marbles(({ cold, hot, expectObservable, flush }) => {
      const open$ = cold('t', readiness);
      const early = list({ infos: conversations(6), open$, pageSize: 2, more$: hot('-m(mm)-m') });
      expectObservable(early.list$.pipe(map(names))).toBe('x-a-b----c', { x: '', a: '12', b: '1234', c: '123456' });
      const atOnce = list({ infos: conversations(6), open$: concat(of(true), NEVER), pageSize: 2, more$: of('now') });
      expectObservable(atOnce.list$.pipe(map(names))).toBe('x-a-b', { x: '', a: '12', b: '1234' });
      flush();
      expect(early.asked).toEqual(['0: 0+2', '2: 2+2', '7: 4+2']);
      expect(atOnce.asked).toEqual(['0: 0+2', '2: 2+2']);
    });
  });

  it('skips nothing if the client leaves a conversation, or if a conversation can not be decoded', () => {
    marbles(({ cold, hot, expectObservable, flush }) => {
      const open$ = cold('t', readiness);
      const left = list({
        infos: conversations(4),
        open$,
        pageSize: 2,
        more$: hot('-----m'),
        leave$: hot('---l', { l: 'c1' }),
      });
      expectObservable(left.list$.pipe(map(names))).toBe('x-al---b', { x: '', a: '12', l: '2', b: '234' });
      const unreadable = list({ infos: conversations(4), open$, pageSize: 2, more$: hot('-----m'), bad: ['c1'] });
      expectObservable(unreadable.list$.pipe(map(names))).toBe('x-a----b', { x: '', a: '2', b: '234' });
      flush();
      expect(left.asked[1]).toBe('5: 1+3');
      expect(unreadable.asked[1]).toBe('5: 2+2');
    });
  });
});

describe('the list of conversations, after a break', () => {
  it('asks again for all conversations that it had, in pages of a thousand', () => {
    marbles(({ cold, hot, expectObservable, flush }) => {
      const open$ = cold('t---------f-t', readiness);
      const { list$, asked, failed } = list({ infos: conversations(1_200), open$, pageSize: 600, more$: hot('---m') });
      expectObservable(list$.pipe(map(({ length }) => length))).toBe('x-a--b--------c-d', {
        x: 0,
        a: 600,
        b: 1_200,
        c: 1_200,
        d: 1_200,
      });
      flush();
      expect(asked).toEqual(['0: 0+600', '3: 600+600', '12: 0+1000', '14: 1000+200']);
      expect(failed).toEqual([]);
    });
  });

  it('also has all of them if the next break comes before the answer', () => {
    marbles(({ cold, hot, expectObservable, flush }) => {
      const open$ = cold('t---------f-t--f-t', readiness);
      const { list$, asked } = list({ infos: conversations(1_200), open$, pageSize: 600, more$: hot('---m') });
      expectObservable(list$.pipe(map(({ length }) => length))).toBe('x-a--b--------c----d-e', {
        x: 0,
        a: 600,
        b: 1_200,
        c: 1_200,
        d: 1_200,
        e: 1_200,
      });
      flush();
      expect(asked.slice(2)).toEqual(['12: 0+1000', '14: 1000+200', '17: 0+1000', '19: 1000+200']);
    });
  });

  it('has the page that was requested during the break', () => {
    marbles(({ cold, hot, expectObservable, flush }) => {
      const { list$, asked } = list({
        infos: conversations(5),
        open$: cold('t---f---t', readiness),
        pageSize: 2,
        more$: hot('-----mm'),
      });
      expectObservable(list$.pipe(map(names))).toBe('x-a-------b', { x: '', a: '12', b: '1234' });
      flush();
      expect(asked).toEqual(['0: 0+2', '8: 0+4']);
    });
  });
});

describe('a page of the list that fails', () => {
  it('is reported as a failure, and is requested again by the next tick and by the next session', () => {
    marbles(({ cold, hot, expectObservable, flush }) => {
      const { list$, asked, failed } = list({
        infos: conversations(6),
        open$: cold('t-----------f-t', readiness),
        pageSize: 2,
        more$: hot('---m--m--m', { m: undefined }),
        failures: { 2: refused, 4: refused },
      });
      expectObservable(list$.pipe(map(names))).toBe('x-a-----b-------c', { x: '', a: '12', b: '1234', c: '123456' });
      flush();
      expect(asked).toEqual(['0: 0+2', '3: 2+2', '6: 2+2', '9: 4+2', '14: 0+6']);
      expect(failed).toEqual(['5: ServerRejected', '11: ServerRejected']);
    });
  });

  it('is not a failure if the connection is lost: the next session requests it', () => {
    marbles(({ cold, hot, expectObservable, flush }) => {
      const { list$, asked, failed } = list({
        infos: conversations(4),
        open$: cold('t------f-t', readiness),
        pageSize: 2,
        more$: hot('---m'),
        failures: { 2: new ConnectionLost('gone') },
      });
      expectObservable(list$.pipe(map(names))).toBe('x-a--------b', { x: '', a: '12', b: '1234' });
      flush();
      expect(asked).toEqual(['0: 0+2', '3: 2+2', '9: 0+4']);
      expect(failed).toEqual([]);
    });
  });

  it('is not requested if the page size is invalid: InvalidArgument is reported', () => {
    for (const pageSize of [0, 1.5, 1_001, NaN]) {
      marbles(({ cold, expectObservable, flush }) => {
        const { list$, asked, failed } = list({ infos: conversations(1), open$: cold('t', readiness), pageSize });
        expectObservable(list$.pipe(map(names))).toBe('x', { x: '' });
        flush();
        expect(asked).toEqual([]);
        expect(failed).toEqual(['0: InvalidArgument']);
      });
    }
  });
});
