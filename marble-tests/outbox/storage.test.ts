import {
  AsyncSubject,
  NEVER,
  Subject,
  concat,
  delay,
  from,
  map,
  merge,
  mergeMap,
  of,
  share,
  throwError,
  timer,
  type Observable,
  type Subscription,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConnectionLost, OutboxFull, ServerRejected, SessionClosed, StorageFailed } from '../../src/errors.js';
import { memoryOutbox } from '../../src/outbox/memory-outbox.js';
import type { OutboxStorage, StoredSend } from '../../src/outbox/outbox-storage.js';
import { marbles } from '../marbles.js';
import { OWNER, kept, start, tokens } from './stored.js';

const readiness = { t: true, f: false };
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
      // They are read once more when they are claimed.
      expectObservable(send(entry('third'))).toBe('------(Aa|)');
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

  it('keeps a message that is sent again where its error is heard: it has a place, and is stored after its removal', () => {
    marbles(({ flush }) => {
      const memory = memoryOutbox();
      const storage: OutboxStorage = {
        ...memory,
        remove: (...at: Parameters<typeof memory.remove>) => timer(4).pipe(mergeMap(() => memory.remove(...at))),
      };
      const { send, entry, faults } = start(storage, of(true), { maxMessages: 1 });
      const errors: unknown[] = [];
      const hear = (error: unknown): void => void errors.push(error);
      const refused = new ServerRejected(4401, 'no');
      send(entry('m', 'c', timer(3).pipe(mergeMap(() => throwError(() => refused))))).subscribe({
        error: (error: unknown) => {
          hear(error);
          const again = send(entry('m', 'c', NEVER)).subscribe({ error: hear });
          timer(30).subscribe(() => {
            expect([errors, tokens(memory), faults]).toEqual([[refused], ['m'], []]);
            again.unsubscribe();
          });
        },
      });
      flush();
      expect([tokens(memory), faults]).toEqual([[], []]);
    });
  });

  it('keeps a message that is sent again after the storage was too slow for it', () => {
    marbles(({ flush }) => {
      const memory = memoryOutbox();
      let puts = 0;
      const storage: OutboxStorage = {
        ...memory,
        put: (...at: Parameters<typeof memory.put>) =>
          (puts += 1) === 1 ? timer(30).pipe(mergeMap(() => memory.put(...at))) : memory.put(...at),
        remove: (...at: Parameters<typeof memory.remove>) => timer(4).pipe(mergeMap(() => memory.remove(...at))),
      };
      const { send, entry } = start(storage, timer(60).pipe(map(() => true)));
      const answers: boolean[] = [];
      send(entry('m')).subscribe({
        error: () => {
          send(entry('m')).subscribe();
        },
      });
      timer(50).subscribe(() => {
        expect(tokens(memory)).toEqual(['m']);
        memory.claim?.(OWNER, 'm').subscribe((isMine) => answers.push(isMine));
      });
      flush();
      // It gives its claim back when it is sent.
      expect([tokens(memory), answers]).toEqual([[], [false, true]]);
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

describe('clients that share a storage', () => {
  /** A client that ends at a time, and is ready from a time on. */
  const client = (
    storage: OutboxStorage,
    at: { readonly ready?: number; readonly end?: number; readonly again?: number } = {},
  ) => {
    const { ready = Infinity, end = Infinity, again = Infinity } = at;
    const at$ = (ms: number): Observable<unknown> => (ms === Infinity ? NEVER : timer(ms));
    const ended$ = at$(end).pipe(share());
    const closed$ = ended$.pipe(mergeMap(() => throwError(() => new SessionClosed(0, 'logged out'))));
    return start(storage, merge(at$(ready).pipe(map(() => true)), closed$), {}, ended$, at$(again));
  };
  const sending = (one: ReturnType<typeof start>, token: string): Subscription =>
    one.send(one.entry(token)).subscribe({ error: () => undefined });

  it('send each message once: only the client that has accepted it sends it', () => {
    marbles(({ flush }) => {
      const storage = memoryOutbox();
      const [a, b] = [client(storage, { ready: 5 }), client(storage, { ready: 3, again: 3 })];
      sending(a, 'x');
      const later = client(storage, { ready: 1, again: 2 });
      flush();
      expect([a.written, b.written, later.written]).toEqual([['x'], [], []]);
      expect(tokens(storage)).toEqual([]);
    });
  });

  it('take over what a client has left, once, in its order; also what it stored after they had looked', () => {
    marbles(({ flush }) => {
      const storage = memoryOutbox();
      const [a, b] = [client(storage, { end: 4 }), client(storage, { ready: 1, again: 2 })];
      for (const token of ['x', 'y']) sending(a, token);
      timer(3).subscribe(() => sending(a, 'z'));
      flush();
      expect([a.written, b.written]).toEqual([[], ['x', 'y', 'z']]);
      expect(tokens(storage)).toEqual([]);
    });
  });

  it('look for what other clients have left each time that they are online again', () => {
    marbles(({ flush }) => {
      const storage = memoryOutbox();
      const [a, b] = [client(storage, { end: 4 }), client(storage, { ready: 1, again: 6 })];
      timer(3).subscribe(() => sending(a, 'x'));
      timer(5).subscribe(() => {
        expect(b.written).toEqual([]);
      });
      flush();
      expect([a.written, b.written]).toEqual([[], ['x']]);
    });
  });

  it('never send what one of them has discarded, although the storage is slow or can not remove it', () => {
    marbles(({ cold, flush }) => {
      const storage = memoryOutbox();
      const slow: OutboxStorage = {
        ...storage,
        remove: (owner, token) =>
          concat(cold('----|'), token === 'y' ? throwError(() => new Error('locked')) : storage.remove(owner, token)),
      };
      const [a, b] = [client(slow, { end: 20 }), client(storage, { ready: 0, again: 3 })];
      const sends = ['x', 'y'].map((token) => sending(a, token));
      timer(4).subscribe(() => {
        for (const send of sends) send.unsubscribe();
      });
      const c = client(storage, { ready: 6, again: 7, end: 12 });
      flush();
      expect([a.written, b.written, c.written]).toEqual([[], ['y'], []]);
      expect(a.faults).toEqual([new StorageFailed('locked')]);
    });
  });

  it('never send what was discarded right before its client ended', () => {
    marbles(({ cold, flush }) => {
      const storage = memoryOutbox();
      const slow = {
        ...storage,
        remove: (...at: Parameters<typeof storage.remove>) => concat(cold('----|'), storage.remove(...at)),
      };
      const [a, b] = [client(slow, { end: 5 }), client(storage, { ready: 0, again: 3 })];
      const send = sending(a, 'x');
      timer(5).subscribe();
      timer(4).subscribe(() => {
        send.unsubscribe();
      });
      flush();
      expect([a.written, b.written, tokens(storage)]).toEqual([[], [], []]);
    });
  });

  it('send what is theirs, and do not wait for long for a claim that nobody answers', () => {
    marbles(({ expectObservable, flush }) => {
      const storage = memoryOutbox();
      from(storage.put(OWNER, { ...kept('x'), batch: 'x' })).subscribe();
      from(storage.put(OWNER, kept('y', 2))).subscribe();
      const claim = (owner: string, batch: string) =>
        batch === 'x' ? NEVER : (storage.claim?.(owner, batch) ?? NEVER);
      const a = start({ ...storage, claim }, of(true));
      expectObservable(a.send(a.entry('z'))).toBe('20ms (Aa|)');
      flush();
      expect(a.written).toEqual(['y', 'z']);
    });
  });

  it('report a claim that fails, and do not send its message', () => {
    marbles(({ expectObservable, flush }) => {
      const storage = memoryOutbox();
      from(storage.put(OWNER, kept('x'))).subscribe();
      const a = start({ ...storage, claim: () => throwError(() => new Error('no locks')) }, of(true));
      expectObservable(a.send(a.entry('z'))).toBe('#', {}, new StorageFailed('no locks'));
      flush();
      expect([a.written, a.faults]).toEqual([[], [new StorageFailed('no locks')]]);
    });
  });

  it('ask again for a claim that failed, when they are online again', () => {
    marbles(({ flush }) => {
      const storage = memoryOutbox();
      from(storage.put(OWNER, { ...kept('x'), batch: 'x' })).subscribe();
      let isBroken = true;
      const claim = (owner: string, batch: string) =>
        isBroken ? throwError(() => new Error('no locks')) : (storage.claim?.(owner, batch) ?? NEVER);
      const a = start({ ...storage, claim }, of(true), {}, NEVER, timer(5));
      timer(2).subscribe(() => {
        isBroken = false;
      });
      flush();
      expect([a.written, a.faults]).toEqual([['x'], [new StorageFailed('no locks')]]);
    });
  });

  it('take over what was left, although nobody answers another claim that was asked for later', () => {
    marbles(({ flush }) => {
      const storage = memoryOutbox();
      const claim = (owner: string, batch: string) =>
        batch === 'silent' ? NEVER : (storage.claim?.(owner, batch) ?? NEVER);
      const left = start(storage, NEVER, {}, timer(60));
      left.send(left.entry('x')).subscribe({ error: () => undefined });
      const a = start({ ...storage, claim }, of(true), {}, NEVER, timer(40));
      timer(30).subscribe(() => {
        from(storage.put(OWNER, { ...kept('y', 9), batch: 'silent' })).subscribe();
      });
      flush();
      expect(a.written).toEqual(['x']);
    });
  });

  it('send what they have claimed before their own, whatever is said of other claims while it is read', () => {
    marbles(({ hot, flush }) => {
      const storage = memoryOutbox();
      for (const [index, token] of ['x', 'y'].entries())
        from(storage.put(OWNER, { ...kept(token, index + 1), batch: token })).subscribe();
      const others = hot('--f-f', { f: false });
      const claim = (owner: string, batch: string) =>
        batch === 'y' ? others : (storage.claim?.(owner, batch) ?? NEVER);
      const load = (owner: string) => from(storage.load(owner)).pipe(delay(1));
      const slow = (owner: string) => from(storage.load(owner)).pipe(delay(4));
      let loads = 0;
      const a = start({ ...storage, claim, load: (owner) => ((loads += 1) === 1 ? load : slow)(owner) }, of(true));
      a.send(a.entry('n')).subscribe();
      flush();
      expect(a.written).toEqual(['x', 'n']);
    });
  });

  it('read again if they got a claim while the storage failed', () => {
    marbles(({ flush }) => {
      const storage = memoryOutbox();
      let loads = 0;
      const load = (owner: string) => {
        loads += 1;
        return loads === 3 ? timer(6).pipe(mergeMap(() => throwError(() => new Error('locked')))) : storage.load(owner);
      };
      const claim = (_owner: string, batch: string) =>
        batch === 'x' ? concat(of(true), NEVER) : concat(of(false), timer(3).pipe(map(() => true)), NEVER);
      const a = start({ ...storage, load, claim }, of(true), {}, NEVER, timer(30));
      timer(25).subscribe(() => {
        for (const [index, token] of ['x', 'y'].entries())
          from(storage.put(OWNER, { ...kept(token, index + 1), batch: token })).subscribe();
      });
      flush();
      expect([a.written, a.faults]).toEqual([['x', 'y'], [new StorageFailed('locked')]]);
    });
  });

  it('get what a client that was closed had sent again where its storage had failed', () => {
    marbles(({ flush }) => {
      const storage = memoryOutbox();
      let puts = 0;
      const put = (...given: Parameters<typeof storage.put>) =>
        (puts += 1) === 1 ? timer(1).pipe(mergeMap(() => throwError(() => new Error('full')))) : storage.put(...given);
      const a = start({ ...storage, put }, NEVER, {}, timer(10));
      a.send(a.entry('x')).subscribe({
        error: () => a.send(a.entry('x')).subscribe({ error: () => undefined }),
      });
      const b = start(storage, timer(20).pipe(map(() => true)), {}, NEVER, timer(20));
      flush();
      expect([a.written, b.written]).toEqual([[], ['x']]);
    });
  });

  it('read the storage a few times, however many messages a client has left', () => {
    marbles(({ flush }) => {
      const storage = memoryOutbox();
      let loads = 0;
      const counted: OutboxStorage = {
        ...storage,
        load: (owner) => {
          loads += 1;
          return from(storage.load(owner)).pipe(delay(1));
        },
      };
      const [a, b] = [client(storage, { end: 10 }), client(counted, { ready: 1, again: 2 })];
      for (let index = 0; index < 100; index += 1) sending(a, String(index));
      flush();
      expect(b.written).toHaveLength(100);
      expect([a.written.length, loads]).toEqual([0, 3]);
    });
  });
});
