/** Keeps the messages of an outbox in a storage of the application. */
import {
  EMPTY,
  Subject,
  catchError,
  concat,
  defaultIfEmpty,
  defer,
  endWith,
  filter,
  finalize,
  ignoreElements,
  map,
  of,
  take,
  takeUntil,
  type Observable,
  type ObservableInput,
} from 'rxjs';
import { refusedBy } from '../../codecs/codec.js';
import type { Clock } from '../clock.js';
import { StorageFailed, toRealtimeError, type RealtimeError } from '../errors.js';
import { inTime } from '../in-time.js';
import { reasonOf } from '../thrown.js';
import { claimsOf, takenOver, type Batch } from './claims.js';
import type { Keeper, OutboxEntry } from './outbox.js';
import { StoredSend, type OutboxStorage } from './outbox-storage.js';

/** A message as it is stored, without its place in the order and its batch. */
type KeptSend = Omit<StoredSend, 'sequence' | 'batch'>;

/** A message of an outbox with a storage. */
export interface KeptEntry extends OutboxEntry {
  readonly message: KeptSend;
}

export interface StorageKeeperOptions {
  readonly storage: OutboxStorage;
  readonly owner: string;
  /** How long the storage may take to store a message, or to load all messages, ms. */
  readonly timeout: number;
  readonly clock: Clock;
  /** Ends the subscription to what the storage reports by itself, and the claims. */
  readonly until$: Observable<unknown>;
  /** The client is online again: there may be messages of a client that has gone. */
  readonly again$: Observable<unknown>;
  /** Called if messages could not be read or removed. */
  readonly report: (error: RealtimeError) => void;
}

const failure = (thrown: unknown): RealtimeError => {
  const error = toRealtimeError(thrown);
  return error._tag === 'StorageFailed' ? error : new StorageFailed(reasonOf(thrown), { cause: thrown });
};

/** The owner of the messages as one text: the application and the client. */
export const ownerOf = (appId: string, clientId: string): string => [appId, clientId].map(encodeURIComponent).join('/');

/**
 * The keeper, and the messages that were stored before. Those are cold: in order, then an empty array, then those of
 * clients that have gone; never errors. A message that can't be read is reported and skipped.
 *
 * `gone` is cold: emits when the storage has removed what it was told to remove of a message, then completes. Errors
 * with `StorageFailed` if it can't.
 */
export const storageKeeper = ({
  storage,
  owner,
  timeout,
  clock,
  until$,
  again$,
  report,
}: StorageKeeperOptions): readonly [
  keeper: Keeper<KeptEntry>,
  kept$: Observable<readonly StoredSend[]>,
  gone: (token: string) => Observable<unknown>,
] => {
  let last = 0;
  /** What can't be read is reported once. */
  let isRead = false;
  const readable = (kept: unknown): readonly StoredSend[] => {
    const decoded = StoredSend.decode(kept);
    if (decoded._tag === 'Right') return [decoded.right];
    if (!isRead) report(refusedBy('a stored message', decoded.left, kept));
    return [];
  };
  const late = (): StorageFailed => new StorageFailed(`it did not answer within ${timeout} ms`);
  const fail = (thrown: unknown): void => report(failure(thrown));
  storage.faults$?.pipe(takeUntil(until$)).subscribe({ next: fail, error: fail });
  const claims = claimsOf(storage.claim?.bind(storage, owner) ?? (() => of(true)));
  until$.subscribe(claims.end);
  /** What the storage is doing now, by token. */
  const working = new Map<string, Observable<never>>();
  /** Lets the storage work on a message, for `done`. `awaited` is what `gone` waits for. */
  const work = (
    token: string,
    batch: Batch | undefined,
    work$: Observable<unknown>,
    done: Subject<never>,
    awaited: Observable<never> = done,
  ): void => {
    working.set(token, awaited);
    claims
      .during(batch, work$)
      .pipe(
        ignoreElements(),
        finalize(() => {
          if (working.get(token) === awaited) working.delete(token);
        }),
      )
      .subscribe(done);
  };
  /** If the message can't be removed, its batch is kept: nobody sends it while this client lives. */
  const forget = (token: string): void => {
    const batch = claims.leave(token);
    const removed = new Subject<never>();
    removed.subscribe({
      error: fail,
      complete: () => {
        if (batch !== undefined) batch.size -= 1;
      },
    });
    work(
      token,
      batch,
      defer((): ObservableInput<unknown> => storage.remove(owner, token)),
      removed,
    );
  };
  /** The send has failed, so a message that is stored after all has to be removed. */
  const forgetLater = (stored$: Observable<never>, token: string, batch: Batch): void => {
    stored$.subscribe({
      error: () => {
        claims.leave(token);
        batch.size -= 1;
        claims.settle(batch);
      },
      complete: () => forget(token),
    });
  };
  const load$ = defer(() => storage.load(owner)).pipe(
    take(1),
    defaultIfEmpty([]),
    inTime(clock, timeout, late),
    map((all) => {
      const inOrder = all.flatMap(readable).sort((a, b) => a.sequence - b.sequence);
      isRead = true;
      last = Math.max(last, inOrder.at(-1)?.sequence ?? 0);
      return inOrder;
    }),
  );
  const kept$ =
    storage.claim === undefined
      ? load$.pipe(
          catchError((thrown: unknown) => {
            fail(thrown);
            return EMPTY;
          }),
          endWith([]),
        )
      : takenOver(claims, { load$, again$, late$: clock.after(timeout), report: fail });
  return [
    {
      put: ({ message }) =>
        defer(() => {
          last += 1;
          const sequence = last;
          const { token } = message;
          const batch = claims.join(token);
          // It may have been sent before, and be removed now.
          const before$ = working.get(token) ?? EMPTY;
          const stored = new Subject<never>();
          const awaited$ = stored.pipe(catchError(() => EMPTY));
          // What was stored too late is removed then.
          const removed$ = defer(() => {
            const now$ = working.get(token) ?? awaited$;
            return now$ === awaited$ ? EMPTY : now$;
          });
          work(
            token,
            batch,
            concat(
              concat(before$, removed$).pipe(catchError(() => EMPTY)),
              batch.isMine$.pipe(filter(Boolean), take(1)),
              defer(() => storage.put(owner, { ...message, sequence, batch: batch.id })),
            ),
            stored,
            awaited$,
          );
          return stored.pipe(
            endWith(undefined),
            inTime(clock, timeout, late),
            catchError((thrown: unknown) => {
              forgetLater(stored, token, batch);
              throw failure(thrown);
            }),
            ignoreElements(),
          );
        }),
      remove: ({ message: { token } }) => {
        forget(token);
      },
    },
    kept$,
    (token) => {
      const done$ = defer(() => working.get(token) ?? EMPTY);
      // A message that was being stored is removed after that.
      return concat(done$, done$).pipe(
        endWith(undefined),
        inTime(clock, timeout, late),
        catchError((thrown: unknown) => {
          throw failure(thrown);
        }),
      );
    },
  ];
};
