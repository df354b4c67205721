/** An outbox that is kept in a storage. */
import { either as E } from 'fp-ts';
import { catchError, defer, from, ignoreElements, map, of, take, throwError, defaultIfEmpty, type Observable } from 'rxjs';
import { decodeFailed } from '../../codecs/index.js';
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
  /** Hears of what could not be read or forgotten. */
  readonly report: (error: RealtimeError) => void;
}

const failure = (thrown: unknown): StorageFailed =>
  new StorageFailed(thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });

/** Whose messages they are, as one text. */
export const ownerOf = (appId: string, clientId: string): string => [appId, clientId].map(encodeURIComponent).join('/');

/** The keeper, and what was kept before: cold, in order, emitted once; what can't be read is told and passed over. */
export const storageKeeper = ({
  storage,
  owner,
  report,
}: StorageKeeperOptions): readonly [Keeper<KeptEntry>, Observable<readonly StoredSend[]>] => {
  let last = 0;
  const readable = (kept: unknown): readonly StoredSend[] => {
    const decoded = StoredSend.decode(kept);
    if (E.isRight(decoded)) return [decoded.right];
    report(decodeFailed(decoded.left));
    return [];
  };
  const kept$ = defer(() => storage.load(owner)).pipe(
    take(1),
    defaultIfEmpty([]),
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
          return storage.put(owner, { ...message, sequence: last });
        }).pipe(
          ignoreElements(),
          catchError((thrown: unknown) => throwError(() => failure(thrown))),
        ),
      remove: ({ message: { token } }) => {
        defer(() => from(storage.remove(owner, token))).subscribe({
          error: (thrown: unknown) => {
            report(failure(thrown));
          },
        });
      },
    },
    kept$,
  ];
};
