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
