import { NEVER, of } from 'rxjs';
import { describe, it } from 'vitest';
import { SignatureFailed } from '../../src/errors.js';
import { sign, type SignatureFactory } from '../../src/session/signature.js';
import { marbles, virtualClock } from '../marbles.js';

const good = { signature: 'abc', timestamp: 1, nonce: 'n' };

const signing = (factory: SignatureFactory) => sign(() => factory('Tom'), 5, virtualClock);

describe('sign', () => {
  it('emits the first signature of the factory, then completes', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold('--s-s', { s: good });
      expectObservable(signing(() => answer$)).toBe('--(s|)', { s: good });
      expectSubscriptions(answer$.subscriptions).toBe('^-!');
    });
  });

  it('calls the factory with the client id for each subscriber', () => {
    marbles(({ expectObservable }) => {
      let asked = 0;
      const signature$ = signing((id) => of({ ...good, nonce: `${id} ${String((asked += 1))}` }));
      expectObservable(signature$).toBe('(s|)', { s: { ...good, nonce: 'Tom 1' } });
      expectObservable(signature$).toBe('(s|)', { s: { ...good, nonce: 'Tom 2' } });
    });
  });

  it('errors at the time limit, and unsubscribes from the factory', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const never$ = cold<typeof good>('-');
      expectObservable(signing(() => never$)).toBe(
        '-----#',
        undefined,
        new SignatureFailed('the factory did not answer within 5 ms'),
      );
      expectSubscriptions(never$.subscriptions).toBe('^----!');
    });
  });

  it('says what is wrong if the factory throws, errors, emits nothing, or emits something else', () => {
    marbles(({ cold, expectObservable }) => {
      const refused = new Error('not today');
      const failures: readonly (readonly [SignatureFactory, string, Error])[] = [
        [
          () => {
            throw refused;
          },
          '#',
          new SignatureFailed('not today', { cause: refused }),
        ],
        [() => cold('-#', undefined, 'no'), '-#', new SignatureFailed('no', { cause: 'no' })],
        [() => cold('-|'), '-#', new SignatureFailed('the factory ended without one')],
        [
          () => cold('-s', { s: { ...good, timestamp: 1.5 } }),
          '-#',
          new SignatureFailed('timestamp should be SafeInteger, but is 1.5'),
        ],
      ];
      for (const [factory, diagram, error] of failures)
        expectObservable(signing(factory)).toBe(diagram, undefined, error);
    });
  });

  it('unsubscribes from the factory when it is unsubscribed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold('---s', { s: good });
      expectObservable(
        signing(() => answer$),
        '^-!',
      ).toBe('---', {});
      expectSubscriptions(answer$.subscriptions).toBe('^-!');
    });
    marbles(({ expectObservable }) => {
      expectObservable(
        signing(() => NEVER),
        '^-!',
      ).toBe('');
    });
  });
});
