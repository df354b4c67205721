/** Claims on stored messages: of all clients that share a storage, one sends a message. */
import { Observable, Subscription } from 'rxjs';
import type { StoredSend } from './outbox-storage.js';

export interface ClaimOptions {
  readonly claim: (token: string) => Observable<boolean>;
  /** Cold: all stored messages, in order. Emits once; errors if they can't be read. */
  readonly load$: Observable<readonly StoredSend[]>;
  /** Emits when there may be messages whose client has gone. */
  readonly again$: Observable<unknown>;
  /** Emits when the claims should have been answered. */
  readonly late$: Observable<unknown>;
  readonly report: (thrown: unknown) => void;
}

/** The claims of one client, by token. Each lasts until it is unsubscribed. */
export type Claims = Map<string, Subscription>;

/**
 * The stored messages that nobody else has claimed: those of now, then an empty array, then those whose client has
 * gone. A claimed message is read once more: its client may have sent or discarded it meanwhile.
 */
export const claimed = (
  claims: Claims,
  { claim, load$, again$, late$, report }: ClaimOptions,
): Observable<readonly StoredSend[]> =>
  new Observable((subscriber) => {
    /** Claimed, and not read since. */
    let fresh = new Set<string>();
    let unanswered = 0;
    let isSettled = false;
    let isLoading = false;
    let isWanted = false;

    const settle = (): void => {
      if (isSettled) return;
      isSettled = true;
      subscriber.next([]);
    };
    const next = (): void => {
      if (unanswered > 0) return;
      if (fresh.size > 0 || isWanted) look();
      else settle();
    };
    const ask = ({ token }: StoredSend): void => {
      let isAnswered = false;
      unanswered += 1;
      const answered = (): void => {
        if (!isAnswered) unanswered = Math.max(0, unanswered - 1);
        isAnswered = true;
        next();
      };
      const asking = new Subscription();
      claims.set(token, asking);
      asking.add(
        claim(token).subscribe({
          next: (isMine) => {
            if (isMine) fresh.add(token);
            answered();
          },
          error: (thrown: unknown) => {
            report(thrown);
            answered();
          },
        }),
      );
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
            isLoading = false;
            const mine = all.filter(({ token }) => before.delete(token));
            const others = all.filter(({ token }) => !claims.has(token));
            for (const token of before) {
              claims.get(token)?.unsubscribe();
              claims.delete(token);
            }
            if (mine.length > 0) subscriber.next(mine);
            // None is answered before all are asked.
            unanswered += 1;
            others.forEach(ask);
            unanswered -= 1;
            next();
          },
          error: (thrown: unknown) => {
            isLoading = false;
            report(thrown);
            // The next look reads them.
            before.forEach((token) => fresh.add(token));
            settle();
          },
        }),
      );
    };
    subscriber.add(again$.subscribe(look));
    subscriber.add(
      late$.subscribe(() => {
        unanswered = 0;
        next();
      }),
    );
    look();
  });
