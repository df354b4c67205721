/** Messages are held from the login until somebody subscribes to a stream that carries messages. */
import { Subject, delay, filter, ignoreElements, map, merge, mergeMap, switchMap, take, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { holdMessages, shownIn } from '../../src/client/held-messages.js';
import { isConversationEvent } from '../../streams/events.js';
import { log, plain, timeline, type Body, type Client, type ClientEvent } from '../../src/index.js';
import { limitsOf } from '../../src/limits.js';
import { messages as pickMessages } from '../../streams/index.js';
import { runMarbles, type MarbleHelpers } from '../../testing/index.js';
import { contentOf, says } from '../docs/scene.js';
import { arrived, message } from '../streams/log.js';

const diagram = (draw: (helpers: MarbleHelpers) => void): void => {
  runMarbles((actual, expected) => {
    expect(actual).toEqual(expected);
  }, draw);
};

const contents = (messages$: Client['messages$']): Observable<string> => messages$.pipe(map(contentOf));

/** The client, so many milliseconds after its login. */
const late = (client$: Observable<Client>, ms: number): Observable<Client> => client$.pipe(delay(ms));

const place = (events$: Observable<{ readonly _tag: string }>): Observable<string> =>
  (events$ as Observable<ClientEvent>).pipe(
    filter((event) => event._tag === 'Message' || event._tag === 'Gap'),
    map((event) => (event._tag === 'Message' ? contentOf(event.message) : `gap ${event.cause} to ${String(event.to)}`)),
  );

const two = ({ server }: MarbleHelpers): void => {
  server.conversation({ id: 'c', members: ['Tom', 'Jerry'] });
  server.conversation({ id: 'd', members: ['Tom', 'Jerry'] });
  server.messages('c', '1s a 1999ms b', says('Jerry', 'ab'));
  server.messages('d', '2s x 2999ms y', says('Jerry', 'xy'));
};

describe('a first subscriber that comes late', () => {
  it('gets the messages since the login, then live ones', () => {
    diagram((helpers) => {
      two(helpers);
      const tom$ = helpers.realtime().session('Tom');
      helpers
        .expectObservable(late(tom$, 2_500).pipe(switchMap(({ messages$ }) => contents(messages$))))
        .toBe('2500ms (ax) 496ms b 1999ms y');
    });
  });

  it('gets them together with all others of the same turn; who comes later gets live ones', () => {
    diagram((helpers) => {
      two(helpers);
      const tom$ = helpers.realtime().session('Tom');
      const both$ = late(tom$, 2_500).pipe(
        switchMap((tom) =>
          merge(place(tom.events$), contents(tom.messages$), contents(tom.conversation('d').messages$)),
        ),
      );
      helpers.expectObservable(both$).toBe('2500ms (axaxx) 493ms (bb) 1996ms (yyy)');
      helpers
        .expectObservable(late(tom$, 2_600).pipe(switchMap(({ messages$ }) => contents(messages$))))
        .toBe('3s b 1999ms y');
    });
  });

  it('gets only those of its conversation; the others stay for who asks for them', () => {
    diagram((helpers) => {
      two(helpers);
      const tom$ = helpers.realtime().session('Tom');
      helpers
        .expectObservable(late(tom$, 2_500).pipe(switchMap((tom) => contents(tom.conversation('d').messages$))))
        .toBe('2500ms x 2499ms y');
      helpers
        .expectObservable(late(tom$, 3_500).pipe(switchMap((tom) => contents(tom.messages$))))
        .toBe('3500ms (ab) 1496ms y');
    });
  });

  it.each(['receipts$', 'unread$', 'membership$', 'state$'] as const)(
    'gets them although somebody has subscribed to %s, which carries no messages',
    (other) => {
      diagram((helpers) => {
        two(helpers);
        const tom$ = helpers.realtime().session('Tom');
        const stream = (tom: Client): Observable<unknown> => tom.conversation('c')[other];
        helpers.expectObservable(tom$.pipe(switchMap(stream), ignoreElements())).toBe('');
        helpers
          .expectObservable(late(tom$, 2_500).pipe(switchMap((tom) => contents(tom.conversation('c').messages$))))
          .toBe('2500ms a 499ms b');
      });
    },
  );

  it('gets them in a log that starts now, and finds them in a timeline', () => {
    diagram((helpers) => {
      two(helpers);
      const tom$ = helpers.realtime().session('Tom');
      helpers
        .expectObservable(late(tom$, 2_500).pipe(switchMap((tom) => place(log(tom.conversation('c'))))))
        .toBe('2500ms a 499ms b');
      const shown$ = late(tom$, 2_500).pipe(
        switchMap((tom) => timeline(tom.conversation('d'))),
        map(({ entries }) => entries.length),
        filter((count) => count > 0),
        take(1),
      );
      helpers.expectObservable(shown$).toBe('2500ms (1|)', [0, 1]);
    });
  });
});

describe('messages that are held', () => {
  it('are at most so many: the oldest are a gap and one fault', () => {
    diagram(({ server, realtime, expectObservable }) => {
      server.conversation({ id: 'c', members: ['Tom', 'Jerry'] });
      server.messages('c', '1s (abcd)', says('Jerry', 'abcd'));
      const bounded = realtime({ limits: { held: 2 } });
      const events$ = late(bounded.session('Tom'), 2_000).pipe(switchMap(({ events$: all$ }) => place(all$)));
      expectObservable(events$).toBe('2s (gcd)', { g: 'gap overflow to 1001', c: 'c', d: 'd' });
      expectObservable(bounded.faults$).toBe('1s f', {
        f: { _tag: 'Overflow', clientId: 'Tom', what: 'held', conversationId: 'c' },
      });
    });
  });

  it('are at most so many bytes', () => {
    diagram(({ server, realtime, expectObservable }) => {
      server.conversation({ id: 'c', members: ['Tom', 'Jerry'] });
      const big = { from: 'Jerry', body: plain('x'.repeat(4_000)) };
      server.messages('c', '1s (abc)', { a: big, b: big, c: big });
      const bounded = realtime({ limits: { heldBytes: 9_000 } });
      const count$ = late(bounded.session('Tom'), 2_000).pipe(
        switchMap(({ messages$ }) => messages$),
        map(() => 'm'),
      );
      expectObservable(count$).toBe('2s (mm)');
    });
  });

  it('are acknowledged only when they are handed out, if the server keeps them until then', () => {
    diagram(({ server, realtime, expectObservable }) => {
      server.conversation({ id: 'c', members: ['Tom', 'Jerry'] });
      server.history('c', [{ from: 'Jerry', body: plain('a') }]);
      const tom$ = realtime({ offlineMessages: true }).session('Tom');
      const acks$ = server.received$.pipe(
        filter(({ cmd }) => cmd === 'ack'),
        map(() => 'k'),
      );
      expectObservable(acks$).toBe('2s k');
      const heard$ = late(tom$, 2_000).pipe(mergeMap(({ messages$ }) => contents(messages$)));
      expectObservable(heard$).toBe('2s a');
    });
  });

  /** Holds a log of its own. `turn` ends the turn. */
  const holding = () => {
    const [log, turn] = [new Subject<ClientEvent>(), new Subject<void>()];
    const held = holdMessages({ clock: { after: () => turn }, limits: limitsOf(), onOverflow: () => undefined });
    log.pipe(filter(isConversationEvent)).subscribe({ next: held.hold, complete: held.end });
    const messages: Body[] = [];
    const listen = (): void => {
      held.carrying(log.pipe(pickMessages()), shownIn).subscribe(({ body }) => messages.push(body));
    };
    return { log, turn, held, messages, listen };
  };
  const a = message({ id: 'a', from: 'Jerry', timestamp: 5 });
  const recalled: Body = { _tag: 'Recalled' };

  it.each([
    ['edited', 'Edit', plain('new')],
    ['recalled', 'Recall', recalled],
  ] as const)('are handed out as they are, if they were %s meanwhile', (_, _tag, body) => {
    const { log, turn, messages, listen } = holding();
    log.next(arrived(a));
    log.next({ _tag, conversationId: 'c', message: message({ id: 'a', from: '', timestamp: 0, editedAt: 9, body }) });
    listen();
    turn.next();
    expect(messages).toEqual([body]);
  });

  it('are dropped when the client ends', () => {
    const { log, turn, messages, held, listen } = holding();
    log.next(arrived(a));
    log.complete();
    listen();
    turn.next();
    expect(messages).toEqual([]);
    expect(held.take('c')).toEqual([]);
  });
});
