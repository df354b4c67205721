import { Subject, distinctUntilChanged, type Observable, type Subscription } from 'rxjs';
import type { OutgoingBody } from '../codecs/index.js';
import { finish, type Ending } from './ending.js';
import type { ClientEvent, Outgoing } from './events.js';
import { latest } from './latest.js';
import { sizeOf } from './local-file.js';
import { toPending, type Pending } from './timeline.js';

/** A message that is being sent, or waits for a connection. */
export interface OutboxMessage {
  readonly conversationId: string;
  readonly token: string;
  readonly body: OutgoingBody;
  /** When it was sent, ms since 1970, by the clock of the client. */
  readonly at: number;
}

/** The own messages that are not stored yet: those that are being sent, and those that have failed. */
export interface OutgoingState {
  /** How many are being sent. */
  readonly size: () => number;
  /** The newest entry of the log about a message that is being sent or has failed. */
  readonly get: (token: string) => Outgoing | undefined;
  /** Those of one conversation, in the order of sending. A message that is sent again keeps its place. */
  readonly of: (conversationId: string) => readonly Pending[];
  /**
   * Hot, replays an immutable map of the messages that are being sent, by token, in the order of sending. Emits a new
   * map at the end of a turn in which something changed; with thousands of messages it emits less often. Completes
   * with the log. Errors as the log does.
   */
  readonly outbox$: Observable<ReadonlyMap<string, OutboxMessage>>;
}

/** How many failed messages are kept, and how many bytes of their files. */
const FAILED = 1_000;
const FAILED_BYTES = 64 * 1_048_576;

/** How many entries of a map may be copied in a millisecond. */
const COPIED = 200;

/** The time until a list of this size may be copied again, ms: copying takes a small part of the time. */
export const pauseFor = (size: number): number => Math.floor(size / COPIED);

interface Entry {
  readonly event: Outgoing;
  /** The place among all messages of the client. */
  readonly place: number;
  /** What `outbox$` shows of it. Made for the first map: mostly nobody watches. */
  shown: OutboxMessage | undefined;
}

/**
 * Reduces a log to the own messages that are not stored yet. An entry of the log costs the same however many there
 * are: a map is made only for subscribers of `outbox$`, and at most once a turn. `after` emits after so many
 * milliseconds. Of the failed messages, the latest 1,000 are kept; of those whose file is not stored, as many as have
 * 64 MiB together, and the latest one.
 *
 * Subscribes to the log at once. The second result is that subscription; the owner of the log ends it.
 *
 * @example
 * const [{ outbox$ }] = outgoing(log$, timer);
 * outbox$.subscribe((waiting) => badge.set(waiting.size));
 */
export const outgoing = (
  log$: Observable<ClientEvent>,
  after: (ms: number) => Observable<unknown>,
): readonly [OutgoingState, Subscription] => {
  /** By token, in the order of sending. */
  const entries = new Map<string, Entry>();
  /** With the size of the file that is not stored, bytes. */
  const failed = new Map<string, number>();
  let failedBytes = 0;
  const changed = new Subject<void>();
  let places = 0;
  let size = 0;
  let snapshot: ReadonlyMap<string, OutboxMessage> | undefined;
  let isDirty = false;
  let ended: Ending | undefined;

  const count = ({ progress, body }: Outgoing, more: number): void => {
    if (progress._tag === 'failed' || body._tag === 'Upload') return;
    size += more;
    snapshot = undefined;
  };

  const remove = (token: string): void => {
    const entry = entries.get(token);
    if (entry === undefined) return;
    entries.delete(token);
    count(entry.event, -1);
    failedBytes -= failed.get(token) ?? 0;
    failed.delete(token);
  };

  const put = (event: Outgoing): void => {
    const { token, body, progress } = event;
    const place = entries.get(token)?.place ?? (places += 1);
    remove(token);
    entries.set(token, { event, place, shown: undefined });
    count(event, 1);
    if (progress._tag !== 'failed') return;
    const bytes = body._tag === 'Upload' ? sizeOf(body.file.data) : 0;
    failed.set(token, bytes);
    failedBytes += bytes;
    for (const [oldest, its] of failed) {
      if (failed.size <= FAILED && failedBytes <= FAILED_BYTES) break;
      if (oldest !== token && (its > 0 || failed.size > FAILED)) remove(oldest);
    }
  };

  const flush = (): void => {
    if (!isDirty) return;
    isDirty = false;
    changed.next();
  };

  const take = (event: ClientEvent): void => {
    if (event._tag !== 'Outgoing') return;
    const { token, progress } = event;
    if (progress._tag === 'sent' || (progress._tag === 'failed' && progress.error === undefined)) remove(token);
    else put(event);
    // Who watches has the last map, so there is one if nothing has changed.
    if (snapshot !== undefined || isDirty || !changed.observed) return;
    isDirty = true;
    after(pauseFor(size)).subscribe(flush);
  };

  const end = (how: Ending): void => {
    if (ended !== undefined) return;
    flush();
    ended = how;
    finish(changed, how);
  };
  const connection = log$.subscribe({
    next: (event) => {
      try {
        if (ended === undefined) take(event);
      } catch (error) {
        end({ error });
        connection.unsubscribe();
      }
    },
    error: (error: unknown) => {
      end({ error });
    },
    complete: () => {
      end({});
    },
  });

  const shown = (): ReadonlyMap<string, OutboxMessage> => {
    const all = new Map<string, OutboxMessage>();
    for (const [token, entry] of entries) {
      const { conversationId, body, at, progress } = entry.event;
      if (progress._tag !== 'failed' && body._tag !== 'Upload')
        all.set(token, (entry.shown ??= { conversationId, token, body, at }));
    }
    return all;
  };

  const outbox$ = latest(
    changed,
    () => ended,
    () => (snapshot ??= shown()),
  ).pipe(distinctUntilChanged());

  return [
    {
      size: () => size,
      get: (token) => entries.get(token)?.event,
      of: (id) =>
        [...entries.values()]
          .filter(({ event }) => event.conversationId === id)
          .sort((a, b) => a.place - b.place)
          .map(({ event }) => toPending(event)),
      outbox$,
    },
    connection,
  ];
};
