/** A change that is told by an answer and by notices is one entry of the log. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conversation, snapshot } from '../../marble-tests/streams/log.js';
import { initialState, type Answer, type InboxInput } from '../../src/session/inbox-state.js';
import { limitsOf } from '../../src/limits.js';
import { inboxStep } from '../../src/session/inbox-step.js';
import { NOTHING_TOLD, once } from '../../src/session/told-once.js';
import type { ClientEvent, ConversationEvent, Membership } from '../../streams/index.js';

const change = (_tag: Membership['_tag'], by: string, ...members: string[]): Membership => ({
  _tag,
  conversationId: 'c',
  members,
  by,
});
const role = (by: string, member: string, given: 'Manager' | 'Member'): ConversationEvent => ({
  _tag: 'RoleChanged',
  conversationId: 'c',
  member,
  role: given,
  by,
});

const wordsOf = (event: ClientEvent): readonly string[] => {
  if (event._tag === 'RoleChanged') return [`${event.role} ${event.member} by ${event.by ?? ''}`];
  return 'members' in event ? [`${event._tag} ${event.members.join()} by ${event.by ?? ''}`] : [];
};

const opened = (at: number, resumed = true): InboxInput => ({ _tag: 'Opened', at, resumed });
const found = (members: readonly string[]): Answer => ({
  _tag: 'LookedUp',
  session: 2,
  ids: ['c'],
  infos: [conversation({ id: 'c', members })],
  gone: [],
});

/** What Tom's client tells of these inputs. */
const told = (...inputs: readonly (InboxInput | Answer)[]): readonly string[] => {
  const step = inboxStep({ limits: limitsOf({}), self: 'Tom', pageSize: 10, catchUpLimit: 10, concurrency: 1 });
  let members = new Set<string>();
  const known = () => conversation({ id: 'c', members: [...members] });
  const environment = { known, room: () => undefined, clock: { elapsed: () => 0 } };
  let state = initialState();
  return [opened(1, false), snapshot({ id: 'c', members: ['Tom', 'Jerry'] }), ...inputs].flatMap((input) => {
    const { state: next, out } = step(state, input, environment);
    state = next;
    for (const event of out) {
      if (event._tag === 'Snapshot') members = new Set(event.info.members);
      if (event._tag === 'Joined') members = new Set([...members, ...event.members]);
      if (event._tag === 'Left') for (const one of event.members) members.delete(one);
    }
    return out.flatMap(wordsOf);
  });
};

describe('a change is told once', () => {
  const joined = change('Joined', 'Tom', 'Spike');
  it.each<readonly [string, readonly InboxInput[], readonly string[]]>([
    ['by the answer and a notice', [joined, joined], ['Joined Spike by Tom']],
    [
      'by a notice of a part, and the answer',
      [joined, change('Joined', 'Tom', 'Spike', 'Butch')],
      ['Joined Spike by Tom', 'Joined Butch by Tom'],
    ],
    [
      'by the notice to who is concerned, and the notice to everybody',
      [change('Silenced', 'Jerry', 'Tom'), change('Silenced', 'Jerry', 'Tom', 'Spike')],
      ['Silenced Tom by Jerry', 'Silenced Spike by Jerry'],
    ],
    ['with a role', [role('Tom', 'Jerry', 'Manager'), role('Tom', 'Jerry', 'Manager')], ['Manager Jerry by Tom']],
    [
      'by a block, which is two changes',
      [
        change('Left', 'Tom', 'Jerry'),
        change('Blocked', 'Tom', 'Jerry'),
        change('Left', 'Tom', 'Jerry'),
        change('Blocked', 'Tom', 'Jerry'),
      ],
      ['Left Jerry by Tom', 'Blocked Jerry by Tom'],
    ],
  ])('%s', (_, inputs, words) => {
    expect(told(...inputs)).toEqual(words);
  });

  it.each<readonly [string, readonly InboxInput[], number]>([
    ['the opposite came between, by another client', [joined, change('Left', 'Jerry', 'Spike'), joined], 3],
    ['another client has made it', [joined, change('Joined', 'Jerry', 'Spike')], 2],
    [
      'this client was out, and heard of nothing',
      [change('Joined', 'Tom', 'Spike'), change('Left', 'Jerry', 'Tom'), change('Joined', 'Tom', 'Spike')],
      2,
    ],
  ])('and told again if %s', (_, inputs, count) => {
    expect(told(...inputs)).toHaveLength(count);
  });

  it('over a break: a late notice tells nothing new', () => {
    expect(told(joined, { _tag: 'Dropped' }, opened(9), found(['Tom', 'Jerry', 'Spike']), joined)).toEqual([
      'Joined Spike by Tom',
    ]);
  });

  it('but if it was taken back during a break, and made again, it is told again', () => {
    expect(told(joined, { _tag: 'Dropped' }, opened(9), found(['Tom', 'Jerry']), joined)).toEqual([
      'Joined Spike by Tom',
      'Left Spike by ',
      'Joined Spike by Tom',
    ]);
  });

  it('and a right to speak that may have changed during a break is told again', () => {
    const silenced = change('Silenced', 'Tom', 'Jerry');
    expect(told(silenced, { _tag: 'Dropped' }, opened(9), found(['Tom', 'Jerry']), silenced)).toHaveLength(2);
  });
});

it('random changes by all devices of all clients are told once each, in order', () => {
  const clients = ['Tom', 'Jerry', 'Spike', 'Butch'] as const;
  const moves = fc.array(
    fc.record({
      by: fc.constantFrom(...clients),
      isHere: fc.boolean(),
      whom: fc.uniqueArray(fc.constantFrom(...clients), { minLength: 1, maxLength: 3 }),
      adds: fc.boolean(),
      answer: fc.constantFrom('first', 'last'),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(moves, (all) => {
      const members = new Set<string>(['Tom']);
      const expected: string[] = [];
      const heard: string[] = [];
      let known = NOTHING_TOLD;
      const hear = (event: ConversationEvent): void => {
        const { event: rest, told: next } = once(known, event, 'Tom');
        known = next;
        if (rest !== undefined && 'members' in rest)
          heard.push(...rest.members.map((one) => `${rest._tag} ${one} by ${rest.by ?? ''}`));
      };
      for (const { by, isHere, whom, adds, answer } of all) {
        const changed = whom.filter((one) => members.has(one) !== adds);
        const wasIn = members.has('Tom');
        for (const one of changed) members[adds ? 'add' : 'delete'](one);
        const tag = adds ? 'Joined' : 'Left';
        const event = change(tag, by, ...changed);
        if (changed.length === 0 || !(wasIn || changed.includes('Tom'))) continue;
        const isActing = by === 'Tom' && isHere;
        if (isActing && answer === 'first') hear(event);
        if (changed.includes('Tom')) hear(change(tag, by, 'Tom'));
        if (members.has('Tom')) hear(event);
        if (isActing && answer === 'last') hear(event);
        const isTold = members.has('Tom') || isActing;
        expected.push(...(isTold ? changed : ['Tom']).map((one) => `${tag} ${one} by ${by}`));
      }
      expect(heard.toSorted()).toEqual(expected.toSorted());
      const tagsOf = (lines: readonly string[]) => lines.map((line) => line.split(' ')[0]);
      expect(tagsOf(heard)).toEqual(tagsOf(expected));
    }),
  );
});
