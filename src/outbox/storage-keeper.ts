/** Keeps the messages of an outbox in a storage of the application. */
import {
  Subject,
  catchError,
  defaultIfEmpty,
  defer,
  endWith,
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
  /** Ends the subscription to what the storage reports by itself. */
  readonly until$: Observable<unknown>;
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
 * The keeper, and the messages that were stored before. Those are cold: emitted once, in order, then complete; never
 * errors. A message that can't be read is reported and skipped.
 */
export const storageKeeper = ({
  storage,
  owner,
  timeout,
  clock,
  until$,
  report,
}: StorageKeeperOptions): readonly [Keeper<KeptEntry>, Observable<readonly StoredSend[]>] => {
  let last = 0;
  const readable = (kept: unknown): readonly StoredSend[] => {
    const decoded = StoredSend.decode(kept);
    if (decoded._tag === 'Right') return [decoded.right];
    report(refusedBy('a stored message', decoded.left, kept));
    return [];
  };
  const late = (): StorageFailed => new StorageFailed(`it did not answer within ${timeout} ms`);
  const fail = (thrown: unknown): void => report(failure(thrown));
  storage.faults$?.pipe(takeUntil(until$)).subscribe({ next: fail, error: fail });
  const forget = (token: string): void => {
    defer((): ObservableInput<unknown> => storage.remove(owner, token)).subscribe({ error: fail });
  };
  /** The send has failed, so a message that is stored after all has to be removed. */
  const forgetLater = (putting$: Observable<never>, token: string): void => {
    putting$.subscribe({ error: () => undefined, complete: () => forget(token) });
  };
  const kept$ = defer(() => storage.load(owner)).pipe(
    take(1),
    defaultIfEmpty([]),
    inTime(clock, timeout, late),
    map((all) => all.flatMap(readable).sort((a, b) => a.sequence - b.sequence)),
    catchError((thrown: unknown) => {
      fail(thrown);
      return of([]);
    }),
    map((all) => {
      last = Math.max(last, all.at(-1)?.sequence ?? 0);
      return all;
    }),
  );
  return [
    {
      put: ({ message }) =>
        defer(() => {
          last += 1;
          const putting = new Subject<never>();
          defer(() => storage.put(owner, { ...message, sequence: last }))
            .pipe(ignoreElements())
            .subscribe(putting);
          return putting.pipe(
            endWith(undefined),
            inTime(clock, timeout, late),
            catchError((thrown: unknown) => {
              forgetLater(putting, message.token);
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
