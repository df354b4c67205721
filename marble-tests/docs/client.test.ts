import { delay, map, mergeMap, switchMap, type Observable } from 'rxjs';
import { describe, it } from 'vitest';
import { createOutbox, plain, type Client, type ClientEvent, type Timeline, room, timeline } from '../../src/index.js';
import { contentOf, says, scene } from './scene.js';

const eventInWords = (event: ClientEvent): string => {
  switch (event._tag) {
    case 'Opened':
      return event.resumed ? 'Opened, resumed' : 'Opened';
    case 'Message':
      return `Message ${contentOf(event.message)}, ${event.origin}`;
    case 'Gap':
      return `Gap, ${event.cause}`;
    default:
      return event._tag;
  }
};

/** A timeline in short form: the texts, `?` after a text that is being sent, `…` if there may be older pages. */
const timelineInWords = ({ entries, hasOlder }: Timeline): string => {
  const shown = entries.map((entry) => {
    if (entry._tag === 'Message') return contentOf(entry.message);
    return entry._tag === 'Pending' && entry.body._tag === 'Plain' ? `${entry.body.content}?` : entry._tag;
  });
  return [...(hasOlder ? ['…'] : []), ...shown].join(' ');
};

describe('a client', () => {
  it('emits connection events after its realtime, and the reconnect when its session is open again', () => {
    scene(
      ({ server, realtime, expectObservable }) => {
        server.network('10s d 100ms u');
        const tom$ = realtime().session('Tom');
        const heard = (stream: (tom: Client) => Observable<{ readonly _tag: string }>) =>
          tom$.pipe(
            switchMap(stream),
            map(({ _tag }) => _tag),
          );
        expectObservable(
          heard(({ status$ }) => status$),
          '    ^ 20s !',
        ).toBe('40ms o 9959ms r 1039ms o', { o: 'Open', r: 'Reopening' });
        expectObservable(
          heard(({ connection$ }) => connection$),
          '^ 20s !',
        ).toBe('10s (ds) 996ms r 39ms b', {
          d: 'disconnect',
          s: 'schedule',
          r: 'retry',
          b: 'reconnect',
        });
      },
      { latency: 20 },
    );
  });

  it('emits messages missed during a break before live ones, in its log and in its messages', () => {
    scene(({ server, realtime, expectObservable }) => {
      server.conversation({ id: 'c', members: ['Tom', 'Jerry'] });
      server.network('       10s d 2s u');
      server.messages('c', ' 5s a 6s b 3s c', says('Jerry', 'abc'));
      const tom$ = realtime().session('Tom');
      expectObservable(
        tom$.pipe(
          switchMap(({ events$ }) => events$),
          map(eventInWords),
        ),
        '  ^ 20s !',
      ).toBe('(oqn) 4995ms (sa) 7996ms (pnsbq) 995ms c', {
        o: 'Opened',
        p: 'Opened, resumed',
        n: 'UnreadCounts',
        s: 'Snapshot',
        q: 'CaughtUp',
        a: 'Message a, live',
        b: 'Message b, missed',
        c: 'Message c, live',
      });
      expectObservable(
        tom$.pipe(
          switchMap(({ messages$ }) => messages$),
          map(contentOf),
        ),
        '^ 20s !',
      ).toBe('5s a 7999ms b 1001ms c');
    });
  });

  it('keeps messages in its outbox during a break, and sends them after the reconnect', () => {
    scene(({ server, realtime, expectObservable }) => {
      server.conversation({ id: 'c', members: ['Tom', 'Jerry'] });
      server.network('1s d 100ms u');
      const tom$ = realtime({ outbox: createOutbox() }).session('Tom');
      const send$ = tom$.pipe(
        delay(1_500),
        mergeMap((tom) => tom.conversation('c').trackSend(plain('m'))),
        map(({ _tag }) => _tag),
      );
      expectObservable(send$, '^ 5s !').toBe('1500ms a 499ms b', { a: 'sending', b: 'sent' });
      expectObservable(
        tom$.pipe(
          switchMap(({ outbox$ }) => outbox$),
          map(({ size }) => size),
        ),
        '^ 5s !',
      ).toBe('0 1499ms 1 499ms 0', [0, 1]);
      expectObservable(server.said$.pipe(map(contentOf)), '^ 5s !').toBe('2s m');
    });
  });
});

describe('a timeline', () => {
  it('has the newest page of history, live messages, messages that are being sent, and older pages on demand', () => {
    scene(
      ({ server, realtime, hot, expectObservable }) => {
        server.conversation({ id: 'c', members: ['Tom', 'Jerry'] });
        server.history('c', Object.values(says('Jerry', 'wxyz')));
        server.messages('c', '1s a', says('Jerry', 'a'));
        const sent$ = hot('   2s m');
        const older$ = hot('  3s o');
        const conversation$ = realtime()
          .session('Tom')
          .pipe(map((tom) => tom.conversation('c')));
        const timeline$ = conversation$.pipe(
          switchMap((conversation) => timeline(conversation, { pageSize: 2, older$ })),
          map(timelineInWords),
        );
        expectObservable(timeline$, '^ 5s !').toBe('40ms e 19ms p 979ms a 959ms m 19ms n 999ms o', {
          e: '…',
          p: '… y z',
          a: '… y z a',
          m: '… y z a m?',
          n: '… y z a m',
          o: 'w x y z a m',
        });
        conversation$
          .pipe(switchMap((conversation) => sent$.pipe(mergeMap((said) => conversation.send(plain(said))))))
          .subscribe();
      },
      { latency: 20 },
    );
  });
});

describe('a chat room', () => {
  it('is entered again after a break, with a gap for the messages missed in between', () => {
    scene(({ server, realtime, expectObservable }) => {
      server.conversation({ id: 'lobby', kind: 'room' });
      server.network('           10s d 2s u');
      server.messages('lobby', ' 5s a 6s b 3s c', says('Jerry', 'abc'));
      const lobby$ = realtime()
        .session('Tom')
        .pipe(map((tom) => room(tom, 'lobby')));
      expectObservable(
        lobby$.pipe(
          switchMap(({ events$ }) => events$),
          map(eventInWords),
        ),
        '^ 20s !',
      ).toBe('5s (sa) 7996ms (gs) 998ms c', {
        s: 'Snapshot',
        a: 'Message a, live',
        g: 'Gap, room',
        c: 'Message c, live',
      });
    });
  });
});
