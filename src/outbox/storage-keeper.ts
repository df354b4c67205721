/** An outbox that is kept in a storage. */
import {
  AsyncSubject,
  catchError,
  defaultIfEmpty,
  defer,
  endWith,
  from,
  ignoreElements,
  map,
  mergeWith,
  of,
  take,
  throwError,
  type MonoTypeOperatorFunction,
  type Observable,
} from 'rxjs';
import { refusedBy } from '../../codecs/codec.js';
import type { Clock } from '../clock.js';
import { StorageFailed, type RealtimeError } from '../errors.js';
import type { Keeper, OutboxEntry } from './outbox.js';
import { StoredSend, type OutboxStorage } from './outbox-storage.js';

/** A message as it is kept, but for its place. */
type KeptSend = Omit<StoredSend, 'sequence'>;

/** A message of an outbox that is kept. */
export interface KeptEntry extends OutboxEntry {
  readonly message: KeptSend;
}

export interface StorageKeeperOptions {
  readonly storage: OutboxStorage;
  readonly owner: string;
  /** How long the storage may take to keep a message, or to give what it has, ms. */
  readonly timeout: number;
  readonly clock: Clock;
  /** Hears of what could not be read or forgotten. */
  readonly report: (error: RealtimeError) => void;
}

const failure = (thrown: unknown): StorageFailed =>
  thrown instanceof StorageFailed
    ? thrown
    : new StorageFailed(thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });

/** Whose messages they are, as one text. */
export const ownerOf = (appId: string, clientId: string): string => [appId, clientId].map(encodeURIComponent).join('/');

/** The keeper, and what was kept before: cold, in order, emitted once; what can't be read is told and passed over. */
export const storageKeeper = ({
  storage,
  owner,
  timeout,
  clock,
  report,
}: StorageKeeperOptions): readonly [Keeper<KeptEntry>, Observable<readonly StoredSend[]>] => {
  let last = 0;
  const readable = (kept: unknown): readonly StoredSend[] => {
    const decoded = StoredSend.decode(kept);
    if (decoded._tag === 'Right') return [decoded.right];
    report(refusedBy('a stored message', decoded.left, kept));
    return [];
  };
  /** The first value; an error where there is none in time. */
  const inTime =
    <T>(): MonoTypeOperatorFunction<T> =>
    (answer$) =>
      answer$.pipe(
        mergeWith(
          clock.after(timeout).pipe(
            map((): never => {
              throw new StorageFailed(`it did not answer within ${String(timeout)} ms`);
            }),
          ),
        ),
        take(1),
      );
  const forget = (token: string): void => {
    defer(() => from(storage.remove(owner, token))).subscribe({
      error: (thrown: unknown) => {
        report(failure(thrown));
      },
    });
  };
  /** What is kept too late was said not to be. */
  const forgetLater = (putting$: Observable<never>, token: string): void => {
    putting$.subscribe({
      error: () => undefined,
      complete: () => {
        forget(token);
      },
    });
  };
  const kept$ = defer(() => storage.load(owner)).pipe(
    take(1),
    defaultIfEmpty([]),
    inTime(),
    map((all) => all.flatMap(readable).sort((a, b) => a.sequence - b.sequence)),
    catchError((thrown: unknown) => {
      report(failure(thrown));
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
          const putting = new AsyncSubject<never>();
          defer(() => storage.put(owner, { ...message, sequence: last }))
            .pipe(ignoreElements())
            .subscribe(putting);
          return putting.pipe(
            endWith(undefined),
            inTime(),
            catchError((thrown: unknown) => {
              forgetLater(putting, message.token);
              return throwError(() => failure(thrown));
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
