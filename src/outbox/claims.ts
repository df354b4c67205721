/**
 * Claims on stored messages: of all clients that share a storage, one sends a message. A client claims its messages
 * together, as a batch. So whoever takes them over has all of them at once, in order.
 */
import { Observable, ReplaySubject, Subscription, defer, finalize } from 'rxjs';
import type { StoredSend } from './outbox-storage.js';

/** Messages that are claimed together. */
export interface Batch {
  readonly id: string;
  /** Lasts until it is unsubscribed. */
  readonly claim: Subscription;
  /** Replays the latest answer: `true` if this client has it, `false` while another one has it. */
  readonly isMine$: Observable<boolean>;
  /** How many messages this client has in the storage, or is storing. */
  size: number;
  /** How many of them are being stored or removed: the claim outlives the client for them. */
  busy: number;
}

/** The claims of one client. */
export interface Claims {
  /** The batches that were asked for, by id. */
  readonly batches: Map<string, Batch>;
  /** Asks for a batch. */
  readonly ask: (id: string) => Batch;
  /** Adds a message to the current batch, or to a new one. */
  readonly join: (token: string) => Batch;
  /** Adds a message of a batch that was taken over. The batch becomes the current one, if there is none. */
  readonly take: (token: string, batch: Batch) => void;
  /** Returns the batch of a message, and forgets the message. */
  readonly leave: (token: string) => Batch | undefined;
  /** Gives a batch back if nothing needs it any more. */
  readonly settle: (batch: Batch) => void;
  /** Work on the storage, during which the batch is kept. */
  readonly during: <T>(batch: Batch | undefined, work$: Observable<T>) => Observable<T>;
  /** The client ends. */
  readonly end: () => void;
}

export const claimsOf = (claim: (id: string) => Observable<boolean>): Claims => {
  const batches = new Map<string, Batch>();
  /** The batches of each message. A message that is sent again may still be there from before. */
  const batchesOf = new Map<string, Batch[]>();
  let current: Batch | undefined;
  let isOver = false;
  const settle = (batch: Batch): void => {
    // A batch that was asked for since has the same id, if its first message was sent again.
    if (batch.claim.closed || (isOver ? batch.busy : batch.size) > 0) return;
    batch.claim.unsubscribe();
    batches.delete(batch.id);
  };
  const ask = (id: string): Batch => {
    const isMine$ = new ReplaySubject<boolean>(1);
    const batch: Batch = { id, claim: new Subscription(), isMine$, size: 0, busy: 0 };
    batches.set(id, batch);
    batch.claim.add(defer(() => claim(id)).subscribe(isMine$));
    return batch;
  };
  /** A batch that was given back is never used again: others may have it. */
  const ongoing = (): Batch | undefined => (current?.claim.closed === false ? current : undefined);
  const take = (token: string, batch: Batch): void => {
    current = ongoing() ?? batch;
    batchesOf.set(token, [...(batchesOf.get(token) ?? []), batch]);
    batch.size += 1;
  };
  return {
    batches,
    ask,
    join: (token) => {
      const batch = ongoing() ?? batches.get(token) ?? ask(token);
      take(token, batch);
      return batch;
    },
    take,
    leave: (token) => {
      const [batch, ...others] = batchesOf.get(token) ?? [];
      if (others.length > 0) batchesOf.set(token, others);
      else batchesOf.delete(token);
      return batch;
    },
    settle,
    during: (batch, work$) => {
      if (batch === undefined) return work$;
      batch.busy += 1;
      return work$.pipe(
        finalize(() => {
          batch.busy -= 1;
          settle(batch);
        }),
      );
    },
    end: () => {
      isOver = true;
      batches.forEach(settle);
    },
  };
};

export interface TakeoverOptions {
  /** Cold: all stored messages, in order. Emits once; errors if they can't be read. */
  readonly load$: Observable<readonly StoredSend[]>;
  /** Emits when there may be messages whose client has gone. */
  readonly again$: Observable<unknown>;
  /** Emits when the claims should have been answered. */
  readonly late$: Observable<unknown>;
  readonly report: (thrown: unknown) => void;
}

/**
 * The stored messages that nobody else has claimed: those of now, then an empty array, then those whose client has
 * gone. A claimed batch is read once more: its client may have sent or discarded messages meanwhile.
 */
export const takenOver = (
  { batches, ask, take, settle }: Claims,
  { load$, again$, late$, report }: TakeoverOptions,
): Observable<readonly StoredSend[]> =>
  new Observable((subscriber) => {
    /** Claimed, and not read since. */
    let fresh = new Set<Batch>();
    let unanswered = 0;
    /** Whether claims that have no answer yet are waited for. */
    let isPatient = true;
    let isSettled = false;
    let isLoading = false;
    let isWanted = false;

    const tell = (): void => {
      if (isSettled) return;
      isSettled = true;
      subscriber.next([]);
    };
    const next = (): void => {
      if (isLoading || (isPatient && unanswered > 0)) return;
      if (fresh.size > 0 || isWanted) look();
      else tell();
    };
    const askFor = (id: string): void => {
      let isAnswered = false;
      unanswered += 1;
      const answered = (): void => {
        if (!isAnswered) unanswered -= 1;
        isAnswered = true;
        next();
      };
      const batch = ask(id);
      batch.isMine$.subscribe({
        next: (isMine) => {
          if (isMine) fresh.add(batch);
          answered();
        },
        error: (thrown: unknown) => {
          report(thrown);
          // The next look asks again.
          settle(batch);
          answered();
        },
      });
    };
    const look = (): void => {
      isWanted = isLoading;
      if (isLoading) return;
      isLoading = true;
      const before = fresh;
      fresh = new Set();
      subscriber.add(
        load$.subscribe({
          next: (all) => {
            const mine = all.filter(({ token, batch: id = '' }) => {
              const batch = batches.get(id);
              if (batch === undefined || !before.has(batch)) return false;
              take(token, batch);
              return true;
            });
            const others = all.map(({ batch = '' }) => batch).filter((id) => !batches.has(id));
            before.forEach(settle);
            if (mine.length > 0) subscriber.next(mine);
            new Set(others).forEach(askFor);
            // What is answered before all are asked waits.
            isLoading = false;
            next();
          },
          error: (thrown: unknown) => {
            isLoading = false;
            report(thrown);
            const isMore = isWanted || fresh.size > 0;
            // The next look reads them.
            before.forEach((batch) => fresh.add(batch));
            tell();
            if (isMore) look();
          },
        }),
      );
    };
    subscriber.add(again$.subscribe(look));
    subscriber.add(
      late$.subscribe(() => {
        isPatient = false;
        next();
      }),
    );
    look();
  });
