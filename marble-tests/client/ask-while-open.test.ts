import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { askWhileOpen } from '../../src/client/ask-while-open.js';
import { ConnectionLost, ServerRejected, type RealtimeError } from '../../src/errors.js';
import { marbles } from '../marbles.js';

const readiness = { t: true, f: false };

describe('askWhileOpen', () => {
  it('asks when the session is open, and again each time it opens', () => {
    marbles(({ cold, hot, expectObservable }) => {
      expectObservable(
        hot('f-t----f-t----|', readiness).pipe(
          askWhileOpen(
            () => cold('--(a|)'),
            () => undefined,
          ),
        ),
      ).toBe('----a------a--|');
    });
  });

  it('drops the answer if the session ends before it', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const answer$ = cold('-----(a|)');
      expectObservable(
        hot('t--f--|', readiness).pipe(
          askWhileOpen(
            () => answer$,
            () => undefined,
          ),
        ),
      ).toBe('------|');
      expectSubscriptions(answer$.subscriptions).toBe('^--!');
    });
  });

  it('reports a request that fails, and emits nothing until the session opens again', () => {
    const failures: RealtimeError[] = [];
    const refused = new ServerRejected(4301, 'x');
    marbles(({ cold, hot, expectObservable }) => {
      const answers = [cold('-#', undefined, refused), cold('-(a|)')];
      const asked$ = hot('t---f-t--|', readiness).pipe(
        askWhileOpen(
          () => answers.shift() ?? of('?'),
          (error) => failures.push(error),
        ),
      );
      expectObservable(asked$).toBe('-------a-|');
    });
    expect(failures).toEqual([refused]);
  });

  it('reports nothing if the connection is lost: the next session asks again', () => {
    const failures: RealtimeError[] = [];
    marbles(({ cold, hot, expectObservable }) => {
      const lost = new ConnectionLost('the wire was cut');
      expectObservable(
        hot('t--|', readiness).pipe(
          askWhileOpen(
            () => cold('-#', undefined, lost),
            (error) => failures.push(error),
          ),
        ),
      ).toBe('---|');
    });
    expect(failures).toEqual([]);
  });

  it('asks again when the caller wants it, also after a failure', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const answers = [cold('(a|)'), cold('#', undefined, new ServerRejected(4301, 'x')), cold('(b|)')];
      const asked$ = hot('t--------f|', readiness).pipe(
        askWhileOpen(
          () => answers.shift() ?? cold('-'),
          () => undefined,
          () => cold('---(x|)'),
        ),
      );
      expectObservable(asked$).toBe('a-----b---|');
    });
  });
});
