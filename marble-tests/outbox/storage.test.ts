import { AsyncSubject, NEVER, Subject, from, map, mergeMap, of, tap, throwError, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConnectionLost, OutboxFull, SessionClosed, StorageFailed, type RealtimeError } from '../../src/errors.js';
import { memoryOutbox } from '../../src/outbox/memory-outbox.js';
import { outboxQueue, type Ack, type OutboxOptions, type OutboxStep } from '../../src/outbox/outbox.js';
import type { OutboxStorage, StoredSend } from '../../src/outbox/outbox-storage.js';
import { ownerOf, storageKeeper, type KeptEntry } from '../../src/outbox/storage-keeper.js';
import { marbles, virtualClock } from '../marbles.js';

const OWNER = ownerOf('app', 'Tom');
const readiness = { t: true, f: false };
const ack = (uid: string): Ack => ({ cmd: 'ack', ackMessage: { uid, t: 1 } });

const kept = (token: string, sequence = 1, at = 0): StoredSend => ({
  token,
  conversationId: 'c',
  at,
  sequence,
  body: { data: token },
  options: {},
});

/** An outbox in a storage, what it has written, and what went wrong with the storage. */
const start = (
  storage: OutboxStorage,
  ready$: Observable<boolean>,
  bounds: OutboxOptions = {},
  until$: Observable<unknown> = NEVER,
) => {
  const faults: RealtimeError[] = [];
  const written: string[] = [];
  const [keeper, kept$] = storageKeeper({
    storage,
    owner: OWNER,
    timeout: 20,
    clock: virtualClock,
    until$,
    report: (error) => {
      faults.push(error);
    },
  });
  const [outbox, , restore] = outboxQueue({ bounds, ready$, clock: virtualClock, patience: 1_000, keeper });
  const entry = (token: string, conversationId = 'c', answer$: Observable<Ack> = of(ack(token))): KeptEntry => ({
    conversationId,
    bytes: 1,
    write$: answer$.pipe(
      tap({
        subscribe: () => {
          written.push(token);
        },
      }),
    ),
    message: { token, conversationId, at: virtualClock.now(), body: { data: token }, options: {} },
  });
  /** What becomes of a message, `A` accepted, `a` acknowledged. */
  const send = (one: KeptEntry): Observable<string> =>
    outbox.send(one).pipe(map((step: OutboxStep) => (step._tag === 'Accepted' ? 'A' : 'a')));
  const resent: string[] = [];
  const sendAgain = ({ token, conversationId, at }: StoredSend): void => {
    outbox.send({ ...entry(token, conversationId), age: virtualClock.now() - at }).subscribe({
      next: ({ _tag }) => resent.push(`${token} ${_tag}`),
      error: (error: unknown) => resent.push(`${token} ${String(error)}`),
    });
  };
  restore(
    kept$.pipe(
      tap((messages) => {
        messages.forEach(sendAgain);
      }),
    ),
  );
  return { send, entry, written, faults, resent };
};

const tokens = (storage: OutboxStorage): string[] => {
  const found: unknown[] = [];
  from(storage.load(OWNER)).subscribe((all) => found.push(...all));
  return found.flatMap((one) => (one !== null && typeof one === 'object' && 'token' in one ? [String(one.token)] : []));
};

describe('an outbox with a storage', () => {
  it('accepts and writes a message when it is stored, not before', () => {
    marbles(({ expectObservable, flush }) => {
      const { send, entry, written } = start({ ...memoryOutbox(), put: () => timer(3) }, of(true));
      expectObservable(send(entry('m'))).toBe('---(Aa|)');
      flush();
      expect(written).toEqual(['m']);
    });
  });

  it('fails a message that can not be stored, and continues with the others', () => {
    marbles(({ expectObservable, flush }) => {
      const full = new Error('the disk is full');
      const memory = memoryOutbox();
      const storage: OutboxStorage = {
        ...memory,
        put: (owner, message) => (message.token === 'm' ? throwError(() => full) : memory.put(owner, message)),
      };
      const { send, entry, written } = start(storage, of(true));
      expectObservable(send(entry('m'))).toBe('#', undefined, new StorageFailed('the disk is full', { cause: full }));
      expectObservable(send(entry('n'))).toBe('(Aa|)');
      flush();
      expect(written).toEqual(['n']);
    });
  });

  it('fails a message if the storage does not answer in time, and removes it if it is stored later', () => {
    marbles(({ expectObservable, flush }) => {
      const memory = memoryOutbox();
      /** Keeps a message after so many ms, whether anybody waits for it or not. */
      const putAfter = (ms: number, message: StoredSend): Observable<unknown> => {
        const keeping = new AsyncSubject<unknown>();
        timer(ms)
          .pipe(mergeMap(() => memory.put(OWNER, message)))
          .subscribe(keeping);
        return keeping;
      };
      const storage: OutboxStorage = {
        ...memory,
        load: (owner) => timer(30).pipe(mergeMap(() => memory.load(owner))),
        put: (_, message) => putAfter(message.token === 'm' ? 25 : 1, message),
      };
      const late = new StorageFailed('it did not answer within 20 ms');
      const { send, entry, written, faults } = start(storage, NEVER);
      // The first 20 ms are what it may take to give what it has.
      expectObservable(send(entry('m'))).toBe('40ms #', undefined, late);
      expectObservable(send(entry('n')), '^ 60ms !').toBe('41ms A');
      flush();
      expect(written).toEqual([]);
      expect(faults).toEqual([late]);
      expect(tokens(storage)).toEqual([]);
    });
  });

  it('keeps the order of each conversation, whatever the order of the answers of the storage', () => {
    marbles(({ expectObservable, flush }) => {
      const delays: Record<string, number> = { m: 5, n: 1, o: 2 };
      const { send, entry, written } = start(
        { ...memoryOutbox(), put: (_, { token }) => timer(delays[token] ?? 0) },
        of(true),
      );
      expectObservable(send(entry('m', 'c'))).toBe('-----(Aa|)');
      expectObservable(send(entry('n', 'c'))).toBe('------(Aa|)');
      expectObservable(send(entry('o', 'd'))).toBe('--(Aa|)');
      flush();
      expect(written).toEqual(['o', 'm', 'n']);
    });
  });

  it('counts messages that are being stored towards its bounds', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const storage: OutboxStorage = {
        ...memoryOutbox(),
        load: () => cold('-----(s|)').pipe(map(() => [])),
        put: () => timer(3),
      };
      const { send, entry, written } = start(storage, of(true), { maxMessages: 2 });
      expectObservable(send(entry('m', 'c'))).toBe('--------(Aa|)');
      expectObservable(send(entry('n', 'c'))).toBe('-----------(Aa|)');
      expectObservable(send(entry('o', 'c'))).toBe('#', undefined, new OutboxFull('2 messages'));
      flush();
      expect(written).toEqual(['m', 'n']);
    });
  });

  it('sends the stored messages first, in their order, before messages that are sent while they are loaded', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const stored = of([kept('second', 2), kept('first', 1)]);
      const storage: OutboxStorage = {
        ...memoryOutbox(),
        load: () => cold('---(s|)', { s: stored }).pipe(map(() => [kept('second', 2), kept('first', 1)])),
      };
      const { send, entry, written, resent } = start(storage, of(true));
      expectObservable(send(entry('third'))).toBe('---(Aa|)');
      flush();
      expect(written).toEqual(['first', 'second', 'third']);
      expect(resent).toEqual(['first Accepted', 'first Acknowledged', 'second Accepted', 'second Acknowledged']);
    });
  });

  it('reports and skips a stored message that it can not read; a storage that can not be read delays nothing', () => {
    marbles(({ expectObservable, flush }) => {
      const broken = start({ ...memoryOutbox(), load: () => of(['{"torn', kept('first')]) }, of(true));
      const away = start({ ...memoryOutbox(), load: () => throwError(() => new Error('locked')) }, of(true));
      expectObservable(away.send(away.entry('m'))).toBe('(Aa|)');
      flush();
      expect(broken.written).toEqual(['first']);
      expect(broken.faults).toMatchObject([{ _tag: 'DecodeFailed' }]);
      expect(away.faults).toEqual([new StorageFailed('locked')]);
    });
  });

  it('measures the age of a message from its acceptance, across restarts', () => {
    marbles(({ expectObservable, flush }) => {
      const storage = memoryOutbox();
      for (const message of [kept('old', 1, -10), kept('young', 2, -3)]) from(storage.put(OWNER, message)).subscribe();
      const { resent } = start(storage, NEVER, { maxAge: 10 });
      expectObservable(timer(8)).toBe('--------(0|)', [0]);
      flush();
      const late =
        "Unconfirmed: the connection broke before the answer to direct arrived; subscribing to the same command again can't double it";
      expect(resent).toEqual(['old Accepted', `old ${late}`, 'young Accepted', `young ${late}`]);
      expect(tokens(storage)).toEqual([]);
    });
  });

  it('removes messages that were sent, refused, expired or withdrawn, and keeps the others when the client is closed', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const storage = memoryOutbox();
      const closed = new SessionClosed(0, 'logged out');
      const { send, entry } = start(storage, cold('t----#', readiness, closed));
      const refused = new ConnectionLost('x');
      expectObservable(send(entry('sent'))).toBe('(Aa|)');
      expectObservable(send(entry('withdrawn', 'c', NEVER)), '^-!').toBe('A');
      expectObservable(
        send(
          entry(
            'waits',
            'c',
            throwError(() => refused),
          ),
        ),
      ).toBe('A----#', undefined, closed);
      flush();
      expect(tokens(storage)).toEqual(['waits']);
    });
  });

  it('removes a message that is withdrawn, or whose client is closed, while it is being stored', () => {
    const storage = memoryOutbox();
    const ready = new Subject<boolean>();
    const asked: Subject<never>[] = [];
    const { send, entry } = start(
      {
        ...storage,
        put: (owner, message) => {
          from(storage.put(owner, message)).subscribe();
          const answer = new Subject<never>();
          asked.push(answer);
          return answer;
        },
      },
      ready,
    );
    const failures: unknown[] = [];
    const withdrawn = send(entry('withdrawn')).subscribe();
    send(entry('late', 'd')).subscribe({ error: (error: unknown) => failures.push(error) });
    withdrawn.unsubscribe();
    ready.error(new SessionClosed(0, 'logged out'));
    for (const answer of asked) answer.complete();
    expect(failures).toMatchObject([{ _tag: 'SessionClosed' }]);
    expect(tokens(storage)).toEqual([]);
  });

  it('reports a message that it could not remove, and does nothing else', () => {
    marbles(({ expectObservable, flush }) => {
      const { send, entry, faults } = start(
        { ...memoryOutbox(), remove: () => throwError(() => new Error('read only')) },
        of(true),
      );
      expectObservable(send(entry('m'))).toBe('(Aa|)');
      flush();
      expect(faults).toEqual([new StorageFailed('read only')]);
    });
  });

  it('reports what the storage tells by itself, until the client ends', () => {
    marbles(({ hot, flush }) => {
      const faults$ = hot('-a---b---c', { a: new StorageFailed('in memory now'), b: 'full', c: 'late' });
      const { faults } = start({ ...memoryOutbox(), faults$ }, NEVER, {}, hot('-------x'));
      flush();
      expect(faults).toMatchObject([
        { _tag: 'StorageFailed', reason: 'in memory now' },
        { _tag: 'StorageFailed', reason: 'full' },
      ]);
    });
  });
});
