/** Items that arrive in the same turn as a login. */
import { expect, it } from 'vitest';
import { settling } from '../../src/session/settle-after-login.js';
import { marbles, virtualClock } from '../marbles.js';

it('holds items back until the turn is over, then passes them on in order; later items go through directly', () => {
  const heard: string[] = [];
  const handle = (item: string): void => {
    heard.push(item);
    if (item === 'b') settled.receive('while b is handled');
  };
  const settled = settling(virtualClock, handle);
  marbles(({ flush }) => {
    settled.begin();
    for (const item of ['a', 'b', 'c']) settled.receive(item);
    expect(heard).toEqual([]);
    flush();
  });
  expect(heard).toEqual(['a', 'b', 'c', 'while b is handled']);
  expect(settled.receive).toBe(handle);
});

it('passes on the held items at once if the session ends in the same turn', () => {
  const heard: string[] = [];
  const settled = settling(virtualClock, (item: string) => heard.push(item));
  marbles(() => {
    settled.begin();
    settled.receive('a');
    settled.end();
    expect(heard).toEqual(['a']);
  });
});
