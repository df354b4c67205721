import type { Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Relay } from '../../streams/relay.js';

/** Subscribes, and notes under a name what comes. */
const noting = (relay: Relay<number>, said: string[], name: string, also?: (value: number) => void): Subscription =>
  relay.stream$.subscribe({
    next: (value) => {
      said.push(`${name} ${String(value)}`);
      also?.(value);
    },
    error: (error: unknown) => said.push(`${name} ${String(error)}`),
    complete: () => said.push(`${name} |`),
  });

describe('a relay', () => {
  it.each([1, 2, 3])('passes each value to all subscribers in order, with %i of them', (count) => {
    const relay = new Relay<number>();
    const said: string[] = [];
    for (let index = 0; index < count; index += 1) noting(relay, said, String(index));
    relay.next(7);
    expect(said).toEqual(Array.from({ length: count }, (_, index) => `${String(index)} 7`));
  });

  it.each([0, 1])('does not pass the current value to who comes meanwhile, with %i others', (others) => {
    const relay = new Relay<number>();
    const said: string[] = [];
    for (let index = 0; index < others; index += 1) noting(relay, [], 'other');
    noting(relay, said, 'a', (value) => {
      if (value === 1) noting(relay, said, 'b');
    });
    relay.next(1);
    relay.next(2);
    expect(said).toEqual(['a 1', 'a 2', 'b 2']);
  });

  it('passes nothing to who has gone, also while a value is passed on', () => {
    const relay = new Relay<number>();
    const said: string[] = [];
    const gone = noting(relay, said, 'gone');
    noting(relay, said, 'a', () => second.unsubscribe());
    const second = noting(relay, said, 'b');
    gone.unsubscribe();
    relay.next(1);
    expect(said).toEqual(['a 1']);
    expect(relay.observed).toBe(true);
  });

  it('goes on if a subscriber throws, which is an unhandled error', async () => {
    const relay = new Relay<number>();
    const said: string[] = [];
    const thrown = new Promise((resolve) => {
      const listeners = process.listeners('uncaughtException');
      process.removeAllListeners('uncaughtException');
      process.once('uncaughtException', (error) => {
        for (const listener of listeners) process.on('uncaughtException', listener);
        resolve(error);
      });
    });
    relay.stream$.subscribe(() => {
      throw new Error('a subscriber');
    });
    noting(relay, said, 'a');
    relay.next(1);
    expect(said).toEqual(['a 1']);
    expect(await thrown).toEqual(new Error('a subscriber'));
  });

  it.each([
    [{}, 'a |', 'b |'],
    [{ error: 'broken' }, 'a broken', 'b broken'],
  ])('ends once, for later subscribers too: %j', (how, first, later) => {
    const relay = new Relay<number>();
    const said: string[] = [];
    noting(relay, said, 'a');
    relay.end(how);
    relay.end({});
    relay.next(1);
    noting(relay, said, 'b');
    expect(said).toEqual([first, later]);
    expect(relay.observed).toBe(false);
  });
});
