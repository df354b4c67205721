/** Keeps the messages of an outbox in a storage of the application. */
import {
  EMPTY,
  Observable,
  Subject,
  Subscription,
  catchError,
  concat,
  defaultIfEmpty,
  defer,
  endWith,
  finalize,
  ignoreElements,
  map,
  take,
  takeUntil,
  type ObservableInput,
} from 'rxjs';
import { refusedBy } from '../../codecs/codec.js';
import type { Clock } from '../clock.js';
import { StorageFailed, toRealtimeError, type RealtimeError } from '../errors.js';
import { inTime } from '../in-time.js';
import { reasonOf } from '../thrown.js';
import { claimed, type Claims } from './claims.js';
import type { Keeper, OutboxEntry } from './outbox.js';
import { StoredSend, type OutboxStorage } from './outbox-storage.js';

/** A message as it is stored, without its place in the order. */
type KeptSend = Omit<StoredSend, 'sequence'>;

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
  const claims: Claims = new Map();
  /** Messages that are being stored or removed: their claims outlive the client. */
  const busy = new Set<string>();
  let isOver = false;
  const release = (token: string, held = claims.get(token)): void => {
    held?.unsubscribe();
    if (claims.get(token) === held) claims.delete(token);
  };
  until$.subscribe(() => {
    isOver = true;
    for (const token of claims.keys()) if (!busy.has(token)) release(token);
  });
  /** The claim lasts until the message is gone. If it can't be removed, nobody sends it while this client lives. */
  const forget = (token: string): void => {
    const held = claims.get(token);
    busy.add(token);
    defer((): ObservableInput<unknown> => storage.remove(owner, token))
      .pipe(finalize(() => busy.delete(token)))
      .subscribe({
        error: (thrown: unknown) => {
          fail(thrown);
          if (isOver) release(token, held);
        },
        complete: () => {
          release(token, held);
        },
      });
  };
  /** The send has failed, so a message that is stored after all has to be removed. */
  const forgetLater = (stored$: Observable<never>, token: string): void => {
    stored$.subscribe({ error: () => release(token), complete: () => forget(token) });
  };
  /** Cold: completes when the message is claimed. */
  const claiming = (token: string): Observable<never> =>
    new Observable((subscriber) => {
      if (storage.claim === undefined) {
        subscriber.complete();
        return;
      }
      const held = new Subscription();
      release(token);
      claims.set(token, held);
      held.add(
        storage.claim(owner, token).subscribe({
          next: (isMine) => {
            if (isMine) subscriber.complete();
          },
          error: (thrown: unknown) => {
            subscriber.error(thrown);
          },
        }),
      );
    });
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
      : claimed(claims, {
          claim: storage.claim.bind(storage, owner),
          load$,
          again$,
          late$: clock.after(timeout),
          report: fail,
        });
  return [
    {
      put: ({ message }) =>
        defer(() => {
          last += 1;
          const sequence = last;
          const { token } = message;
          const stored = new Subject<never>();
          busy.add(token);
          concat(
            claiming(token),
            defer(() => storage.put(owner, { ...message, sequence })),
          )
            .pipe(
              ignoreElements(),
              finalize(() => busy.delete(token)),
            )
            .subscribe(stored);
          return stored.pipe(
            endWith(undefined),
            inTime(clock, timeout, late),
            catchError((thrown: unknown) => {
              forgetLater(stored, token);
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
