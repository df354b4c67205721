import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { demultiplex, shareLatest } from '../../streams/index.js';
import { marbles, virtualClock } from '../marbles.js';

describe('shareLatest', () => {
  it('emits the latest value first to a late subscriber, with one subscription to the source', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source$ = hot('  -a-b---c-');
      const shared$ = source$.pipe(shareLatest());
      expectObservable(shared$, '^-------!').toBe('-a-b---c-');
      expectObservable(shared$, '-----^--!').toBe('-----b-c-');
      expectSubscriptions(source$.subscriptions).toBe('^-------!');
    });
  });

  it('resets after the last subscriber, so that nobody gets an outdated value', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source$ = hot('-a---b-');
      const shared$ = source$.pipe(shareLatest());
      expectObservable(shared$, '^--!   ').toBe('-a-----');
      expectObservable(shared$, '----^-!').toBe('-----b-');
      expectSubscriptions(source$.subscriptions).toBe(['^--!', '----^-!']);
    });
  });

  it('keeps the source and the latest value during the grace period', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source$ = hot('-a-------b-');
      const shared$ = source$.pipe(shareLatest(5));
      expectObservable(shared$, '^--!       ').toBe('-a---------');
      expectObservable(shared$, '------^---!').toBe('------a--b-');
      expectSubscriptions(source$.subscriptions).toBe('^--------------!');
    });
  });

  it('accepts a notifier as the grace period', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source$ = hot('-a-----');
      const shared$ = source$.pipe(shareLatest(() => virtualClock.after(2)));
      expectObservable(shared$, '^--!').toBe('-a---');
      expectSubscriptions(source$.subscriptions).toBe('^----!');
    });
  });

  it('does not replay after completion: the next subscriber subscribes to the source again', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('a|');
      const shared$ = source$.pipe(shareLatest());
      expectObservable(shared$).toBe('a|');
      expectObservable(shared$, '---^').toBe('---a|');
      expectSubscriptions(source$.subscriptions).toBe(['^!', '---^!']);
    });
  });
});

describe('demultiplex', () => {
  const split = (log$: Parameters<typeof demultiplex<string>>[0]) =>
    demultiplex(log$, (item) => (item === '-' ? undefined : item.charAt(0)))[0];

  it('emits the live items of each key', () => {
    marbles(({ hot, expectObservable }) => {
      const log$ = hot('-1-2-3-|', { '1': 'a1', '2': 'b1', '3': 'a2' });
      const at = split(log$);
      expectObservable(at('a')).toBe('-1---3-|', { '1': 'a1', '3': 'a2' });
      expectObservable(at('b')).toBe('---2---|', { '2': 'b1' });
      expectObservable(at('c')).toBe('-------|');
    });
  });

  it('replays nothing, and serves several subscribers of one key', () => {
    marbles(({ hot, expectObservable }) => {
      const log$ = hot('-1-2-', { '1': 'a1', '2': 'a2' });
      const at = split(log$);
      expectObservable(at('a')).toBe('-1-2-', { '1': 'a1', '2': 'a2' });
      expectObservable(at('a'), '--^').toBe('---2-', { '2': 'a2' });
    });
  });

  it('ignores items without a key', () => {
    const log = new Subject<string>();
    const seen: string[] = [];
    split(log)('-').subscribe((item) => seen.push(item));
    log.next('-');
    expect(seen).toEqual([]);
  });

  it('completes or errors with the log, also for late subscribers', () => {
    marbles(({ hot, expectObservable }) => {
      const completing = split(hot('-|'));
      expectObservable(completing('a')).toBe('-|');
      expectObservable(completing('a'), '---^').toBe('---|');
      const failing = split(hot('-#'));
      expectObservable(failing('a')).toBe('-#');
      expectObservable(failing('a'), '---^').toBe('---#');
    });
  });

  it('removes a key with its last subscriber', () => {
    const log = new Subject<string>();
    const at = split(log);
    const seen: string[] = [];
    const first = at('a').subscribe((item) => seen.push(`first ${item}`));
    const second = at('a').subscribe((item) => seen.push(`second ${item}`));
    first.unsubscribe();
    log.next('a1');
    second.unsubscribe();
    log.next('a2');
    at('a').subscribe((item) => seen.push(`third ${item}`));
    log.next('a3');
    expect(seen).toEqual(['second a1', 'third a3']);
  });
});
