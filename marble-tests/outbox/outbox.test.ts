import { EMPTY, NEVER, Subject, Subscription, defer, mergeMap, of, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConnectionLost, OutboxFull, ServerRejected, SessionClosed, Unconfirmed } from '../../src/errors.js';
import { outboxQueue, type Ack, type OutboxOptions, type OutboxEntry } from '../../src/outbox/outbox.js';
import { marbles, virtualClock } from '../marbles.js';
import { replying, sendingIn } from '../replies.js';

const ack = (uid: string): Ack => ({ cmd: 'ack', ackMessage: { uid, t: 1 } });
const values = { a: ack('a'), b: ack('b'), c: ack('c') };
const readiness = { t: true, f: false };

/** Acknowledgements of what is sent in one conversation. */
const outboxOf = (ready$: Observable<boolean>, bounds: OutboxOptions = {}) => {
  const [outbox] = outboxQueue({ bounds, ready$, clock: virtualClock, patience: 10 });
  return {
    send: ({ write$, ...entry }: Pick<OutboxEntry, 'bytes'> & { readonly write$: Observable<Ack> }): Observable<Ack> =>
      sendingIn(outbox, { conversationId: 'c', write: replying(write$), ...entry }).pipe(
        mergeMap((step) => (step._tag === 'Accepted' ? [] : [step.ack])),
      ),
  };
};

describe('the outbox', () => {
  it('writes a message at once while the session is open', () => {
    marbles(({ cold, expectObservable }) => {
      const outbox = outboxOf(of(true));
      expectObservable(outbox.send({ bytes: 1, write$: cold('--a|', values) })).toBe('--(a|)', values);
    });
  });

  it('does nothing before the subscription', () => {
    marbles(({ cold, expectSubscriptions }) => {
      const write$ = cold('--a|', values);
      void outboxOf(of(true)).send({ bytes: 1, write$ });
      expectSubscriptions(write$.subscriptions).toBe([]);
    });
  });

  it('holds messages while the session is closed, then writes them in the order in which they were sent', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const outbox = outboxOf(cold('f----t', readiness));
      const first$ = cold('--a|', values);
      const second$ = cold('-b|', values);
      expectObservable(outbox.send({ bytes: 1, write$: first$ })).toBe('-------(a|)', values);
      expectObservable(outbox.send({ bytes: 1, write$: second$ })).toBe('------(b|)', values);
      expectSubscriptions(first$.subscriptions).toBe('-----^-!');
      expectSubscriptions(second$.subscriptions).toBe('-----^!');
    });
  });

  it('after a break, writes the messages without an acknowledgement again, in order', () => {
    const ready = new Subject<boolean>();
    const outbox = outboxOf(ready);
    const written: string[] = [];
    const acknowledged: (string | undefined)[] = [];
    const wire: Subject<Ack>[] = [];
    for (const name of ['a', 'b']) {
      const write$ = defer(() => {
        written.push(name);
        const answer = new Subject<Ack>();
        wire.push(answer);
        return answer;
      });
      outbox.send({ bytes: 1, write$ }).subscribe(({ ackMessage }) => acknowledged.push(ackMessage.uid));
    }
    ready.next(true);
    ready.next(false);
    for (const answer of wire.splice(0)) answer.error(new Unconfirmed('direct'));
    ready.next(true);
    wire.forEach((answer, index) => {
      answer.next(ack(['a', 'b'][index] ?? ''));
    });
    expect(written).toEqual(['a', 'b', 'a', 'b']);
    expect(acknowledged).toEqual(['a', 'b']);
  });

  it('does not write a message twice while its acknowledgement is awaited', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const outbox = outboxOf(cold('t-t-t', readiness));
      const write$ = cold('-----a|', values);
      expectObservable(outbox.send({ bytes: 1, write$ })).toBe('-----(a|)', values);
      expectSubscriptions(write$.subscriptions).toBe('^----!');
    });
  });

  it('fails a message that the server refuses, and continues with the others', () => {
    marbles(({ cold, expectObservable }) => {
      const outbox = outboxOf(of(true));
      const refused = new ServerRejected(4401, 'INVALID_MESSAGING_TARGET');
      expectObservable(outbox.send({ bytes: 1, write$: cold('-#', {}, refused) })).toBe('-#', {}, refused);
      expectObservable(outbox.send({ bytes: 1, write$: cold('---a|', values) })).toBe('---(a|)', values);
    });
  });

  it('writes a message again if there is no acknowledgement; an acknowledgement of any write counts', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const slow$ = cold('------------a|', values);
      const lost$ = cold<Ack>('-');
      const writes: Observable<Ack>[] = [slow$, lost$];
      const outbox = outboxOf(of(true));
      expectObservable(outbox.send({ bytes: 1, write$: defer(() => writes.shift() ?? EMPTY) })).toBe(
        '------------(a|)',
        values,
      );
      expectSubscriptions(slow$.subscriptions).toBe('^-----------!');
      expectSubscriptions(lost$.subscriptions).toBe('----------^-!');
    });
  });

  it('writes it again after the reconnect if the connection breaks before the acknowledgement', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const first$ = cold<Ack>('--#', {}, new ConnectionLost('gone'));
      const second$ = cold('-a|', values);
      const writes: Observable<Ack>[] = [first$, second$];
      const outbox = outboxOf(cold('t-f---t', readiness));
      expectObservable(outbox.send({ bytes: 1, write$: defer(() => writes.shift() ?? EMPTY) })).toBe(
        '-------(a|)',
        values,
      );
      expectSubscriptions(second$.subscriptions).toBe('------^!');
    });
  });

  it('does not write a message again after its time has ended', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const outbox = outboxOf(of(true), { maxAge: 3 });
      const late = new Unconfirmed('direct', {
        cause: new ConnectionLost('the message has waited 3 ms in the outbox'),
      });
      const write$ = cold<Ack>('-');
      expectObservable(outbox.send({ bytes: 1, write$ })).toBe('----------#', {}, late);
      expectSubscriptions(write$.subscriptions).toBe('^---------!');
    });
  });

  it('refuses a message at once if it holds maxMessages messages', () => {
    marbles(({ expectObservable }) => {
      const outbox = outboxOf(NEVER, { maxMessages: 1 });
      expectObservable(outbox.send({ bytes: 1, write$: NEVER })).toBe('-');
      expectObservable(outbox.send({ bytes: 1, write$: NEVER })).toBe('#', {}, new OutboxFull('1 messages'));
    });
  });

  it('refuses a message that would exceed maxBytes', () => {
    marbles(({ expectObservable }) => {
      const outbox = outboxOf(NEVER, { maxBytes: 10 });
      expectObservable(outbox.send({ bytes: 6, write$: NEVER })).toBe('-');
      expectObservable(outbox.send({ bytes: 5, write$: NEVER })).toBe('#', {}, new OutboxFull('10 bytes'));
      expectObservable(outbox.send({ bytes: 4, write$: NEVER })).toBe('-');
    });
  });

  it('has room again after a message was acknowledged, failed or withdrawn', () => {
    marbles(({ cold, expectObservable }) => {
      const outbox = outboxOf(of(true), { maxMessages: 1 });
      expectObservable(outbox.send({ bytes: 1, write$: cold('-a|', values) })).toBe('-(a|)', values);
      expectObservable(outbox.send({ bytes: 1, write$: NEVER }), '--^-!').toBe('-----');
      expectObservable(outbox.send({ bytes: 1, write$: cold('b|', values) }), '------^').toBe('------(b|)', values);
    });
  });

  it('withdraws a message when it is unsubscribed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const outbox = outboxOf(cold('f----t', readiness));
      const write$ = cold('-a|', values);
      expectObservable(outbox.send({ bytes: 1, write$ }), '^--!').toBe('------');
      expectSubscriptions(write$.subscriptions).toBe([]);
    });
  });

  it('fails a message that has waited longer than maxAge, and says how long', () => {
    marbles(({ expectObservable }) => {
      const outbox = outboxOf(NEVER, { maxAge: 5 });
      expectObservable(outbox.send({ bytes: 1, write$: NEVER })).toBe(
        '-----#',
        {},
        new ConnectionLost('the message has waited 5 ms in the outbox'),
      );
    });
  });

  it('lets the answer decide about a written message whose time has ended; a message that may have arrived is never reported as lost', () => {
    marbles(({ cold, expectObservable }) => {
      const lost = new Unconfirmed('direct');
      const late = new Unconfirmed('direct', {
        cause: new ConnectionLost('the message has waited 5 ms in the outbox'),
      });
      const acknowledged = outboxOf(of(true), { maxAge: 5 });
      expectObservable(acknowledged.send({ bytes: 1, write$: cold('-------a|', values) })).toBe('-------(a|)', values);
      const broken = outboxOf(of(true), { maxAge: 5 });
      expectObservable(broken.send({ bytes: 1, write$: cold('-------#', {}, lost) })).toBe('-------#', {}, late);
      const waiting = outboxOf(of(true), { maxAge: 5 });
      expectObservable(waiting.send({ bytes: 1, write$: cold('--#', {}, lost) })).toBe('-----#', {}, late);
    });
  });

  it('fails all waiting messages when the client is closed', () => {
    marbles(({ cold, expectObservable }) => {
      const closed = new SessionClosed(4115, 'KICKED_BY_APP');
      const outbox = outboxOf(cold('f-#', readiness, closed));
      expectObservable(outbox.send({ bytes: 1, write$: NEVER })).toBe('--#', {}, closed);
      expectObservable(outbox.send({ bytes: 1, write$: NEVER })).toBe('--#', {}, closed);
    });
  });

  it('writes a message that is sent while another one is being accepted after that one', () => {
    const [outbox] = outboxQueue({ bounds: {}, ready$: of(true), clock: virtualClock, patience: 10 });
    const written: string[] = [];
    const entry = (name: string): OutboxEntry => ({
      conversationId: 'c',
      bytes: 1,
      write: () => {
        written.push(name);
        return () => undefined;
      },
    });
    const send = (name: string, accepted: () => void): void => {
      outbox.send(entry(name), { accepted, answered: () => undefined, failed: () => undefined }, new Subscription());
    };
    send('first', () => {
      send('second', () => undefined);
    });
    expect(written).toEqual(['first', 'second']);
  });

  it('tells only of the acknowledgement if its observer closes the client, or makes the outbox write again', () => {
    const ready = new Subject<boolean>();
    const [outbox] = outboxQueue({ bounds: {}, ready$: ready, clock: virtualClock, patience: 10 });
    const told: string[] = [];
    const replies: Parameters<OutboxEntry['write']>[0][] = [];
    ready.next(true);
    outbox.send(
      {
        conversationId: 'c',
        bytes: 1,
        write: (reply) => {
          replies.push(reply);
          return () => undefined;
        },
      },
      {
        accepted: () => undefined,
        answered: () => {
          told.push('answered');
          ready.next(true);
          ready.error(new SessionClosed(0, 'logged out'));
        },
        failed: ({ _tag }) => told.push(_tag),
      },
      new Subscription(),
    );
    for (const reply of replies) reply.answered(ack('a'));
    expect([told, replies.length]).toEqual([['answered'], 1]);
  });

  it('fails a message whose observer closes the client when it is accepted; a storage keeps the message', () => {
    const ready = new Subject<boolean>();
    const removed: unknown[] = [];
    const keeper = { put: () => EMPTY, remove: (entry: OutboxEntry) => removed.push(entry) };
    const [outbox, , restore] = outboxQueue({ bounds: {}, ready$: ready, clock: virtualClock, patience: 10, keeper });
    restore(of(undefined));
    const closed = new SessionClosed(0, 'logged out');
    const failures: unknown[] = [];
    const until = new Subscription();
    outbox.send(
      { conversationId: 'c', bytes: 1, write: () => () => undefined },
      {
        accepted: () => {
          ready.error(closed);
        },
        answered: () => undefined,
        failed: (error) => {
          failures.push(error);
          until.unsubscribe();
        },
      },
      until,
    );
    expect([failures, removed]).toEqual([[closed], []]);
  });

  it('never writes a message that is withdrawn when it is accepted', () => {
    const [outbox] = outboxQueue({ bounds: {}, ready$: of(true), clock: virtualClock, patience: 10 });
    const written: unknown[] = [];
    const until = new Subscription();
    outbox.send(
      { conversationId: 'c', bytes: 1, write: (reply) => (written.push(reply), () => undefined) },
      {
        accepted: () => {
          until.unsubscribe();
        },
        answered: () => undefined,
        failed: () => undefined,
      },
      until,
    );
    expect(written).toEqual([]);
  });
});
