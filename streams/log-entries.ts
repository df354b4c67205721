import { Observable } from 'rxjs';
import { comparePositions, type ClientEvent, type ConversationEvent, type Gap, type Position } from './events.js';
import { heldMessages } from './held-messages.js';

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

export interface LogEntriesOptions {
  /** Where to start. */
  readonly since: Position;
  /** Cold: what is missing between `since` and what is live, in order; completes when it is all there. Has to be retried by itself; never errors. Without it everything that is live counts, whatever its time. */
  readonly missing$?: Observable<ConversationEvent>;
}

/** So many of the newest messages are remembered: one that comes late, behind a later one, is told from one that has come. */
const LATE = 256;
const BEGINNING: Position = { timestamp: 0, id: '' };

/** What a log has had: where it is, and whether a message is new to it. */
const createCursor = (since: Position, beginning: Position) => {
  let position = since;
  /** All up to here has come, or never will. */
  let floor = beginning;
  const recent: Position[] = [];
  let next = 0;
  return {
    position: () => position,
    /** Mostly a comparison; what is behind the position is looked for among the newest. */
    has: (message: Position): boolean =>
      comparePositions(message, position) <= 0 && (comparePositions(message, floor) <= 0 || recent.some(({ id }) => id === message.id)),
    /** What is declared missing stays so, where something newer has come. */
    leaveOut: ({ to }: Gap): void => {
      const end: Position = { timestamp: to, id: '' };
      if (comparePositions(end, floor) > 0) floor = end;
    },
    /** Moves the position, which never goes back. */
    reach: ({ timestamp, id }: Position): void => {
      const reached: Position = { timestamp, id };
      const forgotten = recent[next];
      if (forgotten !== undefined && comparePositions(forgotten, floor) > 0) floor = forgotten;
      recent[next] = reached;
      next = (next + 1) % LATE;
      if (comparePositions(reached, position) > 0) position = reached;
    },
  };
};

/**
 * The ordered log of a conversation from a position on. Cold. Listens to what is live first, then brings what is missing, then what has come meanwhile, then what is live: in order, each message once. The position of
 * each entry is moved before it is emitted. A message that comes late, behind a later one, is emitted late rather than not at all, but where a gap has declared it missing. What waits in between is held in memory, as long as the missing takes.
 *
 * Completes with the live events, errors as they do; what waits for the missing then is not emitted, since it would stand behind a hole: whoever goes on from the last position gets it.
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
      const cursor = createCursor(since, missing$ === undefined ? BEGINNING : since);
      /** What is live, as it came, until the missing is there. */
      let held: LogEvent[] | undefined = missing$ === undefined ? undefined : [];
      const messages = heldMessages();

      /** Edits and others have no place of their own: they are told as they come. Of what has been brought there is no gap. */
      const rest = (event: LogEvent): LogEvent | undefined => {
        if (event._tag === 'Message') return !event.message.transient && cursor.has(event.message) ? undefined : event;
        if (event._tag !== 'Gap') return event;
        const position = cursor.position();
        if (event.to <= position.timestamp) return undefined;
        return comparePositions(event.from, position) < 0 ? { ...event, from: position } : event;
      };

      const emit = (event: LogEvent): void => {
        const wanted = rest(event);
        if (wanted === undefined) return;
        if (wanted._tag === 'Message' && !wanted.message.transient) cursor.reach(wanted.message);
        if (wanted._tag === 'Gap') cursor.leaveOut(wanted);
        subscriber.next({ position: cursor.position(), ...wanted });
      };

      subscriber.add(
        live$.subscribe({
          next: (event) => {
            if (!isLogEvent(event)) return;
            if (held === undefined) emit(event);
            else {
              held.push(event);
              if (event._tag === 'Message') messages.hold(event);
            }
          },
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: () => {
            subscriber.complete();
          },
        }),
      );
      if (missing$ === undefined || subscriber.closed) return;
      subscriber.add(
        missing$.subscribe({
          next: (event) => {
            if (!isLogEvent(event)) return;
            if (event._tag === 'Message') messages.before(event.message).forEach(emit);
            emit(event);
          },
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: () => {
            const waiting = held;
            held = undefined;
            waiting?.forEach(emit);
          },
        }),
      );
    });
