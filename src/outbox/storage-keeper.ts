/** Keeps the messages of an outbox in a storage of the application. */
import {
  EMPTY,
  Observable,
  Subject,
  catchError,
  concat,
  defaultIfEmpty,
  defer,
  endWith,
  filter,
  ignoreElements,
  map,
  of,
  take,
  takeUntil,
  type ObservableInput,
} from 'rxjs';
import { refusedBy } from '../../codecs/codec.js';
import type { Clock } from '../clock.js';
import { StorageFailed, toRealtimeError, type RealtimeError } from '../errors.js';
import { inTime } from '../in-time.js';
import { reasonOf } from '../thrown.js';
import { claimsOf, takenOver } from './claims.js';
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
 */
export const storageKeeper = ({
  storage,
  owner,
  timeout,
  clock,
  until$,
  again$,
  report,
}: StorageKeeperOptions): readonly [Keeper<KeptEntry>, Observable<readonly StoredSend[]>] => {
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
  /** If the message can't be removed, its batch is kept: nobody sends it while this client lives. */
  const forget = (token: string): void => {
    const batch = claims.leave(token);
    claims
      .during(
        batch,
        defer((): ObservableInput<unknown> => storage.remove(owner, token)),
      )
      .subscribe({
        error: fail,
        complete: () => {
          if (batch !== undefined) batch.size -= 1;
        },
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
          const stored = new Subject<never>();
          claims
            .during(
              batch,
              concat(
                batch.isMine$.pipe(filter(Boolean), take(1)),
                defer(() => storage.put(owner, { ...message, sequence, batch: batch.id })),
              ),
            )
            .pipe(ignoreElements())
            .subscribe(stored);
          return stored.pipe(
            endWith(undefined),
            inTime(clock, timeout, late),
            catchError((thrown: unknown) => {
              // A message that is stored after all has to be removed.
              stored.subscribe({
                error: () => {
                  claims.leave(token);
                  batch.size -= 1;
                  claims.settle(batch);
                },
                complete: () => forget(token),
              });
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
  ];
};
