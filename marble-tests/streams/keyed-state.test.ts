import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { keyedState, type KeyedReducer } from '../../streams/index.js';
import { marbles } from '../marbles.js';

/** Counts entries by their first letter; `z` changes nothing. */
const count: KeyedReducer<string, number> = (event, get, set) => {
  if (event !== 'z') set(event.charAt(0), (get(event.charAt(0)) ?? 0) + 1);
};

describe('keyedState', () => {
  it('replays the state of a key, then emits the changes of this key only', () => {
    marbles(({ hot, expectObservable }) => {
      const letters$ = hot('-a-b-a-|');
      const [state] = keyedState(letters$, count);
      expectObservable(state.at('a')).toBe('-1---2-|', { '1': 1, '2': 2 });
      expectObservable(state.at('a'), '----^').toBe('----12-|', { '1': 1, '2': 2 });
      expectObservable(state.at('b')).toBe('---1---|', { '1': 1 });
    });
  });

  it('replays an immutable map of all states, then emits a new one for each change', () => {
    marbles(({ hot, expectObservable }) => {
      const letters$ = hot('-a-z-b-|');
      const [state] = keyedState(letters$, count);
      const maps = { '0': new Map(), '1': new Map([['a', 1]]), '2': new Map([['a', 1], ['b', 1]]) }; // prettier-ignore
      expectObservable(state.all$).toBe('01---2-|', maps);
      expectObservable(state.all$, '--^').toBe('--1--2-|', maps);
    });
  });

  it('emits the same map to all subscribers, and never changes an emitted map', () => {
    const log = new Subject<string>();
    const [state] = keyedState(log, count);
    const first: ReadonlyMap<string, number>[] = [];
    const second: ReadonlyMap<string, number>[] = [];
    state.all$.subscribe((map) => first.push(map));
    state.all$.subscribe((map) => second.push(map));
    log.next('a');
    log.next('a');
    expect(first.map((map) => map.get('a'))).toEqual([undefined, 1, 2]);
    expect(second[2]).toBe(first[2]);
  });

  it('follows the log without subscribers', () => {
    const log = new Subject<string>();
    const [state] = keyedState(log, count);
    for (const event of ['a', 'b', 'a']) log.next(event);
    expect(state.get('a')).toBe(2);
    expect([...state.keys()]).toEqual(['a', 'b']);
    expect(state.get('c')).toBeUndefined();
  });

  it('still has its last state after the log has completed', () => {
    marbles(({ hot, expectObservable }) => {
      const letters$ = hot('-a|');
      const [state] = keyedState(letters$, count);
      expectObservable(state.at('a'), '----^').toBe('----(1|)', { '1': 1 });
      expectObservable(state.all$, '----^').toBe('----(m|)', { m: new Map([['a', 1]]) });
    });
  });

  it('emits nothing for a state that stays the same', () => {
    const log = new Subject<string>();
    const [state] = keyedState<string, string>(log, (event, _get, set) => {
      set('key', event);
    });
    const seen: string[] = [];
    const maps: unknown[] = [];
    state.at('key').subscribe((value) => seen.push(value));
    state.all$.subscribe((map) => maps.push(map));
    for (const event of ['x', 'x', 'y']) log.next(event);
    expect(seen).toEqual(['x', 'y']);
    expect(maps).toHaveLength(3);
  });

  it('tells a subscriber of a change that it makes itself while it gets the current state', () => {
    const log = new Subject<string>();
    const [state] = keyedState(log, count);
    log.next('a');
    const counts: number[] = [];
    state.at('a').subscribe((value) => {
      counts.push(value);
      if (value === 1) log.next('a');
    });
    const sizes: number[] = [];
    state.all$.subscribe(({ size }) => {
      sizes.push(size);
      if (size === 1) log.next('b');
    });
    expect([counts, sizes]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('stops with its subscription', () => {
    const log = new Subject<string>();
    const [state, connection] = keyedState(log, count);
    log.next('a');
    connection.unsubscribe();
    log.next('a');
    expect(state.get('a')).toBe(1);
    expect(log.observed).toBe(false);
  });

  it('removes a key that has no subscribers any more', () => {
    const log = new Subject<string>();
    const [state] = keyedState(log, count);
    const seen: number[] = [];
    state
      .at('a')
      .subscribe((value) => seen.push(value))
      .unsubscribe();
    log.next('a');
    state.at('a').subscribe((value) => seen.push(value));
    expect(seen).toEqual([1]);
  });
});
