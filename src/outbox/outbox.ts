/** The outbox: messages wait in it while there is no connection, and are sent in order, each with its token. */
import { EMPTY, Subject, Subscription, catchError, concat, defer, ignoreElements, tap, type Observable } from 'rxjs';
import type { AckSent } from '../../codecs/index.js';
import { concatMapByKey } from '../../streams/index.js';
import type { Clock } from '../clock.js';
import type { Reply } from '../connection/connection.js';
import { runToCompletion } from '../connection/run-to-completion.js';
import { deadlines } from '../deadlines.js';
import { ConnectionLost, OutboxFull, Unconfirmed, toRealtimeError, type RealtimeError } from '../errors.js';
import type { OutboxStorage } from './outbox-storage.js';

/**
 * Options of `createOutbox`: its bounds and its storage. A message over `maxMessages` or `maxBytes` is refused with
 * `OutboxFull`.
 */
export interface OutboxOptions {
  /** How many messages may wait. Default 1,000. */
  readonly maxMessages?: number;
  /** How many bytes the bodies of the waiting messages may have. Default 1 MiB. */
  readonly maxBytes?: number;
  /**
   * How long a message may wait, ms; then its send fails with `ConnectionLost`. Default: without limit. With a
   * storage, the age is measured by wall-clock time and across restarts.
   */
  readonly maxAge?: number;
  /** Stores the waiting messages beyond a reload or the end of the process. Default: they are in memory only. */
  readonly storage?: OutboxStorage;
}

export type Ack = AckSent;

/** A message to send. */
export interface OutboxEntry {
  readonly conversationId: string;
  readonly bytes: number;
  /**
   * Writes the message, and waits for its acknowledgement without a time limit. Its token stays the same, so a
   * repetition can't double it. Returns a function that stops waiting.
   */
  readonly write: (reply: Reply<Ack>) => () => void;
  /** The age of a message that an earlier client accepted, ms. It is stored already and waits only for its turn. */
  readonly age?: number;
}

/** Stores the messages beyond the life of the client. */
export interface Keeper<E extends OutboxEntry> {
  /** Cold: stores a message. Completes when it is stored; errors if it can't be stored. */
  readonly put: (entry: E) => Observable<unknown>;
  /** Removes a message. */
  readonly remove: (entry: E) => void;
}

/** Stores nothing: the messages are in memory as long as the client lives. */
const forgetful: Keeper<OutboxEntry> = { put: () => EMPTY, remove: () => undefined };

export interface QueueOptions<E extends OutboxEntry> {
  readonly bounds: Omit<OutboxOptions, 'storage'>;
  /**
   * Whether messages can be written: the session is open, and missed messages have been fetched. Errors when the
   * client is closed.
   */
  readonly ready$: Observable<boolean>;
  readonly clock: Clock;
  /** A message without an acknowledgement is written again after this time, ms. */
  readonly patience: number;
  /** Default: nothing is stored. */
  readonly keeper?: Keeper<E>;
}

/** What becomes of a message: it is accepted, then acknowledged; or it fails. */
export interface Outcome extends Reply<Ack> {
  readonly accepted: () => void;
}

export interface OutboxQueue<E extends OutboxEntry = OutboxEntry> {
  /**
   * Puts a message into the outbox. The end of `until` withdraws a message that has not been written. The caller ends
   * it, too, when the message is acknowledged or has failed.
   *
   * Errors: `OutboxFull` at once; `StorageFailed` if it can't be stored; `ConnectionLost` if it has waited too long;
   * the error of the server if that refuses it.
   */
  send(entry: E, outcome: Outcome, until: Subscription): void;
}

interface Waiting<E> extends Reply<Ack> {
  readonly entry: E;
  /** Ends each of its writes. Undefined while it is not being written. */
  writes: (() => void)[] | undefined;
  /** It was written, and it is unknown whether it has arrived. */
  isUncertain: boolean;
  /** Its time ended while an acknowledgement was awaited: it is not written again. */
  isExpired: boolean;
}

/** Whether the message may be sent again: it did not arrive, or that is unknown. */
const isRepeatable = ({ _tag }: RealtimeError): boolean => _tag === 'ConnectionLost' || _tag === 'Unconfirmed';

/**
 * Creates the queue of an outbox. Returns three things:
 *
 * - the queue;
 * - its subscription to `ready$`, which the owner of the client ends;
 * - with a keeper: a function for the messages that were stored before. It takes an Observable that sends them with
 *   their age and never errors. New messages wait until it emits, so that the stored ones are sent first.
 */
export const outboxQueue = <E extends OutboxEntry>({
  bounds,
  ready$,
  clock,
  patience,
  keeper = forgetful,
}: QueueOptions<E>): readonly [OutboxQueue<E>, Subscription, (restored$: Observable<unknown>) => void] => {
  const { maxMessages = 1_000, maxBytes = 1_048_576, maxAge } = bounds;
  /** The accepted messages, in order. A message leaves with its acknowledgement. */
  const entries = new Set<Waiting<E>>();
  /** Messages that take up room: the accepted ones and those that are being stored. */
  let count = 0;
  let bytes = 0;
  let ready = false;
  /** The error of a closed client: nothing is written any more. */
  let over: RealtimeError | undefined;

  const expired = (): RealtimeError => new ConnectionLost(`the message has waited ${String(maxAge)} ms in the outbox`);
  /** A message that may have arrived fails with `Unconfirmed`, whatever the error is. */
  const giveUp = ({ isUncertain, failed }: Waiting<E>, error: RealtimeError): void => {
    failed(isUncertain ? new Unconfirmed('direct', { cause: error }) : error);
  };

  const stop = (waiting: Waiting<E>): void => {
    const { writes } = waiting;
    waiting.writes = undefined;
    unanswered.end(waiting);
    for (const end of writes ?? []) end();
  };

  /** Writes a message, or writes it once more: an acknowledgement of any of its writes counts. */
  const write = (waiting: Waiting<E>): void => {
    const writes = (waiting.writes ??= []);
    const isCurrent = (): boolean => waiting.writes === writes;
    unanswered.begin(waiting);
    const end = waiting.entry.write({
      answered: (ack) => {
        if (!isCurrent()) return;
        // It is sent, whatever its observers do now.
        entries.delete(waiting);
        stop(waiting);
        waiting.answered(ack);
      },
      failed: (error) => {
        if (!isCurrent()) return;
        stop(waiting);
        if (error._tag === 'Unconfirmed') waiting.isUncertain = true;
        // A message that is refused now may have been stored by an earlier write: `giveUp` says so.
        if (!isRepeatable(error)) giveUp(waiting, error);
        else if (waiting.isExpired) giveUp(waiting, expired());
      },
    });
    if (isCurrent()) writes.push(end);
    else end();
  };

  /** The messages that are being written. Without an acknowledgement in time: a dead connection is noticed late. */
  const unanswered = deadlines(clock, patience, (waiting: Waiting<E>) => {
    waiting.isUncertain = true;
    if (waiting.isExpired) giveUp(waiting, expired());
    else write(waiting);
  });

  /** Writes everything that waits, in order. */
  const flush = (): void => {
    if (ready) for (const waiting of entries) if (waiting.writes === undefined) write(waiting);
  };

  const refusal = (entry: E): RealtimeError | undefined => {
    if (over !== undefined) return over;
    if (count >= maxMessages) return new OutboxFull(`${maxMessages} messages`);
    return bytes + entry.bytes > maxBytes ? new OutboxFull(`${maxBytes} bytes`) : undefined;
  };

  /** Appends a message. It is removed at the end of `until`. */
  const enter = (entry: E, reply: Reply<Ack>, until: Subscription): void => {
    const { age = 0 } = entry;
    // An earlier process that accepted the message may have written it.
    const waiting: Waiting<E> = {
      answered: reply.answered,
      failed: reply.failed,
      entry,
      writes: undefined,
      isUncertain: entry.age !== undefined,
      isExpired: false,
    };
    const expire = (): void => {
      waiting.isExpired = true;
      // A message that is being written is decided by its acknowledgement, or by the next repetition.
      if (waiting.writes === undefined) giveUp(waiting, expired());
    };
    if (maxAge !== undefined && age >= maxAge) {
      expire();
      return;
    }
    entries.add(waiting);
    until.add(() => {
      entries.delete(waiting);
      stop(waiting);
    });
    // The wall clock may have been set back: then the age is negative.
    if (maxAge !== undefined) until.add(clock.after(Math.min(maxAge - age, maxAge)).subscribe(expire));
    // The others have been written already, or wait for the next session.
    if (ready) write(waiting);
  };

  /** The error callbacks of messages that are not accepted yet. */
  const asking = new Set<Outcome['failed']>();
  /** Completes when the messages that were stored before are in the outbox. */
  const restored = new Subject<never>();
  /**
   * Messages to store. Those of one conversation are stored one after the other. So they enter the outbox in the
   * order in which they were sent, whatever the order of the storage's answers.
   */
  const keeping = new Subject<{ readonly conversationId: string; readonly kept$: Observable<never> }>();
  keeping
    .pipe(
      concatMapByKey(
        ({ conversationId }) => conversationId,
        ({ kept$ }) => ({ later: concat(restored, kept$) }),
      ),
    )
    .subscribe();

  const connection = new Subscription(unanswered.clear);
  connection.add(
    ready$.subscribe({
      next: (now) => {
        ready = now;
        flush();
      },
      error: (thrown: unknown) => {
        const error = toRealtimeError(thrown);
        over = error;
        for (const refuse of [...asking]) refuse(error);
        for (const { failed } of [...entries]) failed(error);
      },
    }),
  );

  /** A message that is sent while another one is being accepted comes after it. */
  const accepting = runToCompletion((accept: () => void) => {
    accept();
  });

  return [
    {
      send: (entry, { accepted, answered, failed }, until) => {
        let isKept = false;
        const refused = entry.age === undefined ? refusal(entry) : over;
        if (refused !== undefined) {
          failed(refused);
          return;
        }
        count += 1;
        bytes += entry.bytes;
        const place = new Subscription(() => {
          count -= 1;
          bytes -= entry.bytes;
          asking.delete(fail);
          if (isKept) keeper.remove(entry);
        });
        const fail = (error: RealtimeError): void => {
          // An accepted message outlives a closed client: the next login sends it.
          if (error === over) isKept = false;
          // Who hears of it may send the message again at once, with the same token.
          place.unsubscribe();
          failed(error);
        };
        asking.add(fail);
        until.add(place);
        const reply: Reply<Ack> = { answered, failed: fail };
        const isWithdrawn = (): boolean => until.closed;
        const accept = (): void => {
          if (isWithdrawn()) return;
          asking.delete(fail);
          isKept = true;
          accepted();
          // Its observer may have withdrawn it, or closed the client.
          if (isWithdrawn()) return;
          if (over === undefined) enter(entry, reply, until);
          else fail(over);
        };
        if (entry.age !== undefined || keeper === forgetful) {
          accepting(accept);
          return;
        }
        const kept$ = defer(() =>
          isWithdrawn()
            ? EMPTY
            : keeper.put(entry).pipe(
                ignoreElements(),
                tap({
                  complete: () => {
                    // The message was withdrawn, or the client was closed, while the message was being stored.
                    if (isWithdrawn()) keeper.remove(entry);
                    else accept();
                  },
                }),
                catchError((thrown: unknown) => {
                  fail(toRealtimeError(thrown));
                  return EMPTY;
                }),
              ),
        );
        keeping.next({ conversationId: entry.conversationId, kept$ });
      },
    },
    connection,
    (restored$) => {
      connection.add(
        restored$.subscribe(() => {
          restored.complete();
        }),
      );
    },
  ];
};
