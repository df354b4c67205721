import { plain } from 'rx-realtime';
import { runMarbles } from 'rx-realtime/testing';
import { distinctUntilChanged, map, mergeMap, switchMap } from 'rxjs';
import { expect, it } from 'vitest';
import { Typing, tellTyping, typing } from './typing.js';

const expectEqual = (actual: unknown, expected: unknown): void => {
  expect(actual).toEqual(expected);
};

it('shows who is typing until the message comes, or until there is no sign for 5 s', () => {
  runMarbles(expectEqual, ({ server, realtime, hot, expectObservable }) => {
    server.conversation({ id: 'c', members: ['Tom', 'Jerry'] });
    const conversationOf = (id: string) =>
      realtime({ messages: [Typing] })
        .session(id)
        .pipe(map((client) => client.conversation('c')));
    // Tom types, pauses, types again, and sends.
    const keys$ = hot(' 1s k 999ms k 999ms k 1999ms k 8999ms k');
    const sends$ = hot('17s m');
    conversationOf('Tom')
      .pipe(switchMap((conversation) => tellTyping(conversation, keys$)))
      .subscribe();
    conversationOf('Tom')
      .pipe(switchMap((conversation) => sends$.pipe(mergeMap(() => conversation.send(plain('Hello!'))))))
      .subscribe();
    const shown$ = conversationOf('Jerry').pipe(
      switchMap(typing),
      map((who) => [...who].join()),
      distinctUntilChanged(),
    );
    // The sign at 5 s is shown until 10 s. The one at 14 s is replaced by the message at 17 s.
    expectObservable(shown$, '^ 30s !').toBe('1s t 8999ms n 3999ms t 2999ms n', { t: 'Tom', n: '' });
  });
});
