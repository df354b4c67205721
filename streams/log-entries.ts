import { Observable } from 'rxjs';
import { comparePositions, type ClientEvent, type ConversationEvent, type Position } from './events.js';

/** What the ordered truth of a conversation is made of. */
export type LogEvent = Extract<
  ConversationEvent,
  {
    readonly _tag:
      | 'Message'
      | 'Edit'
      | 'Recall'
      | 'Gap'
      | 'Attributes'
      | 'Joined'
      | 'Left'
      | 'Silenced'
      | 'Unsilenced'
      | 'Blocked'
      | 'Unblocked'
      | 'RoleChanged';
  }
>;

/** An entry of a conversation's log, with the position that is reached with it: where `log$({ since })` goes on. Only messages move it: who goes on at a gap is given what can be had of it by then, or the gap again. */
export type LogEntry = LogEvent & { readonly position: Position };

const TAGS: ReadonlySet<ClientEvent['_tag']> = new Set<LogEvent['_tag']>([
  'Message',
  'Edit',
  'Recall',
  'Gap',
  'Attributes',
  'Joined',
  'Left',
  'Silenced',
  'Unsilenced',
  'Blocked',
  'Unblocked',
  'RoleChanged',
]);

const isLogEvent = (event: ClientEvent): event is LogEvent => TAGS.has(event._tag);

/** Where a log is after an event: it never goes back. */
const reachedWith = (before: Position, event: LogEvent): Position => {
  if (event._tag !== 'Message' || event.message.transient) return before;
  const { timestamp, id } = event.message;
  return comparePositions(event.message, before) > 0 ? { timestamp, id } : before;
};

export interface LogEntriesOptions {
  /** Where to start: everything later is wanted. */
  readonly since: Position;
  /** Cold: what is missing between `since` and what is live, in order; completes when it is all there. Has to be retried by itself; never errors. */
  readonly missing$: Observable<ConversationEvent>;
}

/**
 * The ordered log of a conversation from a position on. Cold. Listens to what is live first, then brings what is missing, then what has come meanwhile, then what is live: in order, each message once. The position of
 * each entry is moved before it is emitted. What waits in between is held in memory, as long as the missing takes. Completes with the live events, errors as they do.
 *
 * ```
 * live:     ---4-----5--|
 * missing:  --(23)-4|
 * result:   --(23)-4-5--|      (4 comes once)
 * ```
 */
export const logEntries =
  ({ since, missing$ }: LogEntriesOptions) =>
  (live$: Observable<ConversationEvent>): Observable<LogEntry> =>
    new Observable((subscriber) => {
      let position = since;
      let held: LogEvent[] | undefined = [];
      let isLiveOver = false;

      const emit = (event: LogEvent): void => {
        position = reachedWith(position, event);
        subscriber.next({ ...event, position });
      };

      /** What has been brought has come already, and may come live once more: the session catches up, too. Edits and others have no place of their own: they are told as they come. */
      const isNew = (event: LogEvent): boolean =>
        event._tag !== 'Message' || event.message.transient || comparePositions(event.message, position) > 0;

      const release = (): void => {
        const waiting = held ?? [];
        held = undefined;
        for (const event of waiting) if (isNew(event)) emit(event);
        if (isLiveOver) subscriber.complete();
      };

      subscriber.add(
        live$.subscribe({
          next: (event) => {
            if (!isLogEvent(event)) return;
            if (held !== undefined) held.push(event);
            else if (isNew(event)) emit(event);
          },
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: () => {
            isLiveOver = true;
            if (held === undefined) subscriber.complete();
          },
        }),
      );
      subscriber.add(
        missing$.subscribe({
          next: (event) => {
            if (isLogEvent(event) && isNew(event)) emit(event);
          },
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: release,
        }),
      );
    });
