import { defer, throwError, timer, map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { CommandTimeout, ConnectionLost, ServerRejected, type RealtimeError } from '../../src/errors.js';
import { patiently } from '../../src/session/patience.js';
import { marbles, virtualClock } from '../marbles.js';

const tooOften = new ServerRejected(4318, 'CONVERSATION_API_QUOTA_EXCEEDED');

/** A request that fails with each of these errors in turn, then succeeds. */
const asked = (...errors: readonly RealtimeError[]) => {
  const left = [...errors];
  const times: number[] = [];
  const answer$ = defer(() => {
    times.push(virtualClock.now());
    const error = left.shift();
    return error === undefined ? timer(1).pipe(map(() => 'a')) : throwError(() => error);
  }).pipe(patiently(virtualClock));
  return { times, answer$ };
};

describe('patience', () => {
  it('asks again after longer and longer pauses if the server was asked too often or did not answer', () => {
    const { times, answer$ } = asked(tooOften, new CommandTimeout('logs', 1), tooOften);
    marbles(({ expectObservable }) => {
      expectObservable(answer$).toBe('7001ms (a|)');
    });
    expect(times).toEqual([0, 1_000, 3_000, 7_000]);
  });

  it('ends after a minute, the interval in which the server counts requests', () => {
    const { times, answer$ } = asked(...Array.from({ length: 9 }, () => tooOften));
    marbles(({ expectObservable }) => {
      expectObservable(answer$).toBe('63s #', undefined, tooOften);
    });
    expect(times.at(-1)).toBe(63_000);
  });

  it('does not apply to other errors', () => {
    const lost = new ConnectionLost('gone');
    marbles(({ expectObservable }) => {
      expectObservable(asked(lost).answer$).toBe('#', undefined, lost);
      const refused = new ServerRejected(4312, 'CONVERSATION_LOG_REJECTED');
      expectObservable(asked(tooOften, refused).answer$).toBe('1s #', undefined, refused);
    });
  });
});
