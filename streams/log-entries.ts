import { Observable } from 'rxjs';
import { comparePositions, type ClientEvent, type ConversationEvent, type Gap, type Position } from './events.js';
import { heldMessages } from './held-messages.js';

/** The entries of a conversation's log. */
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

/**
 * A position in a conversation's log. Servers may give several messages the same time, and they may come in any
 * order: so it names each message of its millisecond that the log has emitted.
 */
export interface LogPosition extends Position {
  /** The other messages of the same millisecond that the log has emitted, by id. Missing if there are none. */
  readonly also?: readonly string[];
}

/**
 * An entry of a conversation's log, with the position after it: give it as `since` to continue there. Only messages
 * move the position. So a log that continues at a gap emits the messages of the gap that can be fetched by then, or
 * the gap again.
 */
export type LogEntry = LogEvent & { readonly position: LogPosition };

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
  /** The position to start from. */
  readonly since: LogPosition;
  /**
   * Cold: the messages between `since` and the live entries, in order; completes after all of them. It must retry by
   * itself and never error. Without it, all live entries are emitted, whatever their time.
   */
  readonly missing$?: Observable<ConversationEvent>;
}

/** How many of the newest messages are remembered, to tell a late message from a repeated one. */
const LATE = 256;
/** The same, if they all have the time of the position. */
const SAME_TIME = 4_096;
/** How many messages of its millisecond a position names. */
const NAMED = 256;

/** The progress of a log: its position, and whether a message is new. */
const createCursor = ({ also = [], ...since }: LogPosition, isFetched: boolean) => {
  let position: LogPosition = also.length === 0 ? since : { ...since, also };
  /** All messages up to here have been emitted, or never will be. */
  let floor: Position = { timestamp: isFetched ? since.timestamp : 0, id: '' };
  /** The newest messages, with their times, in the order in which they were emitted. */
  const recent = new Map(isFetched ? [since.id, ...also].map((id) => [id, since.timestamp]) : []);

  const forget = (): void => {
    const [oldest] = recent;
    if (oldest === undefined) return;
    const [id, timestamp] = oldest;
    if (recent.size <= (timestamp === position.timestamp ? SAME_TIME : LATE)) return;
    recent.delete(id);
    if (comparePositions({ timestamp, id }, floor) > 0) floor = { timestamp, id };
  };

  return {
    position: () => position,
    /** Usually one comparison. A message before the position is looked up among the newest ones. */
    has: (message: Position): boolean =>
      comparePositions(message, position) <= 0 && (comparePositions(message, floor) <= 0 || recent.has(message.id)),
    /** Messages that lie in a gap stay missing if a newer message has been emitted. */
    leaveOut: ({ to }: Gap): void => {
      const end: Position = { timestamp: to, id: '' };
      if (comparePositions(end, floor) > 0) floor = end;
    },
    /** Moves the position. It never goes back. */
    reach: ({ timestamp, id }: Position): void => {
      recent.set(id, timestamp);
      forget();
      const { timestamp: at, id: last, also: others = [] } = position;
      if (timestamp > at) position = { timestamp, id };
      else if (timestamp === at && id !== last)
        position = {
          timestamp,
          id: id > last ? id : last,
          also: [...(last === '' ? [] : [id > last ? last : id]), ...others].slice(0, NAMED),
        };
    },
  };
};

/**
 * The ordered log of a conversation from a position. Cold. It listens to live entries first. Then it emits the
 * missing messages, then the entries that arrived meanwhile, then live ones: in order, each message once. The
 * position moves before an entry is emitted.
 *
 * A message that arrives after a later one is emitted late, unless it lies in a gap. Waiting entries are kept in
 * memory until the missing ones have arrived.
 *
 * Completes and errors with the live events. Entries that still wait for missing ones are then not emitted: a log
 * that continues from the last position emits them.
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
      const cursor = createCursor(since, missing$ !== undefined);
      /** Live entries, in the order of arrival, that wait until the missing ones have arrived. */
      let held: LogEvent[] | undefined = missing$ === undefined ? undefined : [];
      const messages = heldMessages();

      /** Edits and notices have no position and are emitted as they arrive. Fetched messages leave no gap. */
      const rest = (event: LogEvent): LogEvent | undefined => {
        if (event._tag === 'Message') return !event.message.transient && cursor.has(event.message) ? undefined : event;
        if (event._tag !== 'Gap') return event;
        const position = cursor.position();
        if (comparePositions(event.from, position) >= 0) return event;
        return event.to <= position.timestamp ? undefined : { ...event, from: position };
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
