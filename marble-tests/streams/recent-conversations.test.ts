import fc from 'fast-check';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { ConversationInfo } from '../../codecs/index.js';
import {
  comparePositions,
  conversationsReducer,
  keyedState,
  lastMessagesReducer,
  latestVersion,
  recentConversations,
  unreadReducer,
  type ClientEvent,
  type ConversationListItem,
  type Message,
} from '../../streams/index.js';
import { type Observable, Subject, of } from 'rxjs';
import { marbles } from '../marbles.js';
import { arrived, conversation, message } from './log.js';

/** The list of Tom, over a log; `turn` says when a turn is over. */
const list = (
  log$: Observable<ClientEvent>,
  turn: () => Observable<unknown>,
): Observable<readonly ConversationListItem[]> => {
  const [conversations] = keyedState(log$, conversationsReducer);
  const [lastMessages] = keyedState(log$, lastMessagesReducer);
  const [unread] = keyedState(
    log$,
    unreadReducer('Tom', () => true),
  );
  return log$.pipe(recentConversations({ self: 'Tom', conversations, lastMessages, unread, turn }));
};

const names = (items: readonly ConversationListItem[]): string => items.map(({ conversation: { id } }) => id).join('');

const snapshot = (id: string, change: Partial<ConversationInfo> = {}): ClientEvent => ({
  _tag: 'Snapshot',
  conversationId: id,
  info: conversation({ id, members: ['Tom', 'Jerry'], createdAt: 1, ...change }),
});

const said = (id: string, timestamp: number, change: Partial<Message> = {}): ClientEvent => ({
  _tag: 'Message',
  conversationId: id,
  message: message({ conversationId: id, id: `${id}${timestamp}`, timestamp, ...change }),
  origin: 'live',
});

describe('the list of conversations', () => {
  it('has the latest activity first; a stored message, of anybody, moves its conversation to the front', () => {
    marbles(({ hot, expectObservable }) => {
      const log$ = hot('  -a-b-m-t-n-|', {
        a: snapshot('a', { createdAt: 1 }),
        b: snapshot('b', { createdAt: 2 }),
        m: said('a', 5),
        t: said('b', 6, { transient: true }),
        n: said('b', 7, { from: 'Tom' }),
      });
      expectObservable(list(log$, () => of(0)).pipe(map(names))).toBe('xa-b-m---n-|', {
        x: '',
        a: 'a',
        b: 'ba',
        m: 'ab',
        n: 'ba',
      });
    });
  });

  it('emits once a turn, however many changes there are', () => {
    marbles(({ hot, cold, expectObservable }) => {
      const log$ = hot('  -(abm)---n---|', { a: snapshot('a'), b: snapshot('b'), m: said('a', 5), n: said('b', 6) });
      expectObservable(list(log$, () => cold('--(t|)')).pipe(map(names))).toBe('x--a-------b-|', {
        x: '',
        a: 'ab',
        b: 'ba',
      });
    });
  });

  it('emits pending changes when the log completes', () => {
    marbles(({ hot, cold, expectObservable }) => {
      const events = { a: snapshot('a') };
      expectObservable(list(hot('-a|', events), () => cold('---t')).pipe(map(names))).toBe('x-(a|)', { x: '', a: 'a' });
    });
  });

  it('emits the current list to each new subscriber', () => {
    marbles(({ hot, expectObservable }) => {
      const list$ = list(
        hot('-a--b-', { a: snapshot('a', { createdAt: 1 }), b: snapshot('b', { createdAt: 2 }) }),
        () => of(0),
      ).pipe(map(names));
      expectObservable(list$).toBe('       xa--b-', { x: '', a: 'a', b: 'ba' });
      expectObservable(list$, '--^').toBe('--a-b-', { a: 'a', b: 'ba' });
    });
  });

  it('holds the conversations that the client is a member of; no left ones, chat rooms or system conversations', () => {
    marbles(({ hot, expectObservable }) => {
      const log$ = hot('-a-r-s-l-j-', {
        a: snapshot('a'),
        r: snapshot('r', { kind: 'room' }),
        s: snapshot('s', { kind: 'system' }),
        l: { _tag: 'Left', conversationId: 'a', members: ['Tom'] } satisfies ClientEvent,
        j: { _tag: 'Joined', conversationId: 'a', members: ['Tom'] } satisfies ClientEvent,
      });
      expectObservable(list(log$, () => of(0)).pipe(map(names))).toBe('xa-----l-a-', { x: '', a: 'a', l: '' });
    });
  });

  it('leaves out conversations whose members are unknown: only members see the members', () => {
    marbles(({ hot, expectObservable }) => {
      const outline: ClientEvent = {
        _tag: 'Snapshot',
        conversationId: 'a',
        info: { id: 'a', kind: 'ordinary', attributes: {} },
      };
      const log$ = hot('-a-o-t-o-d-', {
        a: snapshot('a'),
        o: outline,
        t: snapshot('a', { kind: 'temporary' }),
        d: snapshot('a', { members: ['Jerry'] }),
      });
      expectObservable(list(log$, () => of(0)).pipe(map(names))).toBe('xa-o-a-o---', { x: '', a: 'a', o: '' });
    });
  });

  it('shows the current version of the last message, and the unread count', () => {
    marbles(({ hot, expectObservable }) => {
      const edited = message({ conversationId: 'a', id: 'a5', timestamp: 5, editedAt: 9 });
      const log$ = hot('-a-m-o-e-r-', {
        a: snapshot('a'),
        m: said('a', 5, { mentioned: true }),
        o: {
          _tag: 'Edit',
          conversationId: 'a',
          message: message({ conversationId: 'a', id: 'other', timestamp: 3, editedAt: 8 }),
        } satisfies ClientEvent,
        e: { _tag: 'Edit', conversationId: 'a', message: edited } satisfies ClientEvent,
        r: { _tag: 'ReadMark', conversationId: 'a', at: 5 } satisfies ClientEvent,
      });
      const shown$ = list(log$, () => of(0)).pipe(
        map(([item]) => `${String(item?.lastMessage?.editedAt)} ${JSON.stringify(item?.unread)}`),
      );
      expectObservable(shown$).toBe('xa-m---e-r-', {
        x: 'undefined undefined',
        a: 'undefined {"count":0,"mentioned":false}',
        m: 'undefined {"count":1,"mentioned":true}',
        e: '9 {"count":1,"mentioned":true}',
        r: '9 {"count":0,"mentioned":false}',
      });
    });
  });

  it('keeps the last message if a page contains an older one', () => {
    const log = new Subject<ClientEvent>();
    const seen: (string | undefined)[] = [];
    list(log, () => of(0)).subscribe(([item]) => seen.push(item?.lastMessage?.id));
    log.next(snapshot('a'));
    log.next(said('a', 5));
    log.next({
      ...snapshot('a', { name: 'x' }),
      lastMessage: message({ conversationId: 'a', id: 'a4', timestamp: 4 }),
    } as ClientEvent);
    expect(seen).toEqual([undefined, undefined, 'a5', 'a5']);
  });

  it('keeps unchanged items as the same objects, and emits nothing if nothing has changed', () => {
    const log = new Subject<ClientEvent>();
    const lists: (readonly ConversationListItem[])[] = [];
    list(log, () => of(0)).subscribe((items) => lists.push(items));
    log.next(snapshot('a', { createdAt: 1 }));
    log.next(snapshot('b', { createdAt: 2 }));
    const before = lists.at(-1);
    log.next(said('a', 5));
    expect(lists.at(-1)?.[1]).toBe(before?.[0]);
    expect(lists.at(-1)).not.toBe(before);
    const count = lists.length;
    log.next(said('a', 4, { from: 'Tom' }));
    log.next(arrived({ conversationId: 'unknown', id: 'u1', timestamp: 9 }));
    log.next({ _tag: 'CaughtUp' });
    expect(lists).toHaveLength(count);
  });

  it('always equals the result of sorting everything again', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd');
    const event: fc.Arbitrary<ClientEvent> = fc.oneof(
      fc.tuple(id, fc.integer({ min: 1, max: 20 })).map(([at, createdAt]) => snapshot(at, { createdAt })),
      fc.tuple(id, fc.integer({ min: 1, max: 20 })).map(([at, time]) => said(at, time)),
      fc
        .tuple(id, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 30, max: 40 }))
        .map(([at, time, editedAt]): ClientEvent => ({
          _tag: 'Edit',
          conversationId: at,
          message: message({ conversationId: at, id: `${at}${time}`, timestamp: time, editedAt }),
        })),
      fc
        .tuple(id, fc.constantFrom('Left' as const, 'Joined' as const))
        .map(([at, _tag]): ClientEvent => ({ _tag, conversationId: at, members: ['Tom'] })),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const log = new Subject<ClientEvent>();
        let now: readonly ConversationListItem[] = [];
        list(log, () => of(0)).subscribe((items) => {
          now = items;
        });
        const infos = new Map<string, ConversationInfo>();
        const last = new Map<string, Message>();
        for (const each of events) {
          log.next(each);
          if (each._tag === 'Snapshot') infos.set(each.conversationId, each.info);
          if (each._tag === 'Message') {
            const before = last.get(each.conversationId);
            if (before === undefined || comparePositions(each.message, before) > 0)
              last.set(each.conversationId, each.message);
          }
          if (each._tag === 'Edit') {
            const before = last.get(each.conversationId);
            if (before?.id === each.message.id) last.set(each.conversationId, latestVersion(before, each.message));
          }
          if (each._tag === 'Left' || each._tag === 'Joined') {
            const info = infos.get(each.conversationId);
            const members = new Set(info?.members);
            if (each._tag === 'Left') members.delete('Tom');
            else members.add('Tom');
            if (info !== undefined) infos.set(info.id, { ...info, members: [...members] });
          }
          const expected = [...infos.values()]
            .filter(({ members = [] }) => members.includes('Tom'))
            .map((info) => ({
              id: info.id,
              at: last.get(info.id)?.timestamp ?? info.createdAt ?? 0,
              message: last.get(info.id),
            }))
            .sort((a, b) => b.at - a.at || a.id.localeCompare(b.id));
          expect(
            now.map((item) => ({ id: item.conversation.id, at: item.activeAt, message: item.lastMessage })),
          ).toEqual(expected);
        }
      }),
    );
  });
});
