/** The turn after a login. */
import { expect, it } from 'vitest';
import { settling } from '../../src/session/settle-after-login.js';
import { marbles, virtualClock } from '../marbles.js';

it('holds back what comes until the turn is over, then hands it over in its order, and is out of the way', () => {
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

it('hands over at once what is held back where the session ends in that turn', () => {
  const heard: string[] = [];
  const settled = settling(virtualClock, (item: string) => heard.push(item));
  marbles(() => {
    settled.begin();
    settled.receive('a');
    settled.end();
    expect(heard).toEqual(['a']);
  });
});
