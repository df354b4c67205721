import fc from 'fast-check';
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Attribute, ConversationInfo } from '../../codecs/index.js';
import { changesBetween, newsAfter, untold, type News } from '../../src/session/missed-changes.js';
import { conversationsReducer, keyedState, type ClientEvent, type ConversationEvent } from '../../streams/index.js';
import { arrived, conversation } from '../streams/log.js';

/** The state of a conversation after these events, from the given state before. */
const told = (before: ConversationInfo, events: readonly ConversationEvent[]): ConversationInfo | undefined => {
  const log = new Subject<ClientEvent>();
  const [state, subscription] = keyedState(log, conversationsReducer);
  log.next({ _tag: 'Snapshot', conversationId: before.id, info: before });
  for (const event of events) log.next(event);
  subscription.unsubscribe();
  return state.get(before.id);
};

const moved = (_tag: 'Joined' | 'Left', ...members: readonly string[]): ConversationEvent => ({
  _tag,
  conversationId: 'c',
  members,
  by: 'x',
});
const changed = (
  attributes: Readonly<Record<string, Attribute>>,
  removed: readonly string[] = [],
): ConversationEvent => ({
  _tag: 'Attributes',
  conversationId: 'c',
  changed: attributes,
  removed,
  by: 'x',
});

describe('changes during a break', () => {
  it('are new and former members, and changed and removed attributes; dates and nested values compare by value', () => {
    const before = conversation({
      members: ['Tom', 'Jerry', 'Spike'],
      name: 'Chase',
      attributes: { since: new Date(1), colours: { sky: 'blue' }, old: 1, gone: true },
    });
    const after = conversation({
      members: ['Tom', 'Jerry', 'Tyke'],
      name: 'The chase',
      attributes: { colours: { sky: 'blue' }, since: new Date(1), old: 2, fresh: [new Date(3)] },
      updatedAt: 7,
    });
    expect(changesBetween(before, after)).toEqual([
      { _tag: 'Joined', conversationId: 'c', members: ['Tyke'] },
      { _tag: 'Left', conversationId: 'c', members: ['Spike'] },
      {
        _tag: 'Attributes',
        conversationId: 'c',
        changed: { name: 'The chase', old: 2, fresh: [new Date(3)] },
        removed: ['gone'],
        at: 7,
      },
    ]);
  });

  it('have nothing about members if the server does not name the members', () => {
    const { members, ...unnamed } = conversation();
    expect(members).not.toEqual([]);
    expect(changesBetween(conversation(), unnamed)).toEqual([]);
    expect(changesBetween(unnamed, conversation())).toEqual([]);
  });

  it('turn any known state into any new state', () => {
    const clients = fc.uniqueArray(fc.constantFrom('Tom', 'Jerry', 'Spike', 'Tyke', '__proto__', 'constructor'));
    const key = fc.constantFrom('a', 'b', 'constructor', 'toString');
    const { value } = fc.letrec<{ value: Attribute; leaf: Attribute }>((tie) => ({
      leaf: fc.oneof(
        fc.constantFrom(null, true, 0, 1, '', 'x'),
        fc.nat(3).map((ms) => new Date(ms)),
      ),
      value: fc.oneof(
        { depthSize: 'small' },
        tie('leaf'),
        fc.array(tie('value'), { maxLength: 2 }),
        fc.dictionary(key, tie('value'), { maxKeys: 2 }),
      ),
    }));
    const like = fc
      .record({
        members: clients,
        attributes: fc.dictionary(key, value, { maxKeys: 3 }),
        name: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
      })
      .map(({ name, ...rest }) => conversation({ ...rest, name: name ?? 'z' }));
    fc.assert(
      fc.property(like, like, (before, after) => {
        const now = told(before, changesBetween(before, after));
        expect(new Set(now?.members)).toEqual(new Set(after.members));
        expect({ ...now?.attributes }).toEqual({ ...after.attributes });
        expect(now?.name).toBe(after.name);
        expect(changesBetween(after, after)).toEqual([]);
      }),
    );
  });
});

describe('events that are pushed during the look-up', () => {
  const before = conversation({ members: ['Tom', 'Spike'], attributes: { a: { b: 1 } } });
  const after = conversation({ members: ['Tom', 'Jerry'], attributes: { a: { b: 2 } } });
  /** The part of each event that is still news, for events that come one after the other. */
  const rest = (news: News, ...events: readonly ConversationEvent[]): readonly (ConversationEvent | undefined)[] => {
    let current = news;
    return events.map((pushed) => {
      const { event, news: next } = untold(current, pushed);
      current = next;
      return event;
    });
  };
  const news = (...events: readonly ConversationEvent[]): readonly (ConversationEvent | undefined)[] =>
    rest(newsAfter(changesBetween(before, after), after), ...events);

  it('are passed on without the parts that the look-up has reported already', () => {
    expect(news(moved('Joined', 'Jerry'), moved('Left', 'Spike'), changed({ 'a.b': 2 }))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(news(moved('Joined', 'Jerry', 'Tyke'))).toEqual([moved('Joined', 'Tyke')]);
  });

  it('are passed on if they come twice, or after an event with the opposite meaning', () => {
    expect(news(moved('Joined', 'Jerry'), moved('Joined', 'Jerry'))).toEqual([undefined, moved('Joined', 'Jerry')]);
    const contrary = [
      moved('Left', 'Jerry'),
      moved('Joined', 'Jerry'),
      moved('Joined', 'Spike'),
      moved('Left', 'Spike'),
    ];
    expect(news(...contrary)).toEqual(contrary);
    const others = [changed({ 'a.b': 3 }), changed({ 'a.b': 2 }), changed({}, ['a'])];
    expect(news(...others)).toEqual(others);
  });

  it('are passed on if they are about something else', () => {
    const { message } = arrived();
    const events: readonly ConversationEvent[] = [
      { _tag: 'Message', conversationId: 'c', message, origin: 'live' },
      { _tag: 'Silenced', conversationId: 'c', members: ['Jerry'] },
    ];
    expect(news(...events)).toEqual(events);
    const quiet = newsAfter([{ _tag: 'Joined', conversationId: 'c', members: ['Jerry'] }], after);
    expect(rest(quiet, changed({ 'a.b': 2 }))).toEqual([changed({ 'a.b': 2 })]);
  });
});
