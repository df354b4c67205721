import {
  concat,
  concatMap,
  defer,
  endWith,
  from,
  ignoreElements,
  type MonoTypeOperatorFunction,
  type ObservableInput,
} from 'rxjs';
import type { Position } from './events.js';

/** An item with a position, for example an entry of the log of a conversation. */
interface Placed {
  readonly position: Position;
}

/** Stores a position. The position is stored when the result completes. */
export type SavePosition = (position: Position) => ObservableInput<unknown>;

/**
 * At most once: stores the position of an entry, then emits the entry. After a crash the log continues after the
 * stored position, so the entry that was being handled is lost. Handles one entry at a time; later ones wait in
 * memory. Errors with the source or `save`. Completes when all entries have been emitted.
 *
 * @example
 * conversation.log$({ since: load() }).pipe(atMostOnce((position) => store(position))).subscribe(notify);
 */
export const atMostOnce = <E extends Placed>(save: SavePosition): MonoTypeOperatorFunction<E> =>
  concatMap((entry) => defer(() => from(save(entry.position))).pipe(ignoreElements(), endWith(entry)));

/**
 * At least once: handles an entry with `project`, then stores its position, then emits the entry. After a crash the
 * log continues with the entry that was being handled, so it may be handled twice: handling it twice must do no harm.
 * Handles one entry at a time; later ones wait in memory. Errors with the source, `project` or `commit`. Completes
 * when all entries have been emitted.
 *
 * @example
 * conversation
 *   .log$({ since: load() })
 *   .pipe(atLeastOnce({ project: (entry) => archive(entry), commit: (position) => store(position) }))
 *   .subscribe();
 */
export const atLeastOnce = <E extends Placed>({
  project,
  commit,
}: {
  /** Handles an entry. The entry is handled when the result completes. */
  readonly project: (entry: E) => ObservableInput<unknown>;
  /** Stores the position up to which everything is handled. */
  readonly commit: SavePosition;
}): MonoTypeOperatorFunction<E> =>
  concatMap((entry) =>
    concat(
      defer(() => from(project(entry))),
      defer(() => from(commit(entry.position))),
    ).pipe(ignoreElements(), endWith(entry)),
  );
