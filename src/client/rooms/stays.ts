/** The chat room that a client is in: one at a time, as long as somebody subscribes to it. */
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
  noop,
  of,
  share,
  switchMap,
  takeUntil,
  takeWhile,
  throwError,
} from 'rxjs';
import { ServerRejected, toRealtimeError } from '../../errors.js';
import { askWhileOpen } from '../ask-while-open.js';
import { emptyAtEnd } from '../empty-at-end.js';
import { failing, type ClientInternals } from '../internals.js';
import type { SigningLink } from '../link.js';
import { addMembers, countMembers, removeMembers } from '../members/membership.js';

const BLOCKED = 4315;
/** The period for asking the number of clients, ms. */
const COUNT_PERIOD = 10_000;
/** After a break of this length the client does not enter its room again by itself, ms. */
const LONG_BREAK = 30 * 60_000;

/** One stay in a room. Each stay is a new object, so that two stays in the same room can be told apart. */
interface Stay {
  readonly id: string;
}

/** The stays of one client in chat rooms. */
export interface Stays {
  /** The same stream as a lease of the room: a subscription enters the room. Completes and errors with the lease. */
  readonly leased: <T>(id: string, stream$: Observable<T>) => Observable<T>;
  /** The server has put this client into a room that it has made. It goes back to where its subscribers are. */
  readonly made: (id: string) => void;
  /** Cold: how many clients are in the room. The server is asked again and again. */
  readonly online: (id: string) => Observable<number>;
}

export const createStays = (client: ClientInternals): Stays => {
  const { link, open$, clock, grace, conversation } = client;
  const current = new BehaviorSubject<Stay | undefined>(undefined);
  const become = (stay: Stay | undefined): void => {
    client.room.current = undefined;
    current.next(stay);
  };
  /**
   * Rooms in which the server may have this client. The server keeps the client in a room through a break, and the
   * result of an interrupted command is unknown.
   */
  const maybeIn = new Set<string>();
  const leases = new Map<string, Observable<never>>();

  /** Enters the room. Errors if the client may not enter. */
  const enter = (id: string): Observable<never> =>
    defer(() => {
      maybeIn.add(id);
      return addMembers(link, id, [link.clientId]);
    }).pipe(
      mergeMap(({ failed: [no] }) => {
        if (no !== undefined) return throwError(() => new ServerRejected(no.code, no.reason, no.detail));
        // By entering this room the client has left every other.
        maybeIn.clear();
        maybeIn.add(id);
        return EMPTY;
      }),
      catchError((thrown: unknown) => {
        const error = toRealtimeError(thrown);
        if (error._tag === 'ServerRejected' || error._tag === 'SignatureFailed' || error._tag === 'InvalidArgument')
          return throwError(() => error);
        // The next session tries again.
        failing(client, id)(error);
        return EMPTY;
      }),
    );

  const entered$ = current.pipe(filter((stay) => stay !== undefined));
  /**
   * Gives up a signature when a room is entered: a late remove command would take the client out of that room. A
   * command that was sent already reaches the server before the entry.
   */
  const leaving: SigningLink = { ...link, sign: (request) => link.sign(request).pipe(takeUntil(entered$)) };

  /**
   * Leaves a room. Emits when the server has answered, even with an error: whether there are more rooms to leave.
   * Emits nothing if the server did not answer.
   */
  const leave = (id: string): Observable<boolean> =>
    removeMembers(leaving, id, [link.clientId]).pipe(
      catchError((thrown: unknown) => (toRealtimeError(thrown)._tag === 'ServerRejected' ? of(undefined) : EMPTY)),
      map(() => {
        if (current.value?.id !== id) maybeIn.delete(id);
        return maybeIn.size > 0;
      }),
    );

  /**
   * Leaves all rooms in which the server may have this client. Tries with each session until it is done, or until a
   * room is entered. Runs in the background.
   */
  const leaveAll = (): void => {
    if (maybeIn.size === 0) return;
    // Only the tries end when a room is entered. A command that was sent is still waited for, so that its answer is
    // handled.
    const outside$ = open$.pipe(takeUntil(entered$));
    outside$
      .pipe(
        switchMap((open) => (open ? from([...maybeIn]).pipe(mergeMap(leave)) : EMPTY)),
        takeWhile((more) => more),
      )
      .subscribe();
  };

  /** Emits when the client is removed from the room; errors if it was blocked. */
  const expulsion = (id: string): Observable<unknown> =>
    conversation(id).events$.pipe(
      // The client's own leaving is ignored: its notice may arrive when the client is in the room again.
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

  /** Emits with the session after a long break. The wait for the first session is not a break. */
  const longBreak$ = defer(() => {
    /** When it opened or closed last, ms. */
    let since = 0;
    return open$.pipe(
      filter((open, index) => {
        const before = since;
        since = clock.elapsed();
        return index > 1 && open && since - before >= LONG_BREAK;
      }),
    );
  });

  const hold = (id: string): Observable<never> =>
    defer(() => {
      const stay: Stay = { id };
      become(stay);
      const replaced$ = current.pipe(filter((other) => other !== stay));
      return merge(
        open$.pipe(
          switchMap((open) => {
            // Only a client that was in the room before a break has missed messages in it.
            if (!open && maybeIn.has(id)) client.room.current = id;
            return open ? enter(id) : EMPTY;
          }),
        ),
        NEVER,
      ).pipe(
        // `takeUntil` subscribes to its notifier first, so `longBreak$` sees a new session before the room is
        // entered.
        takeUntil(merge(replaced$, longBreak$, expulsion(id))),
        // A subscriber may have entered the same room again by now.
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

  /** Subscribes to the stream before the client enters the room, so that nothing is missed. Ends with the lease. */
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
      emptyAtEnd(open$, 0),
      distinctUntilChanged(),
    );

  const made = (id: string): void => {
    maybeIn.add(id);
    const { value: stay } = current;
    if (stay === undefined) leaveAll();
    else if (stay.id !== id) enter(stay.id).subscribe({ error: noop });
  };

  return { leased, made, online };
};
