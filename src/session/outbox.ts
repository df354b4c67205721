/** Messages on their way out: in order, each with its token, waiting while there is no connection where that is wanted. */
import { Observable, type Subscription } from 'rxjs';
import type { AckSent } from '../../codecs/index.js';
import type * as t from 'io-ts';
import type { Clock } from '../clock.js';
import { ConnectionLost, OutboxFull, Unconfirmed, toRealtimeError, type RealtimeError } from '../errors.js';

/** Bounds of the outbox. A message over one of them is refused with `OutboxFull`, or expires with `ConnectionLost`. */
export interface OutboxBounds {
  /** Messages that wait at a time. Default 1,000. */
  readonly maxMessages?: number;
  /** Bytes of bodies that wait at a time. Default 1 MiB. */
  readonly maxBytes?: number;
  /** How long a message may wait, ms. Default: for ever. */
  readonly maxAge?: number;
}

export type Ack = t.TypeOf<typeof AckSent>;

/** A message to send. */
interface OutboxEntry {
  readonly bytes: number;
  /** Cold: writes the message, emits its acknowledgement. Repeating it can't double the message, since its token stays the same. */
  readonly write$: Observable<Ack>;
}

export interface OutboxOptions {
  readonly bounds: OutboxBounds;
  /** Whether messages can be written now: the session is open, and what was missed has been fetched. Errors for good when the client is closed. */
  readonly ready$: Observable<boolean>;
  readonly clock: Clock;
}

export interface Outbox {
  /**
   * Cold: takes the message, emits its acknowledgement, completes. Errors at once with `OutboxFull`; with `ConnectionLost` when it has waited too long; with
   * what the server refused it for. Unsubscribing withdraws a message that has not been written.
   */
  send(entry: OutboxEntry): Observable<Ack>;
}

interface Waiting extends OutboxEntry {
  readonly succeed: (ack: Ack) => void;
  readonly fail: (error: RealtimeError) => void;
  /** Where it is on its way. */
  written: Subscription | undefined;
  /** It was written, and nobody knows whether it has arrived. */
  isUncertain: boolean;
}

/** Whether it may be sent again: nobody knows that it arrived, or it did not. */
const isRepeatable = ({ _tag }: RealtimeError): boolean => _tag === 'ConnectionLost' || _tag === 'Unconfirmed';

/** The outbox, and its subscription to `ready$` for whoever owns the client. */
export const createOutbox = ({ bounds, ready$, clock }: OutboxOptions): readonly [Outbox, Subscription] => {
  const { maxMessages = 1_000, maxBytes = 1_048_576, maxAge } = bounds;
  /** In the order in which they were sent; a message leaves with its acknowledgement. */
  const entries = new Set<Waiting>();
  let bytes = 0;
  let ready = false;
  /** Why nothing will ever be written again. */
  let over: RealtimeError | undefined;

  const write = (entry: Waiting): void => {
    entry.written = entry.write$.subscribe({
      next: (ack) => {
        entry.succeed(ack);
      },
      error: (thrown: unknown) => {
        const error = toRealtimeError(thrown);
        entry.written = undefined;
        if (error._tag === 'Unconfirmed') entry.isUncertain = true;
        if (isRepeatable(error)) return;
        // Who is refused now may have been let in before.
        entry.fail(entry.isUncertain ? new Unconfirmed('direct', { cause: error }) : error);
      },
    });
  };

  const connection = ready$.subscribe({
    next: (now) => {
      ready = now;
      if (now) for (const entry of entries) if (entry.written === undefined) write(entry);
    },
    error: (thrown: unknown) => {
      over = toRealtimeError(thrown);
      for (const entry of [...entries]) entry.fail(over);
    },
  });

  const refusal = (entry: OutboxEntry): RealtimeError | undefined => {
    if (over !== undefined) return over;
    if (entries.size >= maxMessages) return new OutboxFull(`${String(maxMessages)} messages`);
    return bytes + entry.bytes > maxBytes ? new OutboxFull(`${String(maxBytes)} bytes`) : undefined;
  };

  return [
    {
      send: (entry) =>
        new Observable<Ack>((subscriber) => {
          const refused = refusal(entry);
          if (refused !== undefined) {
            subscriber.error(refused);
            return;
          }
          const waiting: Waiting = {
            ...entry,
            succeed: (ack) => {
              subscriber.next(ack);
              subscriber.complete();
            },
            fail: (error) => {
              subscriber.error(error);
            },
            written: undefined,
            isUncertain: false,
          };
          entries.add(waiting);
          bytes += entry.bytes;
          subscriber.add(() => {
            waiting.written?.unsubscribe();
            entries.delete(waiting);
            bytes -= entry.bytes;
          });
          if (maxAge !== undefined) {
            subscriber.add(
              clock.after(maxAge).subscribe(() => {
                waiting.fail(new ConnectionLost(`the message has waited ${String(maxAge)} ms in the outbox`));
              }),
            );
          }
          if (ready) write(waiting);
        }),
    },
    connection,
  ];
};
