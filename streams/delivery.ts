import { concat, concatMap, defer, endWith, from, ignoreElements, type MonoTypeOperatorFunction, type ObservableInput } from 'rxjs';
import type { Position } from './events.js';

/** What has a position: the entries of a conversation's log. */
interface Placed {
  readonly position: Position;
}

/** Stores a position; it is stored when this completes. */
export type SavePosition = (position: Position) => ObservableInput<unknown>;

/**
 * At most once: the position is stored before its entry is emitted. Who crashes goes on behind the entries that he has been given, and misses the one that he was at. One entry after the other; those that come
 * meanwhile wait in memory. Errors with what `save` errors with; completes when everything has been emitted.
 *
 * @example
 * conversation.log$({ since: load() }).pipe(atMostOnce((position) => store(position))).subscribe(notify);
 */
export const atMostOnce = <E extends Placed>(save: SavePosition): MonoTypeOperatorFunction<E> =>
  concatMap((entry) => defer(() => from(save(entry.position))).pipe(ignoreElements(), endWith(entry)));

/**
 * At least once: an entry is handled by `project`, and its position stored when that has completed. Who crashes goes on with the entry that he was at, and may be given it twice, so that handling it twice has to be harmless. One entry
 * after the other; those that come meanwhile wait in memory. Emits each entry when it is handled and its position stored; errors with what either errors with.
 *
 * @example
 * conversation.log$({ since: load() }).pipe(atLeastOnce({ project: (entry) => archive(entry), commit: (position) => store(position) })).subscribe();
 */
export const atLeastOnce = <E extends Placed>({
  project,
  commit,
}: {
  /** Handles an entry; it is handled when this completes. */
  readonly project: (entry: E) => ObservableInput<unknown>;
  /** Stores how far everything is handled. */
  readonly commit: SavePosition;
}): MonoTypeOperatorFunction<E> =>
  concatMap((entry) =>
    concat(
      defer(() => from(project(entry))),
      defer(() => from(commit(entry.position))),
    ).pipe(ignoreElements(), endWith(entry)),
  );
