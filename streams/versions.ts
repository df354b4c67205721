import { distinctUntilChanged, filter, scan, type OperatorFunction } from 'rxjs';
import type { ClientEvent, Message } from './events.js';

/** The later of two versions of one message: by the time of the last edit or recall. A message that was never edited is the earliest. */
export const latestVersion = <M extends Message>(a: M, b: M): M => ((b.editedAt ?? 0) > (a.editedAt ?? 0) ? b : a);

/**
 * Messages by id as they are now: edits and recalls of a log applied, whether they come before the message, after it, or twice.
 * Edits of messages that the log never had are among them, since they say all that there is to know.
 *
 * Same temperature, errors and completion as the log; a new immutable map with each change. Keeps every message that has passed: meant for a stretch of a log with an end.
 *
 * @example
 * conversation.events$.pipe(take(100), versions(), last()).subscribe((messages) => render([...messages.values()]));
 */
export const versions = (): OperatorFunction<ClientEvent, ReadonlyMap<string, Message>> => (log$) =>
  log$.pipe(
    scan(
      (known, event) => {
        if (event._tag !== 'Message' && event._tag !== 'Edit' && event._tag !== 'Recall') return known;
        const { message } = event;
        const before = known.get(message.id);
        const latest = before === undefined ? message : latestVersion(before, message);
        return latest === before ? known : new Map(known).set(message.id, latest);
      },
      new Map<string, Message>() as ReadonlyMap<string, Message>,
    ),
    distinctUntilChanged(),
    filter(({ size }) => size > 0),
  );
