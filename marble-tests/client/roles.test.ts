import { defer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { MemberRole } from '../../codecs/index.js';
import { rolesBy } from '../../src/client/members/roles.js';
import { ServerRejected, type RealtimeError } from '../../src/errors.js';
import type { askHttpApi } from '../../src/http-api.js';
import type { ConversationEvent, Roles } from '../../streams/index.js';
import { marbles } from '../marbles.js';
import { clientInternals } from './internals.js';

const readiness = { t: true, f: false };
const roles = (...entries: readonly (readonly [string, MemberRole])[]): Roles => new Map(entries);
const changed = (member: string, role: MemberRole): ConversationEvent => ({
  _tag: 'RoleChanged',
  conversationId: 'c',
  member,
  role,
});

const answers = {
  a: {
    results: [
      { clientId: 'Tom', role: 'Owner' },
      { clientId: 'Jerry', role: 'Manager' },
    ],
  },
  b: {
    results: [
      { clientId: 'Tom', role: 'Owner' },
      { clientId: 'Spike', role: 'Manager' },
    ],
  },
  /** Rows that are ignored: one without a role, one with an unknown role, one without a client id. */
  w: {
    results: [
      { clientId: 'Tom', role: 'Owner', cid: 'c' },
      { clientId: 'Butch' },
      { clientId: 'Tyke', role: 'Moderator' },
      { role: 'Manager' },
    ],
  },
  x: { results: 'none' },
};
const known = {
  n: roles(),
  o: roles(['Tom', 'Owner']),
  a: roles(['Tom', 'Owner'], ['Jerry', 'Manager']),
  b: roles(['Tom', 'Owner'], ['Spike', 'Manager']),
};
const notices: Record<string, ConversationEvent> = {
  j: changed('Jerry', 'Manager'),
  m: changed('Jerry', 'Member'),
  l: { _tag: 'Left', conversationId: 'c', members: ['Jerry'] },
  s: { _tag: 'Silenced', conversationId: 'c', members: ['Jerry'] },
};

/** The parts that vary between tests. The answers of the API are drawn in the diagrams. */
const rolesOf = (scene: {
  readonly open$: Observable<boolean>;
  readonly events$: Observable<ConversationEvent>;
  readonly answer: () => Observable<unknown>;
  readonly failures?: RealtimeError[];
}): Observable<Roles> =>
  rolesBy(() => defer(scene.answer))({
    client: clientInternals({
      open$: scene.open$,
      report: (fault) => {
        if (fault._tag === 'CatchUp') scene.failures?.push(fault.error);
      },
    }),
    id: 'c',
    events$: scene.events$,
  });

describe('roles', () => {
  it('starts empty, and has the members that the API names once the session is open', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const [open$, events$] = [hot('f-t', readiness), hot<ConversationEvent>('-')];
      expectObservable(rolesOf({ open$, events$, answer: () => cold('--(a|)', answers) }), '^-----!').toBe(
        'n---a',
        known,
      );
      expectObservable(rolesOf({ open$, events$, answer: () => cold('-(w|)', answers) }), '^-----!').toBe(
        'n--o',
        known,
      );
    });
  });

  it('asks nothing before the first subscriber, then asks for its conversation with the current session token', () => {
    const asked: Parameters<typeof askHttpApi>[1][] = [];
    marbles(({ cold, hot, expectObservable, flush }) => {
      let token = 'stale';
      const all$ = rolesBy((_, request) => defer(() => (asked.push(request), cold('(a|)', answers))))({
        client: clientInternals({ open$: hot('--t', readiness), token: () => token }),
        id: 'c&d',
        events$: hot('-'),
      });
      expect(asked).toEqual([]);
      token = 'fresh';
      expectObservable(all$, '^----!').toBe('n-a', known);
      flush();
    });
    expect(asked).toMatchObject([{ method: 'GET', headers: { 'x-lc-im-session-token': 'fresh' } }]);
    const { searchParams } = new URL(asked[0]?.path ?? '', 'http://api');
    expect(Object.fromEntries(searchParams)).toEqual({ owner: 'true', client_id: 'Tom', where: '{"cid":"c&d"}' });
  });

  it('changes with the notices of the log, and emits nothing for a notice without news', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const all$ = rolesOf({
        open$: cold('-t', readiness),
        events$: hot('--m-m-j-s-l', notices),
        answer: () => cold('(a|)', answers),
      });
      expectObservable(all$, '^-----------!').toBe('nao---a---o', known);
    });
  });

  it('asks once for all subscribers; a later one gets the current roles', () => {
    let asked = 0;
    marbles(({ cold, hot, expectObservable }) => {
      const all$ = rolesOf({
        open$: hot('t', readiness),
        events$: hot('---m', notices),
        answer: () => ((asked += 1), cold('-(a|)', answers)),
      });
      expectObservable(all$, '^------!').toBe('na-o', known);
      expectObservable(all$, '----^--!').toBe('----o', known);
    });
    expect(asked).toBe(1);
  });

  it('asks again after a reconnect, and drops the answer to a question from before the break', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const later = [cold('-(a|)', answers), cold('-----(a|)', answers), cold('-(b|)', answers)];
      const all$ = rolesOf({
        open$: hot('t---f-t-f-t', readiness),
        events$: hot('-'),
        answer: () => later.shift() ?? cold('#'),
      });
      expectObservable(all$, '^-------------!').toBe('na---------b', known);
    });
  });

  it('keeps the known roles if the API fails or its answer is unreadable, and asks at the next reconnect', () => {
    const failures: RealtimeError[] = [];
    const refused = new ServerRejected(4317, 'HTTP');
    marbles(({ cold, hot, expectObservable }) => {
      const later = [
        cold('-(a|)', answers),
        cold('#', undefined, refused),
        cold('(x|)', answers),
        cold('(b|)', answers),
      ];
      const all$ = rolesOf({
        open$: hot('t-f-t-f-t-f-t', readiness),
        events$: hot('-----m', notices),
        answer: () => later.shift() ?? cold('-'),
        failures,
      });
      expectObservable(all$, '^-------------!').toBe('na---o------b', known);
    });
    expect(failures).toEqual([refused, expect.objectContaining({ _tag: 'DecodeFailed', path: 'results' })]);
  });

  it('becomes empty and completes when the client ends', () => {
    marbles(({ cold, hot, expectObservable }) => {
      expectObservable(
        rolesOf({ open$: hot('t---|', readiness), events$: hot('----|'), answer: () => cold('-(a|)', answers) }),
      ).toBe('na--(n|)', known);
    });
  });
});
