import { concat, NEVER, takeUntil } from 'rxjs';
import { describe, it } from 'vitest';
import { createWishes } from '../../src/client/conversation/wishes.js';
import { marbles } from '../marbles.js';

const wish = { _tag: 'Attributes', conversationId: 'c', changed: { name: 'x' } } as const;

describe('an optimistic change', () => {
  it('is shown while its command runs, and is removed when the command completes or errors', () => {
    marbles(({ cold, hot, expectObservable }) => {
      for (const [command, shown] of [
        ['--|', 'n-w-n'],
        ['--#', 'n-w-n'],
      ] as const) {
        const wishes = createWishes();
        const command$ = wishes.during(wish, cold(command));
        hot('--a').subscribe(() => command$.subscribe({ error: () => undefined }));
        expectObservable(wishes.at('c')).toBe(shown, { n: [], w: [wish] });
      }
    });
  });

  it('is removed when its command is unsubscribed, and is shown again with the next subscription', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const wishes = createWishes();
      const command$ = wishes.during(wish, NEVER);
      hot('-a-a').subscribe(() => {
        command$.pipe(takeUntil(cold('-x'))).subscribe();
      });
      expectObservable(wishes.at('c')).toBe('nwnwn', { n: [], w: [wish] });
    });
  });

  it('is shown in its own conversation only', () => {
    marbles(({ cold, expectObservable }) => {
      const wishes = createWishes();
      expectObservable(wishes.at('other')).toBe('n', { n: [] });
      expectObservable(concat(cold('-|'), wishes.during(wish, cold('-|')))).toBe('--|');
    });
  });
});
