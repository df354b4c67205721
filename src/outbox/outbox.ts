/** Messages on their way out: in order, each with its token, waiting while there is no connection where that is wanted. */
import {
  AsyncSubject,
  EMPTY,
  Observable,
  Subject,
  Subscription,
  catchError,
  concat,
  defer,
  ignoreElements,
  mergeMap,
  repeat,
  startWith,
  take,
  tap,
  throwError,
} from 'rxjs';
import type { AckSent } from '../../codecs/index.js';
import { concatMapByKey } from '../../streams/index.js';
import type { Clock } from '../clock.js';
import { ConnectionLost, OutboxFull, Unconfirmed, toRealtimeError, type RealtimeError } from '../errors.js';
import type { OutboxStorage } from './outbox-storage.js';

/** Bounds of the outbox, and what keeps it. A message over one of the bounds is refused with `OutboxFull`, or expires with `ConnectionLost`. */
export interface OutboxBounds {
  /** Messages that wait at a time. Default 1,000. */
  readonly maxMessages?: number;
  /** Bytes of bodies that wait at a time. Default 1 MiB. */
  readonly maxBytes?: number;
  /** How long a message may wait, ms; where it is kept in a storage, by the clock on the wall and across restarts. Default: for ever. */
  readonly maxAge?: number;
  /** Keeps what waits beyond a reload, or the end of the process. Default: nothing does. */
  readonly storage?: OutboxStorage;
}

export type Ack = AckSent;

/** A message to send. */
export interface OutboxEntry {
  readonly conversationId: string;
  readonly bytes: number;
  /** Cold: writes the message, emits its acknowledgement, however long that takes. Repeating it can't double the message, since its token stays the same. */
  readonly write$: Observable<Ack>;
  /** It was accepted before, so long ago, ms: it is kept already, and waits for nothing but its turn. */
  readonly age?: number;
}

/** What keeps messages beyond this client. */
export interface Keeper<E extends OutboxEntry> {
  /** Cold: keeps a message; completes when it is kept, errors where it can't be. */
  readonly put: (entry: E) => Observable<unknown>;
  /** Forgets a message. */
  readonly remove: (entry: E) => void;
}

/** Keeps nothing: what waits is in memory, as long as the client is. */
const forgetful: Keeper<OutboxEntry> = { put: () => EMPTY, remove: () => undefined };

export interface OutboxOptions<E extends OutboxEntry> {
  readonly bounds: Omit<OutboxBounds, 'storage'>;
  /** Whether messages can be written now: the session is open, and what was missed has been fetched. Errors for good when the client is closed. */
  readonly ready$: Observable<boolean>;
  readonly clock: Clock;
  /** What is not answered for so long is written once more, ms. */
  readonly patience: number;
  /** Default: nothing is kept. */
  readonly keeper?: Keeper<E>;
}

/** How far the outbox has come with a message: it is taken, the server has it. */
export type OutboxStep = { readonly _tag: 'Accepted' } | { readonly _tag: 'Acknowledged'; readonly ack: Ack };

export interface Outbox<E extends OutboxEntry = OutboxEntry> {
  /**
   * Cold: takes the message, emits `Accepted` when it is kept, then its acknowledgement, completes. Errors at once with `OutboxFull`; with `StorageFailed` where it can't be kept; with `ConnectionLost` when it has waited too long; with
   * what the server refused it for. Unsubscribing withdraws a message that has not been written.
   */
  send(entry: E): Observable<OutboxStep>;
}

/** Who hears of a message. */
interface Outcome {
  readonly sent: (ack: Ack) => void;
  readonly failed: (error: RealtimeError) => void;
}

interface Waiting<E> extends Outcome {
  readonly entry: E;
  /** Where it is on its way. */
  written: Subscription | undefined;
  /** It was written, and nobody knows whether it has arrived. */
  isUncertain: boolean;
  /** It has waited too long while it was on its way: it is not written again. */
  isExpired: boolean;
}

/** Whether it may be sent again: nobody knows that it arrived, or it did not. */
const isRepeatable = ({ _tag }: RealtimeError): boolean => _tag === 'ConnectionLost' || _tag === 'Unconfirmed';

/** The outbox, its subscription to `ready$` for whoever owns the client, and, where there is a keeper, how what was accepted before comes first: what is sent waits until the given Observable, which sends it with its age, completes. It never errors. */
export const createOutbox = <E extends OutboxEntry>({
  bounds,
  ready$,
  clock,
  patience,
  keeper = forgetful,
}: OutboxOptions<E>): readonly [Outbox<E>, Subscription, (restored$: Observable<unknown>) => void] => {
  const { maxMessages = 1_000, maxBytes = 1_048_576, maxAge } = bounds;
  /** In the order in which they were accepted; a message leaves with its acknowledgement. */
  const entries = new Set<Waiting<E>>();
  /** Of those that wait to be kept, too. */
  let count = 0;
  let bytes = 0;
  let ready = false;
  /** Why nothing will ever be written again. */
  let over: RealtimeError | undefined;

  const expired = (): RealtimeError => new ConnectionLost(`the message has waited ${String(maxAge)} ms in the outbox`);
  /** What may have arrived is never said not to have. */
  const giveUp = ({ isUncertain, failed }: Waiting<E>, error: RealtimeError): void => {
    failed(isUncertain ? new Unconfirmed('direct', { cause: error }) : error);
  };

  /** What is not answered is written once more: the line may be dead, which is noticed later. An answer to any of the writings counts. */
  const writing = (waiting: Waiting<E>): Observable<Ack> =>
    clock.after(patience).pipe(
      repeat(),
      startWith(undefined),
      mergeMap((_, index) => {
        if (index > 0) waiting.isUncertain = true;
        return index > 0 && waiting.isExpired ? throwError(() => expired()) : waiting.entry.write$;
      }),
      take(1),
    );

  const write = (waiting: Waiting<E>): void => {
    waiting.written = writing(waiting).subscribe({
      next: waiting.sent,
      error: (thrown: unknown) => {
        const error = toRealtimeError(thrown);
        if (error._tag === 'Unconfirmed') waiting.isUncertain = true;
        // Who is refused now may have been let in before.
        if (!isRepeatable(error)) giveUp(waiting, error);
        else if (waiting.isExpired) giveUp(waiting, expired());
      },
    });
  };

  const flush = (): void => {
    if (ready) for (const waiting of entries) if (waiting.written?.closed !== false) write(waiting);
  };

  const refusal = (entry: E): RealtimeError | undefined => {
    if (over !== undefined) return over;
    if (count >= maxMessages) return new OutboxFull(`${String(maxMessages)} messages`);
    return bytes + entry.bytes > maxBytes ? new OutboxFull(`${String(maxBytes)} bytes`) : undefined;
  };

  /** Takes up room until it is unsubscribed. */
  const occupy = (entry: E): Subscription => {
    count += 1;
    bytes += entry.bytes;
    return new Subscription(() => {
      count -= 1;
      bytes -= entry.bytes;
    });
  };

  /** Puts a message behind all others; unsubscribing takes it out. */
  const enter = (entry: E, outcome: Outcome): Subscription => {
    const { age = 0 } = entry;
    // What an earlier process had accepted it may have written, too.
    const waiting: Waiting<E> = { ...outcome, entry, written: undefined, isUncertain: entry.age !== undefined, isExpired: false };
    const expire = (): void => {
      waiting.isExpired = true;
      // What is on its way is decided by its answer, which has a time limit of its own.
      if (waiting.written?.closed !== false) giveUp(waiting, expired());
    };
    if (maxAge !== undefined && age >= maxAge) {
      expire();
      return Subscription.EMPTY;
    }
    entries.add(waiting);
    const subscription = new Subscription(() => {
      waiting.written?.unsubscribe();
      entries.delete(waiting);
    });
    // A clock on the wall may have been set back.
    if (maxAge !== undefined) subscription.add(clock.after(Math.min(maxAge - age, maxAge)).subscribe(expire));
    return subscription;
  };

  /** Those that are not accepted yet. */
  const asking = new Set<(error: RealtimeError) => void>();
  /** Completes when what was accepted before has entered. */
  const restored = new AsyncSubject<never>();
  /** What is asked to be kept, of one conversation one after the other: in whatever order a storage answers, they enter in the order in which they were sent. */
  const keeping = new Subject<{ readonly conversationId: string; readonly kept$: Observable<never> }>();
  keeping
    .pipe(
      concatMapByKey(
        ({ conversationId }) => conversationId,
        ({ kept$ }) => ({ later: concat(restored, kept$) }),
      ),
    )
    .subscribe();

  if (keeper === forgetful) restored.complete();

  const connection = new Subscription();
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

  return [
    {
      send: (entry) =>
        new Observable<OutboxStep>((subscriber) => {
          let isKept = false;
          const refuse = (error: RealtimeError): void => {
            subscriber.error(error);
          };
          const refused = entry.age === undefined ? refusal(entry) : over;
          if (refused !== undefined) {
            refuse(refused);
            return;
          }
          subscriber.add(occupy(entry));
          asking.add(refuse);
          subscriber.add(() => {
            asking.delete(refuse);
            if (isKept) keeper.remove(entry);
          });
          const accept = (): void => {
            asking.delete(refuse);
            isKept = true;
            subscriber.next({ _tag: 'Accepted' });
            if (subscriber.closed) return;
            subscriber.add(
              enter(entry, {
                sent: (ack) => {
                  subscriber.next({ _tag: 'Acknowledged', ack });
                  subscriber.complete();
                },
                failed: (error) => {
                  // What was accepted outlives the client: the next login sends it.
                  if (error === over) isKept = false;
                  subscriber.error(error);
                },
              }),
            );
            flush();
          };
          if (entry.age !== undefined) {
            accept();
            return;
          }
          const kept$ = defer(() =>
            subscriber.closed
              ? EMPTY
              : keeper.put(entry).pipe(
                  ignoreElements(),
                  tap({
                    complete: () => {
                      // Withdrawn, or the client was closed, while it was being kept.
                      if (subscriber.closed) keeper.remove(entry);
                      else accept();
                    },
                  }),
                  catchError((thrown: unknown) => {
                    refuse(toRealtimeError(thrown));
                    return EMPTY;
                  }),
                ),
          );
          keeping.next({ conversationId: entry.conversationId, kept$ });
        }),
    },
    connection,
    (restored$) => {
      connection.add(
        restored$.subscribe({
          complete: () => {
            restored.complete();
          },
        }),
      );
    },
  ];
};
