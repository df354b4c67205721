import { distinctUntilChanged, map, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { ConversationInfo } from '../../codecs/index.js';
import {
  conversationsReducer,
  keyedState,
  lastMessagesReducer,
  withActivity,
  type ClientEvent,
} from '../../streams/index.js';
import { marbles } from '../marbles.js';
import { arrived, conversation, read, snapshot } from './log.js';

const conversations = (log$: Observable<ClientEvent>) => keyedState(log$, conversationsReducer)[0];
const joined = (...members: string[]): ClientEvent => ({ _tag: 'Joined', conversationId: 'c', members });
const left = (...members: string[]): ClientEvent => ({ _tag: 'Left', conversationId: 'c', members });
const changed = (change: Extract<ClientEvent, { _tag: 'Attributes' }>['changed']): ClientEvent => ({
  _tag: 'Attributes',
  conversationId: 'c',
  changed: change,
});

/** The attributes of `c` after a snapshot and a change. */
const attributes = (before: Parameters<typeof conversation>[0], change: ClientEvent, expected: unknown): void => {
  marbles(({ hot, expectObservable }) => {
    const state$ = conversations(hot('-s-a-', { s: snapshot(before), a: change }))
      .at('c')
      .pipe(map((info) => info.attributes));
    expectObservable(state$).toBe('-b-a-', { b: before?.attributes ?? {}, a: expected });
  });
};

describe('conversations', () => {
  it('are as the server describes them; a new description replaces the one before', () => {
    marbles(({ hot, expectObservable }) => {
      const log$ = hot('-s-t-', { s: snapshot(), t: snapshot({ name: 'Milk' }) });
      expectObservable(conversations(log$).at('c')).toBe('-s-t-', {
        s: conversation(),
        t: conversation({ name: 'Milk' }),
      });
    });
  });

  it('gain and lose members by notices, each member once', () => {
    marbles(({ hot, expectObservable }) => {
      const log$ = hot('-s-j-j-l-l-', { s: snapshot(), j: joined('Spike', 'Tom'), l: left('Jerry') });
      const members$ = conversations(log$)
        .at('c')
        .pipe(map((info) => (info.members ?? []).join()));
      expectObservable(members$).toBe('-s-j---l---', { s: 'Tom,Jerry', j: 'Tom,Jerry,Spike', l: 'Tom,Spike' });
    });
  });

  it('add and remove the clients that mute and unmute them, each client once', () => {
    const mute = (_tag: 'Muted' | 'Unmuted', by: string): ClientEvent => ({ _tag, conversationId: 'c', by });
    marbles(({ hot, expectObservable }) => {
      const log$ = hot<ClientEvent>('-s-m-m-n-u-', {
        s: snapshot(),
        m: mute('Muted', 'Tom'),
        n: mute('Muted', 'Jerry'),
        u: mute('Unmuted', 'Tom'),
      });
      const muted$ = conversations(log$)
        .at('c')
        .pipe(map(({ mutedMembers }) => (mutedMembers ?? []).join()));
      expectObservable(muted$).toBe('-s-m-m-n-u-', { s: '', m: 'Tom', n: 'Tom,Jerry', u: 'Jerry' });
    });
  });

  it('have no members if the server lists none; notices do not add any', () => {
    marbles(({ hot, expectObservable }) => {
      const compact: ConversationInfo = { id: 'c', kind: 'ordinary', attributes: {} };
      const log$ = hot<ClientEvent>('-s-j-l-', {
        s: { _tag: 'Snapshot', conversationId: 'c', info: compact },
        j: joined('Spike'),
        l: left('Tom'),
      });
      expectObservable(conversations(log$).at('c')).toBe('-s-----', { s: compact });
    });
  });

  it("are unknown until they are described: notices alone don't make one", () => {
    marbles(({ hot, expectObservable }) => {
      const log$ = hot<ClientEvent>('-j-a-r-o-', {
        j: joined('Spike'),
        a: changed({ name: 'Milk' }),
        r: read(1),
        o: { _tag: 'Opened', at: 1, resumed: false },
      });
      expectObservable(conversations(log$).at('c')).toBe('---------');
    });
  });

  it('know the clients that muted their push notifications, each of them once', () => {
    marbles(({ hot, expectObservable }) => {
      const muting = (_tag: 'Muted' | 'Unmuted', by: string) => ({ _tag, conversationId: 'c', by }) as const;
      const log$ = hot('-s-t-t-j-u-', {
        s: snapshot(),
        t: muting('Muted', 'Tom'),
        j: muting('Muted', 'Jerry'),
        u: muting('Unmuted', 'Tom'),
      });
      const muted$ = conversations(log$)
        .at('c')
        .pipe(
          map(({ mutedMembers = [] }) => mutedMembers.join()),
          distinctUntilChanged(),
        );
      expectObservable(muted$).toBe('-n-t---j-u-', { n: '', t: 'Tom', j: 'Tom,Jerry', u: 'Jerry' });
    });
  });

  it('change attributes by their keys and leave the others', () => {
    attributes({ attributes: { a: 1, b: 2 } }, changed({ b: 3, c: null }), { a: 1, b: 3, c: null });
  });

  it('change a nested value by a dotted key', () => {
    attributes({ attributes: { a: { b: { c: 1 }, d: 2 } } }, changed({ 'a.b.c': 9, 'x.y': 1 }), {
      a: { b: { c: 9 }, d: 2 },
      x: { y: 1 },
    });
  });

  it('replace a list, a date or a number by an object if a dotted key leads through it', () => {
    attributes({ attributes: { l: [1], d: new Date(0), n: 1 } }, changed({ 'l.a': 1, 'd.a': 1, 'n.a': 1 }), {
      l: { a: 1 },
      d: { a: 1 },
      n: { a: 1 },
    });
  });

  it('ignore keys that reach a prototype', () => {
    attributes(
      {},
      changed(JSON.parse('{"__proto__.polluted": true, "constructor.prototype.polluted": 1}') as Record<string, never>),
      {
        constructor: { prototype: { polluted: 1 } },
      },
    );
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('are renamed by a notice', () => {
    marbles(({ hot, expectObservable }) => {
      const log$ = hot('-s-a-', { s: snapshot(), a: changed({ name: 'Milk' }) });
      expectObservable(
        conversations(log$)
          .at('c')
          .pipe(map(({ name }) => name)),
      ).toBe('-s-a-', { s: 'Cheese', a: 'Milk' });
    });
  });
});

describe('the last message', () => {
  it('moves forward with stored messages only', () => {
    marbles(({ hot, expectObservable }) => {
      const events = {
        a: arrived({ timestamp: 5 }),
        t: arrived({ timestamp: 9, transient: true }),
        o: arrived({ timestamp: 3 }, 'missed'),
        r: read(8),
      };
      const last$ = keyedState(hot('-a-t-o-r-', events), lastMessagesReducer)[0].at('c');
      expectObservable(last$.pipe(map(({ timestamp }) => timestamp))).toBe('-5-------', { '5': 5 });
    });
  });

  it('changes a snapshot only if it is later', () => {
    const info = conversation({ lastMessageAt: 5 });
    expect(withActivity(info, 7)).toEqual({ ...info, lastMessageAt: 7 });
    expect(withActivity(info, 5)).toBe(info);
    expect(withActivity(info, undefined)).toBe(info);
  });
});
