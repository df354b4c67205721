/** Where a client is: in one chat room at a time, for as long as somebody subscribes to it. */
import {
  BehaviorSubject,
  EMPTY,
  NEVER,
  Observable,
  catchError,
  defer,
  distinctUntilChanged,
  filter,
  finalize,
  from,
  map,
  merge,
  mergeMap,
  mergeWith,
  of,
  pairwise,
  share,
  switchMap,
  takeUntil,
  takeWhile,
  throwError,
} from 'rxjs';
import { ServerRejected, toRealtimeError } from '../../errors.js';
import { askWhileOpen } from '../ask-while-open.js';
import { failing, type ClientInternals } from '../internals.js';
import type { SigningLink } from '../link.js';
import { addMembers, countMembers, removeMembers } from '../members/membership.js';

const BLOCKED = 4315;
/** How often the number of clients is asked for, ms. */
const COUNT_PERIOD = 10_000;
/** After a break of this length a room is entered by itself no more, ms. */
const LONG_BREAK = 30 * 60_000;

/** One stay in a room: two of the same room, one right after the other, are told apart. */
interface Stay {
  readonly id: string;
}

/** The stays of one client in chat rooms. */
export interface Stays {
  /** The same stream, as a lease of the room: a subscription enters it. Completes and errors as the room does. */
  readonly leased: <T>(id: string, stream$: Observable<T>) => Observable<T>;
  /** Cold: how many clients are in the room, asked for now and then. */
  readonly online: (id: string) => Observable<number>;
}

export const createStays = (client: ClientInternals): Stays => {
  const { link, open$, clock, grace, conversation } = client;
  const current = new BehaviorSubject<Stay | undefined>(undefined);
  const become = (stay: Stay | undefined): void => {
    client.room.current = stay?.id;
    current.next(stay);
  };
  /**
   * Where the server may have this client: it keeps a room through a break, and what it has made of a command that
   * was interrupted nobody knows.
   */
  const maybeIn = new Set<string>();
  const leases = new Map<string, Observable<never>>();

  /** Who is not let in hears why. */
  const enter = (id: string): Observable<never> =>
    defer(() => {
      maybeIn.add(id);
      return addMembers(link, id, [link.clientId]);
    }).pipe(
      mergeMap(({ failed: [no] }) => {
        if (no !== undefined) return throwError(() => new ServerRejected(no.code, no.reason, no.detail));
        // By that it has left any other.
        maybeIn.clear();
        maybeIn.add(id);
        return EMPTY;
      }),
      catchError((thrown: unknown) => {
        const error = toRealtimeError(thrown);
        if (error._tag === 'ServerRejected' || error._tag === 'SignatureFailed' || error._tag === 'InvalidArgument')
          return throwError(() => error);
        // The next session enters again.
        failing(client, id)(error);
        return EMPTY;
      }),
    );

  const entered$ = current.pipe(filter((stay) => stay !== undefined));
  /**
   * Signs no longer than until a room is entered: a command that is late would take the client out of it again. One
   * that is on its way comes before.
   */
  const leaving: SigningLink = { ...link, sign: (request) => link.sign(request).pipe(takeUntil(entered$)) };

  /** Emits once the server has answered, whatever it says: whether there is more to leave. Nothing where it has not. */
  const leave = (id: string): Observable<boolean> =>
    removeMembers(leaving, id, [link.clientId]).pipe(
      catchError((thrown: unknown) => (toRealtimeError(thrown)._tag === 'ServerRejected' ? of(undefined) : EMPTY)),
      map(() => {
        if (current.value?.id !== id) maybeIn.delete(id);
        return maybeIn.size > 0;
      }),
    );

  /**
   * Leaves wherever the server may have this client: with each session until it is done, or a room is entered. Nobody
   * waits for it.
   */
  const leaveAll = (): void => {
    if (maybeIn.size === 0) return;
    // What is on its way is waited for all the same: its answer would be nobody's.
    const outside$ = open$.pipe(takeUntil(entered$));
    outside$
      .pipe(
        switchMap((open) => (open ? from([...maybeIn]).pipe(mergeMap(leave)) : EMPTY)),
        takeWhile((more) => more),
      )
      .subscribe();
  };

  /** Emits where the client is put out, and errors where it was blocked: who is blocked hears why. */
  const expulsion = (id: string): Observable<unknown> =>
    conversation(id).events$.pipe(
      // Who leaves by himself knows; that he did may be told when he is in it again.
      filter(
        (event) =>
          (event._tag === 'Blocked' || (event._tag === 'Left' && event.by !== link.clientId)) &&
          event.members.includes(link.clientId),
      ),
      mergeMap((event) => {
        maybeIn.delete(id);
        return event._tag === 'Blocked'
          ? throwError(
              () => new ServerRejected(BLOCKED, 'CONVERSATION_BLACKLISTED', 'you were blocked in this chat room'),
            )
          : of(event);
      }),
    );

  /** Emits with the session that follows a long break; to wait for the first one is none. */
  const longBreak$ = open$.pipe(
    map((open) => ({ open, at: clock.elapsed() })),
    pairwise(),
    filter(([before, { open, at }], index) => index > 0 && open && at - before.at >= LONG_BREAK),
  );

  const hold = (id: string): Observable<never> =>
    defer(() => {
      const stay: Stay = { id };
      become(stay);
      const replaced$ = current.pipe(filter((other) => other !== stay));
      return open$.pipe(
        switchMap((open) => (open ? enter(id) : EMPTY)),
        mergeWith(NEVER),
        // Before the room would be entered: what ends it hears of a session first.
        takeUntil(merge(replaced$, longBreak$, expulsion(id))),
        // Those who subscribe again at once may be in the same room by now.
        finalize(() => {
          if (current.value === stay) {
            become(undefined);
            leaveAll();
          }
          if (current.value?.id !== id) leases.delete(id);
        }),
      );
    });

  const leaseOf = (id: string): Observable<never> => {
    const known$ = leases.get(id);
    if (known$ !== undefined) return known$;
    const lease$ = hold(id).pipe(share({ resetOnRefCountZero: () => clock.after(grace) }));
    leases.set(id, lease$);
    return lease$;
  };

  /** Listens before the room is entered, so that nothing is missed; ends with the lease. */
  const leased = <T>(id: string, stream$: Observable<T>): Observable<T> =>
    new Observable<T>((subscriber) => {
      subscriber.add(stream$.subscribe(subscriber));
      if (subscriber.closed) return;
      subscriber.add(
        leaseOf(id).subscribe({
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: () => {
            subscriber.complete();
          },
        }),
      );
    });

  const online = (id: string): Observable<number> =>
    open$.pipe(
      askWhileOpen(
        () => countMembers(link, id),
        failing(client, id),
        () => clock.after(COUNT_PERIOD),
      ),
      distinctUntilChanged(),
    );

  return { leased, online };
};
