import { plain } from 'rx-realtime';
import { runMarbles } from 'rx-realtime/testing';
import { expect, it } from 'vitest';
import { unreadBadge } from './unread-badge.js';

/** All that is asked of a test framework. */
const expectEqual = (actual: unknown, expected: unknown): void => {
  expect(actual).toEqual(expected);
};

it('counts what is unread, what was missed during a break too, and says so while it can’t', () => {
  runMarbles(expectEqual, ({ server, realtime, expectObservable }) => {
    server.conversation({ id: 'c', members: ['Tom', 'Jerry'] });
    // The connection breaks after 10 s. Tom's realtime tries again after 1 s, in vain, and after 2 s more.
    server.network('      10s d 1999ms u');
    server.messages('c', '2s a 8999ms b 3999ms a', {
      a: { from: 'Jerry', body: plain('squeak') },
      b: { from: 'Jerry', body: plain('Tom!'), mentions: ['Tom'] },
    });
    // Back at 13 s, the badge shows what it knows, until the server has told what was missed.
    expectObservable(unreadBadge(realtime(), 'Tom')).toBe('n 1999ms a 7999ms r 2999ms (ab) 1996ms c', {
      n: '0',
      a: '1',
      r: 'reconnecting…',
      b: '@2',
      c: '@3',
    });
  });
});
