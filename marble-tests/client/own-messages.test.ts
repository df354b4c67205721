/** `messages$` has the messages of others, and of other devices, and never those of this client. */
import {
  EMPTY,
  catchError,
  delay,
  filter,
  ignoreElements,
  map,
  mergeMap,
  switchMap,
  takeUntil,
  timer,
  type Observable,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createOutbox, plain, timeline, type Client } from '../../src/index.js';
import { runMarbles, type MarbleHelpers } from '../../testing/index.js';
import { contentOf, says } from '../docs/scene.js';

const diagram = (draw: (helpers: MarbleHelpers) => void): void => {
  runMarbles(
    (actual, expected) => {
      expect(actual).toEqual(expected);
    },
    draw,
    { latency: 20 },
  );
};

const pair = { id: 'c', members: ['Tom', 'Jerry'] };

const listOf = <T>(values$: Observable<T>): T[] => {
  const list: T[] = [];
  values$.subscribe((value) => list.push(value));
  return list;
};

const told = (client$: Observable<Client>): string[] =>
  listOf(
    client$.pipe(
      switchMap(({ messages$ }) => messages$),
      map(contentOf),
    ),
  );

const logged = (client$: Observable<Client>): string[] =>
  listOf(
    client$.pipe(
      switchMap(({ events$ }) => events$),
      filter((event) => event._tag === 'Message'),
      map(({ message, origin }) => `${contentOf(message)} ${origin}`),
    ),
  );

const sending = (client$: Observable<Client>, at: number): Observable<never> =>
  client$.pipe(
    delay(at),
    mergeMap((client) => client.conversation('c').send(plain('own'))),
    ignoreElements(),
  );

describe('an own message', () => {
  it('in a conversation that was not known before a break is not missed', () => {
    diagram(({ server, realtime, flush }) => {
      server.network('1s d 2s u');
      server.conversation(pair);
      const tom$ = realtime().session('Tom');
      const [messages, log] = [told(tom$), logged(tom$)];
      sending(tom$, 9_000).subscribe();
      flush();
      expect([messages, log]).toEqual([[], ['own sent']]);
    });
  });

  it('whose acknowledgement is lost is known by its token when it is sent again, and others keep their place', () => {
    diagram(({ server, realtime, flush }) => {
      server.conversation(pair);
      server.messages('c', '1s a 2s b', says('Jerry', 'ab'));
      server.network('2050ms d 2s u');
      const tom$ = realtime({ outbox: createOutbox() }).session('Tom');
      const [messages, log] = [told(tom$), logged(tom$)];
      sending(tom$, 2_000).subscribe();
      flush();
      expect(server.stored('c')).toHaveLength(3);
      expect([messages, log]).toEqual([
        ['a', 'b'],
        ['a live', 'own sent', 'b missed'],
      ]);
    });
  });

  it('is never in a timeline twice, as a message and as one that is being sent', () => {
    diagram(({ server, realtime, flush }) => {
      server.conversation(pair);
      server.network('2050ms d 2s u');
      const tom$ = realtime({ outbox: createOutbox() }).session('Tom');
      const lengths = listOf(
        tom$.pipe(
          switchMap((tom) => timeline(tom.conversation('c'))),
          map(({ entries }) => entries.length),
        ),
      );
      sending(tom$, 2_000).subscribe();
      flush();
      expect(new Set(lengths)).toEqual(new Set([0, 1]));
    });
  });

  it.each([
    ['failed as unconfirmed', 50_000],
    ['was given up', 2_045],
  ])('that %s and was stored is not missed', (_, until) => {
    diagram(({ server, realtime, flush }) => {
      server.conversation(pair);
      server.messages('c', '1s a', says('Jerry', 'a'));
      server.network('2050ms d 2s u');
      const tom$ = realtime().session('Tom');
      const [messages, log] = [told(tom$), logged(tom$)];
      const failures = listOf(
        sending(tom$, 2_000).pipe(
          catchError(() => EMPTY),
          takeUntil(timer(until)),
        ),
      );
      flush();
      expect(failures).toEqual([]);
      expect(server.stored('c')).toHaveLength(2);
      expect([messages, log]).toEqual([['a'], ['a live', 'own sent']]);
    });
  });

  it('of another device is missed', () => {
    diagram(({ server, realtime, flush }) => {
      server.conversation(pair);
      server.messages('c', '1s a 2s b', { ...says('Jerry', 'a'), ...says('Tom', 'b') });
      server.network('2s d 2s u');
      const messages = told(realtime().session('Tom'));
      flush();
      expect(messages).toEqual(['a', 'b']);
    });
  });

  it('of another device is held back by a message that is never acknowledged only for some time', () => {
    diagram(({ server, realtime, flush }) => {
      server.conversation(pair);
      server.messages('c', '1s a 2s b 10s c', {
        ...says('Jerry', 'ac'),
        ...says('Tom', 'b'),
      });
      server.network('2500ms d 2s u');
      server.answer((command) => (command.cmd === 'direct' ? [] : undefined));
      const tom$ = realtime({ outbox: createOutbox() }).session('Tom');
      const messages = told(tom$);
      sending(tom$, 2_000).subscribe();
      flush();
      expect(messages).toEqual(['a', 'b', 'c']);
    });
  });
});

describe('the unread count of a conversation', () => {
  const total = (client$: Observable<Client>): number[] =>
    listOf(
      client$.pipe(
        switchMap(({ totalUnread$ }) => totalUnread$),
        map(({ count }) => count),
      ),
    );

  it.each(['left', 'blocked'] as const)('is gone when the client has heard that it is %s', (op) => {
    diagram(({ server, realtime, cold, flush }) => {
      server.conversation(pair);
      server.messages('c', '1s a', says('Jerry', 'a'));
      server.push(cold('2s n', { n: { cmd: 'conv', op, peerId: 'Tom', convMessage: { cid: 'c', initBy: 'Jerry' } } }));
      const counts = total(realtime().session('Tom'));
      flush();
      expect(counts).toEqual([0, 1, 0]);
    });
  });

  it('is gone after a break in which the client was removed, though it has heard nothing else of it', () => {
    diagram(({ server, realtime, flush }) => {
      server.conversation({ ...pair, creator: 'Jerry' });
      server.history('c', [{ from: 'Jerry', body: plain('a') }]);
      const tom = realtime();
      const counts = total(tom.session('Tom'));
      timer(2_000).subscribe(tom.pause);
      timer(9_000).subscribe(tom.resume);
      realtime()
        .session('Jerry')
        .pipe(
          delay(5_800),
          mergeMap((jerry) => jerry.conversation('c').remove(['Tom'])),
        )
        .subscribe();
      flush();
      expect(counts).toEqual([0, 1, 0]);
    });
  });
});
