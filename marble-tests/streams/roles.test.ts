import fc from 'fast-check';
import { distinctUntilChanged, map, scan, startWith } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { MemberRole } from '../../codecs/index.js';
import { membership, withRole, type ConversationEvent, type Roles } from '../../streams/index.js';
import { marbles } from '../marbles.js';
import { arrived, snapshot } from './log.js';

const changed = (member: string, role: MemberRole): ConversationEvent => ({
  _tag: 'RoleChanged',
  conversationId: 'c',
  member,
  role,
});
const left = (member: string): ConversationEvent => ({ _tag: 'Left', conversationId: 'c', members: [member] });

describe('roles', () => {
  it('change with the log; a member who leaves and comes back has no role, unless it is the owner', () => {
    marbles(({ hot, expectObservable }) => {
      const roles$ = hot('-m-m-p-g-o-x', {
        m: changed('Jerry', 'Manager'),
        p: changed('Jerry', 'Member'),
        g: changed('Spike', 'Manager'),
        o: left('Spike'),
        x: left('Tom'),
      }).pipe(
        scan(withRole, new Map([['Tom', 'Owner']]) as Roles),
        startWith(new Map([['Tom', 'Owner']]) as Roles),
        distinctUntilChanged(),
        map((roles) => [...roles].map(([member, role]) => `${member} ${role}`).join()),
      );
      expectObservable(roles$).toBe('sm---p-g-o--', {
        s: 'Tom Owner',
        m: 'Tom Owner,Jerry Manager',
        p: 'Tom Owner',
        g: 'Tom Owner,Spike Manager',
        o: 'Tom Owner',
      });
    });
  });

  it('stay the same map if an entry changes nothing', () => {
    const roles: Roles = new Map([['Tom', 'Owner']]);
    expect(withRole(roles, changed('Tom', 'Owner'))).toBe(roles);
    expect(withRole(roles, arrived({}))).toBe(roles);
    expect(withRole(roles, left('Jerry'))).toBe(roles);
  });
});

describe('roles of many members', () => {
  it('are what a Map has after the same changes, and no earlier version changes', () => {
    const member = fc.nat(90).map((number) => `client-${String(number)}`);
    const entry = fc.oneof(
      fc.record({ member, role: fc.constantFrom('Manager' as const, 'Member' as const) }),
      fc.record({ gone: fc.array(member, { maxLength: 40 }) }),
    );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 150 }), (entries) => {
        let roles: Roles = new Map([['client-0', 'Owner']]);
        const plain = new Map(roles);
        const versions: (readonly [Roles, Roles])[] = [];
        for (const one of entries) {
          if ('gone' in one) {
            roles = withRole(roles, { _tag: 'Left', conversationId: 'c', members: one.gone });
            for (const client of one.gone) if (plain.get(client) === 'Manager') plain.delete(client);
          } else {
            roles = withRole(roles, changed(one.member, one.role));
            if (one.role === 'Member') plain.delete(one.member);
            else plain.set(one.member, one.role);
          }
          versions.push([roles, new Map(plain)]);
        }
        for (const [version, expected] of versions) expect(version).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});

describe('membership', () => {
  it('emits the entries of the log about members, in order, and completes with the log', () => {
    marbles(({ hot, expectObservable }) => {
      const about = (_tag: 'Joined' | 'Silenced' | 'Unsilenced' | 'Blocked' | 'Unblocked') =>
        ({ _tag, conversationId: 'c', members: ['Jerry'], by: 'Tom' }) as const;
      const values = {
        s: snapshot(),
        m: arrived({}),
        j: about('Joined'),
        l: left('Jerry'),
        a: about('Silenced'),
        b: about('Unsilenced'),
        c: about('Blocked'),
        d: about('Unblocked'),
        r: changed('Jerry', 'Manager'),
      };
      expectObservable(hot('smjmlabcdr|', values).pipe(membership())).toBe('--j-labcd-|', values);
    });
  });
});
