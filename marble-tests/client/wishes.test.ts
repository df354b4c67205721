import { concat, NEVER, takeUntil } from 'rxjs';
import { describe, it } from 'vitest';
import { createWishes } from '../../src/client/conversation/wishes.js';
import { marbles } from '../marbles.js';

const wish = { _tag: 'Attributes', conversationId: 'c', changed: { name: 'x' } } as const;

describe('a change that is shown before it has come about', () => {
  it('is shown while its command is under way, and not after, however it ends', () => {
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

  it('ends where its command is unsubscribed from, and is there again with the next subscription', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const wishes = createWishes();
      const command$ = wishes.during(wish, NEVER);
      hot('-a-a').subscribe(() => {
        command$.pipe(takeUntil(cold('-x'))).subscribe();
      });
      expectObservable(wishes.at('c')).toBe('nwnwn', { n: [], w: [wish] });
    });
  });

  it('is that of its conversation alone', () => {
    marbles(({ cold, expectObservable }) => {
      const wishes = createWishes();
      expectObservable(wishes.at('other')).toBe('n', { n: [] });
      expectObservable(concat(cold('-|'), wishes.during(wish, cold('-|')))).toBe('--|');
    });
  });
});
