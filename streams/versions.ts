import { dequal } from 'dequal';
import { distinctUntilChanged, filter, scan, type OperatorFunction } from 'rxjs';
import type { ClientEvent, Message } from './events.js';
import { SharedMap } from './shared-map.js';

/**
 * The later of two versions of a message, by the time of the last edit or recall. A version without an edit is the
 * earliest. Of two changes in one millisecond, a recall is the later one; otherwise `b`, which came later.
 */
export const latestVersion = <M extends Message>(a: M, b: M): M => {
  const [before, now] = [a.editedAt ?? 0, b.editedAt ?? 0];
  if (now !== before) return now > before ? b : a;
  return now > 0 && a.body._tag !== 'Recalled' && !dequal(a.body, b.body) ? b : a;
};

/**
 * The current versions of messages, by id. Edits and recalls of the log are applied, whether they arrive before the
 * message, after it, or twice. An edit of a message that is not in the log adds that message.
 *
 * Emits a new immutable map for each change; the maps share what is the same. Hot or cold, errors and completion as the
 * log. It keeps every message that it has seen: use it for a part of a log that ends.
 *
 * @example
 * conversation.events$.pipe(take(100), versions(), last()).subscribe((messages) => render([...messages.values()]));
 */
export const versions = (): OperatorFunction<ClientEvent, ReadonlyMap<string, Message>> => (log$) =>
  log$.pipe(
    scan((known, event) => {
      if (event._tag !== 'Message' && event._tag !== 'Edit' && event._tag !== 'Recall') return known;
      const { message } = event;
      const before = known.get(message.id);
      const latest = before === undefined ? message : latestVersion(before, message);
      return known.with(message.id, latest);
    }, SharedMap.of<Message>()),
    distinctUntilChanged(),
    filter(({ size }) => size > 0),
  );
