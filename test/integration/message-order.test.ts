/** What an application knows when it hears of a message. */
import { Subscription, first, firstValueFrom, map, take, timer, toArray, withLatestFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { text, type Client, type Conversation } from 'rx-realtime';
import { sent, textOf, world } from './world.js';

describe('a message', () => {
  const { pair } = world();

  /** What the states say, as a subscriber to messages sees it who has subscribed to them first. */
  const seen = (client: Client, conversation: Conversation, messages$: Client['messages$'], count: number) =>
    firstValueFrom(
      messages$.pipe(
        withLatestFrom(
          client.unread$.pipe(map((unread) => unread.get(conversation.id)?.count ?? 0)),
          client.totalUnread$.pipe(map(({ count: total }) => total)),
          conversation.unread$.pipe(map(({ count: own }) => own)),
        ),
        map(([message, ...states]) => [textOf(message), ...states]),
        take(count),
        toArray(),
      ),
    );

  it('is known to all states when a stream of messages emits it, also if somebody has subscribed before', async () => {
    const { jerry, here, there } = await pair();
    const before = jerry.messages$.subscribe();
    const all = seen(jerry, there, jerry.messages$, 2);
    const own = seen(jerry, there, there.messages$, 2);
    await sent(here, text('a'));
    await sent(here, text('b'));
    const expected = [
      ['a', 1, 1, 1],
      ['b', 2, 2, 2],
    ];
    expect([await all, await own]).toEqual([expected, expected]);
    before.unsubscribe();
  });

  it('comes once to a stream of messages that is subscribed to first while an entry of the log is told', async () => {
    const { jerry, here, there } = await pair();
    const heard: string[] = [];
    const subscription = new Subscription();
    // The state changes while the entry is told.
    const watching = there.unread$.subscribe(({ count }) => {
      if (count !== 1 || heard.length > 0) return;
      subscription.add(jerry.messages$.subscribe((message) => heard.push(`all ${textOf(message)}`)));
      subscription.add(there.messages$.subscribe((message) => heard.push(`own ${textOf(message)}`)));
    });
    subscription.add(watching);
    const told = firstValueFrom(there.unread$.pipe(first(({ count }) => count === 2)));
    await sent(here, text('a'));
    await sent(here, text('b'));
    await told;
    // What was held is handed out at the end of a turn.
    await firstValueFrom(timer(0));
    expect(heard.toSorted()).toEqual(['all a', 'all b', 'own a', 'own b']);
    subscription.unsubscribe();
  });
});
